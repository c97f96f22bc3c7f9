package io.fastpath.fastpath.decap;

/**
 * What to decapsulate, and where.
 *
 * @param interfaceName in the calling thread's network namespace
 * @param ipip whether IP protocols 4 and 41 are taken off
 * @param gue whether GUE is
 * @param geneve whether Geneve is
 * @param guePort UDP port of GUE
 * @param genevePort UDP port of Geneve
 * @param generic whether to run in generic mode without trying the driver's
 */
public record DecapOptions(
        String interfaceName,
        boolean ipip,
        boolean gue,
        boolean geneve,
        int guePort,
        int genevePort,
        boolean generic) {}
