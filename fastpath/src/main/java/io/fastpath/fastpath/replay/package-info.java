/**
 * Replays: captures through the engines that a node runs, on tables of their own. Nothing is sent, and no interface is
 * touched; time is that of the capture.
 */
package io.fastpath.fastpath.replay;
