/** TCP as a box in the middle sees it: flags, states, and what a segment does to them. Pure functions. */
package io.fastpath.conntrack.tcp;
