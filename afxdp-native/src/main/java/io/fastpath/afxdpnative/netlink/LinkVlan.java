package io.fastpath.afxdpnative.netlink;

/**
 * The tag of a VLAN interface; its parent is {@link Link#lowerIfindex()}.
 *
 * @param id VLAN identifier, 0 to 4095.
 * @param protocol EtherType of the tag: 0x8100 (802.1Q) or 0x88a8 (802.1ad).
 */
public record LinkVlan(int id, int protocol) {}
