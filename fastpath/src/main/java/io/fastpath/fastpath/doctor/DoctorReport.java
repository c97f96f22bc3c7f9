package io.fastpath.fastpath.doctor;

import java.util.List;

/**
 * What the doctor found. Immutable.
 *
 * @param findings in the order of subjects.
 * @param plans of the interfaces that were looked at and exist.
 */
public record DoctorReport(List<Finding> findings, List<InterfacePlan> plans) {
    /** Takes copies. */
    public DoctorReport {
        findings = List.copyOf(findings);
        plans = List.copyOf(plans);
    }

    /** {@return the worst level of all} */
    public Level worst() {
        return findings.stream().map(Finding::level).max(Level::compareTo).orElse(Level.OK);
    }

    /**
     * {@return how many findings have a level}
     *
     * @param level asked for.
     */
    public long count(final Level level) {
        return findings.stream().filter(finding -> finding.level() == level).count();
    }
}
