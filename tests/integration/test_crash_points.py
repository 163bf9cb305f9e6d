#!/usr/bin/env python3
"""Kill -9 at every crash point of the upload, then the same command again: facts/resume's K0 to K12.

The points are compiled in by PACKMULE_CRASH_POINTS and chosen by PACKMULE_CRASH_AT. K6 and K7 are states of the server,
not places in the program; they are made by tampering with the journal.
"""
import os
import sqlite3
import time
import unittest

from harness import MIB, PackmuleTest, makeCertificate, makeFile

LARGE, SMALL = 17 * MIB, 4096
PART = ("--part-size", "5MiB")


class CrashPoints(PackmuleTest):
    def crashAndRepeat(self, point, size, tls):
        certificate = makeCertificate(self.folder) if tls else None
        server = self.startFaultServer(tls=certificate)
        self.makeBucket()
        path = makeFile(os.path.join(self.folder, "film.bin"), size)
        command = (path, "s3://bucket/film.bin", *PART)
        crashed = self.put(*command, environment=self.environment(PACKMULE_CRASH_AT=point))
        self.assertEqual(crashed.status, -9, f"{point} was not passed: {crashed.err[-2000:]!r}")
        again = self.put(*command)
        self.assertStatus(again, 0)
        self.assertInvariants(server, "film.bin", path, crashed, again)
        return server, crashed, again

    def checkPoint(self, point, size):
        for tls in (False, True):
            with self.subTest(point=point, tls=tls):
                self.home = os.path.join(self.folder, f"home-{tls}")
                os.makedirs(os.path.join(self.folder, str(tls)), exist_ok=True)
                outer, self.folder = self.folder, os.path.join(self.folder, str(tls))
                try:
                    return_value = self.crashAndRepeat(point, size, tls)
                finally:
                    self.folder = outer
                self.assertSentAtMost(return_value[0], size, 4 * 5 * MIB)

    def assertSentAtMost(self, server, size, allowed):
        """I3: no more on the wire than the object, the parts in flight at the crash, and small XML."""
        self.assertLessEqual(server.counters()["bodyBytes"], size + min(size, allowed) + 64 * 1024)


def pointTest(point, size):
    return lambda self: self.checkPoint(point, size)


for _point in ("K0", "K1", "K2", "K3", "K4", "K5", "K8", "K9", "K10", "K11"):
    setattr(CrashPoints, f"test_{_point}_of_a_multipart_upload_recovers", pointTest(_point, LARGE))
for _point in ("K0", "K1", "K10", "K11"):
    setattr(CrashPoints, f"test_{_point}_of_a_small_file_recovers", pointTest(_point, SMALL))


class ServerAndJournalDisagree(PackmuleTest):
    """K6, K7 and K12."""

    def interrupted(self, server):
        """An upload that was killed once two parts were journalled."""
        path = makeFile(os.path.join(self.folder, "film.bin"), LARGE)
        server.setScript([{"operation": "UploadPart", "part": 4, "times": 1000, "act": "StopReadingAt", "offset": 1,
                           "delayMs": 60000}])
        process = self.start("put", "--json", path, "s3://bucket/film.bin", *PART)
        parts = 0
        for line in process.stdout:
            parts += b'"event":"part"' in line.replace(b" ", b"")
            if parts == 3:
                break
        # Part rows are grouped for at most 250 ms.
        time.sleep(0.6)
        process.kill()
        process.communicate()
        server.setScript([])
        return path

    def test_K6_a_journalled_part_that_the_server_lost_is_sent_again(self):
        server = self.startFaultServer()
        self.makeBucket()
        path = self.interrupted(server)
        # Part 4 never arrived; the journal is made to believe that it did.
        self.changeJournal("INSERT INTO part SELECT transfer, 4, 2097152, checksum_algorithm, checksum, checksum_composite, "
                           "etag FROM part WHERE part_number = 1")
        again = self.put(path, "s3://bucket/film.bin", *PART)
        self.assertStatus(again, 0)
        self.assertInvariants(server, "film.bin", path, again)

    def test_K7_a_part_that_somebody_else_replaced_is_sent_again(self):
        server = self.startFaultServer()
        self.makeBucket()
        path = self.interrupted(server)
        self.changeJournal("UPDATE part SET etag = x'3030', checksum = x'0000000000000000' WHERE part_number = 1")
        again = self.put(path, "s3://bucket/film.bin", *PART)
        self.assertStatus(again, 0)
        self.assertInvariants(server, "film.bin", path, again)

    def test_K12_a_removal_that_was_killed_is_finished_by_the_next_run(self):
        server = self.startFaultServer()
        self.makeBucket()
        self.interrupted(server)
        self.assertEqual(len(server.uploads()), 1)
        crashed = self.packmule("queue", "remove", "1", environment=self.environment(PACKMULE_CRASH_AT="K12"))
        self.assertEqual(crashed.status, -9, crashed.err[-1000:])
        self.assertStatus(self.packmule("queue", "remove", "1"), 0)
        self.assertNoUploads(server)
        self.assertJournalIsSound()

    def changeJournal(self, statement):
        journal = sqlite3.connect(os.path.join(self.home, "journal.db"))
        changed = journal.execute(statement).rowcount
        journal.commit()
        journal.close()
        self.assertEqual(changed, 1, "the journal has no such row: the schema and this test disagree")


if __name__ == "__main__":
    unittest.main(verbosity=2)
