/** Two result files beside each other: ratios with confidence intervals, of like with like. */
package io.fastpath.perflab.compare;
