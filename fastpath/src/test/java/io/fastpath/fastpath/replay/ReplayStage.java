package io.fastpath.fastpath.replay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fastpath.fastpath.capture.CaptureReader;
import io.fastpath.fastpath.capture.CaptureWriter;
import io.fastpath.fastpath.capture.CapturedFrame;
import io.fastpath.fastpath.config.ConfigException;
import io.fastpath.fastpath.config.ConfigFile;
import io.fastpath.fastpath.config.InstanceConfig;
import io.fastpath.fastpath.pipeline.TestBalancer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A folder with a configuration like {@link TestBalancer}'s network, and captures. */
final class ReplayStage {
    static final long START_NS = 1_700_000_000_000_000_000L;

    static final String CONFIG = """
            instance: edge1
            interfaces: [{name: clients}, {name: servers}]
            workers: {cpus: [0]}
            flows: {capacity: 2048}
            snat: {addresses: [10.8.0.1, "2001:db8:8::1"], ports: 40000-40999}
            services:
              - {name: full, vip: 10.7.0.100, port: 80, protocol: tcp, backends: [{address: 10.8.0.11, port: 8080}]}
              - name: nat
                vip: 10.7.0.100
                port: 90
                protocol: tcp
                forwarding: nat
                backends: [{address: 10.8.0.11, port: 9090}]
              - name: udp
                vip: 10.7.0.100
                port: 90
                protocol: udp
                forwarding: nat
                backends: [{address: 10.8.0.11, port: 9090}]
              - name: six
                vip: "2001:db8:7::100"
                port: 80
                protocol: tcp
                backends: [{address: "2001:db8:8::11", port: 8080}]
            """;

    static final String STATIC = """
            static:
              links:
                - {name: clients, mac: "02:fc:00:00:00:03"}
                - {name: servers, mac: "02:fc:00:00:00:04", mtu: 1500}
              routes:
                - {to: 192.0.2.0/24, interface: clients}
                - {to: 0.0.0.0/0, via: 192.0.2.254, interface: clients}
                - {to: "2001:db8:1::/64", interface: clients}
                - {to: 10.8.0.0/24, interface: servers}
                - {to: "2001:db8:8::/64", interface: servers}
              neighbours:
                - {address: 192.0.2.254, mac: "02:aa:00:00:00:fe", interface: clients}
                - {address: 10.8.0.11, mac: "02:bb:00:00:00:11", interface: servers}
                - {address: "2001:db8:8::11", mac: "02:bb:00:00:00:11", interface: servers}
            """;

    private final Path folder;

    ReplayStage(final Path folder) {
        this.folder = folder;
    }

    Path out() {
        return folder.resolve("out");
    }

    Path file(final String name) {
        return folder.resolve(name);
    }

    InstanceConfig config() {
        return config(CONFIG + STATIC);
    }

    InstanceConfig config(final String text) {
        try {
            return ConfigFile.load(Files.writeString(folder.resolve("edge1.yaml"), text));
        } catch (final ConfigException | IOException e) {
            throw new AssertionError(e);
        }
    }

    /** A capture of frames that are a millisecond apart. */
    ReplayInput capture(final String interfaceName, final byte[]... frames) {
        final long[] times = new long[frames.length];
        for (int i = 0; i < times.length; i++) {
            times[i] = START_NS + i * 1_000_000L;
        }
        return capture(interfaceName, interfaceName + ".pcap", times, frames);
    }

    ReplayInput capture(final String interfaceName, final String fileName, final long[] times, final byte[]... frames) {
        final Path file = folder.resolve(fileName);
        try (CaptureWriter writer = new CaptureWriter(Files.newOutputStream(file))) {
            for (int i = 0; i < frames.length; i++) {
                writer.write(times[i], frames[i]);
            }
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
        return new ReplayInput(interfaceName, file);
    }

    ReplayReport play(final EngineChoice choice, final ReplayInput... inputs) {
        return new Replay(config(), List.of(inputs)).run(choice, out(), line -> {});
    }

    List<CapturedFrame> sent(final String interfaceName) {
        final List<CapturedFrame> frames = new ArrayList<>();
        try (CaptureReader reader = CaptureReader.open(out().resolve(interfaceName + ".pcap"))) {
            for (CapturedFrame frame = reader.next(); frame != null; frame = reader.next()) {
                frames.add(frame);
            }
        }
        return frames;
    }

    List<JsonNode> lines(final String fileName) {
        try {
            final List<JsonNode> lines = new ArrayList<>();
            for (final String line : Files.readAllLines(out().resolve(fileName))) {
                lines.add(new ObjectMapper().readTree(line));
            }
            return lines;
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }
}
