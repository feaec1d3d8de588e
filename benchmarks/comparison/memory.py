"""Resident memory, seen from outside: the kernel's VmRSS of a process."""

import time

from .bench import say
from .processes import NotMeasured

RATE = 5000  # queries/s to each server; all are under load at once, because memory does not depend on the speed


def resident_mib(pid):
    with open(f"/proc/{pid}/status", encoding="utf-8") as file:
        for text in file:
            if text.startswith("VmRSS:"):
                return int(text.split()[1]) / 1024
    return 0.0


def fill(bench, rows, seconds):
    """Starts every server anew, puts the same load on all of them at once, and reads what each holds at the end."""
    loads = []
    started = time.monotonic()
    for row in rows:
        try:
            process, port, _ = bench.launch(row.server)
        except NotMeasured as reason:
            row.problems.append(str(reason))
            continue
        first = resident_mib(process.pid)
        loads.append((row, process, first, bench.begin_load(
            process, port, seconds, ["--rate", str(RATE), "--sockets", "32", "--warmup", "0", "--tolerate-lost", "0.05"])))
    for row, process, first, load in loads:
        try:
            run = bench.end_load(load, seconds)
            row.runs.append({**run, "resident_first_mib": first, "resident_mib": resident_mib(process.pid)})
            say(f"memory {row.server}: {first:.1f} MiB at the first answer, {row.runs[-1]['resident_mib']:.1f} MiB at the end")
        except NotMeasured as reason:
            row.problems.append(str(reason))
        finally:
            process.stop()
    say(f"memory: {time.monotonic() - started:.0f} s")
