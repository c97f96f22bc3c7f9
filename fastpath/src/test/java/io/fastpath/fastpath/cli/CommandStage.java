package io.fastpath.fastpath.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fastpath.fastpath.config.InstanceConfig;
import io.fastpath.fastpath.control.ControlLimits;
import io.fastpath.fastpath.control.ControlServer;
import io.fastpath.fastpath.control.FakeInstance;
import io.fastpath.fastpath.control.InstanceClaim;
import io.fastpath.fastpath.control.InstanceDirectory;
import io.fastpath.fastpath.decap.DecapOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Command lines in this process: with a run directory, instances and operations of the test's own. */
final class CommandStage implements AutoCloseable {
    static final String GOOD_CONFIG = """
            instance: edge1
            interfaces: [{name: eth1}]
            workers: {cpus: [0]}
            snat: {addresses: [10.8.0.1], ports: 1024-9999}
            services:
              - name: web
                vip: 10.7.0.100
                port: 80
                protocol: tcp
                backends: [{address: 10.8.0.11, port: 8080}, {address: 10.8.0.12, port: 8080, weight: 0}]
            """;

    private final Path root;
    private final FakeOperations operations = new FakeOperations();
    private final Deque<InstanceClaim> claims = new ArrayDeque<>();
    private final Deque<ControlServer> servers = new ArrayDeque<>();

    CommandStage(final Path root) {
        this.root = root;
    }

    /** What a command left. */
    record Result(int exitCode, String out, String err) {
        JsonNode json() throws JsonProcessingException {
            return new ObjectMapper().readTree(out);
        }
    }

    /** Operations that note what they were called with. */
    static final class FakeOperations implements Operations {
        private final List<String> calls = new ArrayList<>();
        private RuntimeException failure;
        private boolean somethingToDetach = true;

        @Override
        public int run(final InstanceConfig config) {
            return call("run " + config.instance(), ExitCode.OK);
        }

        @Override
        public int upgrade(final InstanceConfig config) {
            return call("upgrade " + config.instance(), ExitCode.OK);
        }

        @Override
        public int demo(final DemoOptions options) {
            final String fault = options.fault() == null ? "" : " " + options.fault();
            return call("demo " + options.seconds() + " " + options.json() + fault, ExitCode.OK);
        }

        @Override
        public boolean detach(final InstanceDirectory directory, final String instance) {
            call("detach " + instance, ExitCode.OK);
            return somethingToDetach;
        }

        @Override
        public int decap(final DecapOptions options, final boolean json) {
            return call("decap " + options + " " + json, ExitCode.OK);
        }

        private int call(final String call, final int exitCode) {
            calls.add(call);
            if (failure != null) {
                throw failure;
            }
            return exitCode;
        }

        List<String> calls() {
            return calls;
        }

        void failWith(final RuntimeException toThrow) {
            failure = toThrow;
        }

        void nothingToDetach() {
            somethingToDetach = false;
        }
    }

    FakeOperations operations() {
        return operations;
    }

    FakeInstance start(final String name) {
        final FakeInstance instance = new FakeInstance(4096);
        final InstanceClaim claim = directory().claim(name);
        claims.push(claim);
        servers.push(ControlServer.start(claim, instance, ControlLimits.DEFAULT));
        return instance;
    }

    InstanceDirectory directory() {
        return new InstanceDirectory(root.resolve("run"));
    }

    Path file(final String text) throws IOException {
        return Files.writeString(root.resolve("edge1.yaml"), text);
    }

    Result fastpath(final Object... words) {
        final StringWriter out = new StringWriter();
        final StringWriter err = new StringWriter();
        final Console console = new Console(new PrintWriter(out), new PrintWriter(err));
        final String[] arguments = new String[words.length];
        for (int i = 0; i < words.length; i++) {
            arguments[i] = words[i].toString();
        }
        final int exitCode = new Dispatcher(new CommandContext(console, directory(), operations)).execute(arguments);
        return new Result(exitCode, out.toString(), err.toString());
    }

    @Override
    public void close() {
        servers.forEach(ControlServer::close);
        claims.forEach(InstanceClaim::close);
    }
}
