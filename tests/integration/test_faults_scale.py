#!/usr/bin/env python3
"""Rows 29 (what needs no 48.8 GiB; the rest is tests/bench, `run sparse`) and 37: many parts, few descriptors, little memory."""
import glob
import json
import os
import resource
import signal
import sqlite3
import time
import unittest

from harness import MIB, FaultServer, PackmuleTest, freePort, makeFile, sha256OfFile


class ManyParts(PackmuleTest):
    def begun(self, parts):
        """Begins to upload a sparse file of so many parts of 5 MiB; its events until it has started."""
        server = self.startFaultServer(options=("--discard", "--bytes-per-second", str(8 * MIB)))
        path = os.path.join(self.folder, "sparse.bin")
        with open(path, "wb") as file:
            file.truncate(parts * 5 * MIB)
        process = self.start("put", "--json", "--part-size", "5MiB", path, "s3://bucket/sparse.bin", bufsize=0)
        events = []
        for line in iter(process.stdout.readline, b""):
            events.append(json.loads(line))
            if events[-1]["event"] == "started":
                break
        process.send_signal(signal.SIGINT)
        run = self.finish(process, 20)
        self.assertEqual(run.status, 130)
        self.assertEqual(len(server.uploads()), 1)
        return events, run

    def test_row29_ten_thousand_parts_are_sent_as_asked(self):
        events, run = self.begun(10_000)
        self.assertEqual(events[-1]["parts"], 10_000)
        self.assertEqual(events[-1]["partSize"], 5 * MIB)
        self.assertNotIn(b"raised", run.err)

    def test_row29_one_more_raises_the_part_size_and_says_so_in_one_line(self):
        events, run = self.begun(10_001)
        self.assertLessEqual(events[-1]["parts"], 10_000)
        self.assertGreater(events[-1]["partSize"], 5 * MIB)
        notices = [e["text"] for e in events if e["event"] == "notice"]
        self.assertEqual(len(notices), 1)
        self.assertIn("part size raised to", notices[0])
        self.assertEqual(run.err.count(b"part size raised to"), 1)

    def makeParts(self, root, count):
        """Server and journal as they are when so many parts have been sent: each is the same 5 MiB of zeros as any other."""
        folder, name = os.path.split(glob.glob(os.path.join(root, "multipart", "*", "part.*"))[0])
        digests = name.split(".", 2)[2]
        for number in range(1, count + 1):
            with open(os.path.join(folder, f"part.{number}.{digests}"), "wb") as file:
                file.truncate(5 * MIB)
        with sqlite3.connect(os.path.join(self.home, "journal.db")) as journal:
            columns = [row[1] for row in journal.execute("PRAGMA table_info(part)")]
            values = ", ".join("?" if column == "part_number" else column for column in columns)
            journal.executemany(f"INSERT OR IGNORE INTO part SELECT {values} FROM part LIMIT 1",
                                ((number,) for number in range(1, count + 1)))
        journal.close()

    def test_row29_a_resumed_upload_of_ten_thousand_parts_is_cheap(self):
        root, port = os.path.join(self.folder, "store"), freePort()
        refusal = {"operation": "UploadPart", "part": 3, "occurrence": 1, "times": 0, "act": "AnswerInstead", "status": 403,
                   "code": "AccessDenied"}
        first = FaultServer(root, script=[refusal], options=("--port", str(port)))
        self.addCleanup(first.stop)
        self.endpoint = first.endpoint
        path = os.path.join(self.folder, "sparse.bin")
        with open(path, "wb") as file:
            file.truncate(10_000 * 5 * MIB)
        command = ("put", "--json", "--part-size", "5MiB", "--concurrency", "1", path, "s3://bucket/sparse.bin")
        self.assertStatus(self.packmule(*command), 254)
        first.stop()
        self.makeParts(root, 9_990)
        server = FaultServer(root, options=("--port", str(port)))
        self.addCleanup(server.stop)

        begun = time.monotonic()
        process = self.start(*command)
        seconds, events = None, []
        for line in process.stdout:
            events.append(json.loads(line))
            if seconds is None and events[-1]["event"] == "part":
                seconds = time.monotonic() - begun
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(process.returncode, 0, process.stderr.read().decode(errors="replace")[-2000:])
        process.stdout.close()
        process.stderr.close()
        peak = usage.ru_maxrss / 1024
        print(f"first part {seconds:.2f} s after the start, whole run {time.monotonic() - begun:.1f} s, peak {peak:.0f} MiB")

        self.assertEqual(next(e for e in events if e["event"] == "started")["confirmedParts"], 9_990)
        requests = {name: count for name, count in server.counters()["requests"].items() if count}
        self.assertEqual(requests, {"ListParts": 10, "UploadPart": 10, "CompleteMultipartUpload": 1, "HeadObject": 1})  # I4
        self.assertLessEqual(peak, 64)                                                                              # I5
        self.assertEqual([(o["key"], o["size"]) for o in server.ask("/objects?sha256=0")], [("sparse.bin", 10_000 * 5 * MIB)])
        self.assertNoUploads(server)
        self.assertJournalIsSound()


class SmallMachine(PackmuleTest):
    """Row 37: 500 small files and one of several parts, by a process that is allowed little."""
    MEMORY = "/sys/fs/cgroup/memory"  # cgroup v1, as containers of the build machine have it
    UNIFIED = "/sys/fs/cgroup"

    def uploadFolder(self, preexec):
        server = self.startFaultServer()
        folder = os.path.join(self.folder, "photos")
        os.mkdir(folder)
        for number in range(500):
            makeFile(os.path.join(folder, f"{number:03}"), 100 + number, seed=number)
        makeFile(os.path.join(folder, "film"), 42 * MIB)
        process = self.start("put", "-r", "--json", folder, "s3://bucket/x/", "--part-size", "5MiB", preexec_fn=preexec)
        run = self.finish(process, 120)
        self.assertStatus(run, 0)
        stored = {o["key"]: o["sha256"] for o in server.objects()}
        self.assertEqual(stored, {f"x/{name}": sha256OfFile(os.path.join(folder, name)) for name in os.listdir(folder)})
        self.assertNoUploads(server)
        self.assertJournalIsSound()
        return run

    def test_row37_sixty_four_descriptors(self):
        self.uploadFolder(lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)))

    def makeGroup(self):
        """A memory cgroup of 128 MiB without swap; v1, or v2 where its controller is delegated to us."""
        v1 = os.path.isdir(self.MEMORY)
        group = os.path.join(self.MEMORY if v1 else self.UNIFIED, f"packmule-test-{os.getpid()}")
        try:
            os.mkdir(group)
            self.addCleanup(os.rmdir, group)
            limit = os.path.join(group, "memory.limit_in_bytes" if v1 else "memory.max")
            with open(limit, "w") as file:
                file.write(str(128 * MIB))
        except OSError as error:
            self.skipTest(f"no memory cgroup may be made here: {error}")
        return group, os.path.join(group, "memory.max_usage_in_bytes" if v1 else "memory.peak")

    def test_row37_128_MiB_of_memory(self):
        group, peak = self.makeGroup()

        def enter():
            with open(os.path.join(group, "cgroup.procs"), "w") as file:
                file.write("0")
        self.uploadFolder(enter)
        with open(peak) as file:
            print(f"peak of the group, page cache included: {int(file.read()) / MIB:.0f} MiB")


if __name__ == "__main__":
    unittest.main(verbosity=2)
