package io.fastpath.fastpath.replay;

import io.fastpath.fastpath.capture.CaptureReader;
import io.fastpath.fastpath.capture.CapturedFrame;
import java.util.ArrayList;
import java.util.List;
import org.agrona.CloseHelper;

/**
 * Several captures as one, by the frames' times; of frames of one time the earlier named file's comes first. Within a file
 * the order is the file's. It holds one frame per file. One thread.
 */
final class CaptureMerge implements AutoCloseable {
    private static final class Source {
        private final ReplayInput input;
        private final CaptureReader reader;
        private CapturedFrame head;

        Source(final ReplayInput input) {
            this.input = input;
            reader = CaptureReader.open(input.file());
        }

        void advance() {
            head = reader.next();
        }
    }

    private final List<Source> sources = new ArrayList<>();
    private Source current;
    private CapturedFrame last;

    CaptureMerge(final List<ReplayInput> inputs) {
        try {
            for (final ReplayInput input : inputs) {
                sources.add(new Source(input));
            }
            sources.forEach(Source::advance);
        } catch (final RuntimeException failure) {
            close();
            throw failure;
        }
    }

    /** Goes to the next frame; false at the end. */
    boolean next() {
        if (current != null) {
            current.advance();
        }
        current = null;
        for (final Source source : sources) {
            if (source.head != null && (current == null || source.head.timeNs() < current.head.timeNs())) {
                current = source;
            }
        }
        last = current == null ? last : current.head;
        return current != null;
    }

    CapturedFrame frame() {
        return current.head;
    }

    /** The frame that {@link #next} went to last. */
    CapturedFrame lastFrame() {
        return last;
    }

    ReplayInput input() {
        return current.input;
    }

    /** Files that ended in the middle of a record; asked at the end. */
    List<String> truncated() {
        return sources.stream()
                .filter(source -> source.reader.isTruncated())
                .map(source -> source.reader.name())
                .toList();
    }

    @Override
    public void close() {
        CloseHelper.closeAll(sources.stream().map(source -> source.reader).toList());
    }
}
