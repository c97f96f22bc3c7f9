package io.fastpath.fastpath.lab;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The Java that runs this code, for another process: with its options and its class path. */
public final class SameJava {
    private SameJava() {}

    /**
     * A command.
     *
     * @param options more options of it
     * @param heapMb limit of its heap
     * @param mainClass to run
     * @param arguments of it
     * @return the command's words, to which more arguments may be added
     */
    public static List<String> command(
            final List<String> options, final int heapMb, final Class<?> mainClass, final String... arguments) {
        final List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        words.addAll(options);
        words.addAll(List.of("-Xmx" + heapMb + "m", "-Xms" + heapMb / 2 + "m"));
        // What the manifest of an executable jar says does not hold with -cp.
        words.addAll(List.of("--add-exports", "java.base/jdk.internal.misc=ALL-UNNAMED"));
        if (Runtime.version().feature() >= 24) {
            words.add("--enable-native-access=ALL-UNNAMED");
        }
        words.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass.getName()));
        words.addAll(List.of(arguments));
        return words;
    }
}
