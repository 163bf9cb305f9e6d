#!/usr/bin/env python3
"""Commands beside and after a put: the order of filters, hand-over between processes, endings in the middle of a folder."""
import os
import signal
import unittest

from harness import MIB, PackmuleTest, makeFile, waitUntil

PART = ("--part-size", "5MiB")


class Filters(PackmuleTest):
    """--include and --exclude decide in the order of the command line: the last that matches wins, as in `aws s3`."""

    def setUp(self):
        super().setUp()
        self.server = self.startFaultServer()
        self.tree = os.path.join(self.folder, "tree")
        for name in ("a.jpg", "a.txt", "keep/b.txt", "keep/b.tmp"):
            os.makedirs(os.path.dirname(os.path.join(self.tree, name)), exist_ok=True)
            makeFile(os.path.join(self.tree, name), 1000)

    def uploaded(self, prefix):
        return sorted(o["key"].removeprefix(prefix) for o in self.server.objects() if o["key"].startswith(prefix))

    def test_later_filters_win(self):
        self.assertStatus(self.put("-r", self.tree, "s3://bucket/x/", "--exclude", "*", "--include", "keep/*", "--exclude", "*.tmp"), 0)
        self.assertEqual(self.uploaded("x/"), ["keep/b.txt"])
        self.assertStatus(self.put("-r", self.tree, "s3://bucket/y/", "--include", "*.jpg", "--exclude", "*"), 0)
        self.assertEqual(self.uploaded("y/"), [])

    def test_the_order_survives_hand_over_and_journal(self):
        slow = makeFile(os.path.join(self.folder, "slow.bin"), 17 * MIB)
        self.server.setScript([{"operation": "UploadPart", "act": "DelayAnswer", "delayMs": 600000, "times": 1}])
        owner = self.start("put", "--json", slow, "s3://bucket/slow.bin", *PART)
        waitUntil(lambda: self.server.counters()["requests"].get("UploadPart", 0) >= 1, 20, "the owner's first part")
        caller = self.put("-r", self.tree, "s3://bucket/x/", "--exclude", "*", "--include", "keep/*", "--exclude", "*.tmp")
        self.assertStatus(caller, 0)
        self.assertEqual(self.uploaded("x/"), ["keep/b.txt"])
        owner.kill()
        self.finish(owner)


class Resuming(PackmuleTest):
    """`packmule resume` in place of the same command."""

    def setUp(self):
        super().setUp()
        self.server = self.startFaultServer()
        self.tree = os.path.join(self.folder, "tree")
        os.makedirs(self.tree)
        for number in range(700):
            with open(os.path.join(self.tree, f"{number:04}"), "w") as file:
                file.write(str(number))

    def assertResumesAll(self, point):
        run = self.put("-r", self.tree, "s3://bucket/x/", environment=self.environment(PACKMULE_CRASH_AT=point))
        self.assertEqual(run.status, -9)
        self.assertLess(len(self.server.objects()), 700)
        resumed = self.packmule("resume", "--json")
        self.assertStatus(resumed, 0)
        self.assertEqual(len(self.server.objects()), 700)
        self.assertEqual(resumed.event("summary")["failed"], 0)
        self.assertJournalIsSound()
        again = self.packmule("resume")
        self.assertStatus(again, 0)
        self.assertIn(b"Nothing is unfinished", again.err)

    def test_a_folder_killed_before_its_first_row_is_gone_through_again(self):
        self.assertResumesAll("K0")

    def test_a_folder_killed_between_two_batches_is_gone_through_again(self):
        self.assertResumesAll("K1")

    def test_retry_says_that_nothing_runs(self):
        path = makeFile(os.path.join(self.folder, "a"), 1000)
        self.server.setScript([{"operation": "PutObject", "act": "AnswerInstead", "times": 1, "status": 403, "code": "AccessDenied"}])
        self.assertStatus(self.put(path, "s3://bucket/a"), 254)
        retry = self.packmule("queue", "retry", "--all")
        self.assertStatus(retry, 0)
        self.assertIn(b"packmule resume", retry.err)
        self.assertStatus(self.packmule("resume"), 0)
        self.assertObjectIs(self.server, "a", path)


class LentCredentials(PackmuleTest):
    """A handed-over command is signed with its caller's credentials, whatever the owner has."""

    def setUp(self):
        super().setUp()
        self.server = self.startFaultServer()
        self.path = makeFile(os.path.join(self.folder, "film.bin"), 17 * MIB)
        stopped = self.put(self.path, "s3://bucket/film.bin", *PART, environment=self.environment(PACKMULE_CRASH_AT="K8"))
        self.assertEqual(stopped.status, -9)
        self.owner = self.start("queue", "watch", environment=self.withSecret("not-the-secret"))
        waitUntil(lambda: any(name.endswith(".sock") or "sock" in name for name in os.listdir(self.home)), 20, "the owner's door")

    def withSecret(self, secret):
        return self.environment(AWS_SECRET_ACCESS_KEY=secret)

    def leave(self):
        self.owner.send_signal(signal.SIGINT)
        return self.finish(self.owner)

    def test_resume_lends_them(self):
        resumed = self.packmule("resume", "--json")
        self.assertStatus(resumed, 0)
        owner = self.leave()
        self.assertInvariants(self.server, "film.bin", self.path, resumed, owner)

    def test_they_reach_a_connection_that_is_open(self):
        self.assertStatus(self.packmule("resume", environment=self.withSecret("another-wrong-one")), 254)
        resumed = self.packmule("resume", "--json")
        self.assertStatus(resumed, 0)
        self.assertInvariants(self.server, "film.bin", self.path, resumed, self.leave())

    def test_another_key_does_not_disturb_what_runs(self):
        self.leave()
        self.server.setScript([{"operation": "UploadPart", "part": 1, "act": "DelayAnswer", "delayMs": 2000, "times": 1}])
        running = self.start("put", "--json", self.path, "s3://bucket/running.bin", *PART)
        waitUntil(lambda: any(u["key"] == "running.bin" for u in self.server.uploads()), 20, "the owner's upload")
        other = self.environment(AWS_ACCESS_KEY_ID="AKIAOTHER", AWS_SECRET_ACCESS_KEY="whatever")
        self.assertStatus(self.put(self.path, "s3://bucket/other.bin", environment=other), 254)
        self.assertStatus(self.finish(running), 0)
        self.assertObjectIs(self.server, "running.bin", self.path)


class AbortingUploads(PackmuleTest):
    """`uploads abort` leaves alone what the journal still needs."""

    def setUp(self):
        super().setUp()
        self.server = self.startFaultServer()
        self.path = makeFile(os.path.join(self.folder, "film.bin"), 17 * MIB)

    def uploadOf(self, key):
        return next((u for u in self.server.uploads() if u["key"] == key), None)

    def makeForgotten(self):
        """An upload that no journal knows any more."""
        run = self.put(self.path, "s3://bucket/forgotten", *PART, "--journal", os.path.join(self.folder, "other", "j.db"),
                       environment=self.environment(PACKMULE_CRASH_AT="K8"))
        self.assertEqual(run.status, -9)
        self.assertIsNotNone(self.uploadOf("forgotten"))

    def assertOnlyForgottenGoes(self, word):
        uploadId = self.uploadOf("film.bin")["uploadId"]
        run = self.packmule("uploads", "abort", "s3://bucket", "--yes", "--json")
        self.assertStatus(run, 2)
        self.assertEqual(run.event("skipped")["uploadId"], uploadId)
        self.assertIn(word, run.err)
        self.assertIsNone(self.uploadOf("forgotten"))
        one = self.packmule("uploads", "abort", "s3://bucket/film.bin", "--upload-id", uploadId)
        self.assertStatus(one, 2)
        self.assertIn(b"queue remove 1", one.err)
        self.assertIsNotNone(self.uploadOf("film.bin"))

    def test_an_upload_in_another_process_hands(self):
        self.makeForgotten()
        self.server.setScript([{"operation": "UploadPart", "key": "film.bin", "part": 2, "act": "DelayAnswer", "delayMs": 600000, "times": 1}])
        owner = self.start("put", "--json", self.path, "s3://bucket/film.bin", *PART)
        waitUntil(lambda: self.uploadOf("film.bin") and self.server.counters()["requests"].get("UploadPart", 0) >= 2, 20, "the owner's parts")
        self.assertOnlyForgottenGoes(f"process {owner.pid}".encode())
        self.assertStatus(self.packmule("queue", "remove", "1"), 0)
        self.assertNoUploads(self.server)
        self.finish(owner)

    def test_an_upload_that_the_journal_can_carry_on(self):
        self.makeForgotten()
        self.assertEqual(self.put(self.path, "s3://bucket/film.bin", *PART, environment=self.environment(PACKMULE_CRASH_AT="K8")).status, -9)
        self.assertOnlyForgottenGoes(b"packmule resume 1")
        self.assertStatus(self.packmule("resume", "1"), 0)
        self.assertInvariants(self.server, "film.bin", self.path)

    def test_without_a_journal_nothing_is_looked_up(self):
        self.makeForgotten()
        self.assertStatus(self.packmule("uploads", "abort", "s3://bucket", "--yes"), 0)
        self.assertNoUploads(self.server)
        self.assertFalse(os.path.exists(self.home), "only to look, no journal is made")


if __name__ == "__main__":
    unittest.main(verbosity=2)
