#!/usr/bin/env python3
"""Row 24: the power goes. What the program wrote to its journal is recorded with strace; then every file is put back as a
disk might have kept it: all that was synced, and any seeded subset of what was not, the last of it torn. From each such
journal the same command must end with the right object and nothing left behind.

Cuts lie after the upload id became durable, because the server's state is that of the end of the recorded run; what
comes before is K1 to K3 of test_crash_points.
"""
import os
import random
import re
import shutil
import unittest

from harness import MIB, SEED, FaultServer, PackmuleTest, freePort, makeFile

PART = ("--part-size", "5MiB")
CUTS = 24
CALL = re.compile(rb"^\d+ +(pwrite64|write|fsync|fdatasync|ftruncate|unlink)\((.*)\) += (-?\d+)")
DESCRIPTOR = re.compile(rb"^\d+<([^>]*)>")


def bytesOf(quoted):
    return bytes.fromhex(quoted.replace(b"\\x", b"").decode())


class Recording:
    """The journal's writes and syncs in order, as (path, kind, offset, content or length)."""

    def __init__(self, trace, folder):
        self.calls, self.folder = [], folder
        with open(trace, "rb") as file:
            for line in file:
                self.read(line)

    def read(self, line):
        found = CALL.match(line)
        if not found or int(found[3]) < 0:
            return
        name, arguments = found[1], found[2]
        if name == b"unlink":
            self.calls.append((bytesOf(arguments.strip(b'"')).decode(), "unlink", 0, b""))
            return
        path = DESCRIPTOR.match(arguments)[1].decode()
        if path.startswith("\\x"):
            path = bytesOf(path.encode()).decode()
        if name in (b"fsync", b"fdatasync"):
            self.calls.append((path, "sync", 0, b""))
        elif name == b"ftruncate":
            self.calls.append((path, "truncate", int(arguments.split(b",")[-1]), b""))
        else:
            quoted = re.search(rb'"((?:\\x[0-9a-f]{2})*)"', arguments)[1]
            self.calls.append((path, "write", int(arguments.split(b",")[-1]), bytesOf(quoted)))

    def firstDurable(self, word):
        """The index after the sync that made `word` durable."""
        pending = set()
        for index, (path, kind, _, content) in enumerate(self.calls):
            if kind == "write" and word in content:
                pending.add(path)
            elif kind == "sync" and path in pending:
                return index + 1
        raise AssertionError("the upload id never became durable")

    def disk(self, cut, source):
        """Path → content after a power loss just before call number `cut`."""
        synced = {}
        for index, (path, kind, _, _) in enumerate(self.calls[:cut]):
            if kind == "sync":
                synced[path] = index
                if path == self.folder:  # entries too: what was removed before stays removed
                    synced.update({p: max(synced.get(p, -1), i + 1) for i, (p, k, _, _) in enumerate(self.calls[:index]) if k == "unlink"})
        files = {}
        for index, (path, kind, offset, content) in enumerate(self.calls[:cut]):
            isKept = index < synced.get(path, -1) or source.random() < 0.5
            if not isKept:
                continue
            if kind == "unlink":
                files.pop(path, None)
            elif kind == "truncate":
                files[path] = files.get(path, b"")[:offset].ljust(offset, b"\0")
            elif kind == "write":
                if index > synced.get(path, -1) and len(content) > 512 and source.random() < 0.3:
                    content = content[:512 * source.randrange(len(content) // 512)]
                old = files.get(path, b"").ljust(offset, b"\0")
                files[path] = old[:offset] + content + old[offset + len(content):]
        return files


class PowerLoss(PackmuleTest):
    def test_row24_every_cut_recovers(self):
        root = os.path.join(self.folder, "store")
        self.port = str(freePort())  # the endpoint is part of "the same command"
        server = FaultServer(root, options=("--port", self.port))
        self.endpoint = server.endpoint
        self.makeBucket()
        path = makeFile(os.path.join(self.folder, "film.bin"), 27 * MIB)
        trace = os.path.join(self.folder, "trace")
        journal = os.path.join(self.home, "journal.db")
        os.makedirs(self.home, mode=0o700)
        recorded = self.put(path, "s3://bucket/film.bin", *PART, timeout=300,
                            environment=self.environment(PACKMULE_CRASH_AT="K8"),
                            prefix=("strace", "-f", "-o", trace, "-y", "-xx", "-s", "4000000",
                                    "-e", "trace=pwrite64,write,fsync,fdatasync,ftruncate,unlink",
                                    "-P", journal, "-P", journal + "-wal", "-P", journal + "-journal", "-P", self.home))
        self.assertNotEqual(recorded.status, 0)
        uploadId = server.uploads()[0]["uploadId"]
        server.stop()
        shutil.copytree(root, root + ".kept")
        recording = Recording(trace, self.home)
        first = recording.firstDurable(uploadId.encode())
        self.assertGreater(len(recording.calls), first)

        source = random.Random(SEED)
        for cut in sorted(source.sample(range(first, len(recording.calls) + 1), min(CUTS, len(recording.calls) + 1 - first))):
            with self.subTest(cut=cut, of=len(recording.calls), seed=SEED):
                self.recoverFrom(recording.disk(cut, source), root, path)

    def recoverFrom(self, files, root, path):
        shutil.rmtree(self.home)
        os.makedirs(self.home, mode=0o700)
        for name, content in files.items():
            with open(os.open(name, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
                file.write(content)
        shutil.rmtree(root)
        shutil.copytree(root + ".kept", root)
        server = FaultServer(root, options=("--port", self.port))
        try:
            run = self.put(path, "s3://bucket/film.bin", *PART)
            self.assertStatus(run, 0)
            self.assertInvariants(server, "film.bin", path, run)
            self.assertTrue(run.event("started")["resumed"])
        finally:
            server.stop()


if __name__ == "__main__":
    unittest.main(verbosity=2)
