"""How each server is started: one thread, everything cached that may be cached, one UDP upstream, no validation."""

import dataclasses
import functools
import os
import shutil
import subprocess
from typing import Callable

from .processes import NotMeasured, free_port, write

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ZONE = "bench.test"
NAMES = 10_000


@dataclasses.dataclass(frozen=True)
class Server:
    command: Callable  # (folder, port, upstream port) -> the command line
    version: Callable  # () -> text
    is_peer: bool = True
    tcp: str = ""      # why TCP is not measured; empty where it is
    forwards: bool = True
    load: tuple = ()   # what this one is asked differently


def limit(folder, port, upstream):
    return [built("artifacts/limit/limit"), str(port)]


def limit_segments(folder, port, upstream):
    return [*limit(folder, port, upstream), "segments"]


def nodedns(folder, port, upstream, zones=5, workers=1):
    # The zones of the stock node-local Corefile plus the measured one, with metrics on: as shipped.
    names = ["cluster.local", "in-addr.arpa", "ip6.arpa", ".", *(f"z{i}.test" for i in range(zones))][:zones - 1]
    other = "".join(f"{zone}:{port} {{\n    errors\n    cache 30\n    bind 127.0.0.1\n    forward . 127.0.0.1:{upstream}\n}}\n"
                    for zone in names)
    corefile = write(folder, "Corefile", f"""{ZONE}:{port} {{
    errors
    cache 3600
    bind 127.0.0.1
    forward . 127.0.0.1:{upstream}
    prometheus 127.0.0.1:{free_port()}
}}
{other}""")
    return [built("artifacts/nodedns/nodedns"), "-conf", corefile, "-workers", str(workers),
            "-control-socket", os.path.join(folder, "control.sock")]


def unbound(folder, port, upstream):
    config = write(folder, "unbound.conf", f"""server:
    interface: 127.0.0.1@{port}
    access-control: 127.0.0.0/8 allow
    do-daemonize: no
    do-not-query-localhost: no
    username: ""
    chroot: ""
    directory: "{folder}"
    pidfile: ""
    use-syslog: no
    logfile: ""
    num-threads: 1
    local-zone: "test." nodefault
    module-config: "iterator"
    msg-cache-size: 64m
    rrset-cache-size: 128m
    outgoing-range: 4096
    num-queries-per-thread: 2048
    so-rcvbuf: 4m
    so-sndbuf: 4m
    incoming-num-tcp: 100
    minimal-responses: yes
remote-control:
    control-enable: no
forward-zone:
    name: "."
    forward-addr: 127.0.0.1@{upstream}
""")
    return [installed("unbound"), "-d", "-p", "-c", config]


def dnsdist(folder, port, upstream):
    config = write(folder, "dnsdist.conf", f"""setSecurityPollSuffix("")
setACL("127.0.0.0/8")
setUDPMultipleMessagesVectorSize(64)
setUDPSocketBufferSizes(4194304, 4194304)
setMaxUDPOutstanding(65535)
addLocal("127.0.0.1:{port}", {{reusePort=true}})
newServer({{address="127.0.0.1:{upstream}", checkName="n0.{ZONE}.", sockets=8}})
getPool(""):setCache(newPacketCache(200000, {{maxTTL=86400}}))
""")
    return [installed("dnsdist"), "--supervised", "--disable-syslog", "-C", config]


def dnsmasq(folder, port, upstream):
    config = write(folder, "dnsmasq.conf", f"""port={port}
listen-address=127.0.0.1
bind-interfaces
no-resolv
no-hosts
server=127.0.0.1#{upstream}
cache-size=20000
dns-forward-max=4096
user=root
pid-file=
log-facility=-
""")
    return [installed("dnsmasq"), "-k", "-C", config]


def recursor(folder, port, upstream):
    write(folder, "recursor.conf", f"""local-address=127.0.0.1
local-port={port}
forward-zones={ZONE}=127.0.0.1:{upstream}
dont-query=
dnssec=off
threads=1
pdns-distributes-queries=no
reuseport=yes
daemon=no
write-pid=no
disable-syslog=yes
loglevel=3
quiet=yes
security-poll-suffix=
socket-dir={folder}
max-cache-entries=1000000
max-packetcache-entries=500000
max-tcp-clients=128
max-tcp-per-client=0
""")
    return [installed("pdns_recursor"), f"--config-dir={folder}"]


def nsd(folder, port):
    """The authoritative upstream of all: the measured names, and a wildcard for the unique ones."""
    names = "".join(f"n{i} A 192.0.2.{i % 250 + 1}\n" for i in range(NAMES))
    write(folder, "zone", f"""$ORIGIN {ZONE}.
$TTL 3600
@ SOA ns hostmaster 1 3600 900 604800 300
@ NS ns
ns A 127.0.0.1
*.w A 192.0.2.251
{names}""")
    config = write(folder, "nsd.conf", f"""server:
    ip-address: 127.0.0.1@{port}
    server-count: 1
    username: ""
    chroot: ""
    database: ""
    zonesdir: "{folder}"
    zonelistfile: "{folder}/zone.list"
    xfrdfile: "{folder}/xfrd.state"
    pidfile: "{folder}/nsd.pid"
    rrl-ratelimit: 0
remote-control:
    control-enable: no
zone:
    name: "{ZONE}"
    zonefile: "zone"
""")
    return [installed("nsd"), "-d", "-c", config]


def built(path):
    full = os.path.join(ROOT, path)
    if not os.access(full, os.X_OK):
        raise NotMeasured(f"{path} is not built")
    return full


def installed(program):
    path = shutil.which(program)
    if path is None:
        raise NotMeasured(f"{program} is not installed")
    return path


def debian(package):
    def version():
        asked = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", package],
                               capture_output=True, text=True, check=False)
        return f"Debian {package} {asked.stdout}" if asked.returncode == 0 else f"{package}, not from Debian"
    return version


SERVERS = {
    "limit": Server(limit, lambda: "benchmarks/limit/limit.c", is_peer=False, tcp="UDP only", forwards=False),
    "limit-gso": Server(limit_segments, lambda: "the same with UDP_SEGMENT", is_peer=False, tcp="UDP only", forwards=False),
    "nodedns": Server(nodedns, lambda: "this commit", is_peer=False),
    "unbound": Server(unbound, debian("unbound")),
    "dnsdist": Server(dnsdist, debian("dnsdist")),
    "dnsmasq": Server(dnsmasq, debian("dnsmasq-base"), tcp="forks a process per connection and ends it after 100 queries"),
    "recursor": Server(recursor, debian("pdns-recursor")),
}

# One question per client, so that no answers leave together and the figure is the cost of one answer.
ONE_EACH = ("--sockets", "256", "--outstanding", "1")
WIDE_ZONE = ("--zone", f"w.{ZONE}", "--names")  # the wildcard has as many names as one likes

# NodeDns against itself, for the scenario "growth": what more entries, zones and workers cost.
VARIANTS = {
    "1,000 entries": Server(nodedns, lambda: "", load=(*ONE_EACH, *WIDE_ZONE, "1000")),
    "100,000 entries": Server(nodedns, lambda: "", load=(*ONE_EACH, *WIDE_ZONE, "100000")),
    "4 zones": Server(functools.partial(nodedns, zones=4), lambda: "", load=ONE_EACH),
    "100 zones": Server(functools.partial(nodedns, zones=100), lambda: "", load=ONE_EACH),
    "1 worker": Server(nodedns, lambda: "", load=ONE_EACH),
    "2 workers": Server(functools.partial(nodedns, workers=2), lambda: "", load=ONE_EACH),
}

ALL = {**SERVERS, **VARIANTS}
