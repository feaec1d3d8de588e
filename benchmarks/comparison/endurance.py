"""What shows only over minutes: memory, the hot set's hit ratio under a flood of unique names, garbage collection."""

import argparse
import datetime
import os
import re
import shlex
import sys
import tempfile
import time
import urllib.request

from . import report
from .bench import Bench, say
from .memory import resident_mib
from .processes import NotMeasured, Place
from .servers import SERVERS, ZONE

WIDE = ("--zone", f"w.{ZONE}", "--names", "100000")
SAMPLE_SECONDS = 0.5


class Server:
    """A NodeDns of its own for one measurement."""

    def __init__(self, bench):
        self._bench = bench
        self.process, self.port, _ = bench.launch("nodedns")
        with open(os.path.join(bench.folder_of("nodedns"), "Corefile"), encoding="utf-8") as file:
            self._metrics = re.search(r"prometheus (\S+)", file.read()).group(1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stop()

    def load(self, seconds, *arguments):
        return self._bench.load(self.process, self.port, seconds, ["--tolerate-lost", "0.05", *arguments])

    def load_and_watch(self, seconds, look, *arguments):
        """Calls look() again and again while the load goes on."""
        load = self._bench.begin_load(self.process, self.port, seconds, ["--tolerate-lost", "0.05", *arguments])
        while load.poll() is None:
            look()
            time.sleep(SAMPLE_SECONDS)
        return self._bench.end_load(load, seconds)

    def metric(self, name, labels=""):
        """The sum of a metric's samples; those with all labels given, as they stand in the text."""
        with urllib.request.urlopen(f"http://{self._metrics}/metrics", timeout=10) as answer:
            text = answer.read().decode()
        found = re.findall(rf"^{name}(?:\{{([^}}]*)\}})? (\S+)", text, re.MULTILINE)
        if not found:
            raise NotMeasured(f"the server has no metric {name}")
        return sum(float(value) for given, value in found if labels in given)

    @property
    def resident(self):
        return resident_mib(self.process.pid)


def memory(bench, options):
    lines = ["| state | resident MiB |", "| --- | ---: |"]
    with Server(bench) as server:
        lines.append(f"| first answer | {server.resident:.1f} |")
        server.load(options.minutes * 6, "--warmup", "0")
        lines.append(f"| 10,000 names, {options.minutes * 6:.0f} s of hits at full speed | {server.resident:.1f} |")
    with Server(bench) as server:
        server.load(options.minutes * 6, "--warmup", "0", *WIDE)
        lines.append(f"| 100,000 names, {options.minutes * 6:.0f} s of hits at full speed | {server.resident:.1f} |")
    return "Resident memory", lines


def unique(bench, options):
    seconds = options.minutes * 60
    samples = []
    with Server(bench) as server:
        started = time.monotonic()
        try:
            run = server.load_and_watch(
                seconds, lambda: samples.append((time.monotonic() - started, server.resident)),
                "--misses", "100", "--sockets", "16", "--outstanding", "8", "--warmup", "0")
            asked = f"{run['sent']:,} unique names, {run['queries_per_second']:,.0f} a second."
        except NotMeasured as reason:
            # The memory is what counts here; on a starved machine an upstream may be late for a moment.
            asked = f"Unique names at full speed; the load generator says: {reason}."
    lines = ["| after s | resident MiB |", "| ---: | ---: |"]
    for step in range(11):
        at, mib = min(samples, key=lambda sample: abs(sample[0] - step * seconds / 10))
        lines.append(f"| {at:.0f} | {mib:.1f} |")
    later = [mib for at, mib in samples if at > seconds / 10]
    lines += ["", f"{asked} Highest {max(m for _, m in samples):.1f} MiB; "
              f"in the last nine tenths of the time between {min(later):.1f} and {max(later):.1f} MiB."]
    return f"Unique names without end, {options.minutes:g} min", lines


def hot(bench, options):
    """The hot set's hit ratio by the server's own count: what was asked and missed, without the unique names."""
    seconds = options.minutes * 3
    lines = ["| traffic | hot queries | of them misses | hit ratio | x calm |", "| --- | ---: | ---: | ---: | ---: |"]
    with Server(bench) as server:
        server.load(seconds)
        calm = None
        for title, share in (("10,000 names by Zipf", 0), ("the same, and as many unique names", 50)):
            before = server.metric("coredns_cache_misses_total")
            run = server.load(seconds, "--no-prime", "--warmup", "0", "--sockets", "16", "--outstanding", "8",
                              "--misses", str(share))
            asked = run["sent"] - run["sent_unique"]
            missed = max(0, server.metric("coredns_cache_misses_total") - before - run["sent_unique"])
            ratio = 1 - missed / asked
            calm = ratio if calm is None else calm
            lines.append(f"| {title} | {asked:,} | {missed:,.0f} | {ratio:.3%} | {ratio / calm:.4f} |")
    return "Hit ratio of the hot set under a flood", lines


def gc(bench, options):
    seconds = options.minutes * 30
    arguments = ("--misses", "50", "--sockets", "16", "--outstanding", "8")
    longest = 0.0
    with Server(bench) as server:
        hits = allocated(server, 5)
        misses = allocated(server, 5, "--misses", "100", "--sockets", "16", "--outstanding", "8")
        rate = server.load(5, *arguments)["queries_per_second"] / 2

        def look():
            nonlocal longest
            longest = max(longest, server.metric("dotnet_gc_last_collection_pause_seconds"))

        names = ("gen0", "gen1", "gen2")
        before = [server.metric("dotnet_gc_collections_total", f'"{name}"') for name in names]
        paused = server.metric("dotnet_gc_pause_time_seconds_total")
        run = server.load_and_watch(seconds, look, *arguments, "--rate", f"{rate:.0f}")
        after = [server.metric("dotnet_gc_collections_total", f'"{name}"') for name in names]
        paused = server.metric("dotnet_gc_pause_time_seconds_total") - paused
    latency = " / ".join(f"{run['latency_us'][quantile]:.0f}" for quantile in ("p50", "p99", "p999", "max"))
    counts = ", ".join(f"{name} {int(b - a)}" for name, a, b in zip(names, before, after))
    lines = [
        "| measure | value |", "| --- | ---: |",
        f"| bytes allocated per hit | {hits:.3f} |",
        f"| bytes allocated per miss | {misses:.1f} |",
        f"| load | {seconds:.0f} s at {rate:,.0f} queries/s, half hits, half misses |",
        f"| collections | {counts} |",
        f"| all pauses together | {paused * 1000:.2f} ms |",
        f"| longest pause seen | {longest * 1000:.2f} ms |",
        f"| latency p50 / p99 / p99.9 / max | {latency} us |",
        "",
        "The metrics are read twice a second meanwhile, and reading them allocates: it is most of what is collected.",
    ]
    return "Garbage collection", lines


def allocated(server, seconds, *arguments):
    """Bytes per query of the whole process; the warm-up is not counted, one reading of the metrics is."""
    server.load(1, *arguments)
    before = server.metric("dotnet_gc_heap_allocated_bytes_total")
    own = server.metric("dotnet_gc_heap_allocated_bytes_total") - before
    before = server.metric("dotnet_gc_heap_allocated_bytes_total")
    run = server.load(seconds, "--no-prime", "--warmup", "0", *arguments)
    grown = server.metric("dotnet_gc_heap_allocated_bytes_total") - before
    return max(0, grown - own) / run["sent"]


PARTS = {"memory": memory, "unique": unique, "hot": hot, "gc": gc}


def main():
    parser = argparse.ArgumentParser(
        prog="benchmarks/endurance", description="Measures NodeDns over minutes: " + ", ".join(PARTS) + ".")
    parser.add_argument("--parts", default=",".join(PARTS), help="which of: " + ", ".join(PARTS))
    parser.add_argument("--minutes", type=float, default=10,
                        help="length of the part \"unique\"; \"gc\" takes half of it, the others a tenth or less (10)")
    parser.add_argument("--name", default="endurance", help="part of the result file's name; empty writes no file")
    options = parser.parse_args()
    chosen = options.parts.split(",")
    if any(part not in PARTS for part in chosen):
        parser.error(f"--parts: known are {', '.join(PARTS)}")

    cpus = sorted(os.sched_getaffinity(0))
    place = Place(server=cpus[0], load=cpus[-1], upstream=cpus[-1])
    sections = []
    measured = 0
    with tempfile.TemporaryDirectory(prefix="nodedns-endurance-") as folder:
        bench = Bench(place, folder, SERVERS)
        try:
            for part in chosen:
                say(f"{part} begins")
                try:
                    title, lines = PARTS[part](bench, options)
                    measured += 1
                except NotMeasured as reason:
                    title, lines = part, [f"not measured: {reason}"]
                sections.append(f"## {title}\n\n" + "\n".join(lines))
                print(sections[-1], flush=True)
        finally:
            bench.stop()

    head = [f"# Endurance, {datetime.datetime.now(datetime.timezone.utc):%Y-%m-%d %H:%M} UTC", "",
            f"- machine: {report.machine()}", f"- commit: {report.commit()}",
            f"- command: `{shlex.join(['benchmarks/endurance', *sys.argv[1:]])}`",
            f"- placement: server on CPU {place.server}, load and upstream (nsd) on CPU {place.load}; loopback"]
    if options.name:
        path = os.path.join(report.RESULTS, f"{datetime.date.today():%Y-%m-%d}-{options.name}.md")
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(head) + "\n\n" + "\n\n".join(sections) + "\n")
        print(f"endurance: written to {os.path.relpath(path)}", file=sys.stderr)
    if measured == 0:
        sys.exit("endurance: nothing was measured")


if __name__ == "__main__":
    main()
