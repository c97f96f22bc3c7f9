/** What {@code xdp_decap} and its loader share. */
package io.fastpath.kernelbpf.decap;
