#!/usr/bin/env python3
"""Faults on this side: rows 25, 27, 28, 29, 32, 35, 36 of the fault catalogue, and the issue's list of bad input."""
import json
import os
import signal
import socket
import subprocess
import threading
import time
import unittest

from harness import MIB, PackmuleTest, freePort, makeCertificate, makeFile, waitUntil

PART = ("--part-size", "5MiB")
SIZE = 17 * MIB


class JournalFaults(PackmuleTest):
    """Row 25."""

    def ready(self, size=SIZE):
        server = self.startFaultServer()
        self.makeBucket()
        self.path = makeFile(os.path.join(self.folder, "film.bin"), size)
        return server

    def interruptedAt(self, point):
        run = self.put(self.path, "s3://bucket/film.bin", *PART, environment=self.environment(PACKMULE_CRASH_AT=point))
        self.assertEqual(run.status, -9)

    def test_row25_a_journal_of_garbage_is_set_aside_and_said(self):
        server = self.ready()
        os.makedirs(self.home, mode=0o700)
        with open(os.path.join(self.home, "journal.db"), "wb") as file:
            file.write(os.urandom(100_000))
        run = self.put(self.path, "s3://bucket/film.bin", *PART)
        self.assertStatus(run, 0)
        self.assertInvariants(server, "film.bin", self.path, run)
        self.assertTrue([n for n in os.listdir(self.home) if ".corrupt-" in n], os.listdir(self.home))
        self.assertIn(b"corrupt", run.err)

    def test_row25_a_lost_wal_costs_a_check_and_no_object(self):
        server = self.ready()
        self.interruptedAt("K8")
        wal = os.path.join(self.home, "journal.db-wal")
        if os.path.exists(wal):
            os.unlink(wal)
        run = self.put(self.path, "s3://bucket/film.bin", *PART)
        self.assertStatus(run, 0)
        self.assertObjectIs(server, "film.bin", self.path)
        self.assertJournalIsSound()

    def test_row25_a_journal_from_the_future_is_refused_by_name(self):
        self.ready()
        self.assertStatus(self.put(self.path, "s3://bucket/film.bin"), 0)
        import sqlite3
        journal = sqlite3.connect(os.path.join(self.home, "journal.db"))
        journal.execute("PRAGMA user_version = 9999")
        journal.commit()
        journal.close()
        run = self.put(self.path, "s3://bucket/other.bin")
        self.assertStatus(run, 253)
        self.assertIn(b"journal.db", run.err)

    def test_row25_a_read_only_folder_is_refused_by_name(self):
        if os.geteuid() == 0:
            target = "/proc/packmule"
        else:
            target = os.path.join(self.folder, "locked")
            os.makedirs(target, mode=0o500)
        self.ready(4096)
        run = self.put(self.path, "s3://bucket/film.bin", environment=self.environment(PACKMULE_HOME=target))
        self.assertStatus(run, 253)
        self.assertIn(target.encode(), run.err)

    def test_row25_a_full_disk_under_the_journal_loses_nothing(self):
        if os.geteuid() != 0:
            self.skipTest("a small file system needs root")
        server = self.startFaultServer(options=("--bytes-per-second", str(8 * MIB)))
        self.path = makeFile(os.path.join(self.folder, "film.bin"), SIZE)
        os.makedirs(self.home, mode=0o700)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m,mode=700", "tmpfs", self.home], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", self.home], capture_output=True)
        process = self.start("put", "--json", self.path, "s3://bucket/film.bin", *PART)
        waitUntil(lambda: server.counters()["requests"].get("UploadPart", 0) >= 1, 20, "the first part")
        filler = os.path.join(self.home, "filler")
        with open(filler, "wb") as file:
            try:
                while True:
                    file.write(b"x" * 4096)
                    file.flush()
            except OSError:
                pass
        time.sleep(3)
        os.unlink(filler)
        run = self.finish(process, 120)
        self.assertStatus(run, 0)
        self.assertObjectIs(server, "film.bin", self.path)
        self.assertNoUploads(server)

    def test_no_journal_uploads_all_the_same(self):
        server = self.ready()
        run = self.put("--no-journal", self.path, "s3://bucket/film.bin", *PART)
        self.assertStatus(run, 0)
        self.assertObjectIs(server, "film.bin", self.path)
        self.assertFalse(os.path.exists(os.path.join(self.home, "journal.db")))


class SourceChanges(PackmuleTest):
    """Row 27: the file changes under the upload."""

    def begin(self, *options):
        self.server = self.startFaultServer(options=("--bytes-per-second", str(10 * MIB)))
        self.makeBucket()
        self.path = makeFile(os.path.join(self.folder, "film.bin"), SIZE)
        os.utime(self.path, (1e9, 1e9))
        process = self.start("put", "--json", self.path, "s3://bucket/film.bin", *PART, *options)
        waitUntil(lambda: self.server.counters()["requests"].get("UploadPart", 0) >= 1, 20, "the first part")
        return process

    def finishWell(self, process):
        run = self.finish(process, 60)
        self.assertStatus(run, 0)
        self.assertInvariants(self.server, "film.bin", self.path, run)
        return run

    def test_row27_an_appended_file_is_begun_anew(self):
        process = self.begin()
        with open(self.path, "ab") as file:
            file.write(b"more")
        self.finishWell(process)

    def test_row27_a_rewritten_file_is_begun_anew(self):
        process = self.begin()
        makeFile(self.path, SIZE, seed=5)
        self.finishWell(process)

    def test_row27_a_replaced_file_is_begun_anew(self):
        process = self.begin()
        other = makeFile(self.path + ".new", SIZE, seed=6)
        os.rename(other, self.path)
        self.finishWell(process)

    def test_row27_a_shortened_file_is_begun_anew(self):
        process = self.begin()
        os.truncate(self.path, 11 * MIB)
        self.finishWell(process)

    def test_row27_a_touched_file_is_verified_where_asked(self):
        process = self.begin("--if-changed", "verify")
        os.utime(self.path)
        self.finishWell(process)
        self.assertEqual(self.server.counters()["requests"]["CreateMultipartUpload"], 1)

    def test_row27_a_changed_file_fails_where_asked(self):
        process = self.begin("--if-changed", "fail")
        makeFile(self.path, SIZE, seed=7)
        run = self.finish(process, 60)
        self.assertStatus(run, 1)
        self.assertEqual(run.event("failed")["kind"], "sourceChanged")
        self.assertEqual(self.server.objects(), [])

    def test_row27_a_vanished_file_fails_by_name_and_keeps_the_upload(self):
        process = self.begin()
        os.unlink(self.path)
        run = self.finish(process, 60)
        self.assertStatus(run, 1)
        self.assertIn("film.bin", run.event("failed")["error"] + run.event("failed")["advice"])
        self.assertEqual(self.server.objects(), [])


class TwoAtOnce(PackmuleTest):
    """Row 28: two command lines, one journal."""

    def setUp(self):
        super().setUp()
        self.server = self.startFaultServer(options=("--bytes-per-second", str(8 * MIB)))
        self.makeBucket()
        self.first = makeFile(os.path.join(self.folder, "first.bin"), 24 * MIB)
        self.second = makeFile(os.path.join(self.folder, "second.bin"), 6 * MIB, seed=2)

    def startOwner(self):
        owner = self.start("put", "--json", self.first, "s3://bucket/first.bin", *PART)
        waitUntil(lambda: self.server.counters()["requests"].get("UploadPart", 0) >= 1, 20, "the owner's first part")
        return owner

    def test_row28_the_second_hands_its_command_to_the_first(self):
        owner = self.startOwner()
        caller = self.put(self.second, "s3://bucket/second.bin", *PART)
        self.assertStatus(caller, 0)
        self.assertIsNotNone(caller.event("completed"))
        self.assertStatus(self.finish(owner, 60), 0)
        self.assertObjectIs(self.server, "first.bin", self.first)
        self.assertInvariants(self.server, "second.bin", self.second, caller)

    def test_row28_a_killed_owner_is_taken_over(self):
        owner = self.startOwner()
        caller = self.start("put", "--json", self.second, "s3://bucket/second.bin", *PART)
        time.sleep(0.7)
        owner.kill()
        owner.communicate()
        run = self.finish(caller, 60)
        self.assertStatus(run, 0)
        self.assertObjectIs(self.server, "second.bin", self.second)
        self.assertStatus(self.put(self.first, "s3://bucket/first.bin", *PART), 0)
        self.assertInvariants(self.server, "first.bin", self.first, run)

    def test_row28_ctrl_c_of_the_caller_cancels_nothing(self):
        owner = self.startOwner()
        caller = self.start("put", "--json", self.second, "s3://bucket/second.bin", *PART)
        time.sleep(0.7)
        caller.send_signal(signal.SIGINT)
        run = self.finish(caller, 10)
        self.assertIn(b"detach", run.err.lower())
        self.assertStatus(self.finish(owner, 60), 0)
        self.assertObjectIs(self.server, "second.bin", self.second)

    def test_row28_an_owner_that_does_not_answer_is_named(self):
        owner = self.startOwner()
        owner.send_signal(signal.SIGSTOP)
        try:
            run = self.put(self.second, "s3://bucket/second.bin", timeout=30)
            self.assertStatus(run, 253)
            self.assertIn(str(owner.pid).encode(), run.err)
        finally:
            owner.send_signal(signal.SIGCONT)
        self.assertStatus(self.finish(owner, 60), 0)


class Names(PackmuleTest):
    """Row 32: the exact key on the server or a clear refusal."""

    def setUp(self):
        super().setUp()
        self.server = self.startFaultServer()
        self.makeBucket()

    def test_row32_strange_names_arrive_byte_for_byte(self):
        names = ["new\nline", "car\rriage", "tab\t", "%2F", "a+b", "a&b", "<img src=x>", "rtl\u202eexe.txt", "trailing.",
                 "trailing ", "CON", "-leading", "é", "e\u0301", "emoji🎬", "quote\"'", "bell\x07", "q?x=1#f", "~tilde",
                 "back\\slash", "x" * 255]
        folder = os.path.join(self.folder, "names")
        os.mkdir(folder)
        for name in names:
            makeFile(os.path.join(folder, name), 100, seed=len(name))
        run = self.put("-r", folder, "s3://bucket/n/")
        self.assertStatus(run, 0)
        self.assertEqual({o["key"] for o in self.server.objects()}, {"n/" + n for n in names})

    def test_row32_a_name_that_is_not_utf8_is_one_clear_failure(self):
        folder = os.path.join(self.folder, "names").encode()
        os.mkdir(folder)
        for name in (b"bad\xff\xfe.bin", b"good.bin"):
            with open(os.path.join(folder, name), "wb") as file:
                file.write(b"x")
        run = self.put("-r", folder.decode(), "s3://bucket/n/")
        self.assertStatus(run, 1)
        self.assertEqual([o["key"] for o in self.server.objects()], ["n/good.bin"])
        failed = run.event("failed")
        self.assertIn("sourceBytes", failed)
        raw = self.put("-r", "--raw-names", folder.decode(), "s3://bucket/raw/")
        self.assertStatus(raw, 0)

    def test_row32_keys_that_cannot_be_sent_are_refused_with_the_reason(self):
        path = makeFile(os.path.join(self.folder, "f"), 10)
        run = self.put(path, "s3://bucket/" + "k" * 1025)
        self.assertIn(run.status, (1, 252), run.err)
        self.assertIn(b"1,024", run.err)
        self.assertEqual(self.server.objects(), [])

    def test_row32_keys_with_dot_segments_are_keys_like_any_other(self):
        path = makeFile(os.path.join(self.folder, "f"), 10)
        for key in ("a/../b", "./a", "a/.", ".."):
            self.assertStatus(self.packmule("--transport", "direct", "put", "--json", path, f"s3://bucket/{key}"), 0)
            self.assertObjectIs(self.server, key, path)
            self.assertStatus(self.packmule("--transport", "direct", "head", f"s3://bucket/{key}"), 0)

    def test_row32_the_stock_transport_refuses_dot_segments_with_the_reason(self):
        path = makeFile(os.path.join(self.folder, "f"), 10)
        for key in ("a/../b", "./a"):
            run = self.packmule("--transport", "qt", "put", "--json", path, f"s3://bucket/{key}")
            self.assertIn(run.status, (1, 252, 254, 255), run.err)
            self.assertIn(b'".." segment', run.err)
        self.assertEqual(self.server.objects(), [])

    def test_row32_a_key_of_1024_bytes_is_sent(self):
        path = makeFile(os.path.join(self.folder, "f"), 10)
        key = "k" * 1024
        self.assertStatus(self.put(path, f"s3://bucket/{key}"), 0)
        self.assertObjectIs(self.server, key, path)


class TlsFaults(PackmuleTest):
    """Row 35: refused with the reason."""

    def refused(self, certificate, key, ca, words):
        self.startFaultServer(tls=(certificate, key, ca))
        path = makeFile(os.path.join(self.folder, "f"), 10)
        run = self.put(path, "s3://bucket/f", timeout=60)
        self.assertIn(run.status, (253, 254, 255), run.err)
        self.assertRegex(run.err.decode().lower(), words)

    def test_row35_an_unknown_authority(self):
        certificate, key, _ = makeCertificate(self.folder)
        self.refused(certificate, key, None, "certificate")

    def test_row35_a_wrong_name(self):
        certificate, key, ca = makeCertificate(self.folder, name="elsewhere.example")
        self.refused(certificate, key, ca, "another host")

    def test_row35_an_expired_certificate(self):
        certificate, key, ca = makeCertificate(self.folder)
        self.startFaultServer(tls=(certificate, key, ca))
        path = makeFile(os.path.join(self.folder, "f"), 10)
        run = self.packmule("put", path, "s3://bucket/f", prefix=("faketime", "-f", "+30d"), timeout=60)
        self.assertIn(run.status, (253, 254, 255), run.err)
        self.assertIn(b"expired", run.err.lower())


class ProxyFaults(PackmuleTest):
    """Row 36."""

    def answerOnce(self, raw):
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)

        def serve():
            while True:
                try:
                    peer, _ = listener.accept()
                except OSError:
                    return
                with peer:
                    peer.recv(65536)
                    peer.sendall(raw)
        threading.Thread(target=serve, daemon=True).start()
        return listener.getsockname()[1]

    def test_row36_a_proxy_that_wants_a_password_is_named(self):
        port = self.answerOnce(b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=x\r\n"
                               b"Content-Length: 0\r\nConnection: close\r\n\r\n")
        path = makeFile(os.path.join(self.folder, "f"), 10)
        environment = self.environment(AWS_ENDPOINT_URL="https://s3.packmule.example",
                                       https_proxy=f"http://127.0.0.1:{port}")
        run = self.put(path, "s3://bucket/f", environment=environment, timeout=60)
        self.assertNotEqual(run.status, 0)
        self.assertIn(b"proxy", run.err.lower())


class BadInput(PackmuleTest):
    """The issue's list: a clear sentence that names the thing, the right exit code, nothing lost."""

    def setUp(self):
        super().setUp()
        self.server = self.startFaultServer()
        self.makeBucket()
        self.path = makeFile(os.path.join(self.folder, "film.bin"), 4096)

    def refused(self, status, words, *arguments, environment=None):
        run = self.packmule("put", *arguments, environment=environment, timeout=90)
        self.assertStatus(run, status)
        self.assertRegex(run.err.decode(), words)
        self.assertNoSecret(run)
        self.assertEqual(self.server.objects(), [])

    def test_a_missing_file(self):
        self.refused(1, "nowhere.bin", os.path.join(self.folder, "nowhere.bin"), "s3://bucket/x")

    def test_a_directory_without_r(self):
        self.refused(252, "-r", self.folder, "s3://bucket/x/")

    def test_a_pipe_where_a_file_is_expected(self):
        fifo = os.path.join(self.folder, "fifo")
        os.mkfifo(fifo)
        self.refused(1, "fifo", fifo, "s3://bucket/x")

    def test_a_device_where_a_file_is_expected(self):
        self.refused(1, "/dev/zero", "/dev/zero", "s3://bucket/x")

    def test_no_such_bucket(self):
        self.refused(254, "nobucket", self.path, "s3://nobucket/x")

    def test_a_wrong_key(self):
        self.refused(254, "(?i)access key", self.path, "s3://bucket/x",
                     environment=self.environment(AWS_ACCESS_KEY_ID="AKIAWRONG"))

    def test_a_wrong_secret(self):
        self.refused(254, "(?i)secret|signature", self.path, "s3://bucket/x",
                     environment=self.environment(AWS_SECRET_ACCESS_KEY="wrong"))

    def test_no_credentials_at_all(self):
        environment = self.environment()
        del environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"]
        self.refused(253, "(?i)credentials", self.path, "s3://bucket/x", environment=environment)

    def test_endpoints_of_junk(self):
        for endpoint in ("http://127.0.0.1:9/path", "http://user:pw@127.0.0.1:9", "ftp://127.0.0.1", "nonsense", "http://"):
            with self.subTest(endpoint=endpoint):
                self.refused(252, "(?i)endpoint", "--endpoint-url", endpoint, self.path, "s3://bucket/x")

    def test_metadata_with_a_line_break(self):
        self.refused(252, "(?i)metadata", "--metadata", "a=b\nx-amz-acl: public-read", self.path, "s3://bucket/x")

    def test_part_sizes_out_of_range(self):
        for size in ("4MiB", "6GiB", "0", "-1", "junk"):
            with self.subTest(size=size):
                self.refused(252, "(?i)part.size", "--part-size", size, self.path, "s3://bucket/x")

    def test_not_an_s3_address(self):
        self.refused(252, "s3://", self.path, "bucket/x")

    def test_two_sources_for_one_key(self):
        other = os.path.join(self.folder, "other")
        os.mkdir(other)
        twin = makeFile(os.path.join(other, "film.bin"), 10)
        run = self.put(self.path, twin, "s3://bucket/x/")
        self.assertStatus(run, 1)
        self.assertEqual(len(self.server.objects()), 1)
        self.assertIn("film.bin", run.event("failed")["error"] + run.event("failed")["advice"])


class Repeating(PackmuleTest):
    """cli.md, "Repeating a command"."""

    def setUp(self):
        super().setUp()
        self.server = self.startFaultServer()
        self.makeBucket()
        self.tree = os.path.join(self.folder, "photos")
        os.makedirs(os.path.join(self.tree, "sub"))
        for name in ("a.jpg", "b.jpg", "sub/c.jpg"):
            makeFile(os.path.join(self.tree, name), 5000, seed=ord(name[0]))

    def keys(self):
        return sorted(o["key"] for o in self.server.objects())

    def test_a_folder_stores_its_contents_with_and_without_a_slash(self):
        self.assertStatus(self.put(self.tree, "-r", "s3://bucket/x/"), 0)
        self.assertStatus(self.put(self.tree + "/", "-r", "s3://bucket/y/"), 0)
        self.assertEqual(self.keys(), [p + n for p in ("x/", "y/") for n in ("a.jpg", "b.jpg", "sub/c.jpg")])

    def test_a_run_that_has_ended_is_done_anew(self):
        self.assertStatus(self.put(self.tree, "-r", "s3://bucket/x/"), 0)
        again = self.put(self.tree, "-r", "s3://bucket/x/")
        self.assertStatus(again, 0)
        self.assertEqual(again.event("summary")["completed"], 3)

    def test_a_run_with_a_failure_stays_open_and_skips_what_is_done(self):
        self.server.setScript([{"operation": "PutObject", "act": "AnswerInstead", "occurrence": 2, "times": 1,
                                "status": 403, "code": "AccessDenied"}])
        first = self.put(self.tree, "-r", "s3://bucket/x/")
        self.assertStatus(first, 1)
        self.assertEqual(first.event("summary")["completed"], 2)
        again = self.put(self.tree, "-r", "s3://bucket/x/")
        self.assertStatus(again, 0)
        self.assertEqual((again.event("summary")["completed"], again.event("summary")["skipped"]), (1, 2))
        self.assertEqual(self.server.counters()["requests"]["PutObject"], 4)

    def test_no_overwrite_skips_what_is_there(self):
        path = os.path.join(self.tree, "a.jpg")
        self.assertStatus(self.put(path, "s3://bucket/k"), 0)
        makeFile(path, 6000, seed=9)
        run = self.put("-n", path, "s3://bucket/k")
        self.assertStatus(run, 2)
        self.assertEqual(run.event("skipped")["reason"], "objectExists")

    def test_dry_run_sends_nothing(self):
        run = self.packmule("put", "--dry-run", "-r", self.tree, "s3://bucket/x/")
        self.assertStatus(run, 0)
        self.assertIn(b"sub/c.jpg", run.out)
        self.assertEqual(self.keys(), [])

    def test_a_small_file_is_one_request(self):
        self.put(os.path.join(self.tree, "a.jpg"), "s3://bucket/k")
        requests = dict(self.server.counters()["requests"])
        requests.pop("CreateBucket", None)
        self.assertEqual({k: v for k, v in requests.items() if v}, {"PutObject": 1})

    def test_a_large_file_is_its_parts_and_three_requests(self):
        path = makeFile(os.path.join(self.folder, "film.bin"), SIZE)
        self.assertStatus(self.put(path, "s3://bucket/film.bin", *PART), 0)
        requests = dict(self.server.counters()["requests"])
        requests.pop("CreateBucket", None)
        self.assertEqual({k: v for k, v in requests.items() if v},
                         {"CreateMultipartUpload": 1, "UploadPart": 4, "CompleteMultipartUpload": 1, "HeadObject": 1})


class TenThousandParts(PackmuleTest):
    """Row 29, on a store that discards."""

    def test_row29_a_part_size_too_small_for_the_file_is_raised_and_said(self):
        server = self.startFaultServer(options=("--discard",))
        self.makeBucket()
        path = os.path.join(self.folder, "sparse.bin")
        with open(path, "wb") as file:
            file.truncate(10_000 * 5 * MIB + 1)
        run = self.packmule("put", "--dry-run", "--part-size", "5MiB", path, "s3://bucket/sparse.bin")
        self.assertStatus(run, 0)
        self.assertIn(b"6.0 MiB", run.out + run.err)
        self.assertEqual(server.counters()["requests"].get("CreateMultipartUpload", 0), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
