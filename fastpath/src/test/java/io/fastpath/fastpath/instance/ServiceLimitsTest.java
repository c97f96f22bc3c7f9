package io.fastpath.fastpath.instance;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.config.ConfigException;
import io.fastpath.fastpath.config.ConfigFile;
import io.fastpath.fastpath.config.InstanceConfig;
import io.fastpath.fastpath.tables.ConfigRecord;
import io.fastpath.fastpath.tables.SharedTables;
import io.fastpath.fastpath.tables.SnatRange;
import io.fastpath.fastpath.tables.TableSizes;
import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.kernelbpf.layout.RateDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;
import io.fastpath.lb.Address;
import io.fastpath.lb.LbMemory;
import io.fastpath.lb.service.ServiceTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That each service has its own limits, whatever its key looks like, and that they go when the configuration drops them. */
class ServiceLimitsTest {
    private static final TableSizes SIZES = new TableSizes(512, 64, 16, 16, 2, 1, 8192);
    private static final String CONFIG = """
            instance: edge1
            interfaces: [{name: eth1}]
            workers: {cpus: [0]}
            snat: {addresses: [10.8.0.1]}
            services:
              - name: one
                vip: 10.9.0.0
                port: 80
                protocol: tcp
                maglevSize: 251
                backends: [{address: 10.8.0.11, port: 8080}]
              - name: prefix
                vip: 10.9.0.0/24
                port: any
                protocol: tcp
                maglevSize: 251
                limits: {newPerSecond: 1000, newPerSecondPerClient: 10}
                backends: [{address: 10.8.0.11, port: 8080}]
              - name: range
                vip: 10.9.0.0
                port: 80-90
                protocol: udp
                maglevSize: 251
                limits: {newPerSecond: 500}
                backends: [{address: 10.8.0.11, port: 8080}]
            """;

    @TempDir
    private Path folder;

    private final SharedTables tables = SharedTables.allocate(SIZES);

    @Test
    void shouldGiveEachServiceItsOwnLimits() throws ConfigException, IOException {
        final ServiceTable services = apply(config(CONFIG));
        assertThat(intervals(services))
                .containsExactlyInAnyOrder(
                        "tcp 10.9.0.0:80 0 0", "tcp 10.9.0.0/24:any 1000000 100000000", "udp 10.9.0.0:80-90 2000000 0");
        assertThat(intervals(apply(config(CONFIG.replace("    limits: {newPerSecond: 500}\n", "")))))
                .contains("udp 10.9.0.0:80-90 0 0");
    }

    private InstanceConfig config(final String text) throws ConfigException, IOException {
        return ConfigFile.load(Files.writeString(folder.resolve("edge1.yaml"), text));
    }

    private ServiceTable apply(final InstanceConfig config) {
        new ConfigRecord(tables.region(MapNames.CONFIG))
                .write(SIZES, SnatRange.of(List.of(Address.parse("10.8.0.1")), 1024, 65535));
        final ServiceTable services = ServiceTable.attach(LbMemory.of(
                tables.region(MapNames.CONFIG),
                tables.region(MapNames.CONTROL),
                tables.region(MapNames.SERVICES),
                tables.region(MapNames.MAGLEV),
                tables.region(MapNames.BACKENDS)));
        services.apply(config.services());
        new ServiceLimits(config).write(services, tables);
        return services;
    }

    private List<String> intervals(final ServiceTable services) {
        final SharedMemory rates = tables.region(MapNames.RATES);
        return services.services().stream()
                .map(service -> {
                    final long rate = RateDescriptor.recordOffset(service.index());
                    return service.key() + " " + rates.getLong(rate + RateDescriptor.INTERVAL_NS_OFFSET) + " "
                            + rates.getLong(rate + RateDescriptor.CLIENT_INTERVAL_NS_OFFSET);
                })
                .collect(Collectors.toList());
    }
}
