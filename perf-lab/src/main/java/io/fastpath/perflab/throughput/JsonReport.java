package io.fastpath.perflab.throughput;

import io.fastpath.perflab.environment.Environment;
import io.fastpath.perflab.environment.JsonLine;
import io.fastpath.perflab.subject.Subject;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Results for machines: a JSON object per line, with one member that tells what it is: {@code environment}, {@code
 * subject}, {@code round} or {@code summary}. Members are named as in those records. Owned by one thread.
 */
final class JsonReport implements Report {
    private final PrintWriter out;

    JsonReport(final PrintWriter out) {
        this.out = out;
    }

    @Override
    public void begin(final Environment environment, final List<Subject> subjects) {
        print("environment", environment);
        for (final Subject subject : subjects) {
            final Map<String, String> description = new LinkedHashMap<>();
            description.put("name", subject.name());
            description.put("work", subject.work());
            print("subject", description);
        }
    }

    @Override
    public void round(final Round round) {
        print("round", round);
    }

    @Override
    public void end(final List<Summary> summaries) {
        summaries.forEach(summary -> print("summary", summary));
    }

    private void print(final String kind, final Object value) {
        out.println(JsonLine.of(kind, value));
        out.flush();
    }
}
