package io.fastpath.fastpath.cli;

import io.fastpath.fastpath.doctor.DoctorReport;
import io.fastpath.fastpath.doctor.Finding;
import io.fastpath.fastpath.doctor.InterfacePlan;
import io.fastpath.fastpath.doctor.Level;
import java.util.ArrayList;
import java.util.List;

/** A doctor's report as people read it. Pure. */
final class DoctorText {
    private static final String LINE = "  %-8s %-12s %s";
    private static final String ADVICE = "  %-8s %-12s -> %s";

    private DoctorText() {}

    /**
     * {@return the lines}
     *
     * @param report of a doctor.
     * @param quiet whether to leave out what needs no attention.
     */
    static List<String> lines(final DoctorReport report, final boolean quiet) {
        final List<String> lines = new ArrayList<>();
        String subject = "";
        for (final Finding finding : report.findings()) {
            if (quiet && finding.level().compareTo(Level.WARNING) < 0) {
                continue;
            }
            if (!subject.equals(finding.subject())) {
                subject = finding.subject();
                lines.add(subject);
            }
            lines.add(LINE.formatted(finding.level().label(), finding.check(), finding.fact()));
            if (!finding.advice().isEmpty()) {
                lines.add(ADVICE.formatted("", "", finding.advice()));
            }
        }
        report.plans().forEach(plan -> lines.add(plan(plan)));
        lines.add(verdict(report));
        return lines;
    }

    private static String plan(final InterfacePlan plan) {
        return plan.mode().equals("none")
                ? plan.name() + " can't be used as it is"
                : plan.name() + " will be used in mode " + plan.mode() + ", "
                        + Quantities.count(plan.queueCount(), "queue") + ", frames of " + plan.frameSize()
                        + ", checksums " + plan.checksum();
    }

    private static String verdict(final DoctorReport report) {
        return switch (report.worst()) {
            case OK, NOTE -> "ready";
            case WARNING -> "ready, with " + Quantities.count(report.count(Level.WARNING), "warning");
            case FAILURE ->
                "fastpath can't run like this: " + Quantities.count(report.count(Level.FAILURE), "failure") + ", "
                        + Quantities.count(report.count(Level.WARNING), "warning");
        };
    }
}
