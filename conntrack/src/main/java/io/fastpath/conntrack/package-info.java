/**
 * The flow table: connections in memory that both engines read and write. This page is the protocol; a C programmer
 * can implement the other side from it and from {@code fp_flow.h}, where the slot is drawn.
 *
 * <h2>What there is</h2>
 *
 * <p>A connection is two slots of 64 bytes that store the same endpoints and each other's index ({@code peer}). The
 * <em>forward</em> slot answers to the tuple client to VIP, the <em>reverse</em> one to backend to SNAT address and
 * port, or to backend to client where {@code snat_index} is {@code FP_FLOW_NO_SNAT}. The forward slot's
 * {@code control} word is the truth about the connection's state; the reverse slot's state is a copy.
 *
 * <p>A tuple's hash is {@code fp_tuple_hash} with {@code hash_key}, its <em>home</em> {@code fp_hash_slot(hash,
 * slots)}. Its entry stands at one of 24 positions, {@code (home + i(i+1)/2) mod slots}. Bit {@code i} of the home's
 * {@code hop} word says: at position {@code i} stands an entry whose home is this one. The idea is M. Herlihy, N.
 * Shavit and M. Tzafrir's "Hopscotch Hashing" (DISC 2008), without its displacements, and with distances that part
 * neighbours' neighbourhoods. {@code hop} belongs to the position, whatever entry stands there.
 *
 * <pre>
 *   slot of home h          h+1         h+3               h+6
 *  +-------------------+   +-------+   +-------+         +-------+
 *  | hop 0b1011        |   | entry |   |       |         | entry |
 *  | (entry of h or of |   | of h  |   |       |         | of h  |
 *  |  any other home)  |   |       |   |       |         |       |
 *  +-------------------+   +-------+   +-------+         +-------+
 *     bit 0: of h             bit 1       bit 2: no         bit 3
 * </pre>
 *
 * <h2>The life of a slot</h2>
 *
 * <pre>
 *    FREE(v) --claim--> CLAIMED(v+1) --fill, go live--> state(v+1) --kill--> DYING(v+1) --hide, free--> FREE(v+1)
 *       ^                    |                            |  state changes
 *       +------release-------+----------release-----------+  (not published)
 * </pre>
 *
 * <p>Every arrow is a compare-and-swap of {@code control} on the exact word that was read, which carries the version:
 * whoever was stopped in the middle, for however long, fails instead of harming the next tenant. CLAIMED and DYING
 * keep the kind bits. Before claim and kill the writer stores {@code last_seen = now}, so that a slot found CLAIMED or
 * DYING has been so at most since then.
 *
 * <h2>Operations</h2>
 *
 * <p><b>Find.</b> Load {@code hop} (acquire); for each set bit: load {@code control} (acquire) of the position; if live,
 * compare the tuple with the slot's; if equal, after a load fence, load {@code control} again: same version and live, or
 * else go on. Whatever else is read of the slot counts only if the same check says so afterwards.
 *
 * <p><b>Enter</b> one entry. (1) Load {@code hop}, find the tuple: if there, it exists; remember the word. (2) Claim
 * the first FREE position of the 24; store fence; store all fields. (3) Swap {@code control} to live. (4) Swap the home's
 * {@code hop} from the remembered word to the same with the bit set and 1 added to its high 8 bits. Here the insertion
 * takes effect: a second writer of the same tuple has the same home, and one of the two swaps fails. If it fails,
 * load the word, find the tuple again: there, then somebody was first, release the slot; else remember the new word
 * and repeat, at most 16 times (then BUSY). (5) Look at {@code control} again: if it is not live with this version,
 * somebody removed the entry between (3) and (4), and the bit must be cleared (unless the slot has its next live
 * tenant already). The count in {@code hop} makes the swap see an insertion that was removed again.
 *
 * <p><b>Open</b> a connection. (1) Step 1 to 2 for the forward entry. (2) For a source port (below), or once where
 * there is none: store {@code peer} and SNAT fields in both slots, enter the reverse entry, all steps. If its tuple
 * exists, the port is taken: release the reverse slot and try the next. (3) Steps 3 to 5 for the forward entry. So a
 * request finds nothing until the reply would be found too. Who loses here kills the forward slot and removes both. A
 * reverse tuple without SNAT that exists belongs to the same connection (compare the VIP and ports: BUSY, another writer
 * is at it) or to another VIP's (refused).
 *
 * <p><b>Source ports.</b> The pairs of the backend's family are numbered {@code n = 0 .. a * ports - 1} for {@code a}
 * addresses from index {@code first}: address {@code first + n % a}, port {@code min + n / a}. With {@code seed = hash
 * * 0x9e3779b97f4a7c15} (64 bits, of the forward tuple's 32-bit hash), the first is {@code fp_hash_slot(seed >> 32,
 * pairs)}, the stride 1 up to 64 pairs, else {@code 1 + fp_hash_slot((u32)seed, pairs - 1)}, modulo the number of pairs,
 * 64 tries. The addresses of a family stand together in the configuration. A port is claimed by the reverse tuple
 * itself, hence per backend, protocol and SNAT address, and given back with it.
 *
 * <p><b>Make room.</b> When all 24 are taken: of those slots that are idle beyond their state's timeout, or CLAIMED or
 * DYING for more than a second, the first from which a visit of the sweep (below; for a reverse slot also of its forward
 * one) frees something. Else the slot with an embryonic state (SYN_SENT, SYN_RECV, SYN_SENT2, UDP_SINGLE) that is idle
 * longest: its connection, if the forward slot is embryonic too. Else the table is full. At most 4 times.
 *
 * <p><b>Change the state.</b> Swap the forward slot's {@code control}; then copy: load the reverse word, load the forward
 * word, swap the reverse one if the states differ, and look again until they don't, at most 8 times. From the reverse
 * side, load the forward word, then see that its {@code peer} points back and that the own slot is still valid: only then
 * the word is the partner's. Bit 0 of {@code tracking} says that this side has sent a FIN; it is read before, and stored
 * before, the swap. Between live states nothing else is written but {@code last_seen} (only when the tick changed),
 * {@code next_hop_index} and {@code tracking}, by plain stores: benign, because any recent value is good. Who stores a next
 * hop checks the slot afterwards (full fence), and stores 0 if it had been too late.
 *
 * <p><b>Remove</b> a connection. (1) Kill the forward slot; who wins goes on. (2) Kill the reverse slot, if it is live,
 * reverse, and its {@code peer} points back. (3) Hide it: compute its home from the stored tuple; while the bit is set and
 * {@code control} is still this DYING word, swap {@code hop} to the same without the bit. (4) Free it. (5) Hide and free the
 * forward slot; who frees it counts the connection closed. Hence a live reverse slot always has its forward one beside it,
 * and several may do steps 2 to 5 at once. Backend records and SNAT addresses must not change while slots refer to them:
 * homes are computed from them.
 *
 * <p><b>Sweep.</b> A visit of each slot in turn; older means idle for more than a second. CLAIMED and older: release.
 * DYING and older: go on with the removal. Forward, live: remove the pair if both slots are idle beyond the state's
 * timeout; and if older, also when {@code peer} is not its live reverse slot with the same endpoints, or its bit is not set
 * (never published: not counted closed). Reverse, live and older: remove it if its forward slot is FREE, or reverse, or
 * points elsewhere. As a home: clear bits that point at FREE or CLAIMED slots, by a swap from the {@code hop} word read
 * before the slot's state.
 *
 * <h2>What follows</h2>
 *
 * <ul>
 *   <li>No tuple has two visible entries; no writer waits for another; every loop is bounded.
 *   <li>A writer that dies between any two stores leaves at most one connection invisible or half removed, and
 *       whoever sweeps finishes that after a second.
 *   <li>A writer that is stopped for longer than that while it fills a claimed slot may, when it goes on, spoil the
 *       fields of the next tenant. The reader's check does not see that; the sweep does (the two slots disagree), and
 *       removes the connection. The window is some ten stores.
 *   <li>A reader is fooled only if a slot is claimed 65,536 times while it reads it.
 * </ul>
 *
 * <p>In eBPF: {@code control} and {@code hop} are {@code __u32} for {@code __sync_val_compare_and_swap} ({@code -mcpu=v3}),
 * loads are volatile; on x86-64 acquire and store fences cost nothing, elsewhere a swap that changes nothing serves.
 */
package io.fastpath.conntrack;
