"""The command line, and the table."""

import argparse
import datetime
import os
import shlex
import sys
import tempfile

from comparison.report import RESULTS, commit, machine

from . import scenarios
from .stage import MISS_PERCENT, RATE, Failed, Stage


def main():
    options = parse()
    rows = []
    with tempfile.TemporaryDirectory(prefix="nodedns-faults-") as folder:
        for number, name in enumerate(options.scenarios):
            rows.append((scenarios.ALL[name], measure(name, options, folder, number)))
    text = render(rows)
    print(text)
    if options.name:
        path = os.path.join(RESULTS, f"{datetime.date.today():%Y-%m-%d}-{options.name}.md")
        with open(path, "a" if options.append else "w", encoding="utf-8") as file:
            file.write(text + "\n")
        print(f"faults: written to {os.path.relpath(path)}", file=sys.stderr)
    if any(isinstance(got, str) or not all(figure.is_met for figure in got) for _, got in rows):
        sys.exit("faults: a goal is not reached")


def parse():
    parser = argparse.ArgumentParser(
        prog="benchmarks/faults", description="Breaks the upstreams of the built nodedns under load and prints what clients notice.")
    known = ", ".join(scenarios.ALL)
    parser.add_argument("--scenarios", default=",".join(scenarios.ALL), metavar="A,B", help=f"which of: {known}")
    parser.add_argument("--flap-period", type=float, default=10, help="seconds up, and seconds down (10)")
    parser.add_argument("--flap-seconds", type=float, default=300, help="how long the upstream flaps (300)")
    parser.add_argument("--name", default="faults", help="part of the result file's name; empty writes no file")
    parser.add_argument("--append", action="store_true", help="add to that file: for a machine that is quiet in pieces only")
    options = parser.parse_args()
    options.scenarios = options.scenarios.split(",")
    unknown = [name for name in options.scenarios if name not in scenarios.ALL]
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}; known: {known}")
    return options


def measure(name, options, folder, number):
    print(f"faults: {name}", file=sys.stderr, flush=True)
    stage = Stage(folder, number)
    try:
        return scenarios.ALL[name].measure(stage, options)
    except (Failed, OSError) as reason:
        return f"not measured: {reason}"
    finally:
        stage.close()


def render(rows):
    lines = [
        f"# Faults, {datetime.datetime.now(datetime.timezone.utc):%Y-%m-%d %H:%M} UTC",
        "",
        f"- machine: {machine()}",
        f"- commit: {commit()}",
        f"- command: `{shlex.join(['benchmarks/faults', *sys.argv[1:]])}`",
        f"- load: open loop, {RATE} queries/s of which {MISS_PERCENT} % misses, where the scenario names no other; each question is "
        "timed from when it was due; the known names were asked once before. Two network namespaces, two upstreams, policy "
        "`sequential`, everything else as it comes.",
        "",
        "| fault | measured | goal | node-cache (from its code) | |",
        "|---|---|---|---|---|",
    ]
    for scenario, got in rows:
        if isinstance(got, str):
            lines.append(f"| {scenario.title} | {got} | {scenario.goal} | {scenario.node_cache} | **no** |")
            continue
        shown = "; ".join(text(figure) for figure in got)
        verdict = "yes" if all(figure.is_met for figure in got) else "**no**"
        lines.append(f"| {scenario.title} | {shown} | {scenario.goal} | {scenario.node_cache} | {verdict} |")
    return "\n".join(lines) + "\n"


def text(figure):
    value = f"{figure.value:.0f}" if figure.value == int(figure.value) else f"{figure.value:.3g}"
    shown = f"{figure.what} {value} {figure.unit}".strip()
    return shown if figure.is_met else f"**{shown}**"


if __name__ == "__main__":
    main()
