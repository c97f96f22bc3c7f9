/** The machine's own tools, and processes that the lab starts and ends. */
package io.fastpath.perflab.shell;
