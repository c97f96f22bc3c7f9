/**
 * How commands reach a running instance: its run directory, the control socket in it, and what can be asked there.
 *
 * <pre>
 *   /run/fastpath/            0755
 *     edge1/                  0700  made before anything in it
 *       lock                  0600  held (fcntl) by the process that is the instance; holds its pid
 *       control.sock          0600  newline-delimited JSON, one request after the other
 *       bpf/                  a bpf file system: the pinned maps and links
 * </pre>
 *
 * <p>A request is one line, {@code {"command": "status"}}, {@code {"command": "engine", "mode": "hybrid"}}; the answer is zero or more lines {@code {"item": ...}} and
 * one last line, {@code {"ok": true, "result": ...}} or {@code {"ok": false, "error": "..."}}. The server has one thread and
 * never blocks on a client.
 */
package io.fastpath.fastpath.control;
