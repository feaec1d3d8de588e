"""Processes on chosen CPUs, and the question whether one of them answers."""

import dataclasses
import os
import signal
import socket
import struct
import subprocess
import time

START_SECONDS = 10
STOP_SECONDS = 5


class NotMeasured(Exception):
    """Why there is no number; becomes the text of a row."""


@dataclasses.dataclass(frozen=True)
class Place:
    """Which CPU each part of the measurement runs on."""
    server: int
    load: int
    upstream: int


class Process:
    """One process that this run started, and that it stops again; no other process is ever touched."""

    def __init__(self, command, cpu, log_path):
        self._log_path = log_path
        self.started = time.monotonic()
        with open(log_path, "ab") as log:
            try:
                self._process = subprocess.Popen(
                    ["taskset", "-c", str(cpu), *command], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
            except OSError as error:
                raise NotMeasured(str(error)) from error

    @property
    def pid(self):
        return self._process.pid  # taskset becomes the program itself by exec.

    def await_answer(self, port, name):
        """Waits for the first right answer; returns the seconds since the start."""
        while time.monotonic() - self.started < START_SECONDS:
            if self._process.poll() is not None:
                raise NotMeasured(f"ended with code {self._process.returncode}: {self._last_line()}")
            if answers(port, name):
                return time.monotonic() - self.started
        raise NotMeasured(f"no right answer within {START_SECONDS} s: {self._last_line()}")

    def stop(self):
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def _last_line(self):
        with open(self._log_path, encoding="utf-8", errors="replace") as log:
            lines = [line.strip() for line in log if line.strip()]
        return lines[-1][:160] if lines else "it said nothing"


def answers(port, name):
    """Asks 127.0.0.1 for an A record once; true for NOERROR with at least one answer record."""
    question = b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0\0\1\0\1"
    query = struct.pack(">6H", 0x4E44, 0x0100, 1, 0, 0, 0) + question
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        asker.settimeout(0.1)
        try:
            asker.connect(("127.0.0.1", port))
            asker.send(query)
            answer = asker.recv(4096)
        except ConnectionRefusedError:
            time.sleep(0.0005)  # Not listening yet: ask again soon, for the start is being timed.
            return False
        except OSError:
            return False
    if len(answer) < 12:
        return False
    ident, flags, _, records, _, _ = struct.unpack(">6H", answer[:12])
    return ident == 0x4E44 and flags & 0x800F == 0x8000 and records > 0


def free_port():
    """A port that neither UDP nor TCP uses at the moment."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp:
            tcp.bind(("127.0.0.1", 0))
            port = tcp.getsockname()[1]
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
                try:
                    udp.bind(("127.0.0.1", port))
                except OSError:
                    continue
            return port


def write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path
