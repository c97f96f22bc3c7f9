package io.fastpath.afxdpnative.bpf;

import io.fastpath.afxdpnative.sys.NativeMemory;

/** BPF_OBJ_GET_INFO_BY_FD: the kernel's description of a map, program or link. */
final class BpfInfo {
    private BpfInfo() {}

    /**
     * Read a description. An older kernel fills less of it and leaves the rest zero.
     *
     * @param fd of a map, program or link.
     * @param length of the struct in bytes.
     * @param kind for the failure's text.
     * @return the struct; the caller closes it.
     */
    static NativeMemory read(final int fd, final int length, final String kind) {
        final NativeMemory info = NativeMemory.allocate(length);
        try (NativeMemory lengthPointer = NativeMemory.allocate(Integer.BYTES)) {
            lengthPointer.buffer().putInt(0, length);
            BpfFailure.check(
                    Libbpf.bpf_obj_get_info_by_fd(fd, info.address(), lengthPointer.address()),
                    "bpf_obj_get_info_by_fd(" + kind + " fd=" + fd + ')');
            return info;
        } catch (final RuntimeException ex) {
            info.close();
            throw ex;
        }
    }
}
