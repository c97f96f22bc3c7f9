package io.fastpath.fastpath.config;

import io.fastpath.fastpath.prefilter.PrefixList;

/**
 * Whose packets are dropped before an engine has them.
 *
 * @param isGiven whether the configuration says anything of it; if not, what an earlier process left stays.
 * @param list of the prefixes; for one reader.
 */
public record PrefilterConfig(boolean isGiven, PrefixList list) {}
