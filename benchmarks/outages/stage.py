"""One stage: two network namespaces, two upstreams in one of them, the built nodedns and the load in the other."""

import ctypes
import json
import os
import signal
import socket
import struct
import subprocess
import time
import urllib.request

LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET = 0x40000000  # os.setns is of Python 3.12.
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LOAD = os.path.join(ROOT, "artifacts/bin/NodeDns.Load/release/nodedns-load")
NODEDNS = os.path.join(ROOT, "artifacts/nodedns/nodedns")
ZONE = "bench.test"
NAMES = 2000
SUBNET = "10.99.7"
NODE = f"{SUBNET}.1"
UPSTREAMS = (f"{SUBNET}.11", f"{SUBNET}.12")
PORT = 5353
METRICS = 9253
RATE = 5000
MISS_PERCENT = 20


class Failed(Exception):
    """Why there is no figure."""


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failed(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout


class Stage:
    """Everything is made anew for each scenario and taken away after it; no process of others is touched."""

    def __init__(self, folder, number):
        self.folder = os.path.join(folder, str(number))
        os.makedirs(self.folder)
        self.node = f"ndf{os.getpid()}n{number}"
        self.far = f"ndf{os.getpid()}u{number}"
        self.processes = []
        self.upstreams = []
        self.server = None

    def open(self, options="", cache="", upstreams=2, clock=False, policy="sequential"):
        run("ip", "netns", "add", self.node)
        run("ip", "netns", "add", self.far)
        run("ip", "-n", self.node, "link", "add", "wire", "type", "veth", "peer", "name", "wire", "netns", self.far)
        for space, addresses in ((self.node, [NODE]), (self.far, list(UPSTREAMS))):
            run("ip", "-n", space, "link", "set", "lo", "up")
            run("ip", "-n", space, "link", "set", "wire", "up")
            for address in addresses:
                run("ip", "-n", space, "address", "add", f"{address}/24", "dev", "wire")
        self.upstreams = [UpstreamProcess(self, address) for address in UPSTREAMS[:upstreams]]
        self._serve(options, cache, clock, policy)
        return self

    def _serve(self, options, cache, clock, policy):
        corefile = os.path.join(self.folder, "Corefile")
        targets = " ".join(f"{address}:53" for address in UPSTREAMS[:len(self.upstreams)])
        with open(corefile, "w", encoding="utf-8") as file:
            file.write(f""".:{PORT} {{
    bind 127.0.0.1
    errors
    prometheus 127.0.0.1:{METRICS}
    cache {{
        {cache}
    }}
    forward . {targets} {{
        policy {policy}
        {options}
    }}
}}
""")
        environment = dict(os.environ, NODEDNS_TEST_CLOCK="1") if clock else dict(os.environ)
        self.server = self.spawn(
            self.node, [NODEDNS, "-conf", corefile, "-control-socket", self.control], env=environment)
        begun = time.monotonic()
        while not self.ask("ready.bench.test")[0]:
            if time.monotonic() - begun > 10 or self.server.poll() is not None:
                raise Failed(f"nodedns does not serve: {self.log()[-300:]}")
        while not os.path.exists(self.control) and time.monotonic() - begun < 10:
            time.sleep(0.01)  # It answers before all else; this socket comes last, behind the port of the metrics.

    @property
    def control(self):
        return os.path.join(self.folder, "control.sock")

    def spawn(self, space, command, **options):
        with open(os.path.join(self.folder, "log"), "ab") as log:
            process = subprocess.Popen(
                ["ip", "netns", "exec", space, *command], stdout=options.pop("stdout", log), stderr=log, **options)
        self.processes.append(process)
        return process

    def close(self):
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
            process.wait()
        for space in (self.node, self.far):
            subprocess.run(["ip", "netns", "delete", space], capture_output=True, check=False)

    def log(self):
        with open(os.path.join(self.folder, "log"), encoding="utf-8", errors="replace") as log:
            return log.read()

    def advance(self, seconds):
        run("ip", "netns", "exec", self.node, NODEDNS, "clock", "advance", str(seconds), "-control-socket", self.control)

    # The load

    def load(self, seconds, *more, rate=RATE, misses=MISS_PERCENT):
        """Starts the steady load; `Load.result` waits for its end."""
        command = ["taskset", "-c", str(max(os.sched_getaffinity(0))), LOAD, "udp", f"127.0.0.1:{PORT}", "--zone", ZONE,
                   "--names", str(NAMES), "--seconds", str(seconds), "--warmup", "0", "--timeout", "6", "--json",
                   "--tolerate-lost", "1", "--server-pid", str(self.server.pid)]
        if rate:
            command += ["--rate", str(rate)]
        if misses:
            command += ["--misses", str(misses)]
        return Load(self.spawn(self.node, [*command, *more], stdout=subprocess.PIPE, text=True))

    # The metrics

    def metrics(self):
        return inside(self.node, lambda: urllib.request.urlopen(
            f"http://127.0.0.1:{METRICS}/metrics", timeout=5).read().decode())

    def metric(self, name, upstream=None):
        head = f'{name}{{upstream="{UPSTREAMS[upstream]}:53"}} ' if upstream is not None else f"{name} "
        for line in self.metrics().splitlines():
            if line.startswith(head):
                return float(line[len(head):])
        raise Failed(f"{head.strip()} is not among the metrics")

    def queries(self, upstream):
        return self.metric("nodedns_upstream_queries_total", upstream)

    # Single questions

    def ask(self, name, wait=6.0):
        """One question from a socket of its own: (answer or None, seconds)."""
        return inside(self.node, lambda: ask(name, wait))

    def socket(self, address="127.0.0.1"):
        def opened():
            asker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            asker.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
            asker.bind((address, 0))
            asker.connect(("127.0.0.1", PORT))
            return asker
        return inside(self.node, opened)


class UpstreamProcess:
    def __init__(self, stage, address):
        self.address = address
        self._process = stage.spawn(
            stage.far, ["python3", "-m", "outages.upstream", address, "53"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def tell(self, *words):
        self._process.stdin.write(" ".join(words) + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()

    def stats(self):
        return json.loads(self.tell("stats"))

    def signal(self, number):
        self._process.send_signal(number)


class Load:
    def __init__(self, process):
        self._process = process

    def result(self):
        out, _ = self._process.communicate(timeout=400)
        if not out:
            raise Failed("the load generator printed nothing")
        got = json.loads(out)
        known = got["sent"] - got["sent_unique"]
        got["failed"] = got["wrong"] + got["lost"]
        got["failed_known"] = known - (got["answered"] - got["answered_unique"])
        return got


def inside(space, action):
    """Runs a function in a network namespace; sockets it opens stay there."""
    with open("/proc/self/ns/net", "rb") as own, open(f"/run/netns/{space}", "rb") as other:
        enter(other)
        try:
            return action()
        finally:
            enter(own)


def enter(space):
    if LIBC.setns(space.fileno(), CLONE_NEWNET) != 0:
        raise Failed(f"setns: {os.strerror(ctypes.get_errno())}")


def query(name, ident=0x4E44):
    question = b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0\0\1\0\1"
    return struct.pack(">6H", ident, 0x0100, 1, 0, 0, 0) + question


def ask(name, wait):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        asker.settimeout(wait)
        begun = time.perf_counter()
        try:
            asker.connect(("127.0.0.1", PORT))
            asker.send(query(name))
            return asker.recv(4096), time.perf_counter() - begun
        except OSError:
            time.sleep(0.01)
            return None, time.perf_counter() - begun


def rcode(answer):
    return answer[3] & 15 if answer else None
