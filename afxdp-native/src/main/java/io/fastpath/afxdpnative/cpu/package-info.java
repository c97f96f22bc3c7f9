/** Which CPUs a worker's thread runs on. */
package io.fastpath.afxdpnative.cpu;
