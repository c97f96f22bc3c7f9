package io.fastpath.lb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fastpath.kernelbpf.layout.AddressDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Collections;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTest {
    @ParameterizedTest
    @CsvSource({
        "0.0.0.0, 0.0.0.0",
        "255.255.255.255, 255.255.255.255",
        "10.7.0.100, 10.7.0.100",
        "::, ::",
        "::1, ::1",
        "1::, 1::",
        "2001:DB8::1, 2001:db8::1",
        "2001:0db8:0:0:0:0:0:1, 2001:db8::1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:db8::1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0",
        "::2:3:4:5:6:7:8, 0:2:3:4:5:6:7:8",
        "0:0:3:4:5:6:0:0, ::3:4:5:6:0:0",
        "64:ff9b::192.0.2.33, 64:ff9b::c000:221",
        "1:2:3:4:5:6:7.8.9.10, 1:2:3:4:5:6:708:90a",
        "::1.2.3.4, ::102:304",
        "fe80::1, fe80::1",
    })
    void shouldPrintCanonicalTextOfWhatItParses(final String text, final String canonical) {
        assertThat(Address.parse(text)).hasToString(canonical);
        assertThat(Address.parse(canonical)).isEqualTo(Address.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "010.1.1.1",
                "1.2.3.08",
                "00.0.0.0",
                "1.2.3",
                "1.2.3.4.5",
                "1.2.3.4.",
                ".1.2.3.4",
                "1..2.3",
                "1.2.3.256",
                "1.2.3.1000",
                "1.2.3.-4",
                "+1.2.3.4",
                "1.2.3.4 ",
                " 1.2.3.4",
                "1.2.3.4/24",
                "1.2.3.4:80",
                "0x7f.1.1.1",
                "2130706433",
                "localhost",
                "example.com",
                "١.2.3.4",
                ":",
                ":::",
                "1::2::3",
                "::1::",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1:2:3:4:5:6:7:8::",
                "::1:2:3:4:5:6:7:8",
                "1:2:3:4::5:6:7:8",
                "1:2:3:4:5:6:7:",
                ":1:2:3:4:5:6:7",
                "12345::",
                "g::",
                "١::",
                "fe80::1%eth0",
                "fe80::1%25eth0",
                "[::1]",
                "2001:db8::/32",
                "::ffff:1.2.3.4",
                "::ffff:102:304",
                "0:0:0:0:0:ffff:1.2.3.4",
                "::1.2.3",
                "::1.2.3.04",
                "::1.2.3.4:5",
                "::12345.2.3.4",
                "1:2:3:4:5:6:7:1.2.3.4",
                "1.2.3.4::",
                "::a.2.3.4",
                "1.2.3.4\n",
                "1.2.3.4\0",
            })
    void shouldRefuseWhatIsNotExactlyAnAddress(final String text) {
        assertThatThrownBy(() -> Address.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("address \"")
                .hasMessageContaining("allowed is an IPv4 or IPv6 address");
    }

    @Test
    void shouldRefuseLongAndNullTextsWithShortMessages() {
        assertThatThrownBy(() -> Address.parse("1".repeat(1_000_000)))
                .isInstanceOf(IllegalArgumentException.class)
                .satisfies(refusal -> assertThat(refusal.getMessage()).hasSizeLessThan(300));
        assertThatThrownBy(() -> Address.parse(null)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Address.parse("1.2.\u001b[2J3.4")).hasMessageContaining("1.2.?[2J3.4");
    }

    @Test
    void shouldSayWhatToWriteInsteadOfMappedAddress() {
        assertThatThrownBy(() -> Address.parse("::ffff:1.2.3.4")).hasMessageContaining("write 1.2.3.4");
    }

    @Test
    void shouldNeverFailOtherwiseOnRandomText() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final String alphabet = "0123456789abcdefABCDEF::::....%/[]g ";
        for (int i = 0; i < 50_000; i++) {
            final StringBuilder text = new StringBuilder();
            for (int j = random.nextInt(48); j > 0; j--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            try {
                final Address address = Address.parse(text.toString());
                assertThat(Address.parse(address.toString()))
                        .as("seed %d", seed)
                        .isEqualTo(address);
            } catch (final IllegalArgumentException refused) {
                assertThat(refused.getMessage()).as("seed %d", seed).startsWith("address ");
            }
        }
    }

    @Test
    void shouldAgreeWithJdkOnRandomAddresses() throws UnknownHostException {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        for (int i = 0; i < 10_000; i++) {
            final byte[] bytes = new byte[random.nextBoolean() ? 4 : 16];
            random.nextBytes(bytes);
            for (int j = 0; j < bytes.length; j++) {
                bytes[j] = random.nextBoolean() ? bytes[j] : 0; // runs of zeros
            }
            final Address address = Address.ofBytes(bytes);
            assertThat(address.bytes()).as("seed %d", seed).isEqualTo(bytes);
            assertThat(InetAddress.getByName(address.toString()).getAddress())
                    .as("seed %d, %s", seed, address)
                    .isEqualTo(bytes);
            assertThat(Address.parse(address.toString())).as("seed %d", seed).isEqualTo(address);
            if (bytes.length == 16) {
                assertThat(Address.parse(InetAddress.getByAddress(bytes).getHostAddress()))
                        .as("seed %d", seed)
                        .isEqualTo(address);
            }
        }
    }

    @Test
    void shouldStandInMemoryAsDrawn() {
        final SharedMemory memory = SharedMemory.allocate(AddressDescriptor.LENGTH);
        final Address ipv4 = Address.parse("10.7.0.100");
        ipv4.store(memory, 0);
        final byte[] drawn = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte) 0xff, (byte) 0xff, 10, 7, 0, 100};
        for (int i = 0; i < drawn.length; i++) {
            assertThat(memory.getByte(i)).isEqualTo(drawn[i]);
        }
        assertThat(Address.load(memory, 0)).isEqualTo(ipv4).hasSameHashCodeAs(ipv4);
        assertThat(Address.ofWords(ipv4.word0(), ipv4.word1())).isEqualTo(ipv4);
        assertThat(Address.ofBytes(drawn)).isEqualTo(ipv4);
        Address.parse("2001:db8::ff01").store(memory, 0);
        assertThat(memory.getByte(0)).isEqualTo((byte) 0x20);
        assertThat(memory.getByte(15)).isEqualTo((byte) 1);
        assertThatThrownBy(() -> Address.ofBytes(new byte[5])).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldSpreadNeighboursOverTheBucketsOfAHashMap() {
        final int bucketCount = 2048;
        final long used = IntStream.range(0, 1000)
                .map(i -> new Endpoint(Samples.ipv4(i), 8080).hashCode())
                .map(hash -> (hash ^ hash >>> 16) & bucketCount - 1) // what java.util.HashMap does
                .distinct()
                .count();
        assertThat(used).isGreaterThan(600); // 790 if it were random
    }

    @Test
    void shouldOrderByBytesInNetworkOrder() {
        final Address[] ordered = {
            Address.parse("::1"),
            Address.parse("9.255.255.255"),
            Address.parse("10.0.0.2"),
            Address.parse("10.0.1.1"),
            Address.parse("200.0.0.1"),
            Address.parse("2001:db8::1"),
            Address.parse("2001:db8::ff"),
            Address.parse("2001:db8::1:0"),
            Address.parse("fc00::"),
        };
        final Address[] shuffled = ordered.clone();
        Collections.shuffle(Arrays.asList(shuffled), new Random(1));
        Arrays.sort(shuffled);
        assertThat(shuffled).containsExactly(ordered);
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.1, true",
        "169.254.20.10, true",
        "223.255.255.255, true",
        "2001:db8::1, true",
        "fc00::1, true",
        "fec0::1, true",
        "::2, true",
        "0.1.2.3, false",
        "127.0.0.1, false",
        "224.0.0.1, false",
        "240.0.0.1, false",
        "255.255.255.255, false",
        "::, false",
        "::1, false",
        "ff02::1, false",
        "fe80::1, false",
        "febf::1, false",
    })
    void shouldKnowWhatCanBeForwardedTo(final String text, final boolean expected) {
        assertThat(Address.parse(text).isForwardable()).isEqualTo(expected);
    }

    @Test
    void shouldPrintEndpointsAsUsual() {
        assertThat(new Endpoint(Address.parse("10.0.0.1"), 80)).hasToString("10.0.0.1:80");
        assertThat(new Endpoint(Address.parse("2001:db8::1"), 443)).hasToString("[2001:db8::1]:443");
        assertThat(Endpoint.portBe(80)).isEqualTo(0x5000);
        assertThat(Endpoint.portBe(0xff01)).isEqualTo(0x01ff);
        assertThatThrownBy(() -> new Endpoint(Address.parse("10.0.0.1"), 65_536))
                .hasMessageContaining("0..65535");
        assertThatThrownBy(() -> new Endpoint(Address.parse("10.0.0.1"), -1)).hasMessageContaining("port -1");
    }

    @Test
    void shouldNameProtocols() {
        assertThat(Protocol.ofLabel("tcp")).isEqualTo(Protocol.TCP);
        assertThat(Protocol.ofNumber(17)).isEqualTo(Protocol.UDP);
        assertThat(Protocol.UDP.label()).isEqualTo("udp");
        assertThatThrownBy(() -> Protocol.ofLabel("TCP")).hasMessageContaining("allowed: tcp, udp");
        assertThatThrownBy(() -> Protocol.ofNumber(1)).hasMessageContaining("protocol number 1");
    }
}
