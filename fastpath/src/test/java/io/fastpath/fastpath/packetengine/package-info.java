/**
 * The kernel engine's reading, planning and rewriting of packets, each on its own, against their Java twins: the same
 * frames through both, and the same answers, records and bytes demanded of both. By BPF_PROG_TEST_RUN; they need root.
 */
package io.fastpath.fastpath.packetengine;
