"""Processes, ports, figures: what the benchmarks of bench.py are made of."""

import contextlib
import json
import os
import platform
import re
import select
import signal
import socket
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field

PATIENCE = 90  # seconds: far above any single run, so that nothing hangs for ever


class Failure(Exception):
    """A run failed, or lost messages: its figures would be worth nothing."""


# Settings of the caller's must not reach the programs under test.
# The brokers are in sbin, which is not in everybody's PATH.
ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.startswith("FEDMSG")} | {
    "LC_ALL": "C.UTF-8", "PATH": os.environ.get("PATH", "/usr/bin:/bin") + ":/usr/sbin"}


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def tcp(port):
    return f"tcp://127.0.0.1:{port}"


def run(*argv, **options):
    """Runs a program to its end and returns what it printed."""
    done = subprocess.run(argv, capture_output=True, text=True, timeout=PATIENCE, env=ENVIRONMENT, **options)
    if done.returncode != 0:
        raise Failure(f"{os.path.basename(argv[0])} ended with {done.returncode}: {done.stderr.strip()}")
    return done.stdout


@contextlib.contextmanager
def running(*argv, folder, **options):
    """A program that runs until the end of the block; what it has to say is in FOLDER/NAME.log."""
    log = os.path.join(folder, os.path.basename(argv[0]) + ".log")
    with open(log, "w") as stderr:
        options = {"stdin": subprocess.DEVNULL, "stdout": stderr, "text": True, "env": ENVIRONMENT} | options
        process = subprocess.Popen(argv, stderr=stderr, **options)
    try:
        yield process
    except (Failure, subprocess.TimeoutExpired) as e:
        said = open(log).read().strip()
        raise Failure(f"{e}" + (f" ({os.path.basename(argv[0])}: {said.splitlines()[-1]})" if said else "")) from None
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for_port(port, process):
    """Until something listens there: the clients of Mosquitto and NATS do not try twice."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.01)
    raise Failure(f"nothing listens on port {port}")


def spawn(argv, stdin="/dev/null", stdout="/dev/null"):
    """Runs a program from posix_spawn to waitpid: (wall seconds, CPU seconds)."""
    actions = [(os.POSIX_SPAWN_OPEN, 1, stdout, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)]
    if isinstance(stdin, int):
        actions.append((os.POSIX_SPAWN_DUP2, stdin, 0))
    else:
        actions.append((os.POSIX_SPAWN_OPEN, 0, stdin, os.O_RDONLY, 0))
    start = time.perf_counter()
    pid = os.posix_spawn(argv[0], argv, ENVIRONMENT, file_actions=actions)
    try:
        _, status, usage = os.wait4(pid, 0)
    except BaseException:  # the alarm, or Ctrl-C
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        raise
    wall = time.perf_counter() - start
    if status != 0:
        raise Failure(f"{' '.join(argv)} ended with {os.waitstatus_to_exitcode(status)}")
    return wall, usage.ru_utime + usage.ru_stime


def cpu_seconds(pid):
    """Processor time of a process, of all its threads: what clock_getcpuclockid(3) stands for."""
    return time.clock_gettime((~pid << 3) | 2)


class Fifo:
    """Where programs tell how far they are (numbered.h), a line each time."""

    def __init__(self, path):
        self.path = path

    def __enter__(self):
        os.mkfifo(self.path)
        self._file = os.open(self.path, os.O_RDWR)  # both ends, so that nobody waits for the other
        self._text = b""
        return self

    def __exit__(self, *_):
        os.close(self._file)
        os.unlink(self.path)

    def next(self):
        while b"\n" not in self._text:
            if not select.select([self._file], [], [], PATIENCE)[0]:
                raise Failure("messages are missing: nothing was told for too long")
            self._text += os.read(self._file, 4096)
        line, self._text = self._text.split(b"\n", 1)
        return line.decode()

    def expect(self, line):
        found = self.next()
        if found != line:
            raise Failure(f"{line} was due, and {found} was told")


@dataclass
class Goal:
    """What is asked of our figures: of their ratio to the others', of the difference, or of themselves."""

    of: str  # "ratio", "over" or "value"
    sign: str  # "<=" or ">="
    limit: float

    def figure(self, ours, theirs):
        if self.of == "value":
            return statistics.median(ours)
        # Neighbouring runs are compared with each other: other work on the machine disturbs both.
        both = zip(ours, theirs, strict=True)
        return statistics.median(a / b if self.of == "ratio" else a - b for a, b in both)

    def holds(self, figure):
        return figure <= self.limit if self.sign == "<=" else figure >= self.limit

    def __str__(self):
        return f"{self.sign} {self.limit:,g}" + {"ratio": "x", "over": " over", "value": ""}[self.of]


REPORT = Goal("ratio", "", 0)  # the ratio is only told


@dataclass
class Row:
    bench: str
    what: str
    count: int  # messages a run
    unit: str
    ours: list
    against: str
    theirs: list
    goal: Goal
    figure: float = field(init=False)

    def __post_init__(self):
        self.figure = self.goal.figure(self.ours, self.theirs)

    def verdict(self):
        return "-" if self.goal is REPORT else "holds" if self.goal.holds(self.figure) else "misses"

    def line(self):
        ratio = f"{self.figure:,.2f}x" if self.goal.of == "ratio" else number(self.figure)
        goal = "-" if self.goal is REPORT else str(self.goal)
        return (f"{self.bench:9} {self.what:41} {self.count:8,} {self.unit:4} {spread(self.ours):26} "
                f"{self.against:13} {spread(self.theirs):26} {ratio:>9}  {goal:12} {self.verdict()}")

    def as_json(self):
        return {"bench": self.bench, "what": self.what, "messages": self.count, "unit": self.unit, "fedmsg": self.ours,
                "against": self.against, "other": self.theirs, "figure": self.figure, "of": self.goal.of,
                "goal": None if self.goal is REPORT else str(self.goal), "verdict": self.verdict()}


HEADER = (f"{'bench':9} {'what':41} {'messages':>8} {'unit':4} {'fedmsg: median (min-max)':26} "
          f"{'against':13} {'median (min-max)':26} {'figure':>9}  {'goal':12} verdict")


def number(x):
    return f"{x:,.0f}" if abs(x) >= 1000 else f"{x:.3g}"


def spread(values):
    """Median, least and most."""
    if not values:
        return "-"
    return f"{number(statistics.median(values))} ({number(min(values))}-{number(max(values))})"


def machine(programs, fedmsg):
    """Where and against what: figures from elsewhere mean little without it."""

    def version(*argv):
        try:
            done = subprocess.run(argv, capture_output=True, text=True, timeout=10, env=ENVIRONMENT)
        except OSError:
            return "absent"
        found = re.search(r"\d+\.\d+(\.\d+)?", done.stdout + done.stderr)
        return found.group() if found else "?"

    cpu = re.search(r"^model name\s*: (.*)$", open("/proc/cpuinfo").read(), re.MULTILINE)
    return {"cpu": cpu.group(1) if cpu else platform.machine(), "cores": os.cpu_count(), "kernel": platform.release(),
            "load_before": round(os.getloadavg()[0], 2), "fedmsg": version(fedmsg, "--version"),
            "libzmq": version(programs + "/bench-proxy", "version=zmq"), "mosquitto": version("mosquitto", "-h"),
            "nats-server": version("nats-server", "--version"), "jq": version("jq", "--version"),
            "python": version("/usr/bin/python3", "--version")}


def alternate(rounds, *sides):
    """Runs the sides in turn, A B A B …; returns what each gave, a list a side."""
    results = [[] for _ in sides]
    for _ in range(rounds):
        for side, gathered in zip(sides, results):
            gathered.append(side())
    return results


def column(results, name):
    return [r[name] for r in results]


def say(text):
    print(text, file=sys.stderr, flush=True)
