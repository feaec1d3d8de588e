"""The bench: an upstream, servers that are started when first asked for, and load put on them."""

import json
import os
import subprocess
import sys

from .processes import NotMeasured, Process, free_port
from .servers import NAMES, ROOT, SERVERS, ZONE, nsd

LOAD = os.path.join(ROOT, "artifacts/bin/NodeDns.Load/release/nodedns-load")
OVERHEAD_SECONDS = 120  # Priming, warm-up and draining of one run, with room to spare.


class Bench:
    def __init__(self, place, folder, servers=SERVERS):
        self.place = place
        self._folder = folder
        self._servers = servers
        self._running = {}      # name -> (process, port)
        self._failed = {}       # name -> why it could not be started
        self._upstream_port = free_port()
        self._upstream = self._start_upstream()

    def stop(self):
        for name in list(self._running):
            self.stop_server(name)
        self._upstream.stop()

    def ensure(self, server):
        """The running server, started the first time; one that failed to start is not tried again."""
        if server in self._failed:
            raise NotMeasured(self._failed[server])
        if server not in self._running:
            try:
                process, port, _ = self.launch(server)
            except NotMeasured as reason:
                self._failed[server] = str(reason)
                raise
            self._running[server] = (process, port)
        return self._running[server]

    def stop_server(self, server):
        if server in self._running:
            self._running.pop(server)[0].stop()

    def launch(self, server):
        """Starts a server that this bench does not keep; returns it with its port and the seconds to its first answer."""
        port = free_port()
        folder = self.folder_of(server)
        command = self._servers[server].command(folder, port, self._upstream_port)
        process = Process(command, self.place.server, os.path.join(folder, "log"))
        try:
            seconds = process.await_answer(port, f"n0.{ZONE}")
        except NotMeasured:
            process.stop()
            raise
        return process, port, seconds

    def folder_of(self, name):
        folder = os.path.join(self._folder, name)
        os.makedirs(folder, exist_ok=True)
        return folder

    def begin_load(self, process, port, seconds, arguments, transport="udp"):
        """Starts the load generator; what is said last on its command line counts."""
        command = ["taskset", "-c", str(self.place.load), LOAD, transport, f"127.0.0.1:{port}",
                   "--zone", ZONE, "--names", str(NAMES), "--seconds", str(seconds),
                   "--server-pid", str(process.pid), "--json", *arguments]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    @staticmethod
    def end_load(load, seconds):
        """Waits for the load generator; returns its figures."""
        try:
            out, problem = load.communicate(timeout=seconds + OVERHEAD_SECONDS)
        except subprocess.TimeoutExpired:
            load.kill()
            load.communicate()
            raise NotMeasured("the load generator did not come to an end") from None
        if load.returncode != 0:
            raise NotMeasured(problem.strip().removeprefix("nodedns-load: ") or f"load: code {load.returncode}")
        return json.loads(out)

    def load(self, process, port, seconds, arguments, transport="udp"):
        return self.end_load(self.begin_load(process, port, seconds, arguments, transport), seconds)

    def _start_upstream(self):
        folder = self.folder_of("nsd")
        try:
            process = Process(nsd(folder, self._upstream_port), self.place.upstream, os.path.join(folder, "log"))
            process.await_answer(self._upstream_port, f"n0.{ZONE}")
        except NotMeasured as reason:
            sys.exit(f"compare: the upstream nsd does not run: {reason}")
        return process


def say(text):
    print(f"compare: {text}", file=sys.stderr, flush=True)
