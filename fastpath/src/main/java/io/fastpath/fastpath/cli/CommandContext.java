package io.fastpath.fastpath.cli;

import io.fastpath.fastpath.control.InstanceDirectory;

/**
 * What commands work with; tests give their own. Immutable.
 *
 * @param console to write to.
 * @param directory of instances.
 * @param operations that do rather than ask.
 */
record CommandContext(Console console, InstanceDirectory directory, Operations operations) {}
