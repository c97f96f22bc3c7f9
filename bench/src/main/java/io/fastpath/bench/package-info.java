/** The command {@code bench}: runs the benchmarks of {@link io.fastpath.bench.suite} as production runs its JVM. */
package io.fastpath.bench;
