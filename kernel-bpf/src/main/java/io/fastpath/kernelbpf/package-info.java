/**
 * The ground floor: the eBPF programs as resources, and the memory that both engines share, drawn once in C
 * ({@code src/main/bpf}) and once in Java ({@link io.fastpath.kernelbpf.layout}); a test compares the two.
 */
package io.fastpath.kernelbpf;
