package io.fastpath.perflab.engine;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fastpath.afxdpnative.bpf.BpfProgram;
import io.fastpath.fastpath.lab.LabException;
import io.fastpath.fastpath.lab.Shell;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How large a loaded program is. Immutable.
 *
 * @param name of the program.
 * @param verifiedInstructions that the verifier went through, of which it takes {@link #VERIFIER_LIMIT}; -1 before Linux 5.16.
 * @param translatedInstructions of eBPF, as the kernel keeps them; -1 without bpftool.
 * @param machineCodeLength bytes that the kernel compiled them to; -1 without bpftool.
 */
public record ProgramSize(String name, int verifiedInstructions, int translatedInstructions, int machineCodeLength) {
    /** Instructions after which the verifier gives up ({@code BPF_COMPLEXITY_LIMIT_INSNS}, include/linux/bpf.h). */
    public static final int VERIFIER_LIMIT = 1_000_000;

    private static final int UNKNOWN = -1;
    private static final int INSTRUCTION_LENGTH = 8;

    /**
     * {@return a program's size}
     *
     * @param program loaded by this process.
     */
    static ProgramSize of(final BpfProgram program) {
        final JsonNode shown = show(readField(program, "prog_id"));
        final int translated = shown.path("bytes_xlated").asInt(UNKNOWN);
        return new ProgramSize(
                program.name(),
                readField(program, "verified_insns"),
                translated == UNKNOWN ? UNKNOWN : translated / INSTRUCTION_LENGTH,
                shown.path("bytes_jited").asInt(UNKNOWN));
    }

    private static int readField(final BpfProgram program, final String name) {
        final String prefix = name + ':';
        try {
            return Files.readAllLines(Path.of("/proc/self/fdinfo/" + program.fd())).stream()
                    .filter(line -> line.startsWith(prefix))
                    .mapToInt(line ->
                            Integer.parseInt(line.substring(prefix.length()).strip()))
                    .findFirst()
                    .orElse(UNKNOWN);
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private static JsonNode show(final int programId) {
        final ObjectMapper mapper = new ObjectMapper();
        try {
            final Shell.Result shown =
                    Shell.attempt("bpftool", "--json", "prog", "show", "id", Integer.toString(programId));
            return shown.exitCode() == 0 ? mapper.readTree(shown.output()) : mapper.createObjectNode();
        } catch (final LabException | JsonProcessingException ex) {
            return mapper.createObjectNode(); // no bpftool
        }
    }
}
