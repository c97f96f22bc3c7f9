/** How results reach the user: measured memory as a result of its own, and a line per benchmark. */
package io.fastpath.bench.report;
