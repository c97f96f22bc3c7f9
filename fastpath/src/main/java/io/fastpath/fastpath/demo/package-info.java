/** {@code fastpath demo}: the main job on real traffic, with the proof on screen, and nothing left behind. */
package io.fastpath.fastpath.demo;
