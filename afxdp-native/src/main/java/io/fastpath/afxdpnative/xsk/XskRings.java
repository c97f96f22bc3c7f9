package io.fastpath.afxdpnative.xsk;

import io.fastpath.afxdpnative.ring.CompletionRing;
import io.fastpath.afxdpnative.ring.FillRing;
import io.fastpath.afxdpnative.ring.RxRing;
import io.fastpath.afxdpnative.ring.TxRing;

/** The four rings of one socket, mapped. */
record XskRings(FillRing fill, RxRing rx, TxRing tx, CompletionRing completion) {}
