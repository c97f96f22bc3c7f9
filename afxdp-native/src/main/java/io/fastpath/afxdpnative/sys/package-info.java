/**
 * The door to the C library: bound functions, error numbers, memory outside the Java heap, and the exceptions that
 * carry a failed call in words.
 *
 * <p>Everything else in this module that talks to the kernel does so through this package (or through libbpf, in {@code
 * io.fastpath.afxdpnative.bpf}). Functions are bound with JNA direct mapping and primitive arguments: a call costs
 * some 350 ns, so it belongs to set-up and to once-per-batch wake-ups, never to the path of a packet.
 */
package io.fastpath.afxdpnative.sys;
