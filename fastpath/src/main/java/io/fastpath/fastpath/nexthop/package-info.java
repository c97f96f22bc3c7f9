/**
 * Next hops: where a packet goes on the link. Workers resolve a destination into an index of the shared table ({@link
 * io.fastpath.kernelbpf.layout.NextHopDescriptor}) and store it in flows and backends; the control thread keeps the
 * MAC addresses behind the indices current.
 *
 * <pre>
 *              worker                                    control thread
 *   route look-up, findOrClaim ---> INCOMPLETE  <------ neighbour failed
 *                                     |     \
 *    frame of the hop: its MAC        v      v            neighbour found, or its MAC changed
 *                                PROVISIONAL -> VALID <--
 *                                     \      /
 *                                      STALE ---------->  FREE once no flow and no backend refers to it
 *                                   routes changed
 * </pre>
 *
 * An index never changes its key (interface, gateway, tags) while somebody may hold it, so a stored index can be old but
 * never wrong. CLAIMED is the short time in which one writer fills a record; who meets it goes on without.
 */
package io.fastpath.fastpath.nexthop;
