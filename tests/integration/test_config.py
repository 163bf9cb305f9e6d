#!/usr/bin/env python3
"""`packmule config`, saved connections and where their secrets are: with no keyring, with gnome-keyring, with one that hangs."""
import json
import os
import pty
import stat
import subprocess
import sys
import unittest

from harness import ACCESS_KEY, MIB, SECRET, PackmuleTest, makeFile, program, waitUntil

# Owns the Secret Service's name on the session bus and never answers anybody.
SILENT_SERVICE = """
import dbus, dbus.bus, dbus.lowlevel, dbus.mainloop.glib
from gi.repository import GLib
dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
bus = dbus.SessionBus()
def swallow(connection, message):
    isForUs = (message.get_path() or "").startswith("/org/freedesktop/secrets")
    return dbus.lowlevel.HANDLER_RESULT_HANDLED if isForUs else dbus.lowlevel.HANDLER_RESULT_NOT_YET_HANDLED
bus.add_message_filter(swallow)
bus.request_name("org.freedesktop.secrets")
print("ready", flush=True)
GLib.MainLoop().run()
"""


class ConfigTest(PackmuleTest):
    def setUp(self):
        super().setUp()
        self.server = self.startFaultServer()
        self.session = {}

    def environment(self, **extra):
        """No AWS settings at all: what a saved connection says must be enough."""
        environment = super().environment(**extra)
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "AWS_ENDPOINT_URL"):
            environment.pop(name, None)
        environment.update(self.session)
        return environment

    def withInput(self, text, *arguments, environment=None):
        done = subprocess.run([program("PACKMULE"), *arguments], input=text, capture_output=True, timeout=120,
                              env=environment or self.environment(), check=False)
        return done

    def add(self, name="studio", secret=SECRET, *more):
        return self.withInput(secret.encode() + b"\n", "config", "connections", "add", name, "--endpoint-url", self.endpoint,
                              "--region", "us-east-1", "--access-key-id", ACCESS_KEY, "--bucket", "bucket", "--prefix", "x",
                              "--secret-file", "-", *more)

    def assertDone(self, done):
        self.assertEqual(done.returncode, 0, done.stderr.decode())

    def settingsFile(self):
        return os.path.join(self.home, "settings.json")

    def fileText(self, name="settings.json"):
        with open(os.path.join(self.home, name), encoding="utf-8") as file:
            return file.read()


class Settings(ConfigTest):
    def test_a_setting_is_kept_shown_and_reset(self):
        self.assertEqual(self.packmule("config", "get", "transfers.slots").out, b"4\n")
        self.assertStatus(self.packmule("config", "set", "transfers.slots", "9"), 0)
        self.assertEqual(self.packmule("config", "get", "transfers.slots").out, b"9\n")
        shown = self.packmule("config", "show", "--origin").out.decode()
        self.assertIn(f"transfers.slots = 9  ({self.settingsFile()})", shown)
        self.assertIn("window.theme = system  (default)", shown)
        self.assertStatus(self.packmule("config", "set", "transfers.slots", "--default"), 0)
        self.assertEqual(self.packmule("config", "get", "transfers.slots", "--origin").out, b"4  (default)\n")

    def test_what_cannot_be_is_refused(self):
        for arguments in (("set", "transfers.slots", "0"), ("set", "no.such", "1"), ("get", "no.such"), ("set", "transfers.slots"),
                          ("set", "transfers.slots", "4", "--default"), ("connections", "edit", "nobody"), ("connections", "add", "x"),
                          ("connections", "rm", "nobody"), ("fly",), ("connections", "fly")):
            run = self.packmule("config", *arguments)
            self.assertStatus(run, 252)
            self.assertEqual(run.out, b"")
        self.assertFalse(os.path.exists(self.settingsFile()))

    def test_a_put_uses_what_was_chosen(self):
        path = makeFile(os.path.join(self.folder, "a.bin"), 13 * MIB)
        self.assertDone(self.add())
        for setting in (("transfers.part-size", "6MiB"), ("network.transport", "qt")):
            self.assertStatus(self.packmule("config", "set", *setting), 0)
        run = self.put(path, "s3://bucket/a.bin", "--connection", "studio")
        self.assertStatus(run, 0)
        self.assertEqual(run.event("started")["parts"], 3)
        self.assertStatus(self.put(path, "s3://bucket/b.bin", "--connection", "studio", "--part-size", "5MiB"), 0)

    def test_a_damaged_file_is_set_aside_and_said(self):
        self.assertDone(self.add())
        with open(self.settingsFile(), "w", encoding="utf-8") as file:
            file.write('{"settings": {"transfers.slots": 9')
        run = self.packmule("config", "get", "transfers.slots")
        self.assertStatus(run, 0)
        self.assertEqual(run.out, b"4\n")
        self.assertIn(b"settings.json.damaged-1", run.err)
        self.assertIn('"transfers.slots": 9', self.fileText("settings.json.damaged-1"))
        self.assertStatus(self.packmule("config", "set", "transfers.slots", "5"), 0)


class Connections(ConfigTest):
    def test_a_saved_connection_uploads_without_a_keyring_and_says_where_the_secret_is(self):
        added = self.add()
        self.assertDone(added)
        self.assertIn(b"No keyring can keep secrets in this session", added.stderr)
        self.assertNotIn(SECRET, self.fileText())
        self.assertEqual(stat.S_IMODE(os.stat(os.path.join(self.home, "secrets.json")).st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(os.stat(self.settingsFile()).st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(os.stat(self.home).st_mode), 0o700)
        path = makeFile(os.path.join(self.folder, "a.bin"), 7 * MIB)
        run = self.put(path, "s3://bucket/a.bin", "--connection", "studio")
        self.assertStatus(run, 0)
        self.assertObjectIs(self.server, "a.bin", path)
        listed = self.packmule("ls", "s3://bucket/", "--connection", "studio")
        self.assertIn(b"a.bin", listed.out)
        for done in (run, listed):
            self.assertNotIn(SECRET.encode(), done.out + done.err)
        with open(os.path.join(self.home, "journal.db"), "rb") as journal:
            self.assertNotIn(SECRET.encode(), journal.read())

    def test_list_edit_and_remove(self):
        self.assertDone(self.add())
        shown = self.packmule("config", "connections").out.decode()
        self.assertIn(f"studio  {self.endpoint}  key {ACCESS_KEY}  s3://bucket/x/", shown)
        self.assertStatus(self.packmule("config", "connections", "edit", "studio", "--name", "Büro", "--bucket", "other"), 0)
        known = json.loads(self.packmule("config", "connections", "ls", "--json").out)
        self.assertEqual((known["name"], known["bucket"], known["prefix"], known["accessKeyId"]), ("Büro", "other", "x/", ACCESS_KEY))
        self.assertNotIn("secret", json.dumps(known).lower())
        self.assertEqual(self.add("Büro").returncode, 252)
        self.assertStatus(self.packmule("config", "connections", "rm", "Büro"), 0)
        self.assertNotIn(SECRET, self.fileText("secrets.json"))
        self.assertStatus(self.packmule("ls", "s3://bucket/", "--connection", "Büro"), 253)

    def test_the_connection_stands_alone(self):
        self.assertStatus(self.packmule("ls", "--connection", "studio", "--region", "eu-west-1"), 252)
        run = self.packmule("ls", "--connection", "nobody")
        self.assertStatus(run, 253)
        self.assertIn(b'There is no connection "nobody"', run.err)

    def test_other_credentials_than_a_saved_key(self):
        os.makedirs(os.path.join(self.folder, ".aws"))
        with open(os.path.join(self.folder, ".aws", "credentials"), "w", encoding="utf-8") as file:
            file.write(f"[shop]\naws_access_key_id = {ACCESS_KEY}\naws_secret_access_key = {SECRET}\n")
        with open(os.path.join(self.folder, ".aws", "config"), "w", encoding="utf-8") as file:
            file.write(f"[profile shop]\nregion = us-east-1\nendpoint_url = {self.endpoint}\n")
        self.assertStatus(self.packmule("config", "connections", "add", "by-profile", "--profile", "shop"), 0)
        self.assertStatus(self.packmule("ls", "s3://bucket/", "--connection", "by-profile"), 0)
        self.assertStatus(self.packmule("config", "connections", "add", "nobody", "--no-sign-request", "--endpoint-url", self.endpoint), 0)
        self.assertStatus(self.packmule("ls", "s3://bucket/", "--connection", "nobody"), 254)

    def test_a_missing_secret_ends_at_once_and_the_same_command_carries_on(self):
        self.assertDone(self.add())
        path = makeFile(os.path.join(self.folder, "a.bin"), 7 * MIB)
        os.rename(os.path.join(self.home, "secrets.json"), os.path.join(self.home, "elsewhere"))
        run = self.put(path, "s3://bucket/a.bin", "--connection", "studio")
        self.assertStatus(run, 253)
        self.assertLess(run.seconds, 25)  # expired credentials would be awaited for 30 s
        os.rename(os.path.join(self.home, "elsewhere"), os.path.join(self.home, "secrets.json"))
        self.assertStatus(self.packmule("resume"), 0)
        self.assertObjectIs(self.server, "a.bin", path)

    def test_a_wrong_secret_is_refused_and_can_be_replaced(self):
        self.assertDone(self.add(secret="wrong"))
        run = self.packmule("ls", "s3://bucket/", "--connection", "studio")
        self.assertStatus(run, 254)
        self.assertNotIn(b"wrong\n", run.err)
        self.assertDone(self.withInput(SECRET.encode(), "config", "connections", "edit", "studio", "--secret-file", "-"))
        self.assertStatus(self.packmule("ls", "s3://bucket/", "--connection", "studio"), 0)

    def test_the_connection_may_be_changed_between_two_runs(self):
        self.assertDone(self.add())
        path = makeFile(os.path.join(self.folder, "a.bin"), 11 * MIB)
        self.assertEqual(self.put(path, "s3://bucket/a.bin", "--connection", "studio", "--part-size", "5MiB",
                                  environment=self.environment(PACKMULE_CRASH_AT="K6")).status, -9)
        self.server.stop()
        second = self.startFaultServer()  # the same folder at another port
        self.assertStatus(self.packmule("config", "connections", "edit", "studio", "--endpoint-url", self.endpoint), 0)
        self.assertStatus(self.packmule("resume"), 0)
        self.assertObjectIs(second, "a.bin", path)

    def test_the_secret_is_asked_for_without_echo(self):
        pid, terminal = pty.fork()
        if pid == 0:
            os.execve(program("PACKMULE"), ["packmule", "config", "connections", "add", "asked", "--endpoint-url", self.endpoint,
                                            "--access-key-id", ACCESS_KEY], self.environment())
        seen = b""
        while b"Secret access key of" not in seen:
            seen += os.read(terminal, 1000)
        os.write(terminal, SECRET.encode() + b"\n")
        try:
            while piece := os.read(terminal, 1000):
                seen += piece
        except OSError:
            pass  # the other end is gone
        self.assertEqual(os.waitpid(pid, 0)[1], 0, seen)
        self.assertNotIn(SECRET.encode(), seen)
        self.assertStatus(self.packmule("ls", "s3://bucket/", "--connection", "asked"), 0)

    def test_without_a_terminal_the_secret_needs_a_file(self):
        run = self.packmule("config", "connections", "add", "x", "--access-key-id", ACCESS_KEY)
        self.assertStatus(run, 252)
        self.assertIn(b"--secret-file", run.err)
        for secret in (b"", b"\n", b"two\nlines\n", b"\xff\xfe", b"x" * 5000):
            self.assertEqual(self.withInput(secret, "config", "connections", "add", "x", "--access-key-id", "A", "--secret-file", "-").returncode, 252)

    def test_export_and_import(self):
        self.assertDone(self.add())
        exported = os.path.join(self.folder, "connections.json")
        self.assertStatus(self.packmule("config", "connections", "export", exported), 0)
        with open(exported, encoding="utf-8") as file:
            text = file.read()
        self.assertNotIn(SECRET, text)
        run = self.packmule("config", "connections", "import", exported)
        self.assertStatus(run, 0)
        self.assertEqual(run.out, b"studio 2\n")
        self.assertIn(b"has no secret yet", run.err)
        self.assertDone(self.withInput(SECRET.encode(), "config", "connections", "edit", "studio 2", "--secret-file", "-"))
        self.assertStatus(self.packmule("ls", "s3://bucket/", "--connection", "studio 2"), 0)
        self.assertStatus(self.packmule("config", "connections", "import", self.settingsFile()), 252)

    def test_the_test_is_that_of_doctor(self):
        self.assertDone(self.add())
        run = self.packmule("config", "connections", "test", "studio")
        self.assertStatus(run, 0)
        self.assertEqual(self.server.objects(), [])
        self.assertNoUploads(self.server)


class Keyrings(ConfigTest):
    """In a D-Bus session of its own, each with another Secret Service."""

    def setUp(self):
        super().setUp()
        self.runtime = os.path.join(self.folder, "run")
        os.makedirs(self.runtime, mode=0o700)
        bus = subprocess.Popen(["dbus-daemon", "--session", "--nofork", "--print-address", f"--address=unix:dir={self.runtime}"],
                               stdout=subprocess.PIPE, env=self.environment(XDG_DATA_DIRS=self.folder))
        self.addCleanup(self.end, bus)
        self.session = {"DBUS_SESSION_BUS_ADDRESS": bus.stdout.readline().decode().strip(), "XDG_RUNTIME_DIR": self.runtime}

    def end(self, process):
        process.kill()
        process.wait()
        process.stdout.close()

    def startKeyring(self, password):
        # With --unlock the password comes from standard input, and a login keyring is made with it.
        keyring = subprocess.Popen(["gnome-keyring-daemon", "--foreground", "--components=secrets", *(["--unlock"] if password else [])],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=self.environment())
        self.addCleanup(self.end, keyring)
        if password:
            keyring.stdin.write(password)
        keyring.stdin.close()
        self.waitForSecrets()
        return keyring

    def waitForSecrets(self):
        def isThere():
            names = subprocess.run(["dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.DBus", "/", "org.freedesktop.DBus.NameHasOwner",
                                    "string:org.freedesktop.secrets"], capture_output=True, env=self.environment(), check=False)
            return b"true" in names.stdout
        waitUntil(isThere, 60, "the Secret Service")

    def test_the_secret_is_in_the_keyring_and_nowhere_else(self):
        self.startKeyring(b"password")
        added = self.add()
        self.assertDone(added)
        self.assertEqual(added.stderr, b"")
        self.assertFalse(os.path.exists(os.path.join(self.home, "secrets.json")))
        path = makeFile(os.path.join(self.folder, "a.bin"), 7 * MIB)
        self.assertStatus(self.put(path, "s3://bucket/a.bin", "--connection", "studio"), 0)
        self.assertObjectIs(self.server, "a.bin", path)
        self.assertStatus(self.packmule("config", "connections", "rm", "studio"), 0)
        left = subprocess.run(["secret-tool", "search", "--all", "server", "packmule"], capture_output=True, env=self.environment(), check=False)
        self.assertNotIn(SECRET.encode(), left.stdout)

    def test_a_locked_keyring_is_said_soon(self):
        keyring = self.startKeyring(b"password")
        self.assertDone(self.add())
        self.end(keyring)
        self.startKeyring(None)  # the same files, and nobody who knows the password
        run = self.packmule("ls", "s3://bucket/", "--connection", "studio")
        self.assertStatus(run, 253)
        self.assertIn(b"stays locked", run.err)

    def test_a_session_without_a_keyring(self):
        added = self.add()
        self.assertDone(added)
        self.assertIn(b"No keyring can keep secrets in this session", added.stderr)

    def test_a_keyring_that_never_answers_does_not_hang(self):
        silent = subprocess.Popen([sys.executable, "-c", SILENT_SERVICE], stdout=subprocess.PIPE, env=self.environment())
        self.addCleanup(self.end, silent)
        self.assertEqual(silent.stdout.readline(), b"ready\n")
        added = self.add()
        self.assertEqual(added.returncode, 253)
        self.assertIn(b"did not answer within 10 s", added.stderr)
        self.assertFalse(os.path.exists(os.path.join(self.home, "secrets.json")))  # a person has not agreed


if __name__ == "__main__":
    unittest.main()
