package io.fastpath.fastpath.demo;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.fastpath.fastpath.lab.DatagramReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a demo with a fault found; its components are keys of {@code demo --fault ... --json}, beside those of {@link
 * DemoResult}.
 *
 * @param demo requests and exchanges, as without a fault
 * @param fault its name
 * @param connectionsHeld connections held open through the fault
 * @param connectionsOpened connections that were opened meanwhile, used, and ended in order, held ones included
 * @param connectionsBroken connections that were refused, reset, got stuck, or brought a wrong byte, HTTP's included
 * @param blocksChecked blocks that came back as they were sent
 * @param bytesChecked their bytes
 * @param longestWaitMs the longest that any connection waited for an answer
 * @param longestGapMs the longest time without a datagram of a constant stream, less the sender's own pause
 * @param takeovers processes that went on with the connections of an earlier one
 * @param kernelCauses packets that the kernel engine took, by cause
 * @param datagrams what became of the constant stream
 */
public record FaultResult(
        @JsonUnwrapped DemoResult demo,
        @JsonProperty("fault") String fault,
        @JsonProperty("connectionsHeld") int connectionsHeld,
        @JsonProperty("connectionsOpened") long connectionsOpened,
        @JsonProperty("connectionsBroken") long connectionsBroken,
        @JsonProperty("blocksChecked") long blocksChecked,
        @JsonProperty("bytesChecked") long bytesChecked,
        @JsonProperty("longestWaitMs") double longestWaitMs,
        @JsonProperty("longestGapMs") double longestGapMs,
        @JsonProperty("takeovers") int takeovers,
        @JsonProperty("kernelCauses") Map<String, Long> kernelCauses,

        @JsonProperty("datagrams") @JsonIgnoreProperties("gaps")
        DatagramReport datagrams) {

    /**
     * Whether the fault broke nothing. Datagrams may be lost with a process that had them, and are told; a connection may
     * not.
     *
     * @return true for exit code 0
     */
    public boolean passed() {
        return shortcomings().isEmpty();
    }

    /**
     * What is missing, in a sentence for each thing.
     *
     * @return empty if the demo passed
     */
    List<String> shortcomings() {
        final List<String> sentences = new ArrayList<>();
        if (demo.requests() == 0 || blocksChecked == 0 || connectionsOpened < connectionsHeld) {
            sentences.add("there was too little traffic to prove anything");
        }
        if (connectionsBroken > 0 || demo.failures() > 0) {
            sentences.add(connectionsBroken + " connections broke and " + demo.failures() + " requests failed"
                    + (demo.firstFailure() == null ? "" : "; the first said: " + demo.firstFailure()));
        }
        demo.idleBackends().forEach(backend -> sentences.add(backend + " answered nothing"));
        return sentences;
    }
}
