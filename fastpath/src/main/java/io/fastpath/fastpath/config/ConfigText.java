package io.fastpath.fastpath.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads a file as strict UTF-8 of bounded length. Pure but for the reading; any thread. */
final class ConfigText {
    /** Bytes of a file at most: thousands of services fit; more is a mistake, or an attack on memory. */
    static final int LENGTH_LIMIT = 4 << 20;

    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private ConfigText() {}

    /**
     * Reads the whole file.
     *
     * @param file to read; a pipe will do.
     * @param problems takes what is wrong.
     * @return the text, or null if a problem was noted.
     */
    static String read(final Path file, final Problems problems) {
        if (Files.isDirectory(file)) {
            problems.add(0, "", "is a directory; give the YAML file");
            return null;
        }
        try (InputStream in = Files.newInputStream(file)) {
            final byte[] bytes = in.readNBytes(LENGTH_LIMIT + 1);
            if (bytes.length > LENGTH_LIMIT) {
                problems.add(
                        0, "", "is larger than " + (LENGTH_LIMIT >> 20) + " MiB, the most a configuration may have");
                return null;
            }
            return decode(bytes, problems);
        } catch (final NoSuchFileException ex) {
            problems.add(0, "", "no such file");
        } catch (final AccessDeniedException ex) {
            problems.add(0, "", "may not be read (permission denied)");
        } catch (final IOException ex) {
            problems.add(0, "", "can't be read: " + Texts.printable(String.valueOf(ex.getMessage())));
        }
        return null;
    }

    private static String decode(final byte[] bytes, final Problems problems) {
        final CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        final ByteBuffer in = ByteBuffer.wrap(bytes);
        final CharBuffer out = CharBuffer.allocate(bytes.length);
        final CoderResult result = decoder.decode(in, out, true);
        out.flip();
        final String text = out.toString();
        if (result.isError()) {
            final int bad = Byte.toUnsignedInt(bytes[in.position()]);
            problems.add(lineAt(text, text.length()), "", String.format("is not UTF-8 text (byte 0x%02x)", bad));
            return null;
        }
        return withoutControls(text, problems);
    }

    private static String withoutControls(final String text, final Problems problems) {
        for (int i = 0; i < text.length(); i++) {
            final char c = text.charAt(i);
            if (Character.isISOControl(c) && c != '\t' && c != '\n' && c != '\r') {
                problems.add(lineAt(text, i), "", String.format("is not text (control character 0x%02x)", (int) c));
                return null;
            }
        }
        return !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
    }

    private static int lineAt(final String text, final int end) {
        int line = 1;
        for (int i = 0; i < end; i++) {
            if (text.charAt(i) == '\n') {
                line++;
            }
        }
        return line;
    }
}
