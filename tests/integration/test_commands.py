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


if __name__ == "__main__":
    unittest.main(verbosity=2)
