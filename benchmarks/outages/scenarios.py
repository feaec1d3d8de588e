"""What is broken, what is measured, and what the goal is: a function per row of the table, in its order."""

import dataclasses
import signal
import time
from typing import Callable

from .stage import MISS_PERCENT, NODE, RATE, UPSTREAMS, query, rcode, run

POLL_SECONDS = 0.05


@dataclasses.dataclass
class Figure:
    """One number beside its goal."""
    what: str
    value: float
    unit: str
    limit: float | None = None  # None: told without a goal.
    equal: bool = False

    @property
    def is_met(self):
        return self.limit is None or (self.value == self.limit if self.equal else self.value <= self.limit)


@dataclasses.dataclass(frozen=True)
class Scenario:
    title: str
    goal: str
    node_cache: str
    measure: Callable


def at_most(what, value, unit, limit):
    return Figure(what, value, unit, limit)


def exactly(what, value, limit, unit=""):
    return Figure(what, value, unit, limit, equal=True)


def told(what, value, unit=""):
    return Figure(what, value, unit)


def of_load(got, unique_p999_ms=None, p999_ms=None):
    """What every steady load says: nobody failed, and how long the slowest took."""
    figures = [exactly("failed or lost", got["failed"], 0, f"of {got['sent']}")]
    figures.append(at_most("p99.9", got["latency_us"]["p999"] / 1000, "ms", p999_ms) if p999_ms
                   else told("p99.9", got["latency_us"]["p999"] / 1000, "ms"))
    if unique_p999_ms:
        figures.append(at_most("misses p99.9", got["unique_latency_us"]["p999"] / 1000, "ms", unique_p999_ms))
    figures.append(told("slowest", got["latency_us"]["max"] / 1000, "ms"))
    return figures


def asked(stage, upstream, busy, since, limit=6.0):
    """Seconds from a moment until an upstream is asked for most misses, or for next to none."""
    expected = RATE * MISS_PERCENT / 100
    before, last = stage.queries(upstream), time.monotonic()
    while time.monotonic() - since < limit:
        time.sleep(POLL_SECONDS)
        now, at = stage.queries(upstream), time.monotonic()
        share = (now - before) / (at - last) / expected
        if share > 0.5 if busy else share < 0.05:
            return last - since
        before, last = now, at
    return limit


def black_hole(stage, begin, end):
    load = stage.load(12)
    time.sleep(3)
    begin()
    left = asked(stage, 0, False, time.monotonic())
    time.sleep(3)
    end()
    back = asked(stage, 0, True, time.monotonic())
    return [*of_load(load.result(), p999_ms=400),
            at_most("not asked any more after", left, "s", 1), at_most("asked again after", back, "s", 1)]


def stopped(stage, options):
    stage.open()
    first = stage.upstreams[0]
    return black_hole(stage, lambda: first.signal(signal.SIGSTOP), lambda: first.signal(signal.SIGCONT))


def dropped(stage, options):
    stage.open()
    rule = ("from", UPSTREAMS[0], "to", NODE, "blackhole", "priority", "10")
    return black_hole(
        stage, lambda: run("ip", "-n", stage.far, "rule", "add", *rule),
        lambda: run("ip", "-n", stage.far, "rule", "delete", *rule))


def rejected(how):
    def measure(stage, options):
        stage.open()
        load = stage.load(6)
        time.sleep(2)
        run("ip", "netns", "exec", stage.far, "nft", "table ip fault { chain way { type filter hook input priority 0; "
            f"ip daddr {UPSTREAMS[0]} reject with icmp {how}; }}; }}")
        return [*of_load(load.result(), p999_ms=20), told("network errors", errors(stage, "network")),
                told("refused", errors(stage, "refused"))]
    return measure


def refused(stage, options):
    stage.open()
    load = stage.load(6)
    time.sleep(2)
    stage.upstreams[0].signal(signal.SIGKILL)
    return [*of_load(load.result(), p999_ms=20),
            told("refused", errors(stage, "refused"))]


def route(kind):
    def measure(stage, options):
        stage.open()
        load = stage.load(6)
        time.sleep(2)
        run("ip", "-n", stage.node, "route", "add", kind, f"{UPSTREAMS[0]}/32")
        return [*of_load(load.result(), p999_ms=20), told("network errors", errors(stage, "network"))]
    return measure


def errors(stage, cause):
    head = f'nodedns_upstream_errors_total{{to="{UPSTREAMS[0]}:53",cause="{cause}"}} '
    return sum(float(line[len(head):]) for line in stage.metrics().splitlines() if line.startswith(head))


def flapping(stage, options):
    stage.open(cache="serve_stale 1h")
    period = options.flap_period
    load = stage.load(options.flap_seconds)
    ends = time.monotonic() + options.flap_seconds
    first = stage.upstreams[0]
    flaps = 0
    while time.monotonic() + period < ends:
        time.sleep(period)
        first.signal(signal.SIGSTOP if flaps % 2 == 0 else signal.SIGCONT)
        flaps += 1
    got = load.result()
    first.signal(signal.SIGCONT)
    return [exactly("cached names that failed", got["failed_known"], 0), *of_load(got, unique_p999_ms=500),
            told("flaps", flaps)]


def dead_for_a_day(stage, options):
    stage.open(cache="serve_stale 25h", clock=True)
    names = [f"day{i}.bench.test" for i in range(1000)]
    for name in names:
        stage.ask(name)
    for upstream in stage.upstreams:
        upstream.signal(signal.SIGSTOP)
    stage.advance(24 * 3600)
    first = [None] * len(names)

    def everyone():
        # All at the same moment: nobody knows yet that the upstreams are dead.
        askers = [stage.socket() for _ in names]
        began = time.perf_counter()
        for i, asker in enumerate(askers):
            asker.send(query(names[i]))
        for i, asker in enumerate(askers):
            asker.settimeout(6)
            try:
                first[i] = (rcode(asker.recv(4096)), time.perf_counter() - began)
            except OSError:
                first[i] = (None, 6)
            asker.close()

    everyone()
    before = [stage.queries(i) for i in range(2)]
    probes = [stage.metric("nodedns_upstream_probes_total", i) for i in range(2)]
    follow = []
    began = time.monotonic()
    asker = stage.socket()
    asker.settimeout(6)
    answered = 0
    while time.monotonic() - began < 5:
        for name in names:
            at = time.perf_counter()
            asker.send(query(name))
            answered += rcode(asker.recv(4096)) == 0
            follow.append(time.perf_counter() - at)
    seconds = time.monotonic() - began
    sent = sum(stage.queries(i) - before[i] for i in range(2))
    probed = sum(stage.metric("nodedns_upstream_probes_total", i) - probes[i] for i in range(2))
    follow.sort()
    return [exactly("not answered", sum(code != 0 for code, _ in first) + len(follow) - answered, 0,
                    f"of {len(names) + len(follow)}"),
            at_most("first answer, slowest", max(took for _, took in first), "s", 1.8),
            at_most("following, p99", follow[int(len(follow) * 0.99)] * 1000, "ms", 1),
            told("following, median", follow[len(follow) // 2] * 1000, "ms"),
            at_most("questions to the dead upstreams", sent / seconds, "/s", 10),
            at_most("probes of both", probed / seconds, "/s", 5)]


def herd(sources):
    def measure(stage, options):
        # One upstream: of two, the second would be asked by a hedge after 100 ms.
        stage.open(upstreams=1)
        stage.upstreams[0].tell("hold")
        before = stage.queries(0)
        load = stage.load(
            1, "--names", "1", "--zone", "herd.test", "--no-prime", "--sockets", "400", "--outstanding", "250",
            "--sources", ",".join(sources), rate=0, misses=0)
        time.sleep(1.9)
        waiting = stage.metric("nodedns_in_flight_questions")
        stage.upstreams[0].tell("release")
        got = load.result()
        sent = stage.queries(0) - before
        return [told("identical misses", got["sent"]), told("questions in flight", waiting),
                exactly("queries to the upstream", sent, 1),
                exactly("not answered", got["failed"], 0, f"of {got['sent']}"),
                told("refused at a client's share", stage.metric("nodedns_client_share_full_total"))]
    return measure


def garbage(stage, options):
    stage.open(upstreams=1)
    upstream = stage.upstreams[0]
    upstream.tell("mode", "garbage")
    before = stage.queries(0)
    load = stage.load(5, rate=2000, misses=10)
    got = load.result()
    sent = stage.queries(0) - before
    asked_for = got["sent_unique"] + 2000  # Each of the known names once, and every unique one.
    figures = [*of_load(got), at_most("second queries", max(0, sent - asked_for), f"of {sent:.0f}", 0),
               exactly("health", stage.metric("nodedns_upstream_up", 0), 1),
               exactly("times down", stage.metric("nodedns_upstream_downs_total", 0), 0)]
    upstream.tell("mode", "wrong_id")
    before = upstream.stats()
    load = stage.load(3, rate=500, misses=20)
    got = load.result()
    after = upstream.stats()
    udp, tcp = after["udp"] - before["udp"], after.get("tcp", 0) - before.get("tcp", 0)
    return [*figures, exactly("wrong ids: failed or lost", got["failed"], 0, f"of {got['sent']}"),
            told("wrong ids: queries over UDP", udp), told("wrong ids: over TCP instead", tcp),
            exactly("wrong ids: health", stage.metric("nodedns_upstream_up", 0), 1)]


def connections(command, recover):
    def measure(stage, options):
        # One upstream: with two, the other one's answers would hide how long it takes to notice.
        stage.open(options="force_tcp", upstreams=1)
        first = stage.upstreams[0]
        load = stage.load(12)
        accepted = []
        for _ in range(3):
            time.sleep(2)
            at = time.time()
            first.tell(command)
            time.sleep(0.5 if command != "deaf" else 2.5)
            accepted.append(first.stats()["last_accept"] - at)
        return [*of_load(load.result()),
                at_most("new connection after", max(accepted) if min(accepted) > 0 else 9, "s", recover)]
    return measure


def idle_close(stage, options):
    """Technitium closes idle connections at 10 s; here it does so at the worst moment, between two questions."""
    stage.open(options="force_tcp", upstreams=1)
    failed = slowest = 0
    for i in range(30):
        answer, took = stage.ask(f"idle{i}.bench.test")
        failed += rcode(answer) != 0
        slowest = max(slowest, took)
        stage.upstreams[0].tell("close")
    return [exactly("failed", failed, 0, "of 30"), told("slowest", slowest * 1000, "ms"),
            exactly("times down", stage.metric("nodedns_upstream_downs_total", 0), 0)]


def tcp_rate(stage, options):
    stage.open(options="force_tcp", upstreams=1)
    got = stage.load(5, "--no-prime", rate=10_000, misses=100).result()
    stats = stage.upstreams[0].stats()
    return [*of_load(got), told("misses a second", got["queries_per_second"], "/s"),
            at_most("connections at one time", stats["most_open"], "", 8), told("connections in all", stats["accepted"])]


def truncation(stage, options):
    stage.open(upstreams=1)
    upstream = stage.upstreams[0]
    upstream.tell("mode", "truncated")
    got = stage.load(6, rate=500, misses=20).result()
    stats = upstream.stats()
    return [*of_load(got, unique_p999_ms=500), told("storms", stage.metric("nodedns_upstream_truncation_storms_total", 0)),
            told("over UDP", stats["udp"]), told("over TCP", stats["tcp"])]


ONE = ["127.0.0.1"]
MANY = [f"127.0.1.{i}" for i in range(1, 101)]

ALL = {
    "stopped": Scenario("first of two upstreams stopped (SIGSTOP)", "0 SERVFAIL; p99.9 <= 400 ms; not asked first after 1 s; "
                        "used again within 1 s", "2 s per query for 6 to 15 s", stopped),
    "dropped": Scenario("its packets dropped", "the same", "2 s per query for 6 to 15 s", dropped),
    "refused": Scenario("first upstream killed: port refused", "0 SERVFAIL, p99.9 <= 20 ms", "fails over per query", refused),
    "blackhole": Scenario("route to it: blackhole", "0 SERVFAIL, p99.9 <= 20 ms", "fails over per query", route("blackhole")),
    "unreachable": Scenario("route to it: unreachable", "0 SERVFAIL, p99.9 <= 20 ms", "fails over per query", route("unreachable")),
    "prohibit": Scenario("route to it: prohibit", "0 SERVFAIL, p99.9 <= 20 ms", "fails over per query", route("prohibit")),
    "rejected": Scenario("a firewall rejects its packets (port unreachable)", "0 SERVFAIL, p99.9 <= 20 ms", "fails over per query",
                         rejected("port-unreachable")),
    "gateway": Scenario("host unreachable comes back for its packets (ICMP)", "0 SERVFAIL, p99.9 <= 20 ms", "-",
                        rejected("host-unreachable")),
    "flapping": Scenario("first upstream flapping", "0 errors for cached names; misses p99.9 <= 500 ms", "-", flapping),
    "day": Scenario("all upstreams dead for 24 h (test clock)", "all cached names answered; first <= 1.8 s, following <= 1 ms; "
                    "probes bounded", "names gone after 30 s", dead_for_a_day),
    "herd": Scenario("100,000 identical misses in a second, of 100 clients", "1 upstream query; all answered when it answers", "100,000", herd(MANY)),
    "herd-one": Scenario("the same of one client", "the same", "100,000", herd(ONE)),
    "garbage": Scenario("garbage, wrong question, QR=0, cut replies before the true one; then wrong ids", "the true one delivered; "
                        "no second query but by TCP for wrong ids; health untouched", "query aborted", garbage),
    "idle": Scenario("upstream closes TCP between two queries", "0 SERVFAIL", "timeouts for minutes", idle_close),
    "close": Scenario("upstream closes all TCP connections under load", "0 SERVFAIL", "timeouts for minutes", connections("close", 1)),
    "reset": Scenario("upstream resets them (RST)", "0 SERVFAIL", "timeouts for minutes", connections("reset", 1)),
    "half-open": Scenario("half-open after a reboot", "0 SERVFAIL; detected within 2 s", "timeouts for minutes",
                          connections("deaf", 2)),
    "tcp": Scenario("10,000 misses/s over force_tcp to one upstream", "at most 8 connections, 0 failures",
                    "a connection per query in flight", tcp_rate),
    "truncation": Scenario("upstream over its rate limit: half TC, half nothing", "0 SERVFAIL; misses p99.9 <= 500 ms; eased by TCP",
                           "-", truncation),
}

