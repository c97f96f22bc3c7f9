package io.fastpath.fastpath.drain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fastpath.fastpath.pipeline.TestBalancer;
import io.fastpath.kernelbpf.layout.BackendDescriptor;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.lb.Address;
import io.fastpath.lb.BackendSpec;
import io.fastpath.lb.Protocol;
import io.fastpath.lb.service.BackendEntry;
import io.fastpath.lb.service.DrainSpec;
import io.fastpath.lb.service.DrainSpec.Fate;
import io.fastpath.lb.service.ServiceSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is withheld of backends' weights, when, and what of it outlives a process. */
class DrainsTest {
    private static final long SECOND_NS = Duration.ofSeconds(1).toNanos();
    private static final DrainSpec SLOW = new DrainSpec(Fate.FINISH, 0, Fate.FINISH, 20 * SECOND_NS);

    private final TestBalancer balancer = new TestBalancer()
            .drain(SLOW)
            .service(Protocol.TCP, "10.7.0.100", 80, Forwarding.NAT, "10.8.0.11", 80, "10.8.0.12", 80)
            .service(Protocol.UDP, "10.7.0.100", 80, Forwarding.NAT, "10.8.0.11", 80)
            .start();
    private final List<ServiceSpec> services = balancer.services();

    @Test
    void shouldGiveAllBackendsOfANewServiceTheirWholeWeight() {
        balancer.reconfigure(services).poll(0);

        assertThat(withheld("10.8.0.11")).isZero();
        assertThat(withheld("10.8.0.12")).isZero();
    }

    @Test
    void shouldRaiseANewBackendStepByStep() {
        final Drains drains = balancer.reconfigure(withAnother());
        final List<Integer> seen = new ArrayList<>();
        for (int second = 0; second <= 20; second++) {
            drains.poll(second * SECOND_NS);
            seen.add(withheld("10.8.0.13"));
        }

        assertThat(seen).startsWith(950, 900, 850).endsWith(50, 0, 0);
        assertThat(withheld("10.8.0.11")).isZero();
    }

    @Test
    void shouldGoOnRaisingInAnotherProcess() {
        final Drains drains = balancer.reconfigure(withAnother());
        for (int second = 0; second <= 10; second++) {
            drains.poll(second * SECOND_NS);
        }
        final int before = withheld("10.8.0.13");

        final Drains next = balancer.reconfigure(withAnother());
        next.poll(100 * SECOND_NS);
        assertThat(withheld("10.8.0.13")).isEqualTo(before).isBetween(400, 550);
        next.poll(101 * SECOND_NS);
        assertThat(withheld("10.8.0.13")).isEqualTo(before - 50);
    }

    @Test
    void shouldKeepADrainByCommandThroughAnotherProcessAndRaiseTheBackendWhenItIsUndone() {
        final Drains drains = balancer.reconfigure(services);
        assertThat(drains.drain("s0", endpoint -> endpoint.toString().equals("10.8.0.11:80"), false))
                .containsExactly("s0 10.8.0.11:80");
        assertThat(withheld("10.8.0.11")).isEqualTo(BackendDescriptor.WITHHELD_BY_COMMAND);

        final Drains next = balancer.reconfigure(services);
        next.poll(0);
        assertThat(withheld("10.8.0.11")).isEqualTo(BackendDescriptor.WITHHELD_BY_COMMAND);

        next.drain(null, endpoint -> endpoint.address().equals(Address.parse("10.8.0.11")), true);
        assertThat(withheld("10.8.0.11")).isEqualTo(SlowStart.FIRST);
    }

    @Test
    void shouldTakeADrainOfTheConfigurationBackWithTheConfiguration() {
        balancer.reconfigure(List.of(
                services.get(0)
                        .with(services.get(0).backends().stream()
                                .map(backend -> backend.address().toString().endsWith(".11")
                                        ? backend.withholding(BackendDescriptor.WITHHELD_ALL)
                                        : backend)
                                .toList()),
                services.get(1)));
        assertThat(withheld("10.8.0.11")).isEqualTo(BackendDescriptor.WITHHELD_ALL);

        balancer.reconfigure(services);
        assertThat(withheld("10.8.0.11")).isEqualTo(SlowStart.FIRST);
    }

    @Test
    void shouldRefuseWhatACommandCannotChange() {
        final Drains drains = balancer.reconfigure(List.of(
                services.get(0)
                        .with(List.of(
                                services.get(0).backends().get(0), new BackendSpec(Address.parse("10.8.0.12"), 80, 0))),
                services.get(1)));

        assertThatThrownBy(
                        () -> drains.drain(null, endpoint -> endpoint.toString().equals("10.8.0.12:80"), true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("drained by the configuration");
        assertThatThrownBy(() -> drains.drain("s0", endpoint -> false, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no such backend of a service s0");
    }

    private List<ServiceSpec> withAnother() {
        final ServiceSpec first = services.get(0);
        final List<BackendSpec> backends = new ArrayList<>(first.backends());
        backends.add(new BackendSpec(Address.parse("10.8.0.13"), 80, 1));
        return List.of(first.with(backends), services.get(1));
    }

    /** Of the backend of the TCP service. */
    private int withheld(final String address) {
        return balancer.serviceTable().services().stream()
                .filter(service -> service.key().protocol() == Protocol.TCP)
                .flatMap(service -> service.backends().stream())
                .filter(backend -> backend.endpoint().address().equals(Address.parse(address)))
                .mapToInt(BackendEntry::withheld)
                .findFirst()
                .orElseThrow();
    }
}
