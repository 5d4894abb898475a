#!/usr/bin/env python3
"""./dev bench [NAME]... [--json] [--quick]: fedmsg beside what else would do the work, in one run on one machine.

Each row measures one thing on both sides, in turn (A B A B …), with the same generator and the same messages. Every
message is numbered, and must arrive, in order, at every subscriber: a run that loses one fails, and so does the
whole (exit status 1). A goal that is missed is shown, and is no failure.

How to read a row: the median of the runs and their spread, for fedmsg and for the other side; then the figure that the
goal is about:
    1.02x   the median of the ratios fedmsg / other of neighbouring runs
    over    the median of the differences fedmsg - other
    else    the median of fedmsg itself
CPU is user + system time of the forwarding process (all its threads) while the messages passed, so it says more than
messages/s, which the generator on the same cores limits, too. A wide spread, or a load well above 0 in the first line,
means that the machine was doing something else: repeat.

relay     fedmsg relay against zmq_proxy(3) between XSUB and XPUB in a bare program (proxy.cpp)
gateway   fedmsg gateway with 1,000 subscribers against a bare loop from a SUB to an XPUB (proxy.cpp with from=): 128 messages in
          flight, HWM 0 on both sides. No 8 KB: the bare side stalls with so much under way
brokers   fedmsg relay against Mosquitto at QoS 0 and nats-server, each with its own C client
oneshot   one process a message, from its start to its end, against mosquitto_pub; and what a start costs at all
stdin     seq N | fedmsg logger against a bare sender of the same frames, to the same receiver in the relay's place
encode    parse and canonical form against RapidJSON's Document and Writer, and Python's json
crypto    signing and validation against Botan's bare RSA operations with the same key, and what a flood of messages with
          unknown certificates does to others
meta      title, subtitle and link of the firehose against parsing it with RapidJSON; one processor among all against
          one alone; and what fedmsg tail --terse needs more than fedmsg tail: to start, and in memory
tail      fedmsg tail --really-pretty --color=always, from a bare sender, against jq -C on a file of the same messages
"""

import argparse
import base64
import collections
import contextlib
import hashlib
import json
import os
import queue
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time

from harness import (HEADER, REPORT, Failure, Goal, Row, alternate, column, free_port, machine, run, running, say,
                     spawn, tcp, wait_for_port)


class Bench:
    def __init__(self, build, quick, folder, report):
        self.fedmsg = os.path.join(build, "fedmsg")
        self.programs = os.path.join(build, "bench")
        self.quick = quick
        self.rounds = 1 if quick else 7
        self.folder = folder
        self._report = report  # called with each finished Row

    def report(self, *row):
        self._report(Row(*row))

    def program(self, name):
        return os.path.join(self.programs, "bench-" + name)

    def file(self, name):
        return os.path.join(self.folder, name)

    def count(self, full):
        return full // 10 if self.quick else full

    def config(self, inbound, outbound):
        """A configuration file for a relay on these ports, and for its clients."""
        path = self.file(f"fedmsg-{inbound}.json")
        with open(path, "w") as f:
            json.dump({"relay_inbound": tcp(inbound), "endpoints": {"relay_outbound": [tcp(outbound)]},
                       "high_water_mark": 0, "post_init_sleep": 0}, f)
        return path

    # The brokers: each runs for the length of a block, which gets (its process, the arguments that reach it).
    @contextlib.contextmanager
    def relay(self):
        inbound, outbound = free_port(), free_port()
        config = self.config(inbound, outbound)
        with running(self.fedmsg, "relay", "--config-filename", config, folder=self.folder) as process:
            yield process, (f"in={tcp(inbound)}", f"out={tcp(outbound)}")

    @contextlib.contextmanager
    def proxy(self):
        reach = (f"in={tcp(free_port())}", f"out={tcp(free_port())}")
        with running(self.program("proxy"), *reach, folder=self.folder) as process:
            yield process, reach

    # These two connect to a publisher: it is the load generator that binds.
    @contextlib.contextmanager
    def gateway(self):
        at, out = free_port(), free_port()
        with open(self.file("gateway.json"), "w") as f:
            json.dump({"endpoints": {"bench": [tcp(at)]}, "fedmsg.consumers.gateway.port": out,
                       "fedmsg.consumers.gateway.high_water_mark": 0, "zmq_reconnect_ivl": 5}, f)
        with running(self.fedmsg, "gateway", "--config-filename", f.name, folder=self.folder) as process:
            yield process, (f"at={tcp(at)}", f"out={tcp(out)}")

    @contextlib.contextmanager
    def bare_xpub(self):
        at, out = tcp(free_port()), tcp(free_port())
        with running(self.program("proxy"), f"from={at}", f"out={out}", folder=self.folder) as process:
            yield process, (f"at={at}", f"out={out}")

    @contextlib.contextmanager
    def mosquitto(self):
        port = free_port()
        with open(self.file("mosquitto.conf"), "w") as f:
            f.write(f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\n"
                    "max_queued_messages 0\nset_tcp_nodelay true\n")
        with running("mosquitto", "-c", f.name, folder=self.folder) as process:
            wait_for_port(port, process)
            yield process, (f"port={port}",)

    @contextlib.contextmanager
    def nats(self):
        port = free_port()
        with running("nats-server", "-a", "127.0.0.1", "-p", str(port), folder=self.folder) as process:
            wait_for_port(port, process)
            yield process, (f"port={port}",)

    def load(self, client, broker, **settings):
        """One run of a load generator through a broker that has just been started."""
        with broker() as (process, reach):
            words = (f"{name}={value}" for name, value in settings.items())
            return json.loads(run(self.program("load-" + client), *reach, *words, f"pid={process.pid}"))


def relay(b):
    for subscribers, size, count in ((1, 200, 300_000), (1, 1024, 150_000), (1, 8192, 40_000),
                                     (8, 200, 60_000), (8, 1024, 30_000), (8, 8192, 8_000)):
        def side(broker):
            return b.load("zmq", broker, size=size, subscribers=subscribers, count=b.count(count))

        ours, theirs = alternate(b.rounds, lambda: side(b.relay), lambda: side(b.proxy))
        what = f"{size} B, {subscribers} subscriber{'s'[:subscribers > 1]}"
        b.report("relay", what + ": CPU a message", ours[0]["messages"], "us", column(ours, "cpu_us_per_message"),
                 "zmq_proxy", column(theirs, "cpu_us_per_message"), Goal("ratio", "<=", 1.15))
        b.report("relay", what + ": messages", ours[0]["messages"], "1/s", column(ours, "rate"), "zmq_proxy",
                 column(theirs, "rate"), Goal("ratio", ">=", 0.9))
    for rate in (1_000, 20_000):
        def paced(broker):
            return b.load("zmq", broker, size=1024, subscribers=1, count=b.count(2 * rate), rate=rate)

        ours, theirs = alternate(b.rounds, lambda: paced(b.relay), lambda: paced(b.proxy))
        for p in ("p50", "p99"):
            b.report("relay", f"1 KB at {rate:,}/s: latency {p}", ours[0]["messages"], "us",
                     column(ours, p + "_us"), "zmq_proxy", column(theirs, p + "_us"), Goal("ratio", "<=", 1.1))


def gateway(b):
    subscribers = 1_000
    for size, count in ((200, 400), (1024, 400)):
        def side(broker):
            result = b.load("zmq", broker, size=size, subscribers=subscribers, count=b.count(count), chunk=16)
            return {"messages": result["messages"], "cpu": result["cpu_us_per_message"] / subscribers,
                    "rate": result["rate"] * subscribers}

        ours, theirs = alternate(b.rounds, lambda: side(b.gateway), lambda: side(b.bare_xpub))
        what = f"{size} B, {subscribers:,} subscribers: "
        b.report("gateway", what + "CPU a delivery", ours[0]["messages"], "us", column(ours, "cpu"), "bare XPUB",
                 column(theirs, "cpu"), Goal("ratio", "<=", 1.1))
        b.report("gateway", what + "deliveries", ours[0]["messages"], "1/s", column(ours, "rate"), "bare XPUB",
                 column(theirs, "rate"), REPORT)


def brokers(b):
    def side(client, broker):
        return lambda: b.load(client, broker, size=1024, subscribers=1, count=b.count(100_000))

    ours, mosquitto, nats = alternate(b.rounds, side("zmq", b.relay), side("mqtt", b.mosquitto), side("nats", b.nats))
    for name, theirs, goal in (("mosquitto", mosquitto, Goal("ratio", ">=", 3)), ("nats-server", nats, REPORT)):
        b.report("brokers", "1 KB, 1 subscriber: messages", theirs[0]["messages"], "1/s", column(ours, "rate"),
                 name, column(theirs, "rate"), goal)
        b.report("brokers", "1 KB, 1 subscriber: CPU a message", theirs[0]["messages"], "us",
                 column(ours, "cpu_us_per_message"), name, column(theirs, "cpu_us_per_message"), REPORT)


class Subscriber:
    """A program that prints what arrives, a line each."""

    def __init__(self, process):
        self.lines = queue.Queue()
        threading.Thread(target=lambda: [self.lines.put(line) for line in process.stdout], daemon=True).start()

    def next(self, seconds):
        try:
            return self.lines.get(timeout=seconds)
        except queue.Empty:
            return None

    def warm_up(self, publish):
        """Publishes until something arrives: from then on nothing may be missed."""
        for _ in range(20):
            publish("warm-up")
            if self.next(0.5):
                return
        raise Failure("the subscriber does not get anything")

    def check(self, count):
        """All of them, each once, in order."""
        due = 0
        while due < count:
            line = self.next(5)
            if line is None:
                raise Failure(f"message {due} did not arrive")
            if "warm-up" in line:
                continue
            if f"number-{due}-" not in line:
                raise Failure(f"number-{due}- was due, got {line.strip()}")
            due += 1


def oneshot(b):
    pairs = 20 if b.quick else 200

    def milliseconds(argv):
        return spawn(argv)[0] * 1e3

    with contextlib.ExitStack() as stack:
        _, reach = stack.enter_context(b.relay())
        inbound, outbound = (int(address.rsplit(":", 1)[1]) for address in reach)
        config = b.config(inbound, outbound)
        _, (mqtt,) = stack.enter_context(b.mosquitto())
        mqtt = mqtt.removeprefix("port=")

        def logger(text):
            return milliseconds([b.fedmsg, "logger", "--config-filename", config, "--message", text])

        def mosquitto_pub(text):
            return milliseconds(["/usr/bin/mosquitto_pub", "-h", "127.0.0.1", "-p", mqtt, "-t", "bench", "-m", text])

        subscribers = []
        for publish, argv in (
                (logger, [b.program("receiver"), f"connect={tcp(outbound)}"]),
                (mosquitto_pub, ["/usr/bin/mosquitto_sub", "-h", "127.0.0.1", "-p", mqtt, "-t", "bench"])):
            process = stack.enter_context(running(*argv, folder=b.folder, stdout=subprocess.PIPE))
            subscribers.append(Subscriber(process))
            subscribers[-1].warm_up(publish)

        ours, theirs, true = [], [], []
        for i in range(pairs):
            ours.append(logger(f"number-{i}-"))
            theirs.append(mosquitto_pub(f"number-{i}-"))
            true.append(milliseconds(["/bin/true"]))
        for subscriber in subscribers:
            subscriber.check(pairs)
    b.report("oneshot", "logger --message", pairs, "ms", ours, "mosquitto_pub", theirs, Goal("ratio", "<=", 1.6))
    b.report("oneshot", "logger --message", pairs, "ms", ours, "/bin/true", true, Goal("over", "<=", 6))

    ours, true = alternate(pairs, lambda: milliseconds([b.fedmsg, "tail", "--help"]),
                           lambda: milliseconds(["/bin/true"]))
    b.report("oneshot", "tail --help", pairs, "ms", ours, "/bin/true", true, Goal("over", "<=", 4))


def stdin(b):
    count = b.count(500_000)
    seen = {}

    def received(send):
        """Lines a second from the start of the sender to the arrival of the last one, and the sender's CPU."""
        port = free_port()
        with running(b.program("receiver"), f"bind={tcp(port)}", f"count={count}", folder=b.folder,
                     stdout=subprocess.PIPE) as receiver:
            if receiver.stdout.readline() != "bound\n":
                raise Failure("the receiver cannot bind")
            start = time.monotonic_ns()
            cpu = send(port)
            result = receiver.stdout.readline()
            if not result:
                raise Failure("the receiver did not get what was due")
            result = json.loads(result)
        # Not the identifiers, but the bytes are the same on both sides.
        if seen.setdefault("bytes", result["bytes"]) != result["bytes"]:
            raise Failure(f"{result['bytes']} bytes came, the other side sent {seen['bytes']}")
        seen.setdefault("first", json.dumps(result["first"], sort_keys=True, separators=(",", ":")))
        return {"rate": count / ((result["last_ns"] - start) * 1e-9), "cpu": cpu / count * 1e6}

    def logger(port):
        config = b.config(port, free_port())
        with running("seq", str(count), folder=b.folder, stdout=subprocess.PIPE) as seq:
            return spawn([b.fedmsg, "logger", "--config-filename", config], stdin=seq.stdout.fileno())[1]

    def bare(port):
        return spawn([b.program("sender"), f"connect={tcp(port)}", f"count={count}", f"first={seen['first']}"])[1]

    ours, theirs = alternate(b.rounds, lambda: received(logger), lambda: received(bare))
    b.report("stdin", "lines through fedmsg logger", count, "1/s", column(ours, "rate"), "bare sender",
             column(theirs, "rate"), Goal("ratio", ">=", 0.5))
    b.report("stdin", "lines through fedmsg logger", count, "1/s", column(ours, "rate"), "-", [],
             Goal("value", ">=", 400_000))
    b.report("stdin", "CPU a line", count, "us", column(ours, "cpu"), "bare sender", column(theirs, "cpu"), REPORT)


PYTHON_ENCODE = """
import json, sys, time
lines = open(sys.argv[1], encoding="utf-8").read().splitlines()
start, rounds = time.perf_counter(), 0
while rounds == 0 or time.perf_counter() - start < 0.2:
    for line in lines: json.dumps(json.loads(line), sort_keys=True, separators=(',', ':'))
    rounds += 1
print((time.perf_counter() - start) / rounds / len(lines) * 1e9)
"""


def encode(b):
    def programs():
        return json.loads(run(b.program("encode"), b.firehose, "1"))["encoders"]

    ours, python = alternate(b.rounds, programs,
                             lambda: float(run("/usr/bin/python3", "-c", PYTHON_ENCODE, b.firehose)))

    count = sum(1 for _ in open(b.firehose, encoding="utf-8"))

    def rates(name):
        return [1e9 / r[name]["ns_per_message"] for r in ours]

    b.report("encode", "messages, parsed and written", count, "1/s", rates("ours"), "RapidJSON",
             rates("rapidjson"), Goal("ratio", ">=", 0.7))
    b.report("encode", "messages, parsed and written", count, "1/s", rates("ours"), "Python json",
             [1e9 / ns for ns in python], Goal("ratio", ">=", 3))


def tail(b):
    lines = [line for line in open(b.firehose, encoding="utf-8") if "_heartbeat" not in line] * (4 if b.quick else 40)
    topics = [json.loads(line)["topic"] for line in lines]
    with open(b.file("bodies"), "w", encoding="utf-8") as f:
        f.writelines(lines)
    with open(b.file("frames"), "w", encoding="utf-8") as f:
        f.writelines(f"{topic} {line}" for topic, line in zip(topics, lines))
    config = b.config(free_port(), free_port())
    printed = {}

    def check(name, path):
        """All messages, in order: the first output is read; the others must be the same bytes."""
        digest = hashlib.file_digest(open(path, "rb"), "sha256").digest()
        if name not in printed:
            text = re.sub(r"\x1b\[[0-9;]*m", "", open(path, encoding="utf-8").read())
            decoder, at, found = json.JSONDecoder(), 0, []
            while text[at:at + 100].strip():
                value, at = decoder.raw_decode(text, re.compile(r"\s*").match(text, at).end())
                found.append(value["topic"])
            if found != topics:
                raise Failure(f"{name} printed {len(found)} messages of {len(topics)}, or in another order")
        if printed.setdefault(name, digest) != digest:
            raise Failure(f"{name} printed something else in another run")

    def measured(name, argv):
        wall, cpu = spawn(argv, stdout=b.file("out"))
        check(name, b.file("out"))
        return {"wall": len(lines) / wall, "cpu": len(lines) / cpu}

    def ours():
        port = free_port()
        with running(b.program("sender"), f"bind={tcp(port)}", f"file={b.file('frames')}", folder=b.folder,
                     stdout=subprocess.PIPE) as sender:
            if sender.stdout.readline() != "bound\n":
                raise Failure("the sender cannot bind")
            return measured("fedmsg tail", [
                b.fedmsg, "tail", "--config-filename", config, "--endpoint", f"bench={tcp(port)}", "--no-validate",
                "--really-pretty", "--color=always", "--count", str(len(lines))])

    ours, theirs = alternate(b.rounds, ours,
                             lambda: measured("jq", ["/usr/bin/jq", "-C", ".", b.file("bodies")]))
    for what, name in (("messages a second", "wall"), ("messages a second of CPU", "cpu")):
        b.report("tail", "--really-pretty: " + what, len(lines), "1/s", column(ours, name), "jq -C .",
                 column(theirs, name), Goal("ratio", ">=", 10))


def meta(b):
    rules = os.path.join(os.path.dirname(b.fedmsg), "meta")
    count = sum(1 for _ in open(b.firehose, encoding="utf-8"))

    def contest(messages, *folders):
        """Seconds a message: RapidJSON's, then with the rules of each folder; they must say the same."""
        result = json.loads(run(b.program("meta"), messages, *folders))["contestants"]
        said = {result[folder]["said"] for folder in folders}
        if len(said) != 1:
            raise Failure(f"the rules of {folders} say something else")
        return [result[name]["ns_per_message"] * 1e-9 for name in ("rapidjson", *folders)]

    both = [contest(b.firehose, rules) for _ in range(b.rounds)]
    parsed, said = zip(*both)
    b.report("meta", "title, subtitle, link: time a message", count, "us", [1e6 * s for s in said], "RapidJSON",
             [1e6 * s for s in parsed], Goal("ratio", "<=", 10))
    b.report("meta", "title, subtitle, link: messages", count, "1/s", [1 / s for s in said], "RapidJSON",
             [1 / s for s in parsed], Goal("value", ">=", 50_000))

    # The service with the most messages, of those that have a processor.
    by_service = collections.defaultdict(list)
    for line in open(b.firehose, encoding="utf-8"):
        service = (json.loads(line)["topic"].split(".") + [""] * 4)[3]
        if os.path.exists(os.path.join(rules, service + ".lua")):
            by_service[service].append(line)
    service, lines = max(by_service.items(), key=lambda item: len(item[1]))
    alone = b.file("one")
    os.makedirs(alone)
    for name in (service + ".lua", "shared"):
        os.symlink(os.path.join(rules, name), os.path.join(alone, name))
    with open(b.file("one.jsonl"), "w", encoding="utf-8") as f:
        f.writelines(lines)
    _, among_all, one = zip(*(contest(f.name, rules, alone) for _ in range(b.rounds)))
    b.report("meta", "one processor chosen among all", len(lines), "us", [1e6 * s for s in among_all], "alone",
             [1e6 * s for s in one], Goal("ratio", "<=", 1.2))

    config = b.config(free_port(), free_port())
    with open(b.file("frames"), "w", encoding="utf-8") as f:
        f.write(f"{json.loads(lines[0])['topic']} {lines[0]}")

    @contextlib.contextmanager
    def publisher():
        """Gives the words of a tail to which one message is sent."""
        port = free_port()
        with running(b.program("sender"), f"bind={tcp(port)}", f"file={b.file('frames')}", folder=b.folder,
                     stdout=subprocess.PIPE) as sender:
            if sender.stdout.readline() != "bound\n":
                raise Failure("the sender cannot bind")
            yield [b.fedmsg, "tail", "--config-filename", config, "--endpoint", f"bench={tcp(port)}", "--no-validate"]

    def start(*words):
        with publisher() as tail:
            return spawn([*tail, "--count", "1", *words])[0] * 1e3

    def memory(*words):
        with publisher() as tail, running(*tail, *words, folder=b.folder, stdout=subprocess.PIPE) as process:
            process.stdout.readline()
            status = open(f"/proc/{process.pid}/status").read()
            return int(re.search(r"VmRSS:\s*(\d+)", status).group(1)) / 1024

    pairs = 5 if b.quick else 40
    ours, theirs = alternate(pairs, lambda: start("--terse"), start)
    b.report("meta", "tail --terse: start to first message", 1, "ms", ours, "tail", theirs, Goal("over", "<=", 10))
    ours, theirs = alternate(b.rounds, lambda: memory("--terse"), memory)
    b.report("meta", "tail --terse: resident memory", 1, "MB", ours, "tail", theirs, Goal("over", "<=", 5))


def make_keys(b, folder, name):
    """An authority, and a certificate of its; the configuration that goes with it."""
    path = b.file(folder)
    run(b.fedmsg, "certs", "init-ca", "--ssldir", path)
    run(b.fedmsg, "certs", "issue", name, "--ssldir", path)
    certname = name.replace(".", "-", 1)
    config = {"ssldir": path, "ca_cert_location": path + "/ca.crt", "crl_location": path + "/crl.pem",
              "certname": certname, "crypto_workers": 2}
    with open(path + "/fedmsg.json", "w") as f:
        json.dump(config, f)
    return path, certname, config


def openssl_speed():
    """RSA-2048 on one processor: (signatures a second, verifications a second)."""
    text = run("openssl", "speed", "-seconds", "1", "rsa2048")
    return tuple(float(x) for x in re.search(r"rsa 2048 bits\s.*?([\d.]+)\s+([\d.]+)$", text, re.MULTILINE).groups())


def crypto(b):
    path, certname, config = make_keys(b, "site", "shell.bench")
    count = sum(1 for _ in open(b.firehose, encoding="utf-8"))

    def programs():
        return json.loads(run(b.program("crypto"), b.firehose, path, certname, "1", os.path.dirname(b.fedmsg)))["ns_per_message"]

    # fedmsg verify on a file of them.
    with open(b.firehose, "rb") as lines:
        signed = subprocess.run([b.fedmsg, "sign", "--config-filename", path + "/fedmsg.json"], stdin=lines, check=True,
                                capture_output=True).stdout
    times = max(1, b.count(100_000) // count)
    with open(b.file("signed"), "wb") as f:
        f.write(signed * times)

    def verify():
        return times * count / spawn([b.fedmsg, "verify", "--config-filename", path + "/fedmsg.json"],
                                     stdin=b.file("signed"))[0]

    results, verified, openssl = alternate(b.rounds, programs, verify, openssl_speed)

    def rates(name):
        return [1e9 / r[name] for r in results]

    b.report("crypto", "validate, certificate seen before, 1 thread", count, "1/s", rates("validate"), "Botan verify",
             rates("botan_verify"), Goal("ratio", ">=", 0.75))
    b.report("crypto", "validate, certificate seen before, 1 thread", count, "1/s", rates("validate"), "openssl speed",
             [o[1] for o in openssl], REPORT)
    b.report("crypto", "finding a certificate seen before", count, "ns", column(results, "certificate_cache"),
             "Botan verify", column(results, "botan_verify"), Goal("ratio", "<=", 0.05))
    b.report("crypto", "validate, 2 threads", count, "1/s", rates("validate_2_threads"), "1 thread", rates("validate"),
             Goal("ratio", ">=", 1.6))
    b.report("crypto", "fedmsg verify, 2 workers", times * count, "1/s", verified, "2 threads",
             rates("validate_2_threads"), Goal("ratio", ">=", 0.9))
    b.report("crypto", "sign, 1 thread", 100, "1/s", rates("sign"), "Botan sign", rates("botan_sign"),
             Goal("ratio", ">=", 0.95))
    b.report("crypto", "sign, 1 thread", 100, "1/s", rates("sign"), "openssl speed", [o[0] for o in openssl], REPORT)
    b.report("crypto", "sign, 1 thread, signature_library openssl", 100, "1/s", rates("openssl_sign"), "openssl speed",
             [o[0] for o in openssl], REPORT)
    signed_oneshot(b, config)
    flood(b, config, signed.splitlines()[0], times * count)


def signed_oneshot(b, config):
    pairs = 20 if b.quick else 200
    with b.relay() as (_, reach):
        inbound, outbound = (int(address.rsplit(":", 1)[1]) for address in reach)
        with running(b.program("receiver"), f"connect={tcp(outbound)}", folder=b.folder,
                     stdout=subprocess.PIPE) as receiver:
            subscriber = Subscriber(receiver)
            both = json.load(open(b.config(inbound, outbound))) | config | {"sign_messages": True}
            path = b.file("signing.json")
            with open(path, "w") as f:
                json.dump(both, f)

            def milliseconds(text, config_file):
                return spawn([b.fedmsg, "logger", "--config-filename", config_file, "--message", text])[0] * 1e3

            subscriber.warm_up(lambda text: milliseconds(text, path))
            ours, theirs = [], []
            for i in range(0, 2 * pairs, 2):
                ours.append(milliseconds(f"number-{i}-", path))
                theirs.append(milliseconds(f"number-{i + 1}-", b.config(inbound, outbound)))
            subscriber.check(2 * pairs)
    b.report("crypto", "logger --message, signed", pairs, "ms", ours, "unsigned", theirs, Goal("over", "<=", 15))


def flood(b, config, message, count):
    """How long good messages take beside as many from strangers at another endpoint."""
    foreign, certname, _ = make_keys(b, "foreign", "shell.foreign")
    topic = json.loads(message)["topic"]
    stranger = json.loads(run(b.fedmsg, "sign", "--config-filename", foreign + "/fedmsg.json", input=message.decode()))
    pem = base64.b64decode(stranger["certificate"])
    der = base64.b64decode(b"".join(line for line in pem.splitlines() if b"-" not in line))
    draw = random.Random(1)

    def unknown():
        changed = base64.encodebytes(der[:-200] + draw.randbytes(200))
        field = base64.encodebytes(b"-----BEGIN CERTIFICATE-----\n" + changed + b"-----END CERTIFICATE-----\n").decode()
        return json.dumps(stranger | {"certificate": field})

    with open(b.file("good"), "w") as f:
        f.writelines(f"{topic} {message.decode()}\n" for _ in range(count // 5))
    with open(b.file("strangers"), "w") as f:
        f.writelines(f"{topic} {unknown()}\n" for _ in range(20_000))
    with open(b.file("silence"), "w") as f:
        f.write(f"{topic} {message.decode()}\n")
    config_file = b.file("validating.json")
    with open(config_file, "w") as f:
        json.dump(config, f)

    def seconds(other):
        good_port, other_port = free_port(), free_port()
        with running(b.program("sender"), f"bind={tcp(good_port)}", f"file={b.file('good')}", folder=b.folder,
                     stdout=subprocess.PIPE) as good, \
                running(b.program("sender"), f"bind={tcp(other_port)}", f"file={b.file(other)}", folder=b.folder,
                        stdout=subprocess.PIPE) as others:
            if good.stdout.readline() != "bound\n" or others.stdout.readline() != "bound\n":
                raise Failure("a sender cannot bind")
            return spawn([b.fedmsg, "tail", "--config-filename", config_file, "--validate", "--query", "i", "--log-level", "error",
                          "--endpoint", f"good={tcp(good_port)}", "--endpoint", f"other={tcp(other_port)}",
                          "--count", str(count // 5)])[0]

    ours, alone = alternate(b.rounds, lambda: seconds("strangers"), lambda: seconds("silence"))
    b.report("crypto", "tail --validate beside 20,000 strangers", count // 5, "s", ours, "without them", alone,
             Goal("ratio", "<=", 2))


LIMIT = 300  # seconds for one of them, on a slow machine; here the longest takes half of that


def give_up(*_):
    raise Failure(f"took longer than {LIMIT} s")


def stop(*_):
    sys.exit(130)


BENCHES = {f.__name__: f for f in (relay, gateway, oneshot, encode, crypto, meta, tail, stdin, brokers)}


def find_firehose(folder):
    """The messages for encode and tail, and a word on where they are from."""
    here = os.path.dirname(os.path.abspath(__file__))
    shared = os.environ.get("FEDMSG_SHARED") or os.path.join(here, "../../shared")
    path = os.path.normpath(os.path.join(shared, "firehose.jsonl"))
    if os.path.exists(path):
        return path, path
    path = os.path.join(folder, "firehose.jsonl")
    generate(path)
    return path, f"754 generated messages (there is no firehose.jsonl in {shared})"


def generate(path):
    """Messages of the firehose's number, size and shape; the same ones each time."""
    draw = random.Random(1)

    def words(most):
        return " ".join("".join(draw.choices("aeioulnrst", k=draw.randint(2, 9)))
                        for _ in range(draw.randint(1, most)))

    with open(path, "w", encoding="utf-8") as f:
        for i in range(754):
            commit = {"username": words(1), "stats": {"files": {words(1): {"additions": draw.randint(0, 99)}}},
                      "rev": f"{draw.getrandbits(160):040x}", "message": words(60) + "\nfür \"alle\"\n"}
            changed = [{"name": words(1), "summary": words(12), "score": draw.random(), "ok": draw.random() < 0.5}
                       for _ in range(draw.randint(0, 9))]
            json.dump({"username": words(1), "i": i, "timestamp": 1_400_000_000 + i * 60,
                       "msg_id": f"2014-{draw.getrandbits(128):032x}", "msg": {"commit": commit, "packages": changed},
                       "topic": f"org.fedoraproject.prod.git.{words(1)}.receive"}, f, separators=(",", ":"))
            f.write("\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="what to measure: " + " ".join(BENCHES) + " (all)")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output instead of the table")
    parser.add_argument("--quick", action="store_true", help="one short run each: shows that it works, not how fast")
    parser.add_argument("--build", default="build", metavar="FOLDER", help="where meson has built fedmsg")
    arguments = parser.parse_args()
    names = arguments.names or list(BENCHES)
    for name in names:
        if name not in BENCHES:
            parser.error(f"there is no {name}: choose from {' '.join(BENCHES)}")

    rows, failures = [], []
    tell = say if arguments.json else print

    def report(row):
        rows.append(row)
        tell(row.line())
        sys.stdout.flush()

    with tempfile.TemporaryDirectory(prefix="fedmsg-bench-") as folder:
        b = Bench(os.path.abspath(arguments.build), arguments.quick, folder, report)
        if not os.path.exists(b.fedmsg):
            parser.error(f"{b.fedmsg} is not there: build first (./dev build)")
        b.firehose, messages = find_firehose(folder)
        about = machine(b.programs, b.fedmsg) | {"messages": messages, "rounds": b.rounds}
        tell("; ".join(f"{name} {value}" for name, value in about.items()))
        tell("runs alternate; loopback; HWM 0; at most 4096 messages or 4 MB in flight; Mosquitto: no persistence" +
             ("; QUICK: the figures show that it works, nothing else" if b.quick else ""))
        tell(HEADER)
        for name in names:
            try:
                signal.alarm(LIMIT)
                BENCHES[name](b)
            except (Failure, subprocess.TimeoutExpired, OSError) as e:
                failures.append({"bench": name, "why": str(e)})
                tell(f"{name:8} FAILED: {e}")
            finally:
                signal.alarm(0)
    if arguments.json:
        print(json.dumps({"machine": about, "rows": [row.as_json() for row in rows], "failures": failures}, indent=2))
    return 1 if failures else 0


if __name__ == "__main__":
    # An end like any other, so that what was started is stopped.
    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGALRM, give_up)
    sys.exit(main())
