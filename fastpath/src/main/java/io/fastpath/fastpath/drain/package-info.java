/** Backends that come slowly and go gently: what new flows they take, and what becomes of those they have. */
package io.fastpath.fastpath.drain;
