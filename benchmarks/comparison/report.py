"""The tables: medians, each figure as a ratio to the limit and to the best peer, and the spread of the runs."""

import datetime
import os
import platform
import shlex
import statistics
import subprocess
import sys

from .servers import ALL, ROOT, SERVERS

RESULTS = os.path.join(ROOT, "benchmarks", "results")


def render(options, place, results):
    parts = [header(options, place)]
    for result in results:
        parts.append(f"## {result.scenario.title}\n\n{table(result)}")
    parts.append("Each figure is the median of the rounds; `x limit` and `x best peer` are ratios to the limit program and to "
                 "the best of the other servers in the same run. Lost is the share of all questions that got no answer, which may be "
                 "the kernel's doing where a server's socket buffer is small. Spread is (largest - smallest) / median of the "
                 "first column. `server busy` below 95 % means that the load, or other work on the machine, set the "
                 "queries/s, and not the server.")
    return "\n\n".join(parts)


def header(options, place):
    lines = [
        f"# Comparison, {datetime.datetime.now(datetime.timezone.utc):%Y-%m-%d %H:%M} UTC",
        "",
        f"- machine: {machine()}",
        f"- commit: {commit()}",
        f"- command: `{shlex.join(['benchmarks/compare', *sys.argv[1:]])}`",
        f"- placement: server on CPU {place.server}, load on CPU {place.load}, upstream (nsd) on CPU {place.upstream}; loopback",
        f"- rounds: {options.rounds}, each {options.seconds:g} s measured after 0.5 s of warm-up, servers interleaved",
        "- servers: " + "; ".join(f"{name} ({SERVERS[name].version()})" for name in options.servers),
    ]
    return "\n".join(lines)


def table(result):
    columns = result.scenario.columns
    titles = ["nodedns with" if result.scenario.pairs else "server"]
    for column in columns:
        titles += [column.title] + (["x limit", "x best peer"] if column.ratios else [])
    if result.scenario.pairs:
        titles.append("x the row above")
    titles += ["lost", "runs", "spread"]

    limits = {column: median(column, row) for row in result.rows if row.server == "limit" for column in columns}
    lines = [line(titles), line(["---"] + ["---:"] * (len(titles) - 1))]
    for place, row in enumerate(result.rows):
        if not row.runs:
            reason = row.problems[-1] if row.problems else "no run"
            reason = " ".join(reason.replace("|", "/").split())
            lines.append(line([row.server, f"not measured: {reason}"] + [""] * (len(titles) - 2)))
            continue
        cells = [row.server]
        for column in columns:
            value = median(column, row)
            cells.append(column.form.format(value))
            if column.ratios:
                cells += [ratio(value, limits.get(column)), ratio(value, best_peer(column, result.rows))]
        if result.scenario.pairs:
            base = median(columns[0], result.rows[place - 1]) if place % 2 else None
            cells.append(ratio(median(columns[0], row), base))
        failed = len(row.problems)
        cells += [lost(row), f"{len(row.runs)}" + (f" ({failed} failed)" if failed else ""), spread(columns[0], row)]
        lines.append(line(cells))
    return "\n".join(lines)


def line(cells):
    return "| " + " | ".join(cells) + " |"


def median(column, row):
    return statistics.median(column.value(run) for run in row.runs) if row.runs else None


def best_peer(column, rows):
    values = [median(column, row) for row in rows if row.runs and row.server in SERVERS and ALL[row.server].is_peer]
    if not values:
        return None
    return max(values) if column.more_is_better else min(values)


def ratio(value, base):
    return f"{value / base:.2f}" if base else "-"


def lost(row):
    sent = sum(run.get("sent", 0) for run in row.runs)
    return f"{sum(run['lost'] for run in row.runs) / sent:.2%}" if sent else "-"


def spread(column, row):
    values = [column.value(run) for run in row.runs]
    middle = statistics.median(values)
    return f"{(max(values) - min(values)) / middle:.0%}" if middle else "-"


def machine():
    model = "unknown processor"
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for text in file:
            if text.startswith("model name"):
                model = text.split(":", 1)[1].strip()
                break
    with open("/proc/meminfo", encoding="utf-8") as file:
        memory = int(file.readline().split()[1]) / 2**20
    return f"{model}, {os.cpu_count()} CPUs, {memory:.0f} GiB, Linux {platform.release()} {platform.machine()}"


def commit():
    def git(*arguments):
        return subprocess.run(["git", "-C", ROOT, *arguments], capture_output=True, text=True, check=False).stdout.strip()
    changed = git("status", "--porcelain", "--", ".", ":!benchmarks/results")
    return (git("rev-parse", "--short=12", "HEAD") or "unknown") + (" with uncommitted changes" if changed else "")
