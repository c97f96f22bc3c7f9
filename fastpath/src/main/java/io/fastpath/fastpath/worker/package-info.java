/**
 * The duty cycle: pinned threads that take frames from AF_XDP rings, put them through the pipeline and send them on.
 */
package io.fastpath.fastpath.worker;
