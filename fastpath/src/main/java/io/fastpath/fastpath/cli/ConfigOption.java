package io.fastpath.fastpath.cli;

import io.fastpath.fastpath.config.ConfigException;
import io.fastpath.fastpath.config.ConfigFile;
import io.fastpath.fastpath.config.InstanceConfig;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** {@code --config}, of the commands that read a configuration. */
final class ConfigOption {
    @Option(
            names = {"-c", "--config"},
            required = true,
            paramLabel = "FILE",
            description = "The configuration, a YAML file.")
    private Path file;

    /** {@return the file} */
    Path file() {
        return file;
    }

    /**
     * {@return the configuration}
     *
     * @throws ConfigException with every problem of the file.
     */
    InstanceConfig load() throws ConfigException {
        return ConfigFile.load(file);
    }
}
