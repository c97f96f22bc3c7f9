package io.fastpath.conntrack;

/** Who is told what a {@link FragmentTable} does. Called on the table's thread. */
public interface FragmentEvents {
    /** Nobody is told. */
    FragmentEvents NONE = new FragmentEvents() {
        @Override
        public void datagramTracked() {
            // nobody asks
        }

        @Override
        public void datagramEvicted() {
            // nobody asks
        }
    };

    /** A datagram was entered. */
    void datagramTracked();

    /** An incomplete datagram made room for another. */
    void datagramEvicted();
}
