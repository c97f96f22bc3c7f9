package io.fastpath.fastpath.cli;

import io.fastpath.fastpath.lab.Fault;
import java.io.PrintWriter;

/**
 * What {@code demo} was asked for.
 *
 * @param seconds of traffic.
 * @param fault to do to the balancer meanwhile; null for none.
 * @param json whether the result goes to {@code out} as one JSON object, and the live table is left out.
 * @param out answers.
 * @param err everything else.
 */
public record DemoOptions(int seconds, Fault fault, boolean json, PrintWriter out, PrintWriter err) {}
