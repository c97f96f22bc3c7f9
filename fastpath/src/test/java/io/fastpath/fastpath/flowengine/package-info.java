/**
 * The flow table's operations of the kernel engine on their own, by BPF_PROG_TEST_RUN: held against those of Java on equal
 * tables, and set loose on the same table at the same time. They need root.
 */
package io.fastpath.fastpath.flowengine;
