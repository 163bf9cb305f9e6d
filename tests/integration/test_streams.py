"""`packmule serve`, spoken to by an independent peer (python3-websockets, strict about UTF-8), killed and started again.

websockets' client refuses text that is not UTF-8 and checks every frame, so what passes here passes any strict client.
"""
import http.client
import json
import os
import random
import ssl
import subprocess
import tempfile
import threading
import unittest

from websockets.exceptions import ConnectionClosed, ConnectionClosedOK, InvalidStatus
from websockets.sync.client import connect

from harness import SEED, freePort, makeCertificate, program, waitUntil

KILLS = 12
OURS = {"X-Packmule-Stream": "1"}
TEXT = "Ein Pferd 🐎 und ein Euro € – äöü, kein Ende. "


class Server:
    """One `packmule serve` over a root that outlives it."""

    def __init__(self, folder, *options):
        self.folder = folder
        self.root = os.path.join(folder, "root")
        self.port = freePort()
        self.options = options
        self.process = None
        self.start()

    def start(self):
        environment = {"HOME": self.folder, "PATH": os.environ["PATH"], "PACKMULE_HOME": os.path.join(self.folder, "home"), "LANG": "C.UTF-8"}
        for name in ("ASAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS"):
            if name in os.environ:
                environment[name] = os.environ[name]
        self.process = subprocess.Popen([program("PACKMULE"), "serve", "--json", "--root", self.root, "--listen", f"127.0.0.1:{self.port}", *self.options],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)
        first = self.process.stdout.readline()
        if not first:
            raise AssertionError(self.process.stderr.read().decode())
        self.listening = json.loads(first)
        self.events = []
        self.reader = threading.Thread(target=self._readEvents, args=(self.process.stdout,), daemon=True)
        self.reader.start()

    def _readEvents(self, pipe):
        for line in pipe:
            self.events.append(json.loads(line))

    def kill(self):
        self.process.kill()
        self._reap()

    def stop(self):
        self.process.terminate()
        code = self.process.wait(30)
        self._reap()
        return code

    def _reap(self):
        self.process.wait(30)
        self.reader.join(30)
        self.process.stdout.close()
        self.process.stderr.close()

    def url(self, path, scheme="ws"):
        return f"{scheme}://127.0.0.1:{self.port}{path}"

    def content(self, path):
        with open(self.root + path, "rb") as file:
            return file.read()


def follow(server, path, headers=None, **more):
    return connect(server.url(path), additional_headers={"X-Verb": "FOLLOW", **(headers or {})}, **more)


def append(server, path, headers=None, **more):
    return connect(server.url(path), additional_headers={"X-Verb": "APPEND", **(headers or {})}, **more)


def readAll(peer, into):
    """Everything until the server closes; @return the close code and reason."""
    try:
        while True:
            into.append(peer.recv())
    except ConnectionClosed as closed:
        return closed.rcvd.code, closed.rcvd.reason


class Streams(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.server = Server(self.folder)
        self.addCleanup(lambda: self.server.process.poll() is None and self.server.kill())

    def testStrictPeersAppendAndFollow(self):
        sent = (TEXT * 4000).encode()
        with append(self.server, "/s") as writer:
            writer.send(sent[:7])  # binary counts too
            with follow(self.server, "/s") as reader:
                at, sizes = 7, random.Random(SEED)
                while at < len(sent):
                    size = sizes.randint(1, 50_000)  # cuts characters anywhere
                    writer.send(sent[at:at + size])
                    at += size
                writer.close()
                got = []
                self.assertEqual(readAll(reader, got), (1000, ""))
        self.assertTrue(all(isinstance(message, str) for message in got))
        self.assertEqual("".join(got), sent.decode())
        self.assertEqual(self.server.content("/s"), sent)

    def testMessagesInManyFrames(self):
        with append(self.server, "/s") as writer:
            writer.send(["eins ", "zwei ", "drei"])
            writer.send("")
            writer.ping().wait(30)
            waitUntil(lambda: self.server.content("/s") == b"eins zwei drei", 30, "the message")

    def testAnswersBeforeTheUpgrade(self):
        with self.assertRaises(InvalidStatus) as absent:
            follow(self.server, "/none")
        self.assertEqual((absent.exception.response.status_code, absent.exception.response.body), (404, b"404 page not found\n"))
        with append(self.server, "/s") as writer:
            writer.send("all")
            with self.assertRaises(InvalidStatus) as second:
                append(self.server, "/s")
            self.assertEqual(second.exception.response.status_code, 403)
            with self.assertRaises(InvalidStatus) as page:
                append(self.server, "/t", origin="https://evil.example")
            self.assertEqual(page.exception.response.status_code, 403)
        waitUntil(lambda: any(event["event"] == "access" and event["verb"] == "APPEND" and event["status"] == 101 for event in self.server.events), 30, "the log")
        with self.assertRaises(InvalidStatus) as over:
            follow(self.server, "/s")
        self.assertEqual((over.exception.response.status_code, over.exception.response.body), (200, b"all"))

    def testOursIsAcknowledgedAndFinishes(self):
        with append(self.server, "/s", OURS) as writer:
            writer.send("hello")
            self.assertEqual(writer.recv(), "stored 5")
            with follow(self.server, "/s", OURS | {"X-Packmule-Offset": "2"}) as reader:
                self.assertEqual(reader.recv(), "llo")
                writer.close(1000, "finished 5")
                with self.assertRaises(ConnectionClosedOK) as closed:
                    reader.recv()
                self.assertRegex(closed.exception.rcvd.reason, "^finished 5 [0-9a-f]{16}$")
            self.assertEqual((writer.close_code, writer.close_reason), (1000, "finished 5"))

    def testKilledServersKeepWhatTheyConfirmed(self):
        chance = random.Random(SEED)
        source = chance.randbytes(20_000_000)
        followed, offset, lease, confirmed = b"", 0, None, 0
        for kill in range(KILLS):
            headers = OURS | ({"X-Packmule-Lease": lease} if lease else {})
            with append(self.server, "/s", headers) as writer, follow(self.server, "/s", OURS | {"X-Packmule-Offset": str(len(followed))}) as reader:
                offset = int(writer.response.headers["X-Packmule-Offset"])
                self.assertGreaterEqual(offset, confirmed, f"seed {SEED}, kill {kill}")
                self.assertIn(lease, (None, writer.response.headers["X-Packmule-Lease"]))
                lease = writer.response.headers["X-Packmule-Lease"]
                killer = threading.Timer(chance.uniform(0.0, 0.3), self.server.process.kill)
                killer.start()
                pieces = []
                listener = threading.Thread(target=lambda: self._collect(reader, pieces))
                listener.start()
                confirmed = max(confirmed, self._push(writer, source, offset))
                killer.join()
                listener.join(30)
            followed += b"".join(pieces)
            self.assertEqual(followed, source[:len(followed)], f"seed {SEED}, kill {kill}")
            stored = self.server.content("/s")
            self.assertGreaterEqual(len(stored), confirmed, f"seed {SEED}, kill {kill}")
            self.assertEqual(stored, source[:len(stored)], f"seed {SEED}, kill {kill}")
            self.server.kill()
            self.server.start()
        self._finish(source, lease, followed)

    def _collect(self, reader, pieces):
        try:
            while True:
                pieces.append(reader.recv(decode=False))
        except (ConnectionClosed, OSError):
            pass

    def _push(self, writer, source, offset):
        """Appends until the connection breaks; @return the last confirmed offset."""
        confirmed = 0
        try:
            while offset < len(source) - 2_000_000:
                writer.send(source[offset:offset + 40_000])
                offset += 40_000
                confirmed = int(writer.recv().split()[1])
            while True:
                writer.recv()
        except (ConnectionClosed, OSError):
            return confirmed

    def _finish(self, source, lease, followed):
        with append(self.server, "/s", OURS | {"X-Packmule-Lease": lease}) as writer:
            offset = int(writer.response.headers["X-Packmule-Offset"])
            writer.send(source[offset:])
            waitUntil(lambda: writer.recv() == f"stored {len(source)}", 60, "the last confirmation")
            writer.close(1000, f"finished {len(source)}")
            self.assertEqual(writer.close_reason, f"finished {len(source)}")
        self.assertEqual(self.server.content("/s"), source)
        client = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        client.request("GET", "/s", headers=OURS | {"Range": f"bytes={len(followed)}-"})
        answer = client.getresponse()
        self.assertEqual(followed + answer.read(), source)
        self.assertTrue(answer.headers["X-Packmule-End"].startswith(f"finished {len(source)}"))
        client.close()

    def testEndsWellOnASignal(self):
        with append(self.server, "/s", OURS) as writer:
            writer.send("x")
            self.assertEqual(writer.recv(), "stored 1")
            self.assertEqual(self.server.stop(), 0)
            with self.assertRaises(ConnectionClosed) as closed:
                writer.recv()
            self.assertEqual(closed.exception.rcvd.code, 1012)

    def testTls(self):
        certificate, key, authority = makeCertificate(self.folder)
        self.server.stop()
        self.server = Server(self.folder, "--tls-cert", certificate, "--tls-key", key)
        self.assertTrue(self.server.listening["url"].startswith("https://"))
        trust = ssl.create_default_context(cafile=authority)
        with connect(self.server.url("/s", "wss"), ssl=trust, additional_headers={"X-Verb": "APPEND"}) as writer:
            with connect(self.server.url("/s", "wss"), ssl=trust, additional_headers={"X-Verb": "FOLLOW"}) as reader:
                writer.send(TEXT * 1000)
                got = ""
                while len(got) < len(TEXT) * 1000:
                    got += reader.recv()
                self.assertEqual(got, TEXT * 1000)

    def testTheAccessLogShowsRequestsAsTheyCame(self):
        def ask(port, path):
            peer = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            peer.putrequest("GET", path, skip_accept_encoding=True)
            peer.endheaders()
            peer.getresponse().read()
            peer.close()
        ask(self.server.port, "/none")
        waitUntil(lambda: any(event["event"] == "access" and event["verb"] == "GET" for event in self.server.events), 30, "a plain request by its method")
        port, log = freePort(), os.path.join(self.folder, "access")
        with open(log, "wb") as file:
            plain = subprocess.Popen([program("PACKMULE"), "serve", "--root", self.server.root + "2", "--listen", f"127.0.0.1:{port}"], stdout=file, stderr=file,
                                     env=dict(os.environ, HOME=self.folder, PACKMULE_HOME=os.path.join(self.folder, "home2")))
        self.addCleanup(plain.wait)
        self.addCleanup(plain.kill)

        def lines():
            with open(log, "rb") as file:
                return file.read().splitlines()
        waitUntil(lambda: any(b"Ctrl-C" in line for line in lines()), 30, "the server")
        paths = ["/%2e%2e/x", "/%1%2%3", "/a%00b"]
        for path in paths:
            ask(port, path)
        for path in paths:  # what looks like a place for an argument is none
            waitUntil(lambda: any(f" GET {path} ".encode() in line for line in lines()), 10, f"{path} in {lines()}")

    def testUsage(self):
        def refused(*options):
            run = subprocess.run([program("PACKMULE"), "serve", "--root", self.server.root + "2", *options], capture_output=True, text=True,
                                 env=dict(os.environ, HOME=self.folder, PACKMULE_HOME=self.folder), timeout=60)
            return run.returncode, run.stderr
        self.assertEqual(refused("--listen", "nowhere")[0], 252)
        self.assertEqual(refused("--listen", "0.0.0.0:0")[0], 252)  # nobody could do anything
        self.assertEqual(refused("--quota", "much")[0], 252)
        self.assertEqual(refused("--tls-cert", "x.pem")[0], 252)
        nowhere = subprocess.run([program("PACKMULE"), "serve", "--root", "/proc/nothing"], capture_output=True, text=True,
                                 env=dict(os.environ, HOME=self.folder, PACKMULE_HOME=self.folder), timeout=60)
        self.assertEqual(nowhere.returncode, 253)
        self.assertIn("/proc/nothing", nowhere.stderr)
        tokens = os.path.join(self.folder, "tokens")
        with open(tokens, "w") as file:
            file.write("secret-but-wrong-line\n")
        code, text = refused("--token-file", tokens)
        self.assertEqual(code, 253)
        self.assertIn("Line 1 ", text)
        self.assertNotIn("secret", text)
        code, text = refused("--token-file", os.path.join(self.folder, "none"))
        self.assertEqual(code, 253)
        code = subprocess.run([program("PACKMULE"), "serve", "--root", self.server.root, "--listen", "127.0.0.1:0"], capture_output=True,
                              env=dict(os.environ, HOME=self.folder, PACKMULE_HOME=self.folder), timeout=60).returncode
        self.assertEqual(code, 253)  # another server has this root


if __name__ == "__main__":
    unittest.main()
