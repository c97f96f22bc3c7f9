package io.fastpath.afxdpnative.sys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class UnwinderTest {
    private final List<String> done = new ArrayList<>();

    @Test
    void shouldUndoInReverseAndOnce() {
        final Unwinder undo = new Unwinder();
        undo.add(() -> done.add("first"));
        undo.add(() -> done.add("second"));

        undo.close();
        undo.close();

        assertThat(done).containsExactly("second", "first");
    }

    @Test
    void shouldUndoNothingAfterHandingOver() {
        final Unwinder heir;
        try (Unwinder undo = new Unwinder()) {
            undo.add(() -> done.add("first"));
            heir = undo.handOver();
        }
        assertThat(done).isEmpty();

        heir.close();
        assertThat(done).containsExactly("first");
    }

    @Test
    void shouldRunTheOtherStepsWhenOneFails() {
        final Unwinder undo = new Unwinder();
        undo.add(() -> done.add("first"));
        undo.add(() -> {
            throw new IllegalStateException("second");
        });
        undo.add(() -> {
            throw new IllegalStateException("third");
        });

        assertThatThrownBy(undo::close)
                .hasMessage("third")
                .satisfies(ex -> assertThat(ex.getSuppressed()).hasSize(1));
        assertThat(done).containsExactly("first");
    }
}
