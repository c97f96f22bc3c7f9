package io.fastpath.afxdpnative.sys;

/**
 * A call into the kernel or a C library failed. The message is one line: the call with its arguments, the error's name,
 * number and text, and what to do about it.
 *
 * <pre>
 *   bind(AF_XDP, eth1 queue 0, XDP_ZEROCOPY) failed: EBUSY (16, Device or resource busy): another AF_XDP socket ...
 * </pre>
 *
 * <p>Unchecked: such a failure ends a set-up, and no caller in between can repair it. What a steady-state caller must
 * handle (a full ring, a busy driver) is a return value instead.
 */
public class NativeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String call;
    private final int errno;
    private final String advice;

    /**
     * @param call the call and its arguments as one would write them, for example {@code bind(fd=5, eth1, queue 0)}.
     * @param errno the positive Linux error number.
     * @param advice what the operator can do; empty if there is nothing sensible to say.
     */
    public NativeException(final String call, final int errno, final String advice) {
        this(call, errno, advice, "");
    }

    /**
     * @param call the call and its arguments as one would write them.
     * @param errno the positive Linux error number.
     * @param advice what the operator can do; empty if there is nothing sensible to say.
     * @param detail further lines that belong to the failure, for example the verifier's log; may be empty.
     */
    public NativeException(final String call, final int errno, final String advice, final String detail) {
        super(message(call, errno, advice, detail));
        this.call = call;
        this.errno = errno;
        this.advice = advice;
    }

    /** {@return the call and its arguments} */
    public String call() {
        return call;
    }

    /** {@return the positive Linux error number} */
    public int errno() {
        return errno;
    }

    /** {@return the error's symbolic name, for example {@code EBUSY}} */
    public String errnoName() {
        return Errno.name(errno);
    }

    /**
     * {@return whether this failure is {@code candidate}}
     *
     * @param candidate the error number asked about.
     */
    public boolean is(final Errno candidate) {
        return errno == candidate.number();
    }

    /** {@return what the operator can do; empty if there is nothing sensible to say} */
    public String advice() {
        return advice;
    }

    private static String message(final String call, final int errno, final String advice, final String detail) {
        final StringBuilder text = new StringBuilder(call).append(" failed: ").append(Errno.describe(errno));
        if (!advice.isEmpty()) {
            text.append(": ").append(advice);
        }
        if (!detail.isEmpty()) {
            text.append('\n').append(detail);
        }
        return text.toString();
    }
}
