package io.fastpath.afxdpnative.bpf;

import com.sun.jna.Callback;
import io.fastpath.afxdpnative.sys.NativeBinding;

/**
 * The functions of libbpf 1.x that fastpath calls, bound with JNA direct mapping: {@code long} for pointers and {@code
 * size_t}. Functions that answer an {@code int} answer {@code -errno} on failure; those that answer a pointer answer 0
 * and leave errno behind. Source: {@code bpf/libbpf.h}, {@code bpf/bpf.h}.
 */
final class Libbpf {
    private static final NativeBinding BINDING = NativeBinding.of(
            Libbpf.class,
            "libbpf.so.1",
            "install libbpf 1.1 or newer (Debian, Ubuntu: apt install libbpf1; Fedora: dnf install libbpf)");

    private Libbpf() {}

    /** Throws the one clear line if the library is missing; every entry to this package calls it first. */
    static void require() {
        BINDING.require();
        LibbpfLog.install();
    }

    /** {@code libbpf_print_fn_t}; the last argument is a {@code va_list}, which C passes as a pointer. */
    interface PrintFunction extends Callback {
        int invoke(int level, long format, long arguments);
    }

    static native long libbpf_set_print(PrintFunction function);

    static native long bpf_object__open_mem(long elf, long elfLength, long options);

    static native int bpf_object__load(long object);

    static native void bpf_object__close(long object);

    static native long bpf_object__find_map_by_name(long object, long name);

    static native long bpf_object__find_program_by_name(long object, long name);

    static native int bpf_map__fd(long map);

    static native int bpf_map__type(long map);

    static native int bpf_map__key_size(long map);

    static native int bpf_map__value_size(long map);

    static native int bpf_map__max_entries(long map);

    static native int bpf_map__map_flags(long map);

    static native int bpf_map__set_max_entries(long map, int maxEntries);

    static native int bpf_map__reuse_fd(long map, int fd);

    static native int bpf_program__fd(long program);

    static native int bpf_program__set_autoload(long program, boolean autoload);

    static native int bpf_map_lookup_elem(int fd, long key, long value);

    static native int bpf_map_update_elem(int fd, long key, long value, long flags);

    static native int bpf_map_delete_elem(int fd, long key);

    static native int bpf_map_update_batch(int fd, long keys, long values, long countPointer, long options);

    static native int bpf_map_delete_batch(int fd, long keys, long countPointer, long options);

    static native int bpf_map_lookup_batch(
            int fd, long inBatch, long outBatch, long keys, long values, long countPointer, long options);

    static native int bpf_obj_pin(int fd, long path);

    static native int bpf_obj_get(long path);

    static native int bpf_obj_get_info_by_fd(int fd, long info, long infoLengthPointer);

    static native int bpf_prog_get_fd_by_id(int id);

    static native int bpf_link_create(int programFd, int target, int attachType, long options);

    static native int bpf_link_detach(int fd);

    static native int bpf_link_update(int fd, int programFd, long options);

    static native int bpf_xdp_query(int ifindex, int flags, long options);

    static native int bpf_prog_test_run_opts(int programFd, long options);
}
