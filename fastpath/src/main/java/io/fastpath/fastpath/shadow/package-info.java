/**
 * Shadowing: a sample of the packets that workers forward is given to the kernel engine, too, by test run and without side
 * effects, and both results are compared. A mismatch is a counter and a capture file.
 */
package io.fastpath.fastpath.shadow;
