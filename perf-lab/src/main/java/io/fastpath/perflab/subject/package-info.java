/** What is measured: everything that can forward packets from {@code front} to {@code back}. */
package io.fastpath.perflab.subject;
