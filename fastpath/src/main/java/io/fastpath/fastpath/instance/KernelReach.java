package io.fastpath.fastpath.instance;

import io.fastpath.afxdpnative.interfaces.XdpCapabilities;
import io.fastpath.afxdpnative.interfaces.XdpFeature;
import java.util.List;
import java.util.Set;

/**
 * By which interfaces the kernel engine can send. A driver that is no redirect target drops what is redirected to it, and
 * tells nobody but its own statistics; so it is asked before. Pure functions.
 */
public final class KernelReach {
    private KernelReach() {}

    /**
     * Why the kernel engine can't send by an interface.
     *
     * @param name of the interface
     * @param driver its driver's name
     * @param features of the driver's XDP; empty where the kernel doesn't tell (before 6.3)
     * @return what is wrong, and what to do; empty if nothing is known to be
     */
    public static String obstacle(final String name, final String driver, final Set<XdpFeature> features) {
        if (features.isEmpty() || features.contains(XdpFeature.NDO_XMIT)) {
            return "";
        }
        final String remedy = driver.equals("veth")
                ? "the other end of the pair has neither an XDP program nor GRO on: there, while both ends are up,"
                        + " `ethtool -K IFACE gro off`, then `gro on`"
                : "its driver is no target of XDP redirects";
        return "the kernel engine can't send by " + name + ", so what a worker can't take is lost there: " + remedy;
    }

    /**
     * Why the kernel engine can't send by some of the interfaces.
     *
     * @param interfaces that are served
     * @return one line for each that is concerned
     */
    static List<String> obstacles(final List<ServedInterface> interfaces) {
        return interfaces.stream()
                .map(served -> obstacle(
                        served.name(),
                        served.facts().driver().name(),
                        served.facts().xdp().map(XdpCapabilities::features).orElse(Set.of())))
                .filter(obstacle -> !obstacle.isEmpty())
                .toList();
    }
}
