/**
 * The packet memory (UMEM) that AF_XDP sockets share with the kernel, cut into frames, and who holds which frame.
 *
 * <p>A frame is at any moment in exactly one place: a pool, the fill ring, the kernel, the rx ring, a worker's hands, the
 * tx ring, or the completion ring. {@link io.fastpath.afxdpnative.umem.FrameBudget} says how many there must be, {@link
 * io.fastpath.afxdpnative.umem.FramePool} holds those that are free.
 */
package io.fastpath.afxdpnative.umem;
