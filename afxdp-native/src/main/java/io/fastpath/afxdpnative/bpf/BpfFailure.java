package io.fastpath.afxdpnative.bpf;

import io.fastpath.afxdpnative.sys.Errno;
import io.fastpath.afxdpnative.sys.NativeException;

/** Words for what bpf(2) answers: one sentence of advice per error that an operator can do something about. */
final class BpfFailure {
    private BpfFailure() {}

    /**
     * Pass a result on, or throw what the failure means.
     *
     * @param result of a libbpf function that answers {@code -errno}.
     * @param call with its arguments, for the text.
     * @return {@code result}.
     */
    static int check(final int result, final String call) {
        if (result < 0) {
            throw of(call, -result, "");
        }
        return result;
    }

    static NativeException of(final String call, final int errno, final String log) {
        return new NativeException(call, errno, advice(errno), log);
    }

    private static String advice(final int errno) {
        if (errno == Errno.EPERM.number()) {
            return "run as root, or with CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON";
        }
        if (errno == Errno.ENOSYS.number()) {
            return "this kernel is built without BPF (CONFIG_BPF_SYSCALL); fastpath needs Linux 5.10 or newer";
        }
        if (errno == Errno.ENOMEM.number()) {
            return "not enough memory for the maps: lower their capacity, or raise the cgroup's or RLIMIT_MEMLOCK's limit";
        }
        if (errno == Errno.E2BIG.number()) {
            return "too large for this kernel: a map, or a program past the verifier's limit of instructions";
        }
        if (errno == Errno.EACCES.number() || errno == Errno.EINVAL.number()) {
            return "refused by the kernel; where the verifier spoke, its last lines follow";
        }
        if (errno == Errno.EOPNOTSUPP.number() || errno == Errno.ENOTSUPP.number()) {
            return "this kernel lacks a feature that the object uses; fastpath needs Linux 5.10 or newer with BTF";
        }
        return "";
    }
}
