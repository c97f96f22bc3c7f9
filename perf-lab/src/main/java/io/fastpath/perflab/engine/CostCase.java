package io.fastpath.perflab.engine;

import io.fastpath.kernelbpf.layout.Counter;

/**
 * One kind of packet. Immutable.
 *
 * @param name for people.
 * @param deck its frames.
 * @param verdict that each of them must get.
 * @param isSpent whether a frame can be measured only once, because it opens a flow.
 */
record CostCase(String name, Deck deck, Counter verdict, boolean isSpent) {}
