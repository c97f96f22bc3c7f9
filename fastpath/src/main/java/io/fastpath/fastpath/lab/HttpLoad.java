package io.fastpath.fastpath.lab;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.LongAdder;

/**
 * HTTP clients in a namespace, each a thread with one request at a time and a new connection for each request (the
 * JDK's client, keep-alive off). An answer counts for the backend that it names; anything else is a failure.
 */
public final class HttpLoad extends Load {
    private static final int TIMEOUT_MS = 5_000;

    private final String url;
    private final LongAdder requests = new LongAdder();

    /**
     * Clients that are not started yet.
     *
     * @param namespace of the clients
     * @param url to get; the answer is a backend's name
     * @param clientCount threads
     */
    public HttpLoad(final String namespace, final String url, final int clientCount) {
        super("lab-http", namespace, clientCount);
        this.url = url;
    }

    /**
     * Requests so far, failed ones included.
     *
     * @return count
     */
    public long requests() {
        return requests.sum();
    }

    @Override
    void loop(final int clientIndex) {
        while (goesOn()) {
            requests.increment();
            try {
                answered(get());
            } catch (final IOException e) {
                failed(e.toString());
            }
        }
    }

    private String get() throws IOException {
        final HttpURLConnection connection = (HttpURLConnection) new URL(url).openConnection(Proxy.NO_PROXY);
        connection.setConnectTimeout(TIMEOUT_MS);
        connection.setReadTimeout(TIMEOUT_MS);
        connection.setUseCaches(false);
        connection.setRequestProperty("Connection", "close");
        try {
            if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
                throw new IOException("HTTP " + connection.getResponseCode());
            }
            return new String(connection.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        } finally {
            connection.disconnect();
        }
    }
}
