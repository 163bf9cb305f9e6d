#!/usr/bin/env python3
"""The issue's own proof: 1 GiB to Ceph over a line slowed to a minute, killed ten times, carried on by the same command."""
import http.client
import os
import random
import subprocess
import sys
import time
import unittest

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


class DotSegments(PackmuleTest):
    """Keys that most HTTP clients cannot name: they go up as they are, and a raw GET brings them back."""
    accessKey, secretKey = CephServer.accessKey, CephServer.secretKey

    def rawGet(self, target):
        request = AWSRequest("GET", f"{self.endpoint}{target}")
        S3SigV4Auth(BotocoreCredentials(self.accessKey, self.secretKey), "s3", "us-east-1").add_auth(request)
        connection = http.client.HTTPConnection(self.endpoint.removeprefix("http://"))
        self.addCleanup(connection.close)
        connection.request("GET", target, headers=dict(request.headers.items()))
        answer = connection.getresponse()
        return answer.status, answer.read()

    def test_keys_with_dot_segments_go_up_and_come_back(self):
        ceph = CephServer(self.folder)
        self.addCleanup(ceph.stop)
        self.endpoint = ceph.endpoint
        self.makeBucket()
        small = makeFile(os.path.join(self.folder, "small"), 10)
        large = makeFile(os.path.join(self.folder, "large"), 11 * MIB)
        for path, key in ((small, "a/../b"), (small, "./a"), (small, ".."), (large, "x/./../y")):
            self.assertStatus(self.put("--transport", "direct", path, f"s3://bucket/{key}", "--part-size", "5MiB"), 0)
            with open(path, "rb") as file:
                self.assertEqual(self.rawGet(f"/bucket/{key}"), (200, file.read()), key)
        self.assertEqual(self.rawGet("/bucket/b")[0], 404)


if __name__ == "__main__":
    unittest.main(verbosity=2)
