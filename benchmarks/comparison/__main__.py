"""The command line: which servers, which scenarios, how long."""

import argparse
import datetime
import os
import sys
import tempfile
import time

from . import report, scenarios
from .processes import Place
from .rounds import Runner
from .servers import SERVERS


def main():
    options = parse()
    cpus = sorted(os.sched_getaffinity(0))
    if len(cpus) < 2:
        sys.exit("compare: needs two CPUs, one for the server and one for the load")
    # With a third CPU the upstream gets it; with two it shares the load's, never the server's.
    place = Place(server=cpus[0], load=cpus[1], upstream=cpus[2] if len(cpus) > 2 else cpus[1])

    with tempfile.TemporaryDirectory(prefix="nodedns-compare-") as folder:
        started = time.monotonic()
        runner = Runner(options, place, folder)
        try:
            results = runner.run()
        finally:
            runner.stop()
        print(f"compare: measured for {time.monotonic() - started:.0f} s", file=sys.stderr)

    text = report.render(options, place, results)
    print(text)
    if options.name:
        path = os.path.join(report.RESULTS, f"{datetime.date.today():%Y-%m-%d}-{options.name}.md")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text + "\n")
        print(f"compare: written to {os.path.relpath(path)}", file=sys.stderr)
    if not any(row.runs for result in results for row in result.rows):
        sys.exit("compare: nothing was measured")


def parse():
    parser = argparse.ArgumentParser(
        prog="benchmarks/compare",
        description="Measures NodeDns, the limit program and the peers, interleaved round by round.")
    parser.add_argument("--servers", type=names(SERVERS), default=list(SERVERS), metavar="A,B",
                        help="which of: " + ", ".join(SERVERS))
    parser.add_argument("--scenarios", type=names(scenarios.ALL), default=list(scenarios.ALL), metavar="A,B",
                        help="which of: " + ", ".join(scenarios.ALL))
    parser.add_argument("--rounds", type=int, default=3, help="runs of each server in each scenario (3)")
    parser.add_argument("--seconds", type=float, default=1.5, help="measured time of each run (1.5)")
    parser.add_argument("--memory-seconds", type=float, default=60, help="length of the scenario \"memory\" (60)")
    parser.add_argument("--name", default="compare", help="part of the result file's name; empty writes no file")
    options = parser.parse_args()
    if options.rounds < 1 or options.seconds <= 0:
        parser.error("--rounds and --seconds must be above zero")
    return options


def names(known):
    def parse_names(text):
        chosen = text.split(",")
        unknown = [name for name in chosen if name not in known]
        if unknown:
            raise argparse.ArgumentTypeError(f"unknown: {', '.join(unknown)}; known: {', '.join(known)}")
        return chosen
    return parse_names


if __name__ == "__main__":
    main()
