/**
 * From a received frame to a verdict: the packet pipeline of one worker, in memory alone.
 *
 * <pre>
 *   PacketBatch -> PacketParser -> home words of all -> per packet:
 *                                                        flow found -> FlowForwarder -> Egress, PacketRewriter
 *                                                        none       -> FlowAdmission -> select, open -> FlowForwarder
 *                                                        ARP, ICMP  -> a responder
 *                               -> verdicts, counted once what could not be sent was taken back
 * </pre>
 *
 * <p>Steady state allocates nothing and takes no lock; time is a parameter; no input makes it throw.
 */
package io.fastpath.fastpath.pipeline;
