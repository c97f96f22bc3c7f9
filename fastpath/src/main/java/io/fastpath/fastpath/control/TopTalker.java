package io.fastpath.fastpath.control;

/**
 * One of those with the most connections. Immutable; the components' names are the JSON's, and don't change.
 *
 * @param name a client's address, or a service's name.
 * @param flows its connections.
 */
public record TopTalker(String name, long flows) {}
