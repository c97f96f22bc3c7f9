package io.fastpath.fastpath.demo;

import io.fastpath.fastpath.lab.EchoBackend;
import io.fastpath.fastpath.lab.Lab;
import io.fastpath.fastpath.lab.LabException;
import io.fastpath.fastpath.lab.LabStage;

/** The demo's stage with real servers on it. */
final class DemoBackends {
    static final int COUNT = 3;

    private DemoBackends() {}

    /**
     * Builds the stage and starts the servers.
     *
     * @param screen to tell of it
     * @return the stage, to be closed
     * @throws LabException when it can't be built
     */
    static LabStage stage(final DemoScreen screen) {
        final LabStage stage = LabStage.build("fpdemo", COUNT, screen::step);
        boolean built = false;
        try {
            for (int i = 1; i <= COUNT; i++) {
                final int number = i;
                stage.take(
                        () -> EchoBackend.start(
                                nameOf(number),
                                stage.lab().backend(number),
                                DemoConfig.BACKEND_PORT,
                                Lab.backendAddress(number)),
                        EchoBackend::close);
            }
            built = true;
            return stage;
        } finally {
            if (!built) {
                stage.close();
            }
        }
    }

    /** Name that a backend answers with. */
    static String nameOf(final int number) {
        return "backend-" + number;
    }
}
