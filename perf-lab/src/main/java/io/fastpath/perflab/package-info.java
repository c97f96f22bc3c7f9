/**
 * The performance lab: traffic at kernel speed through fastpath and its peers, on one topology, in one run. {@link
 * io.fastpath.perflab.PerfLab} is the command. It needs root, and compilers for its small C programs.
 */
package io.fastpath.perflab;
