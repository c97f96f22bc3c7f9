/**
 * Whole-program tests: a balancer process in a lab of namespaces, real clients, real servers. They need root, {@code ip},
 * {@code ethtool}, {@code curl} and {@code ping}.
 */
package io.fastpath.fastpath.integration;
