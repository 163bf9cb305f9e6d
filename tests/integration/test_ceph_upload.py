#!/usr/bin/env python3
"""The issue's own proof: 1 GiB to Ceph over a line slowed to a minute, killed ten times, carried on by the same command."""
import http.client
import os
import random
import subprocess
import sys
import time
import unittest
import urllib.parse

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials

from harness import MIB, SEED, CephServer, ChaosProxy, PackmuleTest, makeFile, sha256OfFile

SIZE = 1024 * MIB
PART_SIZE = 16 * MIB
KILLS = 10


class TenKills(PackmuleTest):
    accessKey, secretKey = CephServer.accessKey, CephServer.secretKey

    def test_a_gibibyte_survives_ten_kills_and_sends_only_what_was_in_flight_again(self):
        ceph = CephServer(self.folder)
        self.addCleanup(ceph.stop)
        proxy = ChaosProxy(ceph.port)
        self.addCleanup(proxy.stop)
        self.endpoint = proxy.endpoint
        proxy.setToxics([{"type": "bandwidth", "stream": "upstream", "bytesPerSecond": 4 * MIB}])
        self.makeBucket()
        path = makeFile(os.path.join(self.folder, "film.bin"), SIZE)
        source = random.Random(SEED)
        command = ("put", "--json", path, "s3://bucket/film.bin")
        uploading = 0.0
        for kill in range(KILLS):
            process = self.start(*command)
            begun = time.monotonic()
            time.sleep(source.uniform(4.5, 7.5))
            self.assertIsNone(process.poll(), f"it ended before kill {kill + 1}")
            process.kill()
            process.communicate()
            uploading += time.monotonic() - begun
            self.assertJournalIsSound()
        begun = time.monotonic()
        last = self.put(path, "s3://bucket/film.bin", timeout=300)
        uploading += time.monotonic() - begun
        self.assertStatus(last, 0)
        started = last.event("started")
        self.assertTrue(started["resumed"])
        self.assertGreater(started["confirmedParts"], 0)

        copy = os.path.join(self.folder, "copy.bin")
        environment = self.environment(AWS_REQUEST_CHECKSUM_CALCULATION="when_required")
        aws = ["aws", "--endpoint-url", ceph.endpoint]
        subprocess.run([*aws, "s3", "cp", "--quiet", "s3://bucket/film.bin", copy], env=environment, check=True)
        self.assertEqual(sha256OfFile(copy), sha256OfFile(path))
        unfinished = subprocess.run([*aws, "s3api", "list-multipart-uploads", "--bucket", "bucket"], env=environment,
                                    check=True, capture_output=True).stdout
        self.assertNotIn(b"UploadId", unfinished)

        counters = proxy.counters()
        sent = counters["partBytes"]
        allowed = SIZE + KILLS * 4 * PART_SIZE + MIB
        print(f"uploaded for {uploading:.0f} s, {KILLS} kills, {sent / MIB:.0f} MiB seen by the proxy, "
              f"{allowed / MIB:.0f} allowed; parts sent {proxy.begun('UploadPart')}", file=sys.stderr)
        self.assertGreaterEqual(uploading, 60)
        self.assertLessEqual(sent, allowed)
        self.assertJournalIsSound()
        self.assertNoSecret(last)


class AwkwardKeys(PackmuleTest):
    """Keys that most HTTP clients cannot name: they go up as they are, and a raw GET, signed here, brings them back."""
    accessKey, secretKey = CephServer.accessKey, CephServer.secretKey

    def setUp(self):
        super().setUp()
        ceph = CephServer(self.folder)
        self.addCleanup(ceph.stop)
        self.endpoint = ceph.endpoint
        self.makeBucket()
        self.small = makeFile(os.path.join(self.folder, "small"), 10)
        self.large = makeFile(os.path.join(self.folder, "large"), 11 * MIB)

    def rawGet(self, key):
        target = "/bucket/" + urllib.parse.quote(key, safe="/-._~")
        request = AWSRequest("GET", f"{self.endpoint}{target}")
        S3SigV4Auth(BotocoreCredentials(self.accessKey, self.secretKey), "s3", "us-east-1").add_auth(request)
        connection = http.client.HTTPConnection(self.endpoint.removeprefix("http://"))
        self.addCleanup(connection.close)
        connection.request("GET", target, headers=dict(request.headers.items()))
        answer = connection.getresponse()
        return answer.status, answer.read()

    def assertGoesUpAndComesBack(self, path, key):
        run = self.put("--transport", "direct", path, b"s3://bucket/" + key, "--part-size", "5MiB", timeout=60)
        self.assertStatus(run, 0)
        with open(path, "rb") as file:
            self.assertEqual(self.rawGet(key), (200, file.read()), key)

    def test_dots_and_slashes_are_kept(self):
        for key in (b"a/../b", b"./a", b".", b"..", b"../..", b"/a", b"//a", b"a//b", b"a/.", b"a/..", b"%2e%2e/a", b"a/%2F/b"):
            with self.subTest(key=key):
                self.assertGoesUpAndComesBack(self.small, key)
        for key in (b"x/./../y", b"//x//y", b"../x"):
            with self.subTest(key=key):
                self.assertGoesUpAndComesBack(self.large, key)
        self.assertEqual(self.rawGet(b"b")[0], 404)

    def test_every_byte_goes_up_and_comes_back(self):
        # A command line cannot hold NUL, and S3's keys are UTF-8: so every ASCII character, and every byte that UTF-8 has.
        codes = (*range(0x80, 0xc0), *range(0x80, 0x800, 0x40), 0x923, *range(0x1123, 0x10000, 0x1000), *range(0x10000, 0x110000, 0x40000), 0x10ffff)
        wide = "".join(map(chr, codes)).encode()
        self.assertEqual(set(wide), {*range(0x80, 0xc0), *range(0xc2, 0xf5)})
        for path, name in ((self.small, b"s"), (self.large, b"l")):
            for text in (bytes(range(1, 0x20)), bytes(range(0x20, 0x80)), wide):
                with self.subTest(key=name + text):
                    self.assertGoesUpAndComesBack(path, name + text)


if __name__ == "__main__":
    unittest.main(verbosity=2)
