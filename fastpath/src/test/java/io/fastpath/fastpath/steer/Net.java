package io.fastpath.fastpath.steer;

import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.lb.Address;
import io.fastpath.lb.BackendSpec;
import io.fastpath.lb.Protocol;
import io.fastpath.lb.service.ServiceSpec;
import java.util.List;

/** The addresses and services of the cases: TCP to port 80 and UDP to port 53, of a VIP in each family. */
final class Net {
    static final String CLIENT = "192.0.2.10";
    static final String CLIENT6 = "2001:db8:1::10";
    static final String VIP = "10.7.0.100";
    static final String VIP6 = "2001:db8:7::100";
    static final String OTHER = "10.7.0.101";
    static final String OTHER6 = "2001:db8:7::101";

    private Net() {}

    static List<ServiceSpec> services() {
        return List.of(
                service(Protocol.TCP, VIP, 80, "10.8.0.11"),
                service(Protocol.UDP, VIP, 53, "10.8.0.11"),
                service(Protocol.TCP, VIP6, 80, "2001:db8:8::11"),
                service(Protocol.UDP, VIP6, 53, "2001:db8:8::11"));
    }

    static ServiceSpec service(final Protocol protocol, final String vip, final int port, final String backend) {
        return new ServiceSpec(
                protocol.label() + "-" + vip.replace(':', '-') + "-" + port,
                Address.parse(vip),
                port,
                protocol,
                Forwarding.FULL_NAT,
                43,
                List.of(new BackendSpec(Address.parse(backend), 8080, 1)));
    }
}
