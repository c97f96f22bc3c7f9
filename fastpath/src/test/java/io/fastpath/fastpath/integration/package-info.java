/**
 * Whole-program tests: a balancer process in a lab of namespaces, real clients, real servers. They need root, {@code ip},
 * {@code ethtool}, {@code curl}, {@code ping} and {@code tracepath}.
 */
package io.fastpath.fastpath.integration;
