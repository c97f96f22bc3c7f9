package io.fastpath.fastpath.control;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * What to do with the prefilter's list. Immutable.
 *
 * @param action add, allow, remove or replace.
 * @param prefix to deny, to allow or to remove; null else.
 * @param file to replace the list from, an absolute path that the instance's process can read; null else.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PrefilterChange(String action, String prefix, String file) {}
