package io.fastpath.fastpath.cli;

import io.fastpath.fastpath.instance.Version;
import picocli.CommandLine.IVersionProvider;

/** What {@code fastpath --version} prints. */
final class VersionProvider implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {
            "fastpath " + Version.text() + " on Java " + Runtime.version().feature()
        };
    }
}
