/** The benchmarks: each class head states a question and the workload that answers it. */
package io.fastpath.bench.suite;
