/**
 * The memory that both engines share, as one set of regions: how large each table is, what the first record says, and
 * the small writers and readers (configuration, interfaces, counters) that belong to no other module.
 */
package io.fastpath.fastpath.tables;
