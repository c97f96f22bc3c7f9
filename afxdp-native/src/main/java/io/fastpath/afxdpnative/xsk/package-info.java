/**
 * AF_XDP sockets by raw system calls: set-up, wake-ups, statistics.
 *
 * <p>An {@link io.fastpath.afxdpnative.xsk.XskGroup} opens the sockets of a worker, one per (interface, queue), over one
 * {@link io.fastpath.afxdpnative.umem.Umem}, so that a frame received by one can be sent by another without a copy. Each
 * {@link io.fastpath.afxdpnative.xsk.XskSocket} then offers its four rings. Packets arrive once the socket is in the slot
 * of an {@link io.fastpath.afxdpnative.xsk.XskMap} to which an attached XDP program redirects.
 *
 * <p>End in this order: detach XDP (or clear the XSKMAP slots), then close the group, then the UMEM. The other way round, XDP goes
 * on redirecting into sockets that are gone, and those packets are lost.
 *
 * <p>Source: {@code Documentation/networking/af_xdp.rst}, {@code include/uapi/linux/if_xdp.h}, {@code net/xdp/xsk.c}.
 */
package io.fastpath.afxdpnative.xsk;
