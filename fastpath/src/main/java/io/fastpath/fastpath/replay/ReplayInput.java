package io.fastpath.fastpath.replay;

import java.nio.file.Path;

/**
 * A capture and where its frames came in.
 *
 * @param interfaceName of the configuration
 * @param file the capture
 */
public record ReplayInput(String interfaceName, Path file) {}
