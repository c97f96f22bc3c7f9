/**
 * The four AF_XDP rings as plain Java on memory: no system call, no descriptor, nothing that needs root.
 *
 * <p>Each ring has one producer and one consumer; one of the two is the kernel. The rings' pairs of verbs say whose
 * turn it is:
 *
 * <pre>
 *   {@link io.fastpath.afxdpnative.ring.FillRing}       we reserve .. put .. submit    free frames    -> kernel
 *   {@link io.fastpath.afxdpnative.ring.RxRing}         we peek .. read .. release     packets        <- kernel
 *   {@link io.fastpath.afxdpnative.ring.TxRing}         we reserve .. put .. submit    packets        -> kernel
 *   {@link io.fastpath.afxdpnative.ring.CompletionRing} we peek .. read .. release     sent frames    <- kernel
 * </pre>
 *
 * <p>Ordering, in the words of the Java memory model: an index is published with a <em>release</em> store and read with
 * an <em>acquire</em> load; entries themselves are plain. Our copy of the peer's index is refreshed only when the ring
 * looks full or empty, so that a batch costs one store on a shared line and often no load.
 *
 * <p>The layout is drawn in {@link io.fastpath.afxdpnative.ring.XdpRingDescriptor}. A ring belongs to one thread.
 */
package io.fastpath.afxdpnative.ring;
