/**
 * The kernel engine's answers to ARP, echo requests and neighbour solicitations, held against the Java engine's: the same
 * frame through both over the same tables, the kernel's by BPF_PROG_TEST_RUN. They need root.
 */
package io.fastpath.fastpath.answerengine;
