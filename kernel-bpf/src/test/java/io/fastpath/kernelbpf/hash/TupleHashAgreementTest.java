package io.fastpath.kernelbpf.hash;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.kernelbpf.layout.ConfigDescriptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@link TupleHash} says what {@code fp_hash.h} says, which this test compiles for the machine and asks. */
class TupleHashAgreementTest {
    private static final int QUESTION_COUNT = 100_000;
    private static final int QUESTION_LENGTH = ConfigDescriptor.HASH_KEY_WORDS * Long.BYTES + 48;

    @TempDir
    private Path directory;

    @Test
    void shouldHashAsTheHeaderDoes() throws IOException, InterruptedException {
        final long seed = System.nanoTime();
        final ByteBuffer questions = questions(new Random(seed));

        final ByteBuffer answers = askTheHeader(questions);

        assertThat(answers.remaining()).isEqualTo(QUESTION_COUNT * 2 * Integer.BYTES);
        while (questions.hasRemaining()) {
            final TupleHash tupleHash = new TupleHash(key(questions));
            final int hash = tupleHash.hash(
                    questions.getLong(),
                    questions.getLong(),
                    questions.getLong(),
                    questions.getLong(),
                    questions.getInt(),
                    questions.getInt());
            final int slot = TupleHash.slot(hash, questions.getInt());
            questions.getInt();
            assertThat(hash).as("hash, seed %d", seed).isEqualTo(answers.getInt());
            assertThat(slot).as("slot, seed %d", seed).isEqualTo(answers.getInt());
        }
    }

    private ByteBuffer askTheHeader(final ByteBuffer questions) throws IOException, InterruptedException {
        final Path program = directory.resolve("tuple_hash");
        final Path input = Files.write(directory.resolve("questions"), questions.array());
        final Path output = directory.resolve("answers");
        run(new ProcessBuilder(
                        "clang",
                        "-O2",
                        "-Wall",
                        "-Wextra",
                        "-Werror",
                        "-Isrc/main/bpf",
                        "src/test/c/tuple_hash.c",
                        "-o",
                        program.toString())
                .inheritIO());
        run(new ProcessBuilder(program.toString()).redirectInput(input.toFile()).redirectOutput(output.toFile()));
        return ByteBuffer.wrap(Files.readAllBytes(output)).order(ByteOrder.nativeOrder());
    }

    private static void run(final ProcessBuilder builder) throws IOException, InterruptedException {
        assertThat(builder.start().waitFor()).as("%s", builder.command()).isZero();
    }

    private static ByteBuffer questions(final Random random) {
        final ByteBuffer questions =
                ByteBuffer.allocate(QUESTION_COUNT * QUESTION_LENGTH).order(ByteOrder.nativeOrder());
        for (int i = 0; i < QUESTION_COUNT; i++) {
            for (int word = 0; word < ConfigDescriptor.HASH_KEY_WORDS + 4; word++) {
                questions.putLong(random.nextLong());
            }
            questions.putInt(random.nextInt());
            questions.putInt(random.nextInt(256));
            questions.putInt(1 + random.nextInt(Integer.MAX_VALUE));
            questions.putInt(0);
        }
        return questions.flip();
    }

    private static long[] key(final ByteBuffer questions) {
        final long[] key = new long[ConfigDescriptor.HASH_KEY_WORDS];
        for (int i = 0; i < key.length; i++) {
            key[i] = questions.getLong();
        }
        return key;
    }
}
