/**
 * The prefilter's lists: prefixes whose packets XDP drops, or doesn't though a shorter prefix says so; read from texts and
 * files, and brought into the kernel's tries while packets flow.
 */
package io.fastpath.fastpath.prefilter;
