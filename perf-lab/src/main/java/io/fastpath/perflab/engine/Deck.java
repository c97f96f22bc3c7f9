package io.fastpath.perflab.engine;

/**
 * Frames that runs take in turn. Immutable.
 *
 * @param layout where they differ.
 * @param template one of them.
 * @param first variant.
 * @param count of variants.
 */
record Deck(FrameLayout layout, byte[] template, int first, int count) {
    /**
     * {@return some of these frames}
     *
     * @param index of the first in this deck.
     * @param length of the part.
     */
    Deck part(final int index, final int length) {
        return new Deck(layout, template, first + index, length);
    }
}
