package io.fastpath.fastpath.cli;

import java.io.PrintWriter;

/**
 * What {@code demo} was asked for.
 *
 * @param seconds of traffic.
 * @param json whether the result goes to {@code out} as one JSON object, and the live table is left out.
 * @param out answers.
 * @param err everything else.
 */
public record DemoOptions(int seconds, boolean json, PrintWriter out, PrintWriter err) {}
