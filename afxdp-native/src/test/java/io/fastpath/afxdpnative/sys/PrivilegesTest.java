package io.fastpath.afxdpnative.sys;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.afxdpnative.bpf.BpfFilesystem;
import io.fastpath.afxdpnative.bpf.BpfObject;
import io.fastpath.afxdpnative.lab.BpfCompiler;
import io.fastpath.afxdpnative.lab.Command;
import io.fastpath.afxdpnative.ring.RingSizes;
import io.fastpath.afxdpnative.umem.HugePages;
import io.fastpath.afxdpnative.umem.Umem;
import io.fastpath.afxdpnative.umem.UmemLayout;
import io.fastpath.afxdpnative.xsk.BindMode;
import io.fastpath.afxdpnative.xsk.XskConfig;
import io.fastpath.afxdpnative.xsk.XskGroup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Needs root, in order to drop it: a process without any capability gets one clear line for each thing it may not do. */
class PrivilegesTest {
    @TempDir
    private Path directory;

    @Test
    void shouldSayWhatAProcessWithoutRootLacks() {
        BpfCompiler.compile("steer");
        final List<String> command = new ArrayList<>(List.of("setpriv", "--bounding-set=-all", "--inh-caps=-all"));
        command.add(ProcessHandle.current().info().command().orElseThrow());
        command.add("--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED");
        if (Runtime.version().feature() >= 24) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(WithoutRoot.class.getName(), directory.toString()));

        assertThat(Command.run(command).lines())
                .containsExactly(
                        "bpf_object__load(steer) failed: EPERM (1, Operation not permitted): run as root, or with CAP_BPF,"
                                + " CAP_NET_ADMIN and CAP_PERFMON",
                        "socket(AF_XDP) failed: EPERM (1, Operation not permitted): run as root, or with CAP_NET_RAW",
                        "mount(bpf, " + directory + ") failed: EPERM (1, Operation not permitted): needs root"
                                + " (CAP_SYS_ADMIN), and a kernel with CONFIG_BPF_SYSCALL",
                        "memory lock limited: true");
    }

    /** The process without root. Its output must be these lines and nothing else: a JVM warning would show. */
    static final class WithoutRoot {
        private WithoutRoot() {}

        public static void main(final String[] arguments) throws Exception {
            final byte[] elf = Files.readAllBytes(Path.of("target/test-bpf/steer.bpf.o"));
            printFailure(() -> {
                try (BpfObject object = BpfObject.open(elf, "steer")) {
                    object.load();
                }
            });
            printFailure(() -> {
                final XskConfig config = new XskConfig("lo", 1, 0, RingSizes.ofEach(64));
                try (Umem umem = Umem.map(new UmemLayout(2048, 64, 0, HugePages.NONE))) {
                    XskGroup.open(umem, List.of(config), BindMode.AUTO).close();
                }
            });
            printFailure(() -> BpfFilesystem.ensure(Path.of(arguments[0])));
            System.out.println("memory lock limited: " + (MemoryLock.raise() != Long.MAX_VALUE));
        }

        private static void printFailure(final Runnable action) {
            try {
                action.run();
                System.out.println("no failure");
            } catch (final NativeException ex) {
                System.out.println(ex.getMessage().lines().findFirst().orElse(""));
            }
        }
    }
}
