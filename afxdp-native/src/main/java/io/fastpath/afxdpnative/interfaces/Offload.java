package io.fastpath.afxdpnative.interfaces;

/**
 * State of one offload of an interface.
 *
 * @param active whether it is in effect.
 * @param wanted whether the operator, or the default, asks for it.
 * @param changeable whether {@code ethtool -K} can change it.
 */
public record Offload(boolean active, boolean wanted, boolean changeable) {}
