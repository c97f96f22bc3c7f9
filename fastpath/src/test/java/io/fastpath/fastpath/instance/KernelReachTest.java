package io.fastpath.fastpath.instance;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.afxdpnative.interfaces.XdpFeature;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KernelReachTest {
    @Test
    void shouldNameTheInterfaceAndTheRemedyWhereTheDriverTakesNoRedirects() {
        assertThat(KernelReach.obstacle("back", "veth", Set.of(XdpFeature.BASIC, XdpFeature.REDIRECT)))
                .contains("can't send by back")
                .contains("gro on");
        assertThat(KernelReach.obstacle("eth1", "e1000e", Set.of(XdpFeature.BASIC)))
                .contains("eth1")
                .endsWith("no target of XDP redirects");
    }

    @Test
    void shouldHaveNothingAgainstAnInterfaceThatTakesRedirectsOrThatNobodyKnows() {
        assertThat(KernelReach.obstacle("eth1", "ice", Set.of(XdpFeature.BASIC, XdpFeature.NDO_XMIT)))
                .isEmpty();
        assertThat(KernelReach.obstacle("eth1", "ice", Set.of())).isEmpty();
    }
}
