package io.fastpath.fastpath.instance;

import java.util.ArrayList;
import java.util.List;

/**
 * Which queues a worker serves. Worker i of n takes the queues at the positions i, i + n, i + 2n, … of each interface: it
 * has a queue of every interface, so that a packet leaves by a ring of the worker that received it.
 *
 * @param index of the worker, from 0
 * @param cpu that it is pinned to
 * @param queues that it serves
 */
record WorkerPlan(int index, int cpu, List<Queue> queues) {
    /**
     * A queue.
     *
     * @param owner its interface
     * @param index in the interface, from 0
     */
    record Queue(ServedInterface owner, int index) {
        @Override
        public String toString() {
            return owner.name() + ":" + index;
        }
    }

    /**
     * Plans the workers. There are as many as CPUs, or as queues of the interface with the fewest: more would have
     * nothing to do there.
     *
     * @param cpus from the configuration
     * @param interfaces that are served
     * @return a plan for each worker
     */
    static List<WorkerPlan> of(final List<Integer> cpus, final List<ServedInterface> interfaces) {
        final int fewestQueues = interfaces.stream()
                .mapToInt(candidate -> candidate.queues().size())
                .min()
                .orElseThrow();
        final int count = Math.min(cpus.size(), fewestQueues);
        final List<WorkerPlan> plans = new ArrayList<>();
        for (int worker = 0; worker < count; worker++) {
            final List<Queue> queues = new ArrayList<>();
            for (final ServedInterface served : interfaces) {
                for (int i = worker; i < served.queues().size(); i += count) {
                    queues.add(new Queue(served, served.queues().get(i)));
                }
            }
            plans.add(new WorkerPlan(worker, cpus.get(worker), queues));
        }
        return plans;
    }
}
