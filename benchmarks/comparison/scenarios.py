"""What is measured: the load, and the columns of its table."""

import dataclasses
from typing import Callable, Sequence

from .servers import VARIANTS

ADDRESSES = 64

@dataclasses.dataclass(frozen=True)
class Column:
    title: str
    value: Callable            # run (the load generator's JSON) -> number
    form: str = "{:.0f}"
    more_is_better: bool = False
    ratios: bool = True        # to the limit and to the best peer


@dataclasses.dataclass(frozen=True)
class Scenario:
    title: str
    load: Sequence[str]
    columns: Sequence[Column]
    transport: str = "udp"
    forwards: bool = False     # needs a server that has an upstream
    rate_share: float = 0      # of the server's own median in "hits"; 0 for a closed loop
    tolerate_lost: float = 0.01  # more than this is no measurement; less is shown in the table
    servers: Sequence[str] = ()  # instead of those of the command line
    pairs: bool = False        # each second row is compared with the one before it, and with nothing else


RATE = Column("queries/s", lambda run: run["queries_per_second"], "{:,.0f}", more_is_better=True)
CPU = Column("CPU us/query", lambda run: run["server_cpu_us_per_query"], "{:.2f}")
BUSY = Column("server busy", lambda run: run["server_cpu_share"], "{:.0%}", ratios=False)
MEMORY = Column("resident MiB", lambda run: run["server_resident_bytes"] / 2**20, "{:.1f}", ratios=False)


def latency(quantile, title, ratios=True):
    return Column(title, lambda run: run["latency_us"][quantile], "{:.0f}", ratios=ratios)


ALL = {
    "hits": Scenario(
        "Cached UDP, 32 sockets x 16 outstanding, 10,000 names (Zipf)",
        ["--sockets", "32", "--outstanding", "16"],
        [RATE, CPU, BUSY, MEMORY]),
    "sources": Scenario(
        f"Cached UDP, 256 clients on {ADDRESSES} addresses, one question each",
        ["--sockets", "256", "--outstanding", "1",
         "--sources", ",".join(f"127.0.1.{i + 1}" for i in range(ADDRESSES))],
        [RATE, CPU, BUSY]),
    "single": Scenario(
        "Cached UDP, one query at a time",
        ["--sockets", "1", "--outstanding", "1"],
        [latency("p50", "p50 us"), latency("p99", "p99 us", ratios=False)]),
    "half": Scenario(
        "Cached UDP at 50 % of the server's own maximum (open loop, timed from when each query was due)",
        ["--sockets", "32"],
        [latency("p50", "p50 us", ratios=False), latency("p99", "p99 us"), latency("p999", "p99.9 us"), CPU],
        rate_share=0.5),
    "tcp": Scenario(
        "Cached TCP, 16 connections x 16 pipelined",
        ["--sockets", "16", "--outstanding", "16"],
        [RATE, CPU, BUSY],
        transport="tcp"),
    "misses": Scenario(
        "Unique names through one UDP upstream, 16 sockets x 8 outstanding",
        ["--sockets", "16", "--outstanding", "8", "--misses", "100"],
        [RATE, CPU, latency("p50", "p50 us", ratios=False), BUSY, MEMORY],
        forwards=True),
    "mix": Scenario(
        "Half of the questions cached, half for unique names, 16 sockets x 8 outstanding",
        ["--sockets", "16", "--outstanding", "8", "--misses", "50"],
        [RATE, CPU, latency("p99", "p99 us", ratios=False), BUSY, MEMORY],
        forwards=True),
    "growth": Scenario(
        "NodeDns against itself: CPU per hit as it grows (256 clients, one question each)",
        [],
        [Column("CPU us/query", lambda run: run["server_cpu_us_per_query"], "{:.2f}", ratios=False), BUSY, MEMORY],
        servers=tuple(VARIANTS), pairs=True),
    "memory": Scenario(
        "Resident memory: 10,000 names by Zipf, 5,000 queries/s, all servers at once",
        [],
        [Column("resident MiB", lambda run: run["resident_mib"], "{:.1f}"),
         Column("at the first answer", lambda run: run["resident_first_mib"], "{:.1f}", ratios=False)]),
    "start": Scenario(
        "Start to first right answer",
        [],
        [Column("ms", lambda run: run["start_ms"], "{:.0f}")]),
}
