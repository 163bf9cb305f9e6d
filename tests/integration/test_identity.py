#!/usr/bin/env python3
"""Who we are, against a real service (moto): roles over STS, credential programs, session tokens, and what doctor says.

moto accepts any signature, so a recording forwarder before it shows which credentials a request was signed with.
"""
import http.client
import http.server
import os
import re
import signal
import stat
import threading
import time
import unittest

from harness import MIB, MotoServer, PackmuleTest, makeFile, waitUntil

PART = ("--part-size", "5MiB")
SECRETS = (b"source-secret-Zq1", b"program-secret-Zq2", b"session-secret-Zq3", b"session-token-Zq4", b"said-secret-Zq5")


class Recorder:
    """Forwards to moto and remembers the head of every request, and what STS handed out."""

    def __init__(self, port):
        self.requests, self.handedOut = [], []
        recorder = self

        class Forward(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def forward(self):
                if self.headers.get("Expect", "").lower() == "100-continue":
                    self.send_response_only(100)
                    self.end_headers()
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
                line.request(self.command, self.path, body, {k: v for k, v in self.headers.items() if k.lower() != "expect"})
                answer = line.getresponse()
                content = answer.read()
                recorder.requests.append((self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                recorder.handedOut += re.findall(rb"<AccessKeyId>([^<]+)</AccessKeyId>", content)
                self.send_response_only(answer.status, answer.reason)
                for name, value in answer.getheaders():
                    if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                        self.send_header(name, value)
                if self.command == "HEAD":
                    self.send_header("Content-Length", answer.getheader("Content-Length", "0"))
                elif answer.status != 204:
                    self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(content)
                line.close()

            do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = forward

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Forward)
        self.endpoint = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    @staticmethod
    def signerOf(headers):
        return re.search(r"Credential=([^/]+)/", headers.get("authorization", ""))[1]

    def stsRequests(self):
        return [r for r in self.requests if b"Action=AssumeRole" in r[3]]

    def s3Requests(self):
        return [r for r in self.requests if b"Action=AssumeRole" not in r[3]]


class IdentityTest(PackmuleTest):
    @classmethod
    def setUpClass(cls):
        cls.moto = MotoServer()
        cls.addClassCleanup(cls.moto.stop)

    def setUp(self):
        super().setUp()
        self.recorder = Recorder(self.moto.port)
        self.addCleanup(self.recorder.stop)
        self.endpoint = self.recorder.endpoint
        os.makedirs(os.path.join(self.folder, ".aws"))
        self.path = makeFile(os.path.join(self.folder, "film.bin"), 17 * MIB)
        self.assertStatus(self.packmule("mb", "s3://bucket", environment=super().environment()), 0)
        self.recorder.requests.clear()

    def environment(self, **extra):
        """Nothing but the AWS files says who we are."""
        environment = super().environment(**extra)
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            environment.pop(name)
        return environment

    def writeConfig(self, text):
        path = os.path.join(self.folder, ".aws", "config")
        with open(path, "w") as file:
            file.write(text)
        os.chmod(path, 0o600)

    def writeProgram(self, text):
        path = os.path.join(self.folder, "credentials-program")
        with open(path, "w") as file:
            file.write("#!/bin/sh\n" + text)
        os.chmod(path, stat.S_IRWXU)
        self.writeConfig(f"[profile program]\ncredential_process = {path} --key said-secret-Zq5\n")
        return path

    def assertNoSecretOfFiles(self, *runs):
        for run in runs:
            for secret in SECRETS:
                self.assertNotIn(secret, run.out + run.err)
        for folder, _, names in os.walk(self.home):
            for name in names:
                path = os.path.join(folder, name)
                if os.path.isfile(path):
                    with open(path, "rb") as file:
                        content = file.read()
                    for secret in SECRETS:
                        self.assertNotIn(secret, content, path)


class Roles(IdentityTest):
    CONFIG = ("[profile base]\naws_access_key_id = AKIASOURCE\naws_secret_access_key = source-secret-Zq1\n"
              "[profile worker]\nrole_arn = arn:aws:iam::123456789012:role/uploader\nsource_profile = base\n"
              "role_session_name = night\nexternal_id = a&b\n")

    def test_a_role_is_assumed_once_and_signs_the_upload(self):
        self.writeConfig(self.CONFIG)
        run = self.put("--profile", "worker", self.path, "s3://bucket/film.bin", *PART)
        self.assertStatus(run, 0)
        asked = self.recorder.stsRequests()
        self.assertEqual(len(asked), 1)
        self.assertEqual(self.recorder.signerOf(asked[0][2]), "AKIASOURCE")
        self.assertIn(b"RoleSessionName=night", asked[0][3])
        self.assertIn(b"ExternalId=a%26b", asked[0][3])
        given = self.recorder.handedOut[0].decode()
        self.assertGreaterEqual(len(self.recorder.s3Requests()), 7)
        for method, path, headers, _ in self.recorder.s3Requests():
            self.assertEqual(self.recorder.signerOf(headers), given, f"{method} {path}")
            self.assertIn("x-amz-security-token", headers, f"{method} {path}")
        self.assertNoSecretOfFiles(run)

    def test_sts_may_have_an_address_of_its_own(self):
        self.writeConfig(self.CONFIG)
        run = self.packmule("ls", "s3://bucket", "--profile", "worker",
                            environment=self.environment(AWS_ENDPOINT_URL_STS=self.moto.endpoint))
        self.assertStatus(run, 0)
        self.assertEqual(self.recorder.stsRequests(), [])
        self.assertTrue(self.recorder.signerOf(self.recorder.s3Requests()[0][2]).startswith("ASIA"))

    def test_an_sts_that_is_not_there_is_named(self):
        self.writeConfig(self.CONFIG)
        run = self.packmule("ls", "s3://bucket", "--profile", "worker",
                            environment=self.environment(AWS_ENDPOINT_URL_STS="http://127.0.0.1:9"))
        self.assertNotEqual(run.status, 0)
        self.assertIn(b"127.0.0.1:9", run.err)
        self.assertIn(b"STS", run.err)

    def test_a_circle_of_profiles_is_refused(self):
        self.writeConfig("[profile a]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = b\n"
                         "[profile b]\nrole_arn = arn:aws:iam::1:role/y\nsource_profile = a\n")
        run = self.packmule("ls", "s3://bucket", "--profile", "a")
        self.assertStatus(run, 253)
        self.assertIn(b"circle", run.err)


class Programs(IdentityTest):
    GOOD = ('cat <<END\n{"Version": 1, "AccessKeyId": "AKIAPROGRAM", "SecretAccessKey": "program-secret-Zq2",\n'
            '"SessionToken": "session-token-Zq4", "Expiration": "%s"}\nEND\necho asked >> "$0.log"\n')

    def test_a_program_hands_out_credentials_once(self):
        program = self.writeProgram(self.GOOD % time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600)))
        run = self.put("--profile", "program", self.path, "s3://bucket/film.bin", *PART)
        self.assertStatus(run, 0)
        with open(program + ".log") as log:
            self.assertEqual(log.read(), "asked\n")
        for method, path, headers, _ in self.recorder.s3Requests():
            self.assertEqual(self.recorder.signerOf(headers), "AKIAPROGRAM", f"{method} {path}")
        self.assertNoSecretOfFiles(run)

    def refusal(self, program, *words, status=253):
        self.writeProgram(program)
        run = self.put("--profile", "program", self.path, "s3://bucket/film.bin")
        self.assertStatus(run, status)
        for word in words:
            self.assertIn(word, run.err)
        self.assertEqual(self.recorder.s3Requests(), [])
        self.assertNoSecretOfFiles(run)
        return run

    def test_one_that_fails_is_named_with_its_complaint(self):
        self.refusal("echo no such vault >&2\nexit 3\n", b"credentials-program", b"status 3", b"no such vault")

    def test_one_that_prints_junk_is_told_from_one_that_is_missing(self):
        self.refusal("echo program-secret-Zq2\n", b"not a JSON object")
        self.writeConfig("[profile program]\ncredential_process = /nowhere/program x\n")
        run = self.packmule("ls", "s3://bucket", "--profile", "program")
        self.assertStatus(run, 253)
        self.assertIn(b"/nowhere/program", run.err)

    def test_one_with_expired_credentials_is_told_so(self):
        self.writeProgram(self.GOOD % "2020-01-01T00:00:00Z")
        run = self.packmule("ls", "s3://bucket", "--profile", "program")
        self.assertStatus(run, 253)
        self.assertIn(b"expired", run.err)
        self.assertEqual(self.recorder.s3Requests(), [])
        self.assertNoSecretOfFiles(run)

    def test_ctrl_c_ends_one_that_hangs(self):
        program = self.writeProgram('echo $$ > "$0.pid"\nexec sleep 600\n')
        process = self.start("ls", "s3://bucket", "--profile", "program")
        waitUntil(lambda: os.path.exists(program + ".pid") and os.path.getsize(program + ".pid"), 20, "the program")
        with open(program + ".pid") as file:
            pid = int(file.read())
        process.send_signal(signal.SIGINT)
        self.assertStatus(self.finish(process, 20), 130)

        def isGone():
            try:
                with open(f"/proc/{pid}/stat") as file:
                    return file.read().rsplit(")", 1)[1].split()[0] == "Z"
            except FileNotFoundError:
                return True
        waitUntil(isGone, 20, "the program's end")


class SessionTokens(IdentityTest):
    def test_a_session_token_of_the_files_goes_along(self):
        self.writeConfig("[profile session]\naws_access_key_id = ASIASESSION\naws_secret_access_key = session-secret-Zq3\n"
                         "aws_session_token = session-token-Zq4\n")
        run = self.put("--profile", "session", self.path, "s3://bucket/film.bin", *PART)
        self.assertStatus(run, 0)
        for method, path, headers, _ in self.recorder.s3Requests():
            self.assertEqual(headers.get("x-amz-security-token"), "session-token-Zq4", f"{method} {path}")
        self.assertNoSecretOfFiles(run)


class Doctor(PackmuleTest):
    """Its report is true, its exit status is that of cli.md, and it leaves nothing behind."""

    def startMoto(self):
        moto = MotoServer()
        self.addCleanup(moto.stop)
        self.endpoint = moto.endpoint
        self.assertStatus(self.packmule("mb", "s3://bucket"), 0)

    def startLocalStore(self):
        self.startFaultServer()

    def checks(self, run):
        return {event["name"]: event["result"] for event in run.events if event["event"] == "check"}

    def assertLeavesNothing(self):
        self.assertEqual(self.packmule("ls", "s3://bucket/").out, b"")
        self.assertEqual(self.packmule("uploads", "ls", "s3://bucket").out, b"")

    def assertAllWell(self):
        run = self.packmule("doctor", "--json", "s3://bucket/some/prefix/")
        self.assertStatus(run, 0)
        checks = self.checks(run)
        for name in ("endpoint", "credentials", "bucket", "clock", "list", "write", "read", "multipart", "resume", "abort", "delete"):
            self.assertEqual(checks.get(name), "ok", f"{name}: {run.out.decode()}")
        self.assertLeavesNothing()
        self.assertNoSecret(run)

    def test_moto_is_well(self):
        self.startMoto()
        self.assertAllWell()

    def test_the_local_store_is_well(self):
        self.startLocalStore()
        self.assertAllWell()

    def test_without_a_bucket_the_service_is_looked_at(self):
        self.startMoto()
        run = self.packmule("doctor")
        self.assertStatus(run, 0)
        self.assertIn(b"1 bucket", run.out)

    def test_what_is_wrong_has_the_status_of_its_kind(self):
        self.startLocalStore()
        self.assertStatus(self.packmule("doctor", "s3://no-such-bucket"), 254)
        self.assertStatus(self.packmule("doctor", "s3://bucket", environment=self.environment(AWS_SECRET_ACCESS_KEY="wrong")), 254)
        self.assertStatus(self.packmule("doctor", "s3://bucket", "--endpoint-url", "http://127.0.0.1:9"), 255)
        self.assertStatus(self.packmule("doctor", "not-an-address"), 252)


if __name__ == "__main__":
    unittest.main(verbosity=2)
