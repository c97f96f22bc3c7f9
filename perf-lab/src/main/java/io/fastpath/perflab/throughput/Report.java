package io.fastpath.perflab.throughput;

import io.fastpath.perflab.environment.Environment;
import io.fastpath.perflab.subject.Subject;
import java.util.List;

/** Where the results go as they come. Owned by one thread. */
interface Report {
    /**
     * The run begins.
     *
     * @param environment it runs in.
     * @param subjects it compares.
     */
    void begin(Environment environment, List<Subject> subjects);

    /**
     * A round is done.
     *
     * @param round its measurement.
     */
    void round(Round round);

    /**
     * All rounds under one traffic are done.
     *
     * @param summaries a summary for each subject.
     */
    void end(List<Summary> summaries);
}
