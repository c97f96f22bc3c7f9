package io.fastpath.afxdpnative.bpf;

import io.fastpath.afxdpnative.sys.Libc;
import io.fastpath.afxdpnative.sys.NativeMemory;
import java.util.function.LongSupplier;
import org.agrona.UnsafeApi;

/**
 * What libbpf prints, kept for the exception's text instead of going to stderr.
 *
 * <p>When a program is refused, libbpf asks the kernel again for the verifier's log and prints it; so this holds map
 * creation errors, ELF errors and the verifier's words alike. Messages of the calling thread only; only the tail is
 * kept, because the verifier's verdict stands at its end.
 */
final class LibbpfLog {
    /** Characters kept of one call: several screens of verifier output. */
    static final int TAIL_LENGTH = 16 * 1024;

    /** Bytes read of one message; libbpf's own log buffer is at most 16 MiB. */
    private static final int MESSAGE_LENGTH_LIMIT = 32 << 20;

    /** {@code enum libbpf_print_level}: 0 warning, 1 info, 2 debug. */
    private static final int LEVEL_INFO = 1;

    private static final ThreadLocal<StringBuilder> CURRENT = new ThreadLocal<>();

    /** Held for as long as the class lives, because libbpf keeps its address. */
    private static final Libbpf.PrintFunction PRINT = LibbpfLog::print;

    private static boolean installed;

    private LibbpfLog() {}

    static synchronized void install() {
        if (!installed) {
            Libbpf.libbpf_set_print(PRINT);
            installed = true;
        }
    }

    /** The result of a call into libbpf, and what was printed meanwhile. */
    record Logged(long result, String log) {}

    static Logged during(final LongSupplier call) {
        final StringBuilder log = new StringBuilder();
        CURRENT.set(log);
        try {
            return new Logged(call.getAsLong(), log.toString().stripTrailing());
        } finally {
            CURRENT.remove();
        }
    }

    /** Keep whole lines of the last {@code lengthLimit} characters, and say that there was more. */
    static String tail(final String text, final int lengthLimit) {
        if (text.length() <= lengthLimit) {
            return text;
        }
        final int start = text.length() - lengthLimit;
        final int line = text.indexOf('\n', start);
        return "[... " + start + " characters before ...]\n" + text.substring(line < 0 ? start : line + 1);
    }

    private static int print(final int level, final long format, final long arguments) {
        final StringBuilder log = CURRENT.get();
        if (log == null || level > LEVEL_INFO) {
            return 0;
        }
        try (NativeMemory text = NativeMemory.allocate(Long.BYTES)) {
            final int length = Libc.vasprintf(text.address(), format, arguments);
            if (length >= 0) {
                final long address = text.buffer().getLong(0);
                log.append(tail(lastOf(address, length), TAIL_LENGTH));
                Libc.free(address);
            }
            return Math.max(length, 0);
        }
    }

    private static String lastOf(final long address, final int length) {
        final int skipped = Math.max(0, length - MESSAGE_LENGTH_LIMIT);
        return UnsafeApi.getByte(address) == 0 ? "" : NativeMemory.cString(address + skipped, length - skipped);
    }
}
