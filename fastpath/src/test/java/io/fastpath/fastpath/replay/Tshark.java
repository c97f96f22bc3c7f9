package io.fastpath.fastpath.replay;

import io.fastpath.fastpath.lab.Shell;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What tshark, an implementation that has nothing of ours, says about the checksums in a capture. */
final class Tshark {
    /** Status of a checksum, as Wireshark's checksum fields give it (epan/proto.h, PROTO_CHECKSUM_E_*). */
    enum Status {
        BAD,
        GOOD,
        UNVERIFIED,
        NOT_PRESENT,
        /** Zero in UDP over IPv6, which RFC 6935 allows to tunnels. */
        ILLEGAL
    }

    private static final List<String> PROTOCOLS = List.of("ip", "tcp", "udp", "icmp", "icmpv6");

    /** What it tells root, on the other stream, which {@link Shell} doesn't keep apart. */
    private static final String WARNING = "Running as user";

    private Tshark() {}

    /**
     * Each checksum of each frame, those of headers within tunnels too.
     *
     * @param capture a pcap file
     * @param guePort UDP port whose payload is an IP packet (GUE, variant 1)
     * @return a list for each frame
     */
    static List<List<Status>> checksums(final Path capture, final int guePort) {
        final StringBuilder command = new StringBuilder("tshark -n -r " + capture + " -T fields -E separator=,");
        for (final String protocol : PROTOCOLS) {
            command.append(" -e ").append(protocol).append(".checksum.status");
        }
        for (final String protocol : List.of("ip", "tcp", "udp")) {
            command.append(" -o ").append(protocol).append(".check_checksum:TRUE");
        }
        command.append(String.format(Locale.ROOT, " -d udp.port==%d,ip", guePort));
        final List<List<Status>> frames = new ArrayList<>();
        for (final String line :
                Shell.run(command.toString().split(" ")).lines().toList()) {
            if (line.startsWith(WARNING)) {
                continue;
            }
            frames.add(Arrays.stream(line.split(","))
                    .filter(word -> !word.isEmpty())
                    .map(word -> Status.values()[Integer.parseInt(word)])
                    .toList());
        }
        return frames;
    }
}
