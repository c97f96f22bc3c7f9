package io.fastpath.afxdpnative.netlink;

/**
 * An address of an interface. Immutable.
 *
 * @param ifindex the interface.
 * @param address the node's own address.
 * @param prefixLength bits of the on-link prefix; for IPv4 counted in the mapped form, so /24 is 120.
 * @param flags {@code IFA_F_} bits, {@code linux/if_addr.h}.
 * @param scope {@code RT_SCOPE_} number: 0 global, 253 link, 254 host.
 */
public record InterfaceAddress(int ifindex, IpAddress address, int prefixLength, int flags, int scope) {
    private static final int IFA_F_DADFAILED = 0x08;
    private static final int IFA_F_TENTATIVE = 0x40;

    /** {@return whether it may be used as a source: duplicate detection is over and found nothing} */
    public boolean isUsable() {
        return (flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED)) == 0;
    }
}
