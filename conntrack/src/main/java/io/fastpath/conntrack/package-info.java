/** The flow table: connections in memory that both engines share. */
package io.fastpath.conntrack;
