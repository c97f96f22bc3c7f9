package io.fastpath.fastpath.doctor;

import static io.fastpath.fastpath.doctor.Finding.SYSTEM;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Looks at kernel and process through the kernel's files. One thread. */
final class SystemChecks {
    /** Debian 12's; below, XDP on veth and the AF_XDP fixes that we lean on are not all there. */
    private static final int KERNEL_MAJOR = 6;

    private static final int KERNEL_MINOR = 1;
    private static final int JAVA_RECOMMENDED = 25;
    private static final Pattern RELEASE = Pattern.compile("([0-9]+)\\.([0-9]+).*");

    /** Bits of CapEff: linux/capability.h. */
    private static final Map<String, Integer> CAPABILITIES = new TreeMap<>(
            Map.of("CAP_NET_ADMIN", 12, "CAP_NET_RAW", 13, "CAP_IPC_LOCK", 14, "CAP_SYS_ADMIN", 21, "CAP_BPF", 39));

    private final HostFiles files;
    private final List<Finding> findings = new ArrayList<>();

    private SystemChecks(final HostFiles files) {
        this.files = files;
    }

    /**
     * {@return what was found}
     *
     * @param files of the machine.
     */
    static List<Finding> run(final HostFiles files) {
        final SystemChecks checks = new SystemChecks(files);
        checks.kernel();
        checks.capabilities();
        checks.btf();
        checks.jit();
        checks.bpffs();
        checks.memlock();
        checks.clock();
        checks.cpus();
        checks.java();
        checks.forwarding();
        return checks.findings;
    }

    private void kernel() {
        final String release = files.text("/proc/sys/kernel/osrelease").orElse("unknown");
        final Matcher matcher = RELEASE.matcher(release);
        final boolean known = matcher.matches();
        final int major = known ? Integer.parseInt(matcher.group(1)) : 0;
        final int minor = known ? Integer.parseInt(matcher.group(2)) : 0;
        if (major > KERNEL_MAJOR || major == KERNEL_MAJOR && minor >= KERNEL_MINOR) {
            findings.add(Finding.ok(SYSTEM, "kernel", release));
        } else {
            findings.add(Finding.failure(
                    SYSTEM,
                    "kernel",
                    release + " is older than " + KERNEL_MAJOR + "." + KERNEL_MINOR,
                    "install a newer kernel; Debian 12's is the oldest that fastpath is tested on"));
        }
    }

    private void capabilities() {
        final long effective = files.field("/proc/self/status", "CapEff:")
                .map(text -> Long.parseUnsignedLong(text, 16))
                .orElse(0L);
        final List<String> missing = new ArrayList<>();
        CAPABILITIES.forEach((name, bit) -> {
            if ((effective >>> bit & 1) == 0) {
                missing.add(name);
            }
        });
        if (missing.isEmpty()) {
            findings.add(Finding.ok(SYSTEM, "privileges", "all that is needed"));
        } else {
            findings.add(Finding.failure(
                    SYSTEM,
                    "privileges",
                    "this process has no " + String.join(", ", missing),
                    "run as root; CAP_SYS_ADMIN is for mounting the bpf file system of the instance"));
        }
    }

    private void btf() {
        if (files.exists("/sys/kernel/btf/vmlinux")) {
            findings.add(Finding.ok(SYSTEM, "btf", "the kernel describes its types"));
        } else {
            findings.add(Finding.note(
                    SYSTEM,
                    "btf",
                    "no /sys/kernel/btf/vmlinux",
                    "fastpath does not need it; bpftool shows its maps better with CONFIG_DEBUG_INFO_BTF"));
        }
    }

    private void jit() {
        final String path = "/proc/sys/net/core/bpf_jit_enable";
        final String value = files.text(path).orElse("");
        if (value.isEmpty()) {
            findings.add(Finding.note(SYSTEM, "bpf-jit", path + " can't be read", "run as root to know"));
        } else if (value.equals("0")) {
            findings.add(Finding.warning(
                    SYSTEM, "bpf-jit", "eBPF is interpreted, ten times slower", "sysctl net.core.bpf_jit_enable=1"));
        } else {
            findings.add(Finding.ok(SYSTEM, "bpf-jit", "eBPF is compiled"));
        }
    }

    private void bpffs() {
        if (files.lineWith("/proc/filesystems", "\tbpf").isPresent()) {
            findings.add(Finding.ok(SYSTEM, "bpffs", "the kernel has it; each instance mounts its own"));
        } else {
            findings.add(Finding.failure(
                    SYSTEM, "bpffs", "the kernel has no bpf file system", "use a kernel with CONFIG_BPF_SYSCALL"));
        }
    }

    private void memlock() {
        final String limit = files.lineWith("/proc/self/limits", "Max locked memory")
                .map(line ->
                        line.substring("Max locked memory".length()).strip().split("\\s+")[0])
                .orElse("unknown");
        final boolean privileged = findings.stream()
                .noneMatch(finding ->
                        finding.check().equals("privileges") && finding.fact().contains("CAP_IPC_LOCK"));
        if (limit.equals("unlimited") || privileged) {
            findings.add(Finding.ok(
                    SYSTEM, "memlock", "limit " + limit + (privileged ? ", and CAP_IPC_LOCK makes it void" : "")));
        } else {
            findings.add(Finding.failure(
                    SYSTEM,
                    "memlock",
                    "only " + limit + " bytes may be locked, and a UMEM must be",
                    "ulimit -l unlimited, or LimitMEMLOCK=infinity in the systemd unit"));
        }
    }

    private void clock() {
        final String source = files.text("/sys/devices/system/clocksource/clocksource0/current_clocksource")
                .orElse("unknown");
        if (List.of("hpet", "acpi_pm", "jiffies", "refined-jiffies").contains(source)) {
            findings.add(Finding.warning(
                    SYSTEM,
                    "clocksource",
                    source + ": each look at the clock is a system call of about a microsecond",
                    "see why the kernel does not trust the TSC (dmesg | grep -i clocksource)"));
        } else {
            findings.add(Finding.ok(SYSTEM, "clocksource", source));
        }
    }

    private void cpus() {
        final String online = files.text("/sys/devices/system/cpu/online").orElse("unknown");
        final String isolated = files.text("/sys/devices/system/cpu/isolated").orElse("");
        final String allowed =
                files.field("/proc/self/status", "Cpus_allowed_list:").orElse(online);
        if (online.equals("0")) {
            findings.add(Finding.warning(
                    SYSTEM, "cpus", "one CPU only", "a worker and the kernel's receive path would share it"));
        } else {
            findings.add(Finding.ok(
                    SYSTEM, "cpus", "online " + online + (isolated.isEmpty() ? "" : ", isolated " + isolated)));
        }
        if (!allowed.equals(online)) {
            findings.add(Finding.note(
                    SYSTEM, "cpuset", "this process may use " + allowed, "workers can only have CPUs out of these"));
        }
    }

    private void java() {
        final int feature = Runtime.version().feature();
        if (feature >= JAVA_RECOMMENDED) {
            findings.add(Finding.ok(SYSTEM, "java", "Java " + feature));
        } else {
            findings.add(Finding.note(
                    SYSTEM, "java", "Java " + feature, "Java " + JAVA_RECOMMENDED + " is recommended, 17 will do"));
        }
    }

    private void forwarding() {
        final Optional<String> forward = files.text("/proc/sys/net/ipv4/ip_forward");
        if (forward.isPresent() && forward.get().equals("0")) {
            findings.add(Finding.note(
                    SYSTEM,
                    "ip-forward",
                    "the kernel does not route (net.ipv4.ip_forward=0)",
                    "fastpath needs no routing by the kernel; switch it on only if this node is a router besides"));
        }
    }
}
