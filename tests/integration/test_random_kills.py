#!/usr/bin/env python3
"""Kill -9 at random instants, seeded, each followed by the same command and at last by the invariants.

    test_random_kills.py local [KILLS]   over http and https against the fault server
    test_random_kills.py ceph [KILLS]    against Ceph, over http and https
    test_random_kills.py ways [KILLS]    through a tunnel, through SOCKS, and over IPv6
"""
import os
import random
import subprocess
import sys
import time
import unittest

from harness import (MIB, SEED, CephServer, ChaosProxy, PackmuleTest, makeCertificate, makeFile, sha256OfFile,
                     waitUntil)
from proxies import ConnectProxy, Relay, SocksProxy

PART = ("--part-size", "5MiB")
WHERE = sys.argv[1] if len(sys.argv) > 1 else "local"
KILLS = int(sys.argv[2]) if len(sys.argv) > 2 else {"local": 150, "ceph": 50, "ways": 45}[WHERE]


class RandomKills(PackmuleTest):
    """Sub-classes give the server; `killLoop` counts real kills until there were enough."""

    def oneUploadWithKills(self, source, path, key, longest):
        """Kills the same command up to four times at random instants, then lets it end. Returns how many kills hit."""
        kills = 0
        for _ in range(source.randint(1, 4)):
            process = self.start("put", "--json", path, f"s3://bucket/{key}", *PART)
            try:
                process.wait(source.uniform(0.005, longest))
                break  # it was quicker
            except subprocess.TimeoutExpired:
                process.kill()
                kills += 1
            finally:
                process.communicate()
            self.assertJournalIsSound()
        else:
            process = None
        if process is None or process.returncode != 0:
            self.assertStatus(self.put(path, f"s3://bucket/{key}", *PART), 0)
        return kills

    def killLoop(self, wanted, longest, check):
        source = random.Random(SEED)
        kills = uploads = 0
        while kills < wanted:
            uploads += 1
            self.home = os.path.join(self.folder, f"home{uploads}")
            size = source.choice([0, 4096, 5 * MIB, 10 * MIB, 10 * MIB + 1, 16 * MIB, 23 * MIB + 7])
            path = makeFile(os.path.join(self.folder, "film.bin"), size, seed=uploads)
            key = f"k{uploads}"
            with self.subTest(seed=SEED, upload=uploads, size=size):
                kills += self.oneUploadWithKills(source, path, key, longest)
                check(key, path)
            os.unlink(path)
        print(f"{kills} kills over {uploads} uploads, seed {SEED}", file=sys.stderr)


class LocalKills(RandomKills):
    def killAgainstFaultServer(self, tls):
        server = self.startFaultServer(tls=tls, options=("--bytes-per-second", str(40 * MIB)))
        self.makeBucket()
        self.killLoop(KILLS // 2, 0.9, lambda key, path: self.assertInvariants(server, key, path))

    def test_kills_over_http(self):
        self.killAgainstFaultServer(None)

    def test_kills_over_https(self):
        self.killAgainstFaultServer(makeCertificate(self.folder))


class KillsOnOtherWays(RandomKills):
    """The fault server is reached by a name that only the proxy knows, or by an address of the other family."""
    def killOn(self, host, way, proxyScheme=None):
        server = self.startFaultServer(tls=makeCertificate(self.folder, host), options=("--bytes-per-second", str(40 * MIB)))
        relay = way(server)
        self.addCleanup(relay.stop)
        if proxyScheme:
            self.proxies = {"https_proxy": f"{proxyScheme}127.0.0.1:{relay.port}"}
        self.endpoint = f"https://{f'[{host}]:{relay.port}' if ':' in host else f'{host}:{server.port}'}"
        self.makeBucket()
        self.killLoop(KILLS // 3, 0.9, lambda key, path: self.assertInvariants(server, key, path))
        self.assertGreater(relay.carried, MIB)

    def test_kills_through_a_tunnel(self):
        self.killOn("store.packmule.test", lambda server: ConnectProxy(), "http://")

    def test_kills_through_socks(self):
        self.killOn("store.packmule.test", lambda server: SocksProxy(), "socks5h://mule:carrot@")

    def test_kills_over_ipv6(self):
        self.killOn("::1", lambda server: Relay(server.port))


class KillsAtOneCall(PackmuleTest):
    """Three kills each while Create, Complete and the final HeadObject are on their way."""

    def killDuring(self, operation):
        server = self.startFaultServer()
        self.makeBucket()
        for attempt in range(3):
            self.home = os.path.join(self.folder, f"home-{operation}-{attempt}")
            path = makeFile(os.path.join(self.folder, "film.bin"), 12 * MIB, seed=attempt)
            key = f"{operation}{attempt}"
            server.setScript([{"operation": operation, "times": 1, "act": "DelayAnswer", "delayMs": 700}])
            seen = server.counters()["requests"].get(operation, 0)
            process = self.start("put", "--json", path, f"s3://bucket/{key}", *PART)
            waitUntil(lambda: server.counters()["requests"].get(operation, 0) > seen, 20, operation)
            time.sleep(attempt * 0.3)  # before and after the answer's time
            process.kill()
            process.communicate()
            server.setScript([])
            again = self.put(path, f"s3://bucket/{key}", *PART)
            self.assertStatus(again, 0)
            self.assertInvariants(server, key, path, again)

    def test_while_CreateMultipartUpload_is_on_its_way(self):
        self.killDuring("CreateMultipartUpload")

    def test_while_CompleteMultipartUpload_is_on_its_way(self):
        self.killDuring("CompleteMultipartUpload")

    def test_while_HeadObject_is_on_its_way(self):
        self.killDuring("HeadObject")


class CephKills(RandomKills):
    accessKey, secretKey = CephServer.accessKey, CephServer.secretKey

    def setUp(self):
        super().setUp()
        tls = makeCertificate(self.folder)
        self.ceph = CephServer(self.folder, tls)
        self.addCleanup(self.ceph.stop)
        self.certificate = tls

    def aws(self, *arguments):
        environment = self.environment(AWS_REQUEST_CHECKSUM_CALCULATION="when_required", AWS_CA_BUNDLE=None)
        environment.pop("AWS_CA_BUNDLE", None)
        return subprocess.run(["aws", "--endpoint-url", self.ceph.endpoint, *arguments], env=environment, check=True,
                              capture_output=True).stdout

    def check(self, key, path):
        copy = os.path.join(self.folder, "copy.bin")
        self.aws("s3", "cp", "--quiet", f"s3://bucket/{key}", copy)
        self.assertEqual(sha256OfFile(copy), sha256OfFile(path))
        self.assertNotIn(b"UploadId", self.aws("s3api", "list-multipart-uploads", "--bucket", "bucket"))
        self.assertJournalIsSound()
        self.assertNoSecret()

    def test_kills_over_http(self):
        self.endpoint = self.ceph.endpoint
        self.makeBucket()
        self.killLoop((KILLS + 1) // 2, 0.7, self.check)

    def test_kills_over_https(self):
        self.endpoint, self.caBundle = self.ceph.tlsEndpoint, self.certificate[2]
        self.makeBucket()
        self.killLoop((KILLS + 1) // 2, 0.7, self.check)

    def test_kills_that_hit_create_complete_and_head(self):
        proxy = ChaosProxy(self.ceph.port)
        self.addCleanup(proxy.stop)
        self.endpoint = proxy.endpoint
        self.makeBucket()
        for operation in ("CreateMultipartUpload", "CompleteMultipartUpload", "HeadObject"):
            for attempt in range(3):
                self.home = os.path.join(self.folder, f"home-{operation}-{attempt}")
                path = makeFile(os.path.join(self.folder, "film.bin"), 12 * MIB, seed=attempt)
                key = f"{operation}{attempt}"
                seen = proxy.begun(operation)
                process = self.start("put", "--json", path, f"s3://bucket/{key}", *PART)
                waitUntil(lambda: proxy.begun(operation) > seen or process.poll() is not None,
                          20, operation)
                process.kill()
                process.communicate()
                self.assertStatus(self.put(path, f"s3://bucket/{key}", *PART), 0)
                self.check(key, path)


if __name__ == "__main__":
    names = {"local": ["LocalKills", "KillsAtOneCall"], "ceph": ["CephKills"], "ways": ["KillsOnOtherWays"]}[WHERE]
    unittest.main(argv=[sys.argv[0], "-v", *names])
