/**
 * BPF objects, maps, programs, links and their file system, through libbpf 1.x.
 *
 * <p>Life of an object: {@link io.fastpath.afxdpnative.bpf.BpfObject#open open} the ELF bytes, adjust maps (entries, or
 * reuse of a pinned one), {@link io.fastpath.afxdpnative.bpf.BpfObject#load() load} into the kernel, take {@link
 * io.fastpath.afxdpnative.bpf.BpfMap maps} and {@link io.fastpath.afxdpnative.bpf.BpfProgram programs}, attach, which
 * gives a {@link io.fastpath.afxdpnative.bpf.BpfLink link}. What must outlive the process is pinned under a {@link
 * io.fastpath.afxdpnative.bpf.BpfFilesystem}.
 *
 * <p>All of it is control plane. Workers see maps only as memory ({@link
 * io.fastpath.afxdpnative.bpf.BpfArrayMapping}). Failures are {@link io.fastpath.afxdpnative.sys.NativeException}s whose
 * text holds what libbpf and the verifier had to say.
 */
package io.fastpath.afxdpnative.bpf;
