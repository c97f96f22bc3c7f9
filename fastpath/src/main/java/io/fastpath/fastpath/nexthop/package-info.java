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
 *          interface changed its MAC, or nobody used the hop and room was short
 * </pre>
 *
 * An index never changes its key (interface, gateway, tags) while somebody may hold it, so a stored index can be old but
 * never wrong. CLAIMED is the short time in which one writer fills a record; who meets it goes on without.
 *
 * <p>A change of routes changes no record: a hop is a neighbour, and routes tell who goes there. The control thread looks
 * up every backend anew, and {@link io.fastpath.fastpath.nexthop.FlowRerouter} every live flow's client; those that moved
 * get another index.
 */
package io.fastpath.fastpath.nexthop;
