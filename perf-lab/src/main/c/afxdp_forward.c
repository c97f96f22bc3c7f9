// SPDX-License-Identifier: Apache-2.0
/*
 * The least that an honest AF_XDP forwarder does, as a baseline: what arrives on one interface gets new MAC addresses and
 * leaves by another. One thread on one CPU, one queue each, copy mode, one UMEM under both sockets, so that a frame is
 * received, rewritten and sent in place:
 *
 *      fill ring -> kernel -> rx ring -> [new MACs] -> tx ring -> kernel -> completion ring -+
 *          ^                                                                                 |
 *          +---------------------------------------------------------------------------------+
 *
 * It knows no flows, no checksums, no TTL and no way back. Its XDP program is afxdp_redirect.bpf.c, attached by a link,
 * so that the kernel takes it off however this process ends.
 *
 *      afxdp_forward REDIRECT_OBJECT IN_INTERFACE OUT_INTERFACE DESTINATION_MAC CPU
 *
 * Prints "ready" when packets may come, its counts when SIGTERM or SIGINT ends it with exit code 0; 1 on any failure.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/if_xdp.h>
#include <xdp/xsk.h>

/* Frames per turn of the loop: one kick for all of them. */
#define BATCH 64
#define RING_SIZE 1024
/* All start in the fill ring, so that each ring has room for every frame and none can be lost to a full one. */
#define FRAME_COUNT RING_SIZE
#define FRAME_SIZE 2048

/* Linux 6.17: how many frames one sendto() may send in copy mode (32 unless set). Not in Debian 12's headers. */
#define XDP_MAX_TX_SKB_BUDGET 9

struct forwarder {
	struct bpf_object *redirect;
	struct bpf_link *redirect_link;
	struct xsk_umem *umem;
	void *frames;
	struct xsk_socket *in;
	struct xsk_socket *out;
	struct xsk_ring_prod fill; /* of `in` */
	struct xsk_ring_cons received;
	struct xsk_ring_prod transmit;
	struct xsk_ring_cons completed; /* of `out` */
	struct xsk_ring_prod out_fill;  /* stays empty: `out` receives nothing */
	struct xsk_ring_cons in_completed;
	struct ether_header header;
	unsigned long long received_count;
	unsigned long long completed_count;
	unsigned long long kick_count;
};

static volatile sig_atomic_t stopped;

static void stop(int signal_number)
{
	(void)signal_number;
	stopped = 1;
}

static void die(const char *call, int error)
{
	fprintf(stderr, "afxdp_forward: %s: %s\n", call, strerror(error));
	exit(1);
}

static void pin_to_cpu(int cpu)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(cpu, &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus))
		die("sched_setaffinity", errno);
}

static void catch_signals(void)
{
	struct sigaction action = {.sa_handler = stop};

	if (sigaction(SIGTERM, &action, NULL) || sigaction(SIGINT, &action, NULL))
		die("sigaction", errno);
}

/* The addresses that each frame gets: `destination` (aa:bb:cc:dd:ee:ff), from the interface's own. */
static void choose_addresses(struct forwarder *forwarder, const char *interface, const char *destination)
{
	unsigned char *mac = forwarder->header.ether_dhost;
	struct ifreq request = {0};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (sscanf(destination, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", mac, mac + 1, mac + 2, mac + 3, mac + 4, mac + 5) != 6)
		die(destination, EINVAL);
	strncpy(request.ifr_name, interface, IFNAMSIZ - 1);
	if (fd < 0 || ioctl(fd, SIOCGIFHWADDR, &request))
		die(interface, errno);
	memcpy(forwarder->header.ether_shost, request.ifr_hwaddr.sa_data, ETH_ALEN);
	close(fd);
}

static void create_umem(struct forwarder *forwarder)
{
	const size_t length = (size_t)FRAME_COUNT * FRAME_SIZE;
	const struct xsk_umem_config config = {
		.fill_size = RING_SIZE, .comp_size = RING_SIZE, .frame_size = FRAME_SIZE};
	int error;

	forwarder->frames =
		mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (forwarder->frames == MAP_FAILED)
		die("mmap", errno);
	error = xsk_umem__create(&forwarder->umem, forwarder->frames, length, &forwarder->fill,
				 &forwarder->in_completed, &config);
	if (error)
		die("xsk_umem__create", -error);
}

/* The kernel frees the queue of a process that has just ended a little later: wait for it, a second at most. */
static int is_worth_another_try(int error)
{
	static int tries;

	return error == -EBUSY && tries++ < 100 && !usleep(10000);
}

static void open_sockets(struct forwarder *forwarder, const char *in, const char *out)
{
	const struct xsk_socket_config config = {.rx_size = RING_SIZE,
						 .tx_size = RING_SIZE,
						 .libxdp_flags = XSK_LIBXDP_FLAGS__INHIBIT_PROG_LOAD,
						 .bind_flags = XDP_COPY | XDP_USE_NEED_WAKEUP};
	const int budget = BATCH;
	int error;

	do
		error = xsk_socket__create(&forwarder->in, in, 0, forwarder->umem, &forwarder->received, NULL, &config);
	while (is_worth_another_try(error));
	if (error)
		die(in, -error);
	do
		error = xsk_socket__create_shared(&forwarder->out, out, 0, forwarder->umem, NULL, &forwarder->transmit,
						  &forwarder->out_fill, &forwarder->completed, &config);
	while (is_worth_another_try(error));
	if (error)
		die(out, -error);
	/* An older kernel refuses it and sends 32 per call: the loop then kicks twice. */
	setsockopt(xsk_socket__fd(forwarder->out), SOL_XDP, XDP_MAX_TX_SKB_BUDGET, &budget, sizeof(budget));
}

/* In native mode, since veth has it. */
static void attach_redirect(struct forwarder *forwarder, const char *object, const char *in)
{
	struct bpf_program *program;
	int error;

	forwarder->redirect = bpf_object__open(object);
	if (!forwarder->redirect)
		die(object, errno);
	error = bpf_object__load(forwarder->redirect);
	if (error)
		die(object, -error);
	error = xsk_socket__update_xskmap(forwarder->in,
					  bpf_object__find_map_fd_by_name(forwarder->redirect, "sockets"));
	if (error)
		die("xsk_socket__update_xskmap", -error);
	program = bpf_object__next_program(forwarder->redirect, NULL);
	forwarder->redirect_link = bpf_program__attach_xdp(program, if_nametoindex(in));
	if (!forwarder->redirect_link)
		die("bpf_program__attach_xdp", errno);
}

static void fill_ring_with_all_frames(struct forwarder *forwarder)
{
	__u32 index;

	if (xsk_ring_prod__reserve(&forwarder->fill, FRAME_COUNT, &index) != FRAME_COUNT)
		die("fill ring", ENOSPC);
	for (__u32 i = 0; i < FRAME_COUNT; i++)
		*xsk_ring_prod__fill_addr(&forwarder->fill, index + i) = (__u64)i * FRAME_SIZE;
	xsk_ring_prod__submit(&forwarder->fill, FRAME_COUNT);
}

/*
 * Completed frames go back to the fill ring. It has room for all there are, though the kernel may say so a moment after it
 * has handed a frame over: then the next turn does it.
 */
static void recycle(struct forwarder *forwarder)
{
	__u32 from, to;
	__u32 count = xsk_ring_cons__peek(&forwarder->completed, BATCH, &from);

	if (!count)
		return;
	if (!xsk_ring_prod__reserve(&forwarder->fill, count, &to)) {
		xsk_ring_cons__cancel(&forwarder->completed, count);
		return;
	}
	for (__u32 i = 0; i < count; i++)
		*xsk_ring_prod__fill_addr(&forwarder->fill, to + i) =
			*xsk_ring_cons__comp_addr(&forwarder->completed, from + i);
	xsk_ring_prod__submit(&forwarder->fill, count);
	xsk_ring_cons__release(&forwarder->completed, count);
	forwarder->completed_count += count;
}

/* Received frames get their new addresses and go to the tx ring, likewise. */
static void forward(struct forwarder *forwarder)
{
	__u32 from, to;
	__u32 count = xsk_ring_cons__peek(&forwarder->received, BATCH, &from);

	if (!count)
		return;
	if (!xsk_ring_prod__reserve(&forwarder->transmit, count, &to)) {
		xsk_ring_cons__cancel(&forwarder->received, count);
		return;
	}
	for (__u32 i = 0; i < count; i++) {
		const struct xdp_desc *received = xsk_ring_cons__rx_desc(&forwarder->received, from + i);
		struct xdp_desc *transmit = xsk_ring_prod__tx_desc(&forwarder->transmit, to + i);
		struct ether_header *header = xsk_umem__get_data(forwarder->frames, received->addr);

		memcpy(header, &forwarder->header, 2 * ETH_ALEN);
		transmit->addr = received->addr;
		transmit->len = received->len;
		transmit->options = 0;
	}
	xsk_ring_prod__submit(&forwarder->transmit, count);
	xsk_ring_cons__release(&forwarder->received, count);
	forwarder->received_count += count;
}

/* Copy mode sends in this call; what it leaves (EAGAIN, EBUSY, ENOBUFS) stays in the ring for the next. */
static void kick(struct forwarder *forwarder)
{
	if (forwarder->received_count == forwarder->completed_count ||
	    !xsk_ring_prod__needs_wakeup(&forwarder->transmit))
		return;
	forwarder->kick_count++;
	if (sendto(xsk_socket__fd(forwarder->out), NULL, 0, MSG_DONTWAIT, NULL, 0) < 0 && errno != EAGAIN &&
	    errno != EBUSY && errno != ENOBUFS)
		die("sendto", errno);
}

static void close_all(struct forwarder *forwarder)
{
	bpf_link__destroy(forwarder->redirect_link);
	xsk_socket__delete(forwarder->out);
	xsk_socket__delete(forwarder->in);
	xsk_umem__delete(forwarder->umem);
	bpf_object__close(forwarder->redirect);
}

int main(int argc, char **argv)
{
	struct forwarder forwarder = {0};

	if (argc != 6) {
		fprintf(stderr, "usage: afxdp_forward REDIRECT_OBJECT IN_INTERFACE OUT_INTERFACE DESTINATION_MAC CPU\n");
		return 1;
	}
	pin_to_cpu(atoi(argv[5]));
	catch_signals();
	choose_addresses(&forwarder, argv[3], argv[4]);
	create_umem(&forwarder);
	open_sockets(&forwarder, argv[2], argv[3]);
	fill_ring_with_all_frames(&forwarder);
	attach_redirect(&forwarder, argv[1], argv[2]);
	printf("ready\n");
	fflush(stdout);
	while (!stopped) {
		recycle(&forwarder);
		forward(&forwarder);
		kick(&forwarder);
	}
	printf("received %llu completed %llu kicks %llu\n", forwarder.received_count, forwarder.completed_count,
	       forwarder.kick_count);
	close_all(&forwarder);
	return 0;
}
