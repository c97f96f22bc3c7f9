/**
 * The steering program on its own: frames in, by BPF_PROG_TEST_RUN, and what it answers and counts. The tables under it
 * are the product's, filled by the product's Java, so that the two engines' look-ups are held against each other. They
 * need root.
 */
package io.fastpath.fastpath.steer;
