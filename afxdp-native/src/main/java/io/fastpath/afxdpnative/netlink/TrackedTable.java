package io.fastpath.afxdpnative.netlink;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A table that remembers what its entries were when the news was last told, so that entries that went to and fro in
 * between are no news. Owned by one thread.
 */
final class TrackedTable<K, V> {
    private final Function<V, K> key;
    private final Map<K, V> entries = new LinkedHashMap<>();
    private final Map<K, V> told = new LinkedHashMap<>();

    TrackedTable(final Function<V, K> key) {
        this.key = key;
    }

    /** Insert or replace. */
    void put(final V value) {
        remember(key.apply(value));
        entries.put(key.apply(value), value);
    }

    /** Remove the entry that has the value's key. */
    void remove(final V value) {
        remember(key.apply(value));
        entries.remove(key.apply(value));
    }

    /** Remove the entries that match. */
    void removeIf(final Predicate<V> condition) {
        entries.values().stream().filter(condition).toList().forEach(this::remove);
    }

    /** Make these the entries. */
    void replaceAll(final Collection<V> values) {
        final Map<K, V> before = new HashMap<>(entries);
        values.forEach(value -> before.remove(key.apply(value)));
        before.values().forEach(this::remove);
        values.forEach(this::put);
    }

    /** {@return the entries, a copy} */
    List<V> values() {
        return List.copyOf(entries.values());
    }

    /**
     * Take the news since this was last called.
     *
     * @return pairs of what was (null: nothing) and what is (null: nothing).
     */
    List<Change<V>> takeChanges() {
        final List<Change<V>> changes = told.entrySet().stream()
                .map(entry -> new Change<>(entry.getValue(), entries.get(entry.getKey())))
                .filter(change -> !Objects.equals(change.before, change.now))
                .toList();
        told.clear();
        return changes;
    }

    private void remember(final K at) {
        if (!told.containsKey(at)) {
            told.put(at, entries.get(at));
        }
    }

    /** What an entry was and is; null for absent. */
    record Change<V>(V before, V now) {}
}
