/*
 * The limit of the socket layer: what any DNS server on UDP sockets has to pay at least.
 *
 * Receives with recvmmsg, answers every query with the same A record, sends with sendmmsg. No cache, no lookup, one
 * thread. What a real server needs beyond this is its own work; the difference is what benchmarks/compare reports.
 *
 * usage: limit PORT [IPV4-ADDRESS]
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { BATCH = 64, SLOT_BYTES = 576, HEADER_BYTES = 12, BUFFER_BYTES = 4 << 20 };

/* The name as a pointer to the question, type A, class IN, TTL 300, 192.0.2.1. */
static const uint8_t record[16] = {0xC0, 0x0C, 0, 1, 0, 1, 0, 0, 1, 0x2C, 0, 4, 192, 0, 2, 1};

static uint8_t buffers[BATCH][SLOT_BYTES];
static struct sockaddr_in clients[BATCH];
static struct iovec vectors[BATCH];
static struct mmsghdr messages[BATCH];

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

static int listen_on(const char *port, const char *address)
{
    struct sockaddr_in local = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
    int bytes = BUFFER_BYTES;
    int on = 1;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (inet_pton(AF_INET, address, &local.sin_addr) != 1) {
        fprintf(stderr, "limit: not an IPv4 address: %s\n", address);
        exit(2);
    }
    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) < 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    if (fd < 0 || bind(fd, (struct sockaddr *)&local, sizeof local) < 0) {
        perror("limit: bind");
        exit(1);
    }
    return fd;
}

/* Sends messages 0 to count - 1, skipping one that the kernel refuses. */
static void send_all(int fd, int count)
{
    for (int sent = 0; sent < count;) {
        int now = sendmmsg(fd, messages + sent, (unsigned)(count - sent), 0);
        sent += now > 0 ? now : 1;
    }
}

int main(int argc, char **argv)
{
    int fd;

    if (argc < 2 || argc > 3) {
        fprintf(stderr, "usage: limit PORT [IPV4-ADDRESS]\n");
        return 2;
    }
    fd = listen_on(argv[1], argc == 3 ? argv[2] : "127.0.0.1");
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
        send_all(fd, answers);
    }
}
