"""Drives the built `packmule` as a user would: real processes, real kills, real servers.

PACKMULE, FAULT_SERVER and CHAOS_PROXY name the programs (ctest sets them). Everything a test makes lives in one
temporary folder that goes with it. Invariants I1 to I9 are those of the fault catalogue: see checkInvariants.
"""
import hashlib
import json
import os
import random
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time
import unittest
import urllib.request

import proxies

MIB = 1024 * 1024
SECRET = "secrettest"
ACCESS_KEY = "AKIATEST"
TRANSPORT = os.environ.get("PACKMULE_TEST_TRANSPORT")  # "qt" runs a suite on Qt's own HTTP client
WAY = os.environ.get("PACKMULE_TEST_WAY")  # tls, connect, socks or ipv6: how a suite's fault servers are reached
SEED = int(os.environ.get("PACKMULE_SEED", "20261121"))


def program(variable):
    path = os.environ.get(variable)
    if not path or not os.path.exists(path):
        raise RuntimeError(f"{variable} does not name a built program: {path}")
    return path


def freePort():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def waitUntil(condition, seconds, what):
    """Polls `condition` until it is true; fails the test by name after `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f"waited {seconds} s for {what}")


def sha256OfFile(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while piece := file.read(MIB):
            digest.update(piece)
    return digest.hexdigest()


def makeFile(path, size, seed=SEED):
    """Bytes that do not compress and differ everywhere, the same for the same seed."""
    source = random.Random(seed)
    with open(path, "wb") as file:
        while size > 0:
            piece = source.randbytes(min(size, MIB))
            file.write(piece)
            size -= len(piece)
    return path


def makeCertificate(folder, name="127.0.0.1", days=2):
    """A CA and a server certificate for `name`; returns (certificate, key, ca)."""
    paths = {k: os.path.join(folder, k) for k in ("ca.key", "ca.pem", "server.key", "server.csr", "server.pem", "ext")}
    run = lambda *args: subprocess.run(["openssl", *args], check=True, capture_output=True)
    run("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=Packmule test CA",
        "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign",
        "-keyout", paths["ca.key"], "-out", paths["ca.pem"])
    run("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}", "-keyout", paths["server.key"],
        "-out", paths["server.csr"])
    kind = "IP" if re.fullmatch(r"[0-9.]+|[0-9a-f:]+", name) else "DNS"
    with open(paths["ext"], "w") as file:
        file.write(f"subjectAltName={kind}:{name}\n")
    run("x509", "-req", "-in", paths["server.csr"], "-CA", paths["ca.pem"], "-CAkey", paths["ca.key"],
        "-CAcreateserial", "-days", str(days), "-extfile", paths["ext"], "-out", paths["server.pem"])
    return paths["server.pem"], paths["server.key"], paths["ca.pem"]


class Server:
    """A program that prints one JSON line with its ports and answers JSON on its admin port."""

    def __init__(self, arguments):
        self.process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{arguments[0]} did not start")
        self.ports = json.loads(line)
        self.port = self.ports["port"]

    def ask(self, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.ports['adminPort']}{path}", data=data)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read() or b"null")

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


class FaultServer(Server):
    repeatedAttempts = {}  # by operation, of all that have been stopped since the test began

    def __init__(self, root, script=(), tls=None, options=()):
        self.scriptFile = root + ".script.json"
        with open(self.scriptFile, "w") as file:
            json.dump(list(script), file)
        arguments = [program("FAULT_SERVER"), "--root", root, *(() if "--port" in options else ("--port", "0")), "--script", self.scriptFile, *options]
        if tls:
            arguments += ["--tls-cert", tls[0], "--tls-key", tls[1]]
        super().__init__(arguments)
        self.endpoint = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"

    def stop(self):
        if self.process.poll() is None:
            for operation, count in self.counters()["repeatedAttempts"].items():
                FaultServer.repeatedAttempts[operation] = FaultServer.repeatedAttempts.get(operation, 0) + count
        super().stop()

    def counters(self):
        return self.ask("/counters")

    def uploads(self):
        return self.ask("/uploads")

    def objects(self):
        return self.ask("/objects")

    def setScript(self, rules):
        self.ask("/script", list(rules))


class ChaosProxy(Server):
    def __init__(self, targetPort, options=()):
        super().__init__([program("CHAOS_PROXY"), "--listen", "0", "--target", f"127.0.0.1:{targetPort}", *options])
        self.endpoint = f"http://127.0.0.1:{self.port}"

    def counters(self):
        return self.ask("/counters")

    def begun(self, operation):
        """How many requests of that operation came by."""
        return self.counters()["operations"].get(operation, {}).get("begun", 0)

    def setToxics(self, toxics):
        self.ask("/toxics", toxics)


class CephServer:
    """One cluster for a whole test program: it takes 12 s to come up."""
    accessKey, secretKey = "AKIACEPHTEST", "cephsecret"

    def __init__(self, folder, tls=None):
        self.script = os.path.join(os.path.dirname(__file__), "..", "servers", "ceph")
        self.folder = os.path.join(folder, "ceph")
        self.port = freePort()
        subprocess.run([self.script, "start", self.folder, str(self.port), *(tls[:2] if tls else ())], check=True,
                       stdout=subprocess.DEVNULL)
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self.tlsEndpoint = f"https://127.0.0.1:{self.port + 1}" if tls else None

    def stop(self):
        subprocess.run([self.script, "stop", self.folder], check=False)

    def gatewayPid(self):
        with open(os.path.join(self.folder, "run", "client.rgw.pid")) as file:
            return int(file.read())


class MotoServer:
    accessKey, secretKey = "AKIAMOTOTEST", "motosecret"

    def __init__(self):
        self.port = freePort()
        self.process = subprocess.Popen(["moto_server", "-H", "127.0.0.1", "-p", str(self.port)],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.endpoint = f"http://127.0.0.1:{self.port}"

        def answers():
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", self.port)) == 0
        waitUntil(answers, 30, "moto to answer")

    def stop(self):
        self.process.kill()
        self.process.wait()


class Run:
    """One finished run of the program."""

    def __init__(self, status, out, err, seconds):
        self.status, self.out, self.err, self.seconds = status, out, err, seconds

    @property
    def events(self):
        return [json.loads(line) for line in self.out.splitlines() if line.startswith(b"{")]

    def event(self, name):
        return next((e for e in self.events if e["event"] == name), None)


class PackmuleTest(unittest.TestCase):
    """A folder, a journal home, an environment without the user's own AWS settings."""
    accessKey, secretKey = ACCESS_KEY, SECRET

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="packmule-test-")
        self.home = os.path.join(self.folder, "home")
        self.addCleanup(shutil.rmtree, self.folder, True)
        FaultServer.repeatedAttempts = {}
        self.addCleanup(self.assertNothingTwiceInSilence)  # when every server has been stopped
        self.endpoint = None
        self.proxies = {}
        self.caBundle = None

    def startFaultServer(self, script=(), tls=None, options=(), name="store"):
        host = {"connect": "store.packmule.test", "socks": "store.packmule.test", "ipv6": "::1"}.get(WAY, "127.0.0.1")
        if WAY and not tls:
            tls = makeCertificate(self.folder, host)
        server = FaultServer(os.path.join(self.folder, name), script, tls, options)
        self.addCleanup(server.stop)
        self.endpoint = server.endpoint
        self.caBundle = tls[2] if tls else None
        if WAY and WAY != "tls":
            self.takeOtherWay(server, host)
        return server

    def takeOtherWay(self, server, host):
        """Through a proxy that alone knows the server's name, or over an address where the server does not listen itself."""
        relay = {"connect": proxies.ConnectProxy, "socks": proxies.SocksProxy, "ipv6": lambda: proxies.Relay(server.port)}[WAY]()
        self.addCleanup(relay.stop)
        if WAY == "ipv6":
            self.endpoint = f"https://[{host}]:{relay.port}"
            return
        self.endpoint = f"https://{host}:{server.port}"
        scheme = "http://" if WAY == "connect" else "socks5h://mule:carrot@"
        self.proxies = {"https_proxy": f"{scheme}127.0.0.1:{relay.port}"}

    def environment(self, **extra):
        environment = {"PATH": os.environ["PATH"], "HOME": self.folder, "LANG": "C.UTF-8", "PACKMULE_HOME": self.home,
                       "AWS_ACCESS_KEY_ID": self.accessKey, "AWS_SECRET_ACCESS_KEY": self.secretKey,
                       "AWS_REGION": "us-east-1"}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS"):
            if name in os.environ:
                environment[name] = os.environ[name]
        if self.endpoint:
            environment["AWS_ENDPOINT_URL"] = self.endpoint
        if self.caBundle:
            environment["AWS_CA_BUNDLE"] = self.caBundle
        environment.update(self.proxies)
        environment.update({k: v for k, v in extra.items() if v is not None})
        return environment

    def start(self, *arguments, environment=None, prefix=(), **more):
        transport = ("--transport", TRANSPORT) if TRANSPORT and "--transport" not in arguments else ()
        log = () if "--log" in arguments else ("--log", os.path.join(self.folder, "log"))
        return subprocess.Popen([*prefix, program("PACKMULE"), *transport, *log, *arguments], stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                env=environment or self.environment(), **more)

    def finish(self, process, timeout=120, begun=None):
        try:
            out, err = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGABRT)
            out, err = process.communicate()
            raise AssertionError(f"still running after {timeout} s\n{out[-2000:].decode(errors='replace')}\n"
                                 f"{err[-2000:].decode(errors='replace')}") from None
        return Run(process.returncode, out, err, time.monotonic() - (begun or time.monotonic()))

    def packmule(self, *arguments, timeout=120, environment=None, prefix=()):
        begun = time.monotonic()
        return self.finish(self.start(*arguments, environment=environment, prefix=prefix), timeout, begun)

    def put(self, *arguments, **more):
        return self.packmule("put", "--json", *arguments, **more)

    def assertStatus(self, run, status):
        self.assertEqual(run.status, status, f"exit status {run.status}\n--- stdout\n"
                         f"{run.out[-3000:].decode(errors='replace')}\n--- stderr\n{run.err[-3000:].decode(errors='replace')}")

    def makeBucket(self, name="bucket"):
        made = self.packmule("mb", f"s3://{name}")
        if b"BucketAlreadyOwnedByYou" not in made.err:  # the fault server has one from the start
            self.assertStatus(made, 0)

    # The invariants that can be seen from outside after any scenario.

    def assertNothingTwiceInSilence(self):
        """I3, on the wire: each attempt of the engine has an id of its own, and no server has seen one twice, but for idempotent
        requests on idle connections that were found closed: the log names each. Qt's own client promises nothing of the kind."""
        if TRANSPORT == "qt":
            return
        logs = [os.path.join(folder, "log") for folder, _, names in os.walk(self.folder) if "log" in names]
        said = []
        for log in logs:
            with open(log, encoding="utf-8") as file:
                said += [line for line in file if "sent again on a new one" in line]
        repeated = FaultServer.repeatedAttempts
        self.assertLessEqual(sum(repeated.values()), len(said), f"sent twice in silence: {repeated}, said: {said}")
        self.assertEqual({o for o in repeated if o.startswith(("Create", "Complete")) and "Upload" in o}, set())

    def assertObjectIs(self, server, key, path, bucket="bucket"):
        """I1: the object's bytes are the file's, by the server's own SHA-256."""
        found = [o for o in server.objects() if o["bucket"] == bucket and o["key"] == key]
        self.assertEqual(len(found), 1, f"object {key} is not there once: {server.objects()}")
        self.assertEqual(found[0]["sha256"], sha256OfFile(path))

    def assertNoUploads(self, server):
        """I2: nothing unfinished is left on the server."""
        self.assertEqual(server.uploads(), [])

    def assertJournalIsSound(self):
        """I7: quick_check passes, the journal's files are private."""
        path = os.path.join(self.home, "journal.db")
        if not os.path.exists(path):
            return
        with sqlite3.connect(path, timeout=10) as journal:
            self.assertEqual(journal.execute("PRAGMA quick_check").fetchone()[0], "ok")
        journal.close()
        self.assertEqual(os.stat(self.home).st_mode & 0o777, 0o700)
        for name in os.listdir(self.home):
            mode = os.lstat(os.path.join(self.home, name)).st_mode
            self.assertEqual(mode & 0o077, 0, f"{name} can be read by others")

    def assertNoSecret(self, *runs):
        """I8: the planted secret is in no output and in no file of the program's own."""
        for run in runs:
            self.assertNotIn(self.secretKey.encode(), run.out + run.err)
        for folder, _, names in os.walk(self.home):
            for name in names:
                path = os.path.join(folder, name)
                if os.path.isfile(path):
                    with open(path, "rb") as file:
                        self.assertNotIn(self.secretKey.encode(), file.read(), path)

    def assertInvariants(self, server, key, path, *runs, bucket="bucket"):
        self.assertObjectIs(server, key, path, bucket)
        self.assertNoUploads(server)
        self.assertJournalIsSound()
        self.assertNoSecret(*runs)
