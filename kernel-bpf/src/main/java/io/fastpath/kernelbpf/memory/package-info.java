/** Off-heap memory with 64-bit offsets, which a flow table of gigabytes needs. */
package io.fastpath.kernelbpf.memory;
