/** What the kernel engine costs per packet, without a network: by test runs of the loaded program. */
package io.fastpath.perflab.engine;
