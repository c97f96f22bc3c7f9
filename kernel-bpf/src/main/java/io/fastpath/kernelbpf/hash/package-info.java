/** The keyed tuple hash that both engines share. */
package io.fastpath.kernelbpf.hash;
