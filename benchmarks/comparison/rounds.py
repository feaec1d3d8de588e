"""Runs the scenarios: every server once per round, so that a noisy minute hits all of them alike."""

import dataclasses
import json
import os
import statistics
import subprocess
import sys

from . import scenarios
from .processes import NotMeasured, Process, free_port
from .servers import NAMES, ROOT, SERVERS, ZONE, nsd

LOAD = os.path.join(ROOT, "artifacts/bin/NodeDns.Load/release/nodedns-load")
OVERHEAD_SECONDS = 120  # Priming, warm-up and draining of one run, with room to spare.


@dataclasses.dataclass
class Row:
    server: str
    runs: list = dataclasses.field(default_factory=list)
    problems: list = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Result:
    scenario: scenarios.Scenario
    rows: list


class Runner:
    def __init__(self, options, place, folder):
        self._options = options
        self._place = place
        self._folder = folder
        self._running = {}      # name -> (process, port)
        self._failed = {}       # name -> why it could not be started
        self._rates = {}        # name -> median queries/s in "hits"
        self._upstream = None
        self._upstream_port = free_port()

    def run(self):
        self._upstream = self._start("nsd", nsd, self._upstream_port, self._place.upstream)
        results = []
        for name in self._options.scenarios:
            result = self._run_starts() if name == "start" else self._run_scenario(name, scenarios.ALL[name])
            results.append(result)
        return results

    def stop(self):
        for process, _ in self._running.values():
            process.stop()
        if self._upstream:
            self._upstream.stop()

    def _run_scenario(self, name, scenario):
        rows = [Row(server) for server in self._options.servers]
        for number in range(self._options.rounds):
            for row in rows:
                try:
                    run = self._measure(row.server, scenario)
                except NotMeasured as reason:
                    say(f"{name} {number + 1}/{self._options.rounds} {row.server}: not measured: {reason}")
                    row.problems.append(str(reason))
                    continue
                shown = ", ".join(f"{column.title} {column.form.format(column.value(run))}" for column in scenario.columns)
                say(f"{name} {number + 1}/{self._options.rounds} {row.server}: {shown}")
                row.runs.append(run)
                if name == "hits":
                    self._rates[row.server] = statistics.median(r["queries_per_second"] for r in row.runs)
        return Result(scenario, rows)

    def _measure(self, server, scenario):
        about = SERVERS[server]
        if scenario.transport == "tcp" and about.tcp:
            raise NotMeasured(about.tcp)
        if scenario.forwards and not about.forwards:
            raise NotMeasured("has no upstream")
        process, port = self._ensure(server)
        command = ["taskset", "-c", str(self._place.load), LOAD, scenario.transport, f"127.0.0.1:{port}",
                   "--zone", ZONE, "--names", str(NAMES), "--seconds", str(self._options.seconds),
                   "--server-pid", str(process.pid), "--tolerate-lost", str(scenario.tolerate_lost), "--json",
                   *scenario.load]
        if scenario.rate_share:
            if server not in self._rates:
                raise NotMeasured("its maximum is not known: the scenario \"hits\" did not measure it")
            command += ["--rate", str(round(self._rates[server] * scenario.rate_share))]
        try:
            load = subprocess.run(command, capture_output=True, text=True, check=False,
                                  timeout=self._options.seconds + OVERHEAD_SECONDS)
        except subprocess.TimeoutExpired:
            raise NotMeasured("the load generator did not come to an end") from None
        if load.returncode != 0:
            raise NotMeasured(load.stderr.strip().removeprefix("nodedns-load: ") or f"load: code {load.returncode}")
        return json.loads(load.stdout)

    def _run_starts(self):
        """Starts each server anew, round by round; none of them has anything cached."""
        rows = [Row(server) for server in self._options.servers]
        for number in range(self._options.rounds):
            for row in rows:
                try:
                    process, _, seconds = self._launch(row.server)
                    process.stop()
                    row.runs.append({"start_ms": seconds * 1000})
                    say(f"start {number + 1}/{self._options.rounds} {row.server}: {seconds * 1000:.0f} ms")
                except NotMeasured as reason:
                    row.problems.append(str(reason))
                    say(f"start {number + 1}/{self._options.rounds} {row.server}: not measured: {reason}")
        return Result(scenarios.ALL["start"], rows)

    def _ensure(self, server):
        """The running server, started the first time; one that failed to start is not tried again."""
        if server in self._failed:
            raise NotMeasured(self._failed[server])
        if server not in self._running:
            try:
                process, port, _ = self._launch(server)
            except NotMeasured as reason:
                self._failed[server] = str(reason)
                raise
            self._running[server] = (process, port)
        return self._running[server]

    def _launch(self, server):
        port = free_port()
        folder = self._folder_of(server)
        command = SERVERS[server].command(folder, port, self._upstream_port)
        process = Process(command, self._place.server, os.path.join(folder, "log"))
        try:
            seconds = process.await_answer(port, f"n0.{ZONE}")
        except NotMeasured:
            process.stop()
            raise
        return process, port, seconds

    def _start(self, name, make, port, cpu):
        folder = self._folder_of(name)
        try:
            process = Process(make(folder, port), cpu, os.path.join(folder, "log"))
            process.await_answer(port, f"n0.{ZONE}")
        except NotMeasured as reason:
            sys.exit(f"compare: the upstream {name} does not run: {reason}")
        return process

    def _folder_of(self, name):
        folder = os.path.join(self._folder, name)
        os.makedirs(folder, exist_ok=True)
        return folder


def say(text):
    print(f"compare: {text}", file=sys.stderr, flush=True)
