package io.fastpath.afxdpnative.bpf;

import io.fastpath.afxdpnative.sys.Errno;
import io.fastpath.afxdpnative.sys.NativeException;
import io.fastpath.afxdpnative.sys.NativeMemory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Names in bpffs that keep a map, program or link alive without a process. */
final class PinnedFile {
    private PinnedFile() {}

    static void pin(final int fd, final Path path) {
        try (NativeMemory text = NativeMemory.ofCString(path.toString())) {
            final int result = Libbpf.bpf_obj_pin(fd, text.address());
            if (result < 0) {
                throw new NativeException("bpf_obj_pin(fd=" + fd + ", " + path + ')', -result, pinAdvice(-result));
            }
        }
    }

    /** {@return a new descriptor of what is pinned at {@code path}} */
    static int open(final Path path) {
        Libbpf.require();
        try (NativeMemory text = NativeMemory.ofCString(path.toString())) {
            final int fd = Libbpf.bpf_obj_get(text.address());
            if (fd < 0) {
                final String advice = fd == -Errno.ENOENT.number() ? "nothing is pinned there" : "";
                throw new NativeException("bpf_obj_get(" + path + ')', -fd, advice);
            }
            return fd;
        }
    }

    static void unpin(final Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (final IOException ex) {
            throw new UncheckedIOException("can't remove the pin " + path, ex);
        }
    }

    private static String pinAdvice(final int errno) {
        if (errno == Errno.EEXIST.number()) {
            return "something is pinned there already, by another instance or an earlier run; detach that first";
        }
        if (errno == Errno.EINVAL.number() || errno == Errno.EPERM.number() || errno == Errno.ENOENT.number()) {
            return "the directory must exist and be on a mounted bpf file system";
        }
        return "";
    }
}
