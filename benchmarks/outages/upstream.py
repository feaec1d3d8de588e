"""A resolver that answers every A question, and that misbehaves on command: `python3 -m outages.upstream ADDRESS PORT`.

Commands are lines on standard input, each answered by one line on standard output:
  mode NAME        how questions are answered from now on, see Upstream.answer
  hold             keep the answers back; release sends them
  release
  close | reset    end all TCP connections, politely or by RST
  deaf             never read from or write to the TCP connections that are open now again
  stats            counts as JSON
"""

import collections
import heapq
import json
import select
import socket
import struct
import sys
import time

RECORD = b"\xc0\x0c\0\1\0\1\0\0\1\x2c\0\4\xc0\0\2\1"  # The name as a pointer, A, IN, TTL 300, 192.0.2.1.
DELAY_SECONDS = 0.02  # Between what is forged and the true answer.


class Upstream:
    def __init__(self, address, port):
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self.udp.bind((address, port))
        self.udp.setblocking(False)
        self.tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.tcp.bind((address, port))
        self.tcp.listen(512)
        self.tcp.setblocking(False)
        self.poll = select.epoll()
        for source in (self.udp, self.tcp, sys.stdin):
            self.poll.register(source.fileno(), select.EPOLLIN)
        self.connections = {}
        self.buffers = {}
        self.mode = "normal"
        self.held = None
        self.due = []
        self.sequence = 0
        self.stats = collections.Counter()
        self.last_accept = 0.0

    def run(self):
        while True:
            wait = max(0.0, self.due[0][0] - time.monotonic()) if self.due else -1
            for descriptor, _ in self.poll.poll(wait):
                if descriptor == self.udp.fileno():
                    self.read_udp()
                elif descriptor == self.tcp.fileno():
                    self.accept()
                elif descriptor == sys.stdin.fileno():
                    line = sys.stdin.readline()
                    if not line:
                        return
                    self.command(line.split())
                else:
                    self.read_tcp(descriptor)
            now = time.monotonic()
            while self.due and self.due[0][0] <= now:
                _, _, packet, peer = heapq.heappop(self.due)
                self.send(packet, peer)

    def command(self, words):
        answer = "ok"
        if words[0] == "mode":
            self.mode = words[1]
        elif words[0] == "hold":
            self.held = []
        elif words[0] == "release":
            held, self.held = self.held or [], None
            for packet, peer in held:
                self.send(packet, peer)
        elif words[0] in ("close", "reset"):
            for connection in list(self.connections.values()):
                if words[0] == "reset":
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.end(connection)
        elif words[0] == "deaf":
            # The peer of these is gone without a word, as after a power cut; new connections are served.
            for descriptor in self.connections:
                self.poll.unregister(descriptor)
            self.stats["deaf"] += len(self.connections)
            self.connections = {}
        elif words[0] == "stats":
            answer = json.dumps(self.stats | {"open": len(self.connections), "last_accept": self.last_accept})
        print(answer, flush=True)

    def read_udp(self):
        try:
            for _ in range(64):
                query, peer = self.udp.recvfrom(4096)
                self.stats["udp"] += 1
                self.answer(query, peer)
        except BlockingIOError:
            pass

    def accept(self):
        connection, _ = self.tcp.accept()
        connection.setblocking(False)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.connections[connection.fileno()] = connection
        self.buffers[connection.fileno()] = b""
        self.poll.register(connection.fileno(), select.EPOLLIN)
        self.stats["accepted"] += 1
        self.stats["most_open"] = max(self.stats["most_open"], len(self.connections))
        self.last_accept = time.time()

    def read_tcp(self, descriptor):
        connection = self.connections.get(descriptor)
        if connection is None:
            return
        try:
            data = connection.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.end(connection)
            return
        buffer = self.buffers[descriptor] + data
        position = 0
        answers = []
        while len(buffer) - position >= 2:
            length = buffer[position] << 8 | buffer[position + 1]
            if len(buffer) - position - 2 < length:
                break
            query = buffer[position + 2:position + 2 + length]
            position += 2 + length
            self.stats["tcp"] += 1
            if self.mode != "silent":
                message = true_answer(query)
                answers.append(struct.pack(">H", len(message)) + message)
        self.buffers[descriptor] = buffer[position:]
        if answers:
            try:
                connection.setblocking(True)
                connection.sendall(b"".join(answers))
                connection.setblocking(False)
            except OSError:
                self.end(connection)

    def end(self, connection):
        self.connections.pop(connection.fileno(), None)
        self.buffers.pop(connection.fileno(), None)
        connection.close()

    def answer(self, query, peer):
        true = true_answer(query)
        if self.mode == "silent":
            return
        if self.held is not None:
            self.held.append((true, peer))
        elif self.mode == "garbage":
            for forged in forgeries(query, true):
                self.send(forged, peer)
            self.later(true, peer)
        elif self.mode == "wrong_id":
            self.send(bytes([true[0] ^ 0x55]) + true[1:], peer)
            self.later(true, peer)
        elif self.mode == "truncated":
            self.stats["truncated"] += 1
            if self.stats["truncated"] % 2:  # Technitium over its limit: half TC, half nothing.
                self.send(cut(query), peer)
        else:
            self.send(true, peer)

    def later(self, packet, peer):
        self.sequence += 1
        heapq.heappush(self.due, (time.monotonic() + DELAY_SECONDS, self.sequence, packet, peer))

    def send(self, packet, peer):
        try:
            self.udp.sendto(packet, peer)
        except OSError:
            self.stats["unsent"] += 1


def question_of(query):
    end = 12
    while query[end]:
        end += query[end] + 1
    return query[12:end + 5]


def true_answer(query):
    return query[:2] + b"\x85\x80\0\1\0\1\0\0\0\0" + question_of(query) + RECORD


def cut(query):
    return query[:2] + b"\x87\x80\0\1\0\0\0\0\0\0" + question_of(query)


def forgeries(query, true):
    """What a hostile or broken server may send before the true answer; each carries the address 6.6.6.6 where it has one."""
    bad = true[:-4] + b"\6\6\6\6"
    question = question_of(query)
    other = bytes([question[0]]) + b"x" * question[0] + question[question[0] + 1:]
    yield b""
    yield true[:1]
    yield true[:11]
    yield query[:2] + b"\x85\x80\0\1\0\1\0\0\0\0" + other + RECORD     # another question
    yield bad[:2] + b"\x05" + bad[3:]                                   # QR=0
    yield bad[:-3]                                                      # cut in the middle of its record
    yield bad[:2] + b"\xad" + bad[3:]                                   # opcode UPDATE
    yield bad[:4] + b"\0\0" + bad[6:]                                   # no question
    yield bad[:2] + b"\xff" * 60                                         # noise behind the right id


if __name__ == "__main__":
    Upstream(sys.argv[1], int(sys.argv[2])).run()
