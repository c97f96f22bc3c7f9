/** The machine that a figure comes from, and how quiet it was. */
package io.fastpath.perflab.environment;
