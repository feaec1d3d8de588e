"""Runs the scenarios: every server once per round, so that a noisy minute hits all of them alike."""

import dataclasses
import statistics

from . import memory, scenarios
from .bench import Bench, say
from .processes import NotMeasured
from .servers import ALL, SERVERS


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
        self._bench = Bench(place, folder, ALL)
        self._rates = {}        # name -> median queries/s in "hits"

    def run(self):
        return [self._run_scenario(name, scenarios.ALL[name]) for name in self._options.scenarios]

    def stop(self):
        self._bench.stop()

    def _run_scenario(self, name, scenario):
        rows = [Row(server) for server in scenario.servers or self._options.servers]
        if name == "memory":
            memory.fill(self._bench, rows, self._options.memory_seconds)
            return Result(scenario, rows)
        for number in range(self._options.rounds):
            for row in rows:
                try:
                    run = self._start(row.server) if name == "start" else self._measure(row, scenario)
                except NotMeasured as reason:
                    say(f"{name} {number + 1}/{self._options.rounds} {row.server}: not measured: {reason}")
                    row.problems.append(str(reason))
                    continue
                shown = ", ".join(f"{column.title} {column.form.format(column.value(run))}" for column in scenario.columns)
                say(f"{name} {number + 1}/{self._options.rounds} {row.server}: {shown}")
                row.runs.append(run)
                if name == "hits":
                    self._rates[row.server] = statistics.median(r["queries_per_second"] for r in row.runs)
        for row in rows:
            if row.server not in SERVERS:
                self._bench.stop_server(row.server)  # A variant of one scenario; it would only hold memory.
        return Result(scenario, rows)

    def _measure(self, row, scenario):
        about = ALL[row.server]
        if scenario.transport == "tcp" and about.tcp:
            raise NotMeasured(about.tcp)
        if scenario.forwards and not about.forwards:
            raise NotMeasured("has no upstream")
        process, port = self._bench.ensure(row.server)
        arguments = ["--warmup", "0.5", "--tolerate-lost", str(scenario.tolerate_lost), *scenario.load, *about.load]
        if scenario.rate_share:
            if row.server not in self._rates:
                raise NotMeasured("its maximum is not known: the scenario \"hits\" did not measure it")
            arguments += ["--rate", str(round(self._rates[row.server] * scenario.rate_share))]
        if row.server not in SERVERS and row.runs:
            arguments.append("--no-prime")
        return self._bench.load(process, port, self._options.seconds, arguments, scenario.transport)

    def _start(self, server):
        """Starts the server anew; it has nothing cached."""
        process, _, seconds = self._bench.launch(server)
        process.stop()
        return {"start_ms": seconds * 1000}
