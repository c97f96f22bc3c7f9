/** The lab's C and eBPF sources, which travel in the jar and are compiled when a lab starts. */
package io.fastpath.perflab.sources;
