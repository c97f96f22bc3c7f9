// Test object: reads past the packet's end without a check, which the verifier must refuse.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("xdp")
int refused(struct xdp_md *ctx)
{
    __u8 *data = (void *)(long)ctx->data;
    return data[100];
}

char LICENSE[] SEC("license") = "GPL";
