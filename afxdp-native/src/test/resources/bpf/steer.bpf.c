// Test object: steer to AF_XDP, bounce, stamp and flood; one mappable array counts per queue.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define QUEUE_COUNT 4

struct {
    __uint(type, BPF_MAP_TYPE_XSKMAP);
    __uint(max_entries, QUEUE_COUNT);
    __type(key, __u32);
    __type(value, __u32);
} sockets SEC(".maps");

// 12 bytes, so that the stride (16) differs from the value's length.
struct counter {
    __u32 packets;
    __u32 bytes;
    __u32 written_by_java;
};

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(map_flags, BPF_F_MMAPABLE);
    __uint(max_entries, QUEUE_COUNT);
    __type(key, __u32);
    __type(value, struct counter);
} counters SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 2);
    __type(key, __u32);
    __type(value, __u64);
} table SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, __u64);
} per_cpu SEC(".maps");

static __always_inline void count(struct xdp_md *ctx)
{
    __u32 queue = ctx->rx_queue_index;
    struct counter *counter = bpf_map_lookup_elem(&counters, &queue);
    if (counter) {
        __sync_fetch_and_add(&counter->packets, 1);
        __sync_fetch_and_add(&counter->bytes, ctx->data_end - ctx->data);
    }
}

// Test traffic (EtherType 0x88b5, local experimental) goes to the socket of its queue, the rest to the stack.
SEC("xdp")
int steer(struct xdp_md *ctx)
{
    __u8 *data = (void *)(long)ctx->data;
    if (data + 14 > (__u8 *)(long)ctx->data_end || data[12] != 0x88 || data[13] != 0xb5)
        return XDP_PASS;
    count(ctx);
    return bpf_redirect_map(&sockets, ctx->rx_queue_index, XDP_PASS);
}

SEC("xdp")
int bounce(struct xdp_md *ctx)
{
    return XDP_TX;
}

// Sends what is generated at this end over the wire, and swallows what comes back: the worker has marked it.
SEC("xdp")
int bounce_once(struct xdp_md *ctx)
{
    __u8 *data = (void *)(long)ctx->data;
    if (data + 64 > (__u8 *)(long)ctx->data_end || data[63] == 0x99)
        return XDP_DROP;
    data[12] = 0x88;
    data[13] = 0xb5;
    return XDP_TX;
}

SEC("xdp")
int drop(struct xdp_md *ctx)
{
    count(ctx);
    return XDP_DROP;
}

// Writes what it sees into the packet: ingress interface, queue, first metadata byte; answers XDP_PASS.
SEC("xdp")
int stamp(struct xdp_md *ctx)
{
    __u8 *data = (void *)(long)ctx->data;
    __u8 *meta = (void *)(long)ctx->data_meta;
    if (data + 32 > (__u8 *)(long)ctx->data_end)
        return XDP_DROP;
    *(__u32 *)(data + 16) = ctx->ingress_ifindex;
    *(__u32 *)(data + 20) = ctx->rx_queue_index;
    data[24] = meta + 4 <= data ? meta[0] : 0;
    if (meta + 4 <= data)
        meta[1] = 0x77;
    return XDP_PASS;
}

// Reads back what Java wrote into the mapped array.
SEC("xdp")
int reader(struct xdp_md *ctx)
{
    __u32 slot = 2;
    struct counter *counter = bpf_map_lookup_elem(&counters, &slot);
    return counter ? counter->written_by_java : XDP_ABORTED;
}

char LICENSE[] SEC("license") = "GPL";
