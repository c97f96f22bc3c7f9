/** What benchmarks work on: a balancer in memory without a kernel, its clients, and their packets. */
package io.fastpath.bench.stage;
