/**
 * Offsets, sizes and codes of every shared struct, each the twin of a header in {@code src/main/bpf}. Constants
 * only: who reads and writes is said in the drawing, how is the business of {@code conntrack}, {@code lb} and
 * {@code fastpath}.
 */
package io.fastpath.kernelbpf.layout;
