package io.fastpath.afxdpnative.xsk;

import io.fastpath.afxdpnative.lab.Await;
import io.fastpath.afxdpnative.ring.RingSizes;
import io.fastpath.afxdpnative.umem.FramePool;
import io.fastpath.afxdpnative.umem.HugePages;
import io.fastpath.afxdpnative.umem.Umem;
import io.fastpath.afxdpnative.umem.UmemLayout;
import java.util.ArrayList;
import java.util.List;

/** What a worker does with a group of sockets, step by step at a test's command. */
final class TestWorker implements AutoCloseable {
    static final RingSizes SIZES = new RingSizes(64, 64, 64, 64);
    static final int FRAME_COUNT = 512;

    final Umem umem;
    final XskGroup group;
    final FramePool pool;

    TestWorker(final BindMode mode, final XskConfig... configs) {
        this(new UmemLayout(2048, FRAME_COUNT, 0, HugePages.NONE), mode, configs);
    }

    TestWorker(final UmemLayout layout, final BindMode mode, final XskConfig... configs) {
        umem = Umem.map(layout);
        try {
            group = XskGroup.open(umem, List.of(configs), mode);
        } catch (final RuntimeException ex) {
            umem.close();
            throw ex;
        }
        pool = new FramePool(layout, 0, layout.frameCount());
    }

    XskSocket socket(final int index) {
        return group.sockets().get(index);
    }

    /** Give the kernel as many free frames as the fill ring takes. */
    void refill(final XskSocket socket) {
        final int granted = socket.fill().reserve(pool.freeCount());
        for (int i = 0; i < granted; i++) {
            socket.fill().put(i, pool.acquire());
        }
        socket.fill().submit(granted);
        if (socket.fill().needsWakeup()) {
            socket.wakeRx();
        }
    }

    /** Take all packets that are there and give their frames back to the pool. */
    List<byte[]> receive(final XskSocket socket) {
        final List<byte[]> packets = new ArrayList<>();
        final int ready = socket.rx().peek(64);
        for (int i = 0; i < ready; i++) {
            final long offset = socket.rx().dataOffset(i);
            final byte[] bytes = new byte[socket.rx().length(i)];
            if (!umem.holds(offset, bytes.length)) {
                throw new AssertionError("packet at " + offset + ", " + bytes.length + " bytes, is in no frame");
            }
            umem.buffer().getBytes((int) offset, bytes);
            packets.add(bytes);
            pool.release(offset);
        }
        socket.rx().release(ready);
        return packets;
    }

    List<byte[]> awaitPackets(final XskSocket socket, final int count) {
        final List<byte[]> packets = new ArrayList<>();
        Await.until(count + " packets at " + socket.config().queueName(), () -> {
            packets.addAll(receive(socket));
            refill(socket);
            return packets.size() >= count;
        });
        return packets;
    }

    /** Move all packets that are there from one socket to another, in the frames they came in. */
    int forward(final XskSocket from, final XskSocket to) {
        final int ready = from.rx().peek(64);
        final int granted = to.tx().reserve(ready);
        for (int i = 0; i < granted; i++) {
            to.tx().put(i, from.rx().dataOffset(i), from.rx().length(i));
        }
        to.tx().submit(granted);
        from.rx().release(granted);
        return granted;
    }

    void send(final XskSocket socket, final byte[] packet) {
        if (socket.tx().reserve(1) != 1) {
            throw new AssertionError("tx ring full");
        }
        final long offset = pool.acquire();
        umem.buffer().putBytes((int) offset, packet);
        socket.tx().put(0, offset, packet.length);
        socket.tx().submit(1);
    }

    /** Let the kernel send what is in the tx ring, and take the frames back. */
    void flush(final XskSocket socket) {
        Await.until("all sent at " + socket.config().queueName(), () -> {
            if (socket.tx().needsWakeup()) {
                socket.wakeTx();
            }
            collect(socket);
            final FrameCensus census = census();
            return census.tx() + census.kernelTx() + census.completion() == 0;
        });
    }

    void collect(final XskSocket socket) {
        final int ready = socket.completion().peek(64);
        for (int i = 0; i < ready; i++) {
            pool.release(socket.completion().dataOffset(i));
        }
        socket.completion().release(ready);
    }

    FrameCensus census() {
        return FrameCensus.of(pool, group.sockets());
    }

    @Override
    public void close() {
        group.close();
        umem.close();
    }
}
