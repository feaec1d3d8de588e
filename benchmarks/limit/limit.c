/*
 * The limit of the socket layer: what any DNS server on UDP sockets has to pay at least.
 *
 * Receives with recvmmsg, answers every query with the same A record, sends with sendmmsg. No cache, no lookup, one
 * thread. What a real server needs beyond this is its own work; the difference is what benchmarks/compare reports.
 * With "segments" the answers of a batch that go to one client and are equally long leave as one message (UDP_SEGMENT),
 * as NodeDns sends them. The socket's options are those of NodeDns in both cases.
 *
 * usage: limit PORT [segments]
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

enum { BATCH = 64, SLOT_BYTES = 576, HEADER_BYTES = 12, BUFFER_BYTES = 4 << 20, PLACES = 256 };

/* The name as a pointer to the question, type A, class IN, TTL 300, 192.0.2.1. */
static const uint8_t record[16] = {0xC0, 0x0C, 0, 1, 0, 1, 0, 0, 1, 0x2C, 0, 4, 192, 0, 2, 1};

static uint8_t buffers[BATCH][SLOT_BYTES];
static struct sockaddr_in clients[BATCH];
static struct iovec vectors[BATCH];
static struct mmsghdr messages[BATCH];

/* One message per client and length of answer, and where to find it again. */
struct group {
    struct iovec vectors[BATCH];
    size_t count;
    char control[CMSG_SPACE(sizeof(uint16_t))] __attribute__((aligned(8)));
};
static struct group groups[BATCH];
static struct mmsghdr group_messages[BATCH];
static uint8_t places[PLACES]; /* a group's number + 1 */

/* Turns the query in place into its answer; returns the answer's length, 0 for what deserves none. */
static size_t answer(uint8_t *message, size_t length)
{
    size_t end = HEADER_BYTES;

    if (length < HEADER_BYTES + 5 || (message[2] & 0x80) || message[4] != 0 || message[5] != 1)
        return 0;
    while (end < length && message[end] != 0 && message[end] < 64)
        end += message[end] + 1u;
    end += 5; /* the root label, type and class */
    if (end > length || end + sizeof record > SLOT_BYTES)
        return 0;

    message[2] |= 0x80; /* QR */
    message[3] = 0x80;  /* RA, NOERROR */
    message[6] = 0;
    message[7] = 1; /* one answer, nothing else: an OPT of the query is cut off */
    memset(message + 8, 0, 4);
    memcpy(message + end, record, sizeof record);
    return end + sizeof record;
}

static void set_buffer(int fd, int force, int plain)
{
    int bytes = BUFFER_BYTES;

    if (setsockopt(fd, SOL_SOCKET, force, &bytes, sizeof bytes) < 0)
        setsockopt(fd, SOL_SOCKET, plain, &bytes, sizeof bytes);
}

static int listen_on(const char *port)
{
    struct sockaddr_in local = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
    int on = 1;
    int omit = IP_PMTUDISC_OMIT;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    local.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &omit, sizeof omit);
    set_buffer(fd, SO_RCVBUFFORCE, SO_RCVBUF);
    set_buffer(fd, SO_SNDBUFFORCE, SO_SNDBUF);
    if (fd < 0 || bind(fd, (struct sockaddr *)&local, sizeof local) < 0) {
        perror("limit: bind");
        exit(1);
    }
    return fd;
}

/* Sends messages 0 to count - 1, skipping one that the kernel refuses. */
static void send_all(int fd, struct mmsghdr *first, int count)
{
    for (int sent = 0; sent < count;) {
        int now = sendmmsg(fd, first + sent, (unsigned)(count - sent), 0);
        sent += now > 0 ? now : 1;
    }
}

/* Whether a group is for this client and for answers of this length. */
static int is_for(int group, const struct sockaddr_in *client, size_t length)
{
    const struct sockaddr_in *other = group_messages[group].msg_hdr.msg_name;

    return groups[group].vectors[0].iov_len == length && other->sin_port == client->sin_port
        && other->sin_addr.s_addr == client->sin_addr.s_addr;
}

static int open_group(int group, struct sockaddr_in *client)
{
    struct msghdr *header = &group_messages[group].msg_hdr;

    groups[group].count = 0;
    memset(header, 0, sizeof *header);
    header->msg_name = client;
    header->msg_namelen = sizeof *client;
    header->msg_iov = groups[group].vectors;
    return group;
}

static void close_group(int group)
{
    struct msghdr *header = &group_messages[group].msg_hdr;
    struct cmsghdr *control = (struct cmsghdr *)groups[group].control;
    uint16_t length = (uint16_t)groups[group].vectors[0].iov_len;

    header->msg_iovlen = groups[group].count;
    if (groups[group].count < 2)
        return;
    control->cmsg_level = IPPROTO_UDP;
    control->cmsg_type = UDP_SEGMENT;
    control->cmsg_len = CMSG_LEN(sizeof length);
    memcpy(CMSG_DATA(control), &length, sizeof length);
    header->msg_control = control;
    header->msg_controllen = CMSG_SPACE(sizeof length);
}

/* Joins the first answers of the batch into groups; returns how many groups. */
static int join(int answers)
{
    int count = 0;

    memset(places, 0, sizeof places);
    for (int i = 0; i < answers; i++) {
        struct sockaddr_in *client = messages[i].msg_hdr.msg_name;
        size_t length = vectors[i].iov_len;
        unsigned mixed = (client->sin_port ^ client->sin_addr.s_addr ^ (unsigned)length) * 0x9E3779B1u;
        uint8_t *place = &places[mixed >> 24];
        int group = *place - 1;

        if (group < 0 || !is_for(group, client, length)) {
            group = open_group(count++, client);
            *place = (uint8_t)(group + 1);
        }
        groups[group].vectors[groups[group].count++] = vectors[i];
    }
    for (int group = 0; group < count; group++)
        close_group(group);
    return count;
}

int main(int argc, char **argv)
{
    int fd;
    int segments = argc == 3 && strcmp(argv[2], "segments") == 0;

    if (argc != 2 + segments) {
        fprintf(stderr, "usage: limit PORT [segments]\n");
        return 2;
    }
    fd = listen_on(argv[1]);
    for (int i = 0; i < BATCH; i++) {
        vectors[i].iov_base = buffers[i];
        messages[i].msg_hdr.msg_name = &clients[i];
        messages[i].msg_hdr.msg_iov = &vectors[i];
        messages[i].msg_hdr.msg_iovlen = 1;
    }

    for (;;) {
        int received;
        int answers = 0;

        for (int i = 0; i < BATCH; i++) {
            vectors[i].iov_base = buffers[i];
            vectors[i].iov_len = SLOT_BYTES;
            messages[i].msg_hdr.msg_name = &clients[i];
            messages[i].msg_hdr.msg_namelen = sizeof clients[i];
        }
        received = recvmmsg(fd, messages, BATCH, MSG_WAITFORONE, NULL);
        if (received < 0 && errno != EINTR) {
            perror("limit: recvmmsg");
            return 1;
        }
        for (int i = 0; i < received; i++) {
            size_t length = answer(buffers[i], messages[i].msg_len);
            if (length == 0)
                continue;
            vectors[answers].iov_base = buffers[i];
            vectors[answers].iov_len = length;
            messages[answers].msg_hdr.msg_name = &clients[i];
            messages[answers].msg_hdr.msg_namelen = sizeof clients[i];
            answers++;
        }
        if (segments)
            send_all(fd, group_messages, join(answers));
        else
            send_all(fd, messages, answers);
    }
}
