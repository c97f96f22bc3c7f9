/**
 * What stands on the wire: header layouts, checksums, kinds of addresses. Constants and pure functions; numbers of more
 * than one byte are compared as they stand in memory ({@code …Be}: a network-order number read natively), since the
 * product runs on little-endian machines only.
 */
package io.fastpath.fastpath.wire;
