/** A reader of the BTF in eBPF objects: enough of it to know every struct, enum and map. */
package io.fastpath.kernelbpf.btf;
