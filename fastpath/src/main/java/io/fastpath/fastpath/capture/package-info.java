/**
 * Capture files: pcap and pcapng are read, pcap is written, both as a stream. Nothing of a file is believed before it is
 * checked.
 */
package io.fastpath.fastpath.capture;
