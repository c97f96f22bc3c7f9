package io.fastpath.fastpath.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A machine made of files: a good one, but for what a test changes. */
class SystemChecksTest {
    private static final String LIMITS = "Limit Soft Limit Hard Limit Units\nMax locked memory         %s  %s bytes\n";

    @TempDir
    private Path root;

    @BeforeEach
    void makeAGoodMachine() throws IOException {
        file("/proc/sys/kernel/osrelease", "6.1.0-28-amd64\n");
        file("/proc/self/status", "Name: java\nCapEff:\t000001ffffffffff\nCpus_allowed_list:\t0-3\n");
        file("/proc/self/limits", LIMITS.formatted("8388608", "8388608"));
        file("/proc/filesystems", "nodev\tsysfs\nnodev\tbpf\n\text4\n");
        file("/proc/sys/net/core/bpf_jit_enable", "1\n");
        file("/proc/sys/net/ipv4/ip_forward", "1\n");
        file("/proc/meminfo", "MemTotal: 1 kB\nHugePages_Free:     10\nHugepagesize:       2048 kB\n");
        file("/sys/kernel/btf/vmlinux", "btf");
        file("/sys/devices/system/clocksource/clocksource0/current_clocksource", "tsc\n");
        file("/sys/devices/system/cpu/online", "0-3\n");
    }

    @Test
    void shouldFindNothingWrongWithAGoodMachine() {
        assertThat(run())
                .filteredOn(found -> !found.check().equals("java"))
                .extracting(Finding::level)
                .containsOnly(Level.OK);
    }

    @Test
    void shouldRefuseAnOldKernel() throws IOException {
        for (final String release : new String[] {"5.19.0", "6.0.12", "4.18.0-553", "mystery"}) {
            file("/proc/sys/kernel/osrelease", release);
            assertThat(level("kernel")).as(release).isEqualTo(Level.FAILURE);
        }
        for (final String release : new String[] {"6.1.0", "6.18.44-x", "10.0"}) {
            file("/proc/sys/kernel/osrelease", release);
            assertThat(level("kernel")).as(release).isEqualTo(Level.OK);
        }
    }

    @Test
    void shouldNameMissingCapabilities() throws IOException {
        file("/proc/self/status", "CapEff:\t0000000000003000\nCpus_allowed_list:\t0-3\n");

        assertThat(finding("privileges").fact()).isEqualTo("this process has no CAP_BPF, CAP_IPC_LOCK, CAP_SYS_ADMIN");
        assertThat(level("privileges")).isEqualTo(Level.FAILURE);
        assertThat(level("memlock")).isEqualTo(Level.FAILURE);
        file("/proc/self/limits", LIMITS.formatted("unlimited", "unlimited"));
        assertThat(level("memlock")).isEqualTo(Level.OK);
    }

    @Test
    void shouldTellWhatMakesItSlow() throws IOException {
        file("/proc/sys/net/core/bpf_jit_enable", "0");
        file("/sys/devices/system/clocksource/clocksource0/current_clocksource", "hpet");
        file("/sys/devices/system/cpu/online", "0");

        assertThat(level("bpf-jit")).isEqualTo(Level.WARNING);
        assertThat(level("clocksource")).isEqualTo(Level.WARNING);
        assertThat(level("cpus")).isEqualTo(Level.WARNING);
        assertThat(finding("cpuset").fact()).isEqualTo("this process may use 0-3");
    }

    @Test
    void shouldGoOnWhereNothingCanBeRead() throws IOException {
        final HostFiles nothing = new HostFiles(root.resolve("none"));

        assertThat(SystemChecks.run(nothing)).extracting(Finding::check).contains("kernel", "privileges", "bpffs");
        assertThat(HugePageCheck.run(nothing, 0, true).level()).isEqualTo(Level.NOTE);
    }

    @Test
    void shouldCountHugePages() {
        final HostFiles files = new HostFiles(root);

        assertThat(HugePageCheck.run(files, 0, true).level()).isEqualTo(Level.OK);
        assertThat(HugePageCheck.run(files, 20L << 20, true).level()).isEqualTo(Level.OK);
        assertThat(HugePageCheck.run(files, (20L << 20) + 1, true).advice())
                .isEqualTo("sysctl vm.nr_hugepages=11, or umem.hugePages: false");
        assertThat(HugePageCheck.run(files, 1L << 30, true).level()).isEqualTo(Level.FAILURE);
        assertThat(HugePageCheck.run(files, 1L << 30, false).level()).isEqualTo(Level.WARNING);
    }

    private List<Finding> run() {
        return SystemChecks.run(new HostFiles(root));
    }

    private Finding finding(final String check) {
        return run().stream()
                .filter(found -> found.check().equals(check))
                .findFirst()
                .orElseThrow(() -> new AssertionError("nothing found of " + check));
    }

    private Level level(final String check) {
        return finding(check).level();
    }

    private void file(final String path, final String text) throws IOException {
        final Path file = root.resolve(path.substring(1));
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
