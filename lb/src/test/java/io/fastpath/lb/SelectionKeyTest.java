package io.fastpath.lb;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.kernelbpf.hash.TupleHash;
import io.fastpath.kernelbpf.layout.ConfigDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;
import org.junit.jupiter.api.Test;

class SelectionKeyTest {
    /** These numbers may never change: flows would go to other backends on machines of another version. */
    @Test
    void shouldBeTheSameOnEveryMachineForever() {
        assertThat(SelectionKey.words()).hasSize(ConfigDescriptor.HASH_KEY_WORDS);
        assertThat(Long.toHexString(SelectionKey.words()[0])).isEqualTo("2a06db32e5647127");
        assertThat(Long.toHexString(SelectionKey.words()[10])).isEqualTo("5643733e8e636bd6");
    }

    @Test
    void shouldStandInTheConfigurationRecord() {
        final SharedMemory config = SharedMemory.allocate(ConfigDescriptor.LENGTH);
        SelectionKey.store(config);
        final TupleHash stored = TupleHash.of(config, ConfigDescriptor.SELECTION_KEY_OFFSET);
        assertThat(stored.hash(1, 2, 3, 4, 5, 6)).isEqualTo(SelectionKey.hash().hash(1, 2, 3, 4, 5, 6));
        assertThat(config.getLong(ConfigDescriptor.HASH_KEY_OFFSET)).isZero();
        assertThat(config.getLong(ConfigDescriptor.SNAT_OFFSET)).isZero();
    }
}
