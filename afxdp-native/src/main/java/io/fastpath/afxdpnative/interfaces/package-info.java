/**
 * What there is to know about an interface before attaching to it: driver, queues, rings, offloads, XDP abilities.
 *
 * <p>{@link io.fastpath.afxdpnative.interfaces.InterfaceFacts} is the entrance. Facts come from rtnetlink, the ethtool
 * ioctl and the {@code netdev} generic netlink family, all of the calling thread's network namespace, and need no
 * privilege. What a driver or kernel doesn't tell is empty, not guessed.
 */
package io.fastpath.afxdpnative.interfaces;
