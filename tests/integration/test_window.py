#!/usr/bin/env python3
"""The program with the window as a process: offscreen, files by its command line, killed and started again."""
import base64
import json
import os
import signal
import subprocess
import unittest

from harness import MIB, PackmuleTest, makeFile, program, waitUntil

CONNECTION = "0123456789abcdef0123456789abcdef"


class WindowTest(PackmuleTest):
    def setUp(self):
        super().setUp()
        self.server = self.startFaultServer()
        self.windows = []
        self.addCleanup(self.killAll)

    def killAll(self):
        for window in self.windows:
            if window.poll() is None:
                window.kill()
            window.communicate()

    def prepare(self):
        """A saved connection to the server, as chosen destination: what a person would have clicked together."""
        os.makedirs(self.home, mode=0o700, exist_ok=True)
        connection = {"id": CONNECTION, "name": "Test", "endpointUrl": self.endpoint, "region": "us-east-1", "addressing": "path",
                      "credentials": "environment", "bucket": "bucket"}
        self.writePrivately("settings.json", {"settings": {"window.start-at-login": "no"}, "connections": [connection]})
        place = {"connection": base64.b64encode(CONNECTION.encode()).decode(), "bucket": base64.b64encode(b"bucket").decode(), "prefix": "",
                 "silent": True}
        self.writePrivately("windows.json", {"uploads/destination": base64.b64encode(json.dumps(place).encode()).decode()})

    def writePrivately(self, name, content):
        with open(os.path.join(self.home, name), "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            json.dump(content, file)

    def startWindow(self, *arguments):
        environment = self.environment(QT_QPA_PLATFORM="offscreen", XDG_CONFIG_HOME=os.path.join(self.folder, "config"))
        window = subprocess.Popen([program("PACKMULE_GUI"), "--log", os.path.join(self.folder, "log"), *arguments], stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)
        self.windows.append(window)
        return window

    def stopWindow(self, window, signalNumber=signal.SIGTERM):
        window.send_signal(signalNumber)
        run = self.finish(window, 60)
        self.windows.remove(window)
        return run

    def awaitObject(self, key, path):
        waitUntil(lambda: any(o["key"] == key for o in self.server.objects()), 60, f"the object {key}")
        waitUntil(lambda: self.server.uploads() == [], 60, "no unfinished upload")
        self.assertObjectIs(self.server, key, path)

    def transfers(self):
        run = self.packmule("queue", "ls", "--json")
        self.assertStatus(run, 0)
        return [json.loads(line) for line in run.out.splitlines()]

    def awaitDone(self, count=1):
        waitUntil(lambda: sum(t.get("state") == "done" for t in self.transfers()) == count, 60, f"{count} transfers done")


class Uploading(WindowTest):
    def test_a_file_of_the_command_line_is_uploaded_and_verified(self):
        self.prepare()
        film = makeFile(os.path.join(self.folder, "film.mov"), 12 * MIB)
        window = self.startWindow(film)
        self.awaitObject("film.mov", film)
        self.awaitDone()
        run = self.stopWindow(window)
        self.assertStatus(run, 0)
        self.assertInvariants(self.server, "film.mov", film, run)

    def test_a_second_start_hands_its_files_to_the_first(self):
        self.prepare()
        window = self.startWindow()
        waitUntil(lambda: os.path.exists(os.path.join(self.home, "journal.db.window.sock")), 30, "the window's door")
        notes = makeFile(os.path.join(self.folder, "notes.txt"), 1000)
        second = self.startWindow(notes)
        run = self.finish(second, 60)
        self.windows.remove(second)
        self.assertStatus(run, 0)
        self.awaitObject("notes.txt", notes)
        self.assertIsNone(window.poll())

    def test_a_put_while_the_window_runs_joins_its_list(self):
        self.prepare()
        window = self.startWindow()
        waitUntil(lambda: os.path.exists(os.path.join(self.home, "journal.db.sock")), 30, "the window's socket")
        film = makeFile(os.path.join(self.folder, "film.mov"), 40 * MIB)
        run = self.put(film, "s3://bucket/by-command.mov")
        self.assertStatus(run, 0)
        self.assertTrue(run.event("part"))
        self.awaitObject("by-command.mov", film)
        self.awaitDone()
        self.assertStatus(self.stopWindow(window), 0)


class Ending(WindowTest):
    def setUp(self):
        super().setUp()
        self.prepare()
        self.film = makeFile(os.path.join(self.folder, "film.mov"), 40 * MIB)
        # One part is held up, so that the end comes in the middle wherever this runs.
        self.server.setScript([{"operation": "UploadPart", "part": 2, "act": "DelayAnswer", "delayMs": 600000, "times": 1}])

    def awaitMiddle(self):
        waitUntil(lambda: self.server.counters()["requests"].get("UploadPart", 0) >= 3, 60, "all three parts")

    def test_after_kill_the_upload_goes_on_by_itself(self):
        window = self.startWindow(self.film)
        self.awaitMiddle()
        killed = self.stopWindow(window, signal.SIGKILL)
        self.assertEqual(killed.status, -signal.SIGKILL)
        self.assertEqual(self.server.objects(), [])
        again = self.startWindow()
        self.awaitObject("film.mov", self.film)
        self.awaitDone()
        run = self.stopWindow(again)
        self.assertStatus(run, 0)
        self.assertInvariants(self.server, "film.mov", self.film, run)

    def test_sigterm_asks_nothing_and_the_upload_goes_on_next_time(self):
        window = self.startWindow(self.film)
        self.awaitMiddle()
        self.assertStatus(self.stopWindow(window), 0)
        self.assertEqual(len(self.server.uploads()), 1)
        self.assertJournalIsSound()
        self.startWindow()
        self.awaitObject("film.mov", self.film)

    def test_what_was_paused_stays_paused(self):
        window = self.startWindow(self.film)
        self.awaitMiddle()
        self.assertStatus(self.packmule("queue", "pause", "--all"), 0)
        self.stopWindow(window, signal.SIGKILL)
        window = self.startWindow()
        waitUntil(lambda: os.path.exists(os.path.join(self.home, "journal.db.sock")), 30, "the window's socket")
        self.assertTrue(all(t.get("paused") or t.get("state") == "paused" for t in self.transfers()), self.transfers())
        self.assertEqual(self.server.objects(), [])
        self.assertStatus(self.packmule("queue", "resume", "--all"), 0)
        self.assertStatus(self.packmule("resume"), 0)
        self.awaitObject("film.mov", self.film)


if __name__ == "__main__":
    unittest.main(verbosity=2)
