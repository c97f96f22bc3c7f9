package io.fastpath.afxdpnative.sys;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;

/**
 * Binds the native methods of a class to a shared library, and remembers why that failed.
 *
 * <p>A failure inside a static initializer would surface as an {@link ExceptionInInitializerError} once and as an even
 * poorer {@link NoClassDefFoundError} afterwards; kept here, it comes out of {@link #require()} as the same clear line
 * each time. Immutable; any thread.
 */
public final class NativeBinding {
    private final MissingLibraryException failure;

    private NativeBinding(final MissingLibraryException failure) {
        this.failure = failure;
    }

    /**
     * Bind all native methods of a class.
     *
     * @param type whose {@code static native} methods have the names of the library's functions.
     * @param library file name for the loader, for example {@code libbpf.so.1}.
     * @param advice what to do if it can't be loaded.
     * @return the outcome.
     */
    public static NativeBinding of(final Class<?> type, final String library, final String advice) {
        try {
            Native.register(type, NativeLibrary.getInstance(library));
            return new NativeBinding(null);
        } catch (final LinkageError ex) {
            return new NativeBinding(new MissingLibraryException(library, advice, ex));
        }
    }

    /** Throws the {@link MissingLibraryException} of a failed binding; does nothing otherwise. */
    public void require() {
        if (failure != null) {
            throw failure;
        }
    }
}
