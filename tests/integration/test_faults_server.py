#!/usr/bin/env python3
"""Faults of the server that need little waiting: rows 2, 3, 4, 11, 12, 13, 15 to 18, 20, 22 of the fault catalogue.

Each case scripts the fault server, uploads one file with the built program, and asks for the invariants.
"""
import json
import os
import sqlite3
import subprocess
import unittest

from harness import MIB, PackmuleTest, makeCertificate, makeFile

PART = ("--part-size", "5MiB")
SIZE = 17 * MIB  # four parts, the last of 2 MiB


class ServerFaults(PackmuleTest):
    def upload(self, rules, size=SIZE, options=(), status=0, key="film.bin"):
        """Uploads under `rules`; returns (server, run). With status 0 every invariant must hold."""
        server = self.startFaultServer()
        self.makeBucket()
        server.setScript(rules)
        path = makeFile(os.path.join(self.folder, "film.bin"), size)
        run = self.put(path, f"s3://bucket/{key}", *PART, *options)
        self.assertStatus(run, status)
        if status == 0:
            self.assertInvariants(server, key, path, run)
        else:
            self.assertJournalIsSound()
            self.assertNoSecret(run)
            self.assertIsNone(run.event("completed"), "success was reported")
        self.path = path
        return server, run

    def rule(self, operation, act, **more):
        return {"operation": operation, "act": act, "occurrence": 1, "times": 1, **more}

    # Row 2: a reset in the middle of a part.

    def resetAt(self, offset):
        server, _ = self.upload([self.rule("UploadPart", "ResetAt", part=2, offset=offset)])
        self.assertLessEqual(server.counters()["bodyBytes"], SIZE + 5 * MIB + 64 * 1024)

    def test_row02_reset_before_the_first_byte_of_a_part(self):
        self.resetAt(0)

    def test_row02_reset_after_one_byte(self):
        self.resetAt(1)

    def test_row02_reset_after_16_KiB(self):
        self.resetAt(16384)

    def test_row02_reset_before_the_last_byte(self):
        self.resetAt(5 * MIB - 1)

    # Row 3: the request was read, no answer came.

    def test_row03_create_without_an_answer_leaves_no_orphan(self):
        self.upload([self.rule("CreateMultipartUpload", "CloseAfterDoing")])

    def test_row03_create_that_never_happened(self):
        self.upload([self.rule("CreateMultipartUpload", "CloseAfterRequest")])

    def test_row03_part_stored_but_not_answered(self):
        self.upload([self.rule("UploadPart", "CloseAfterDoing", part=3)])

    def test_row03_complete_done_but_not_answered(self):
        self.upload([self.rule("CompleteMultipartUpload", "CloseAfterDoing")])

    def test_row03_complete_that_never_happened(self):
        self.upload([self.rule("CompleteMultipartUpload", "CloseAfterRequest")])

    def test_row03_small_file_stored_but_not_answered(self):
        self.upload([self.rule("PutObject", "CloseAfterDoing")], size=4096)

    # Row 4: an early answer while the body is still going out.

    def test_row04_early_503_on_a_part_is_only_a_delay(self):
        self.upload([self.rule("UploadPart", "AnswerEarly", part=1, status=503, code="SlowDown")])

    def test_row04_early_403_on_every_part_tells_the_real_reason(self):
        # The network error hides the answer; the bodyless probe must bring it to light.
        rules = [self.rule(op, "AnswerEarly", times=100000, status=403, code="AccessDenied")
                 for op in ("UploadPart", "ListParts")]
        _, run = self.upload(rules, status=254)
        failed = run.event("failed")
        self.assertEqual(failed["kind"], "accessDenied")
        self.assertEqual(failed.get("s3Code"), "AccessDenied")
        self.assertIn("film.bin", failed["error"] + failed["advice"] + run.err.decode())

    def test_row04_the_direct_transport_sees_the_early_403_itself(self):
        # ListParts is allowed, so nobody but the answer to the part can tell.
        _, run = self.upload([self.rule("UploadPart", "AnswerEarly", times=100000, status=403, code="AccessDenied")],
                             options=("--transport", "direct"), status=254)
        self.assertEqual(run.event("failed")["kind"], "accessDenied")

    def test_row03_the_direct_transport_sends_no_create_twice_by_itself(self):
        server, run = self.upload([self.rule("CreateMultipartUpload", "CloseAfterDoing")], options=("--transport", "direct"))
        retries = len([e for e in run.events if e["event"] == "retry"])
        self.assertEqual(server.counters()["requests"]["CreateMultipartUpload"], 1 + retries)

    # Row 11: answers cut short.

    def truncated(self, operation, offset, **more):
        self.upload([self.rule(operation, "TruncateAnswerAt", offset=offset, **more)])

    def test_row11_status_line_cut(self):
        self.truncated("UploadPart", 9, part=1)

    def test_row11_headers_cut(self):
        self.truncated("UploadPart", 40, part=1)

    def test_row11_create_xml_cut(self):
        self.truncated("CreateMultipartUpload", 260)

    def test_row11_complete_xml_cut(self):
        self.truncated("CompleteMultipartUpload", 260)

    # Row 12: 200 is not success.

    def test_row12_complete_answers_200_with_an_error_inside(self):
        body = "<?xml version=\"1.0\"?><Error><Code>InternalError</Code><Message>m</Message></Error>"
        self.upload([self.rule("CompleteMultipartUpload", "AnswerInstead", status=200, body=body)])

    def test_row12_complete_answers_200_and_nothing(self):
        self.upload([self.rule("CompleteMultipartUpload", "AnswerInstead", status=200, body=" ")])

    def test_row12_white_space_then_the_result(self):
        self.upload([self.rule("CompleteMultipartUpload", "WhitespaceThen", delayMs=3000)])

    def test_row12_white_space_then_an_error(self):
        body = "<Error><Code>SlowDownWrite</Code></Error>"
        self.upload([self.rule("CompleteMultipartUpload", "WhitespaceThen", delayMs=2000, body=body)])

    # Row 13: odd framing.

    def rawPart(self, raw, status=0):
        return self.upload([self.rule("UploadPart", "RawAnswerAfter", part=2, body=raw)], status=status)

    def test_row13_http10_answer_delimited_by_close(self):
        self.rawPart("HTTP/1.0 200 OK\r\nETag: \"x\"\r\n\r\n")

    def test_row13_no_etag_is_no_success(self):
        self.rawPart("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    def test_row13_content_length_too_long(self):
        self.rawPart("HTTP/1.1 200 OK\r\nETag: \"x\"\r\nContent-Length: 10\r\nConnection: close\r\n\r\nabc")

    def test_row13_a_storm_of_interim_answers(self):
        self.rawPart("HTTP/1.1 102 Processing\r\n\r\n" * 20 + "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n")

    def test_row13_204_instead_of_200_on_complete(self):
        self.upload([self.rule("CompleteMultipartUpload", "RawAnswerAfter",
                               body="HTTP/1.1 204 No Content\r\n\r\n")])

    # Row 15: server faults.

    def test_row15_500_on_every_other_part(self):
        self.upload([self.rule("UploadPart", "AnswerInstead", part=n, status=500, code="InternalError") for n in (1, 3)])

    def test_row15_500_four_times_on_complete(self):
        self.upload([self.rule("CompleteMultipartUpload", "AnswerInstead", times=4, status=500, code="InternalError")])

    def test_row15_complete_succeeded_but_said_500(self):
        self.upload([self.rule("CompleteMultipartUpload", "AnswerAfter", status=500, code="InternalError")])

    def test_row15_retries_are_counted(self):
        _, run = self.upload([self.rule("UploadPart", "AnswerInstead", part=1, times=3, status=500, code="InternalError")],
                             options=("--retries", "2"), status=254)
        self.assertEqual(len([e for e in run.events if e["event"] == "retry" and e.get("partNumber") == 1]), 2)

    def test_the_queue_shows_how_far_an_interrupted_upload_has_come(self):
        self.upload([self.rule("UploadPart", "AnswerInstead", part=3, times=0, status=403, code="AccessDenied")],
                    options=("--concurrency", "1"), status=254)
        with sqlite3.connect(os.path.join(self.home, "journal.db")) as journal:
            confirmed = journal.execute("SELECT sum(size) FROM part").fetchone()[0]
        journal.close()
        self.assertGreaterEqual(confirmed, 5 * MIB)
        self.assertEqual(self.packmule("queue", "ls", "--json").events[0]["confirmed"], confirmed)
        self.assertIn(f" {confirmed * 100 // SIZE} %".encode(), self.packmule("queue", "ls").out)

    # Row 16: the upload is gone, or so the server says: the upload it still has cannot be our concern.

    def goneAt(self, part, code):
        body = f"<Error><Code>{code}</Code></Error>"
        rules = [self.rule("UploadPart", "AnswerInstead", part=part, status=404, body=body),
                 self.rule("ListParts", "AnswerInstead", status=404, body=body)]
        server = self.startFaultServer()
        self.makeBucket()
        server.setScript(rules)
        path = makeFile(os.path.join(self.folder, "film.bin"), SIZE)
        run = self.put(path, "s3://bucket/film.bin", *PART)
        self.assertStatus(run, 0)
        self.assertObjectIs(server, "film.bin", path)
        self.assertEqual(server.counters()["requests"]["CreateMultipartUpload"], 2)
        self.assertIn(b"gone", run.err)

    def test_row16_no_such_upload_begins_anew_and_says_so(self):
        self.goneAt(3, "NoSuchUpload")

    def test_row16_no_such_key_is_the_same(self):
        self.goneAt(2, "NoSuchKey")

    # Row 22: the answer to one part is lost five times.

    def test_row22_an_answer_lost_five_times_costs_five_parts_at_most(self):
        server, _ = self.upload([self.rule("UploadPart", "CloseAfterDoing", part=2, times=5)])
        self.assertLessEqual(server.counters()["bodyBytes"], SIZE + 5 * 5 * MIB + 64 * 1024)


class ListPartsLies(PackmuleTest):
    """Row 17: what ListParts says on resume is wrong, endless or strange."""

    def resumedUnder(self, listRules, status=0):
        server = self.startFaultServer()
        self.makeBucket()
        path = makeFile(os.path.join(self.folder, "film.bin"), SIZE)
        crashed = self.put(path, "s3://bucket/film.bin", *PART, environment=self.environment(PACKMULE_CRASH_AT="K8"))
        self.assertEqual(crashed.status, -9)
        uploadId = server.uploads()[0]["uploadId"]
        server.setScript([{"operation": "ListParts", "occurrence": 1, "times": rule.pop("times", 1),
                           "act": "AnswerInstead", "status": 200,
                           "body": rule["body"].replace("UPLOAD", uploadId)} for rule in listRules])
        run = self.put(path, "s3://bucket/film.bin", *PART, timeout=90)
        self.assertStatus(run, status)
        if status == 0:
            self.assertInvariants(server, "film.bin", path, run)
        return server

    def page(self, parts, truncated=False, marker=None):
        rows = "".join(f"<Part><PartNumber>{n}</PartNumber><ETag>\"{e}\"</ETag><Size>{s}</Size></Part>" for n, e, s in parts)
        next_ = f"<NextPartNumberMarker>{marker}</NextPartNumberMarker>" if marker is not None else ""
        return (f"<ListPartsResult><UploadId>UPLOAD</UploadId>{next_}<IsTruncated>{str(truncated).lower()}</IsTruncated>"
                f"{rows}</ListPartsResult>")

    def test_row17_no_part_is_listed(self):
        self.resumedUnder([{"body": self.page([])}])

    def test_row17_an_extra_part_beyond_the_plan(self):
        self.resumedUnder([{"body": self.page([(9999, "00", 5 * MIB)])}])

    def test_row17_wrong_sizes(self):
        self.resumedUnder([{"body": self.page([(1, "00", 7), (2, "00", 6 * MIB)])}])

    def test_row17_wrong_etags(self):
        self.resumedUnder([{"body": self.page([(1, "00", 5 * MIB), (2, "11", 5 * MIB)])}])

    def test_row17_a_marker_that_loops_does_not_loop_us(self):
        self.resumedUnder([{"body": self.page([(1, "00", 5 * MIB)], True, 1), "times": 3}])

    def test_row17_truncated_without_a_marker(self):
        self.resumedUnder([{"body": self.page([(1, "00", 5 * MIB)], True)}])


class Redirects(PackmuleTest):
    """Row 18: regions and redirects, and never a credential to a foreign host."""

    def uploadUnder(self, rule, status, key="film.bin"):
        server = self.startFaultServer()
        self.makeBucket()
        server.setScript([rule])
        path = makeFile(os.path.join(self.folder, "film.bin"), 4096)
        run = self.put(path, f"s3://bucket/{key}")
        self.assertStatus(run, status)
        return server, path, run

    def test_row18_malformed_authorization_names_the_region_and_is_repaired_once(self):
        # The store checks the region of the signature, so only the right one gets through.
        server = self.startFaultServer(options=("--region", "eu-north-1"))
        environment = self.environment(AWS_REGION="us-east-1")
        path = makeFile(os.path.join(self.folder, "film.bin"), 4096)
        run = self.put(path, "s3://bucket/film.bin", environment=environment)
        self.assertStatus(run, 0)
        self.assertObjectIs(server, "film.bin", path)

    def test_row18_a_redirect_to_a_foreign_host_gets_no_credentials(self):
        foreign = self.startFaultServer(name="foreign")
        foreignPort = foreign.port
        rule = {"operation": "PutObject", "act": "AnswerInstead", "times": 1000, "status": 307,
                "headers": {"Location": f"http://localhost:{foreignPort}/bucket/film.bin"},
                "body": f"<Error><Code>TemporaryRedirect</Code><Endpoint>localhost:{foreignPort}</Endpoint></Error>"}
        _, _, run = self.uploadUnder(rule, 254)
        self.assertEqual(sum(foreign.counters()["requests"].values()), 0)
        self.assertEqual(run.event("failed")["kind"], "wrongRegion")

    def test_row18_a_redirect_loop_ends(self):
        rule = {"operation": "PutObject", "act": "AnswerInstead", "times": 1000, "status": 301,
                "headers": {"x-amz-bucket-region": "eu-west-1"},
                "body": "<Error><Code>PermanentRedirect</Code></Error>"}
        server, _, _ = self.uploadUnder(rule, 254)
        self.assertLessEqual(server.counters()["requests"]["PutObject"], 3)


class ExpiredCredentials(PackmuleTest):
    """Row 20: the session token ends in the middle of an upload."""
    REFUSAL = {"operation": "UploadPart", "act": "AnswerInstead", "occurrence": 1, "status": 400,
               "body": "<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>"}

    def begin(self, refusals, part=0):
        self.server = self.startFaultServer()
        self.makeBucket()
        self.server.setScript([{**self.REFUSAL, "times": refusals, "part": part}])
        self.path = makeFile(os.path.join(self.folder, "film.bin"), SIZE)
        self.awsConfig = os.path.join(self.folder, "aws-config")
        self.awsCredentials = os.path.join(self.folder, "aws-credentials")

    def environment(self, **extra):
        """Keys from the files only."""
        environment = super().environment(**extra)
        if hasattr(self, "awsConfig"):
            del environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"]
            environment.update(AWS_CONFIG_FILE=self.awsConfig, AWS_SHARED_CREDENTIALS_FILE=self.awsCredentials)
        return environment

    def writeCredentials(self, token):
        with open(self.awsCredentials, "w") as file:
            file.write(f"[default]\naws_access_key_id = {self.accessKey}\naws_secret_access_key = {self.secretKey}\n"
                       f"aws_session_token = {token}\n")

    def startPut(self, *options):
        return self.start("put", "--json", self.path, "s3://bucket/film.bin", *PART, *options, bufsize=0)

    def readUntil(self, process, name):
        """The event of that name; unbuffered, so that communicate() finds the rest."""
        for line in iter(process.stdout.readline, b""):
            event = json.loads(line)
            if event["event"] == name:
                return event
        self.fail(f"no event {name}: {process.stderr.read().decode(errors='replace')}")

    def accepted(self):
        requests = self.server.counters()["requests"]["UploadPart"]
        return requests - self.server.counters()["struckFaults"]

    def test_row20_a_program_that_hands_out_new_credentials_mends_it_unseen(self):
        self.begin(refusals=1, part=3)
        count = os.path.join(self.folder, "count")
        program = os.path.join(self.folder, "new-token")
        with open(program, "w") as file:
            file.write("#!/bin/sh\necho x >> '%s'\nprintf '{\"Version\":1,\"AccessKeyId\":\"%s\",\"SecretAccessKey\":\"%s\","
                       "\"SessionToken\":\"token-%%s\"}' \"$(grep -c x '%s')\"\n" % (count, self.accessKey, self.secretKey, count))
        os.chmod(program, 0o755)
        with open(self.awsConfig, "w") as file:
            file.write(f"[default]\ncredential_process = {program}\n")
        run = self.put(self.path, "s3://bucket/film.bin", *PART)
        self.assertStatus(run, 0)
        self.assertIsNone(run.event("waiting"))
        self.assertEqual(self.accepted(), 4, "a part was accepted twice")
        self.assertInvariants(self.server, "film.bin", self.path, run)

    def test_row20_parked_until_the_credentials_file_is_rewritten(self):
        self.begin(refusals=0)
        self.writeCredentials("old")
        process = self.startPut()
        waiting = self.readUntil(process, "waiting")
        self.assertEqual(waiting["reason"], "credentials")
        self.assertIn("until", waiting)
        self.server.setScript([])  # whoever comes with new ones is served
        sent = self.server.counters()["requests"]["UploadPart"]
        self.writeCredentials("new")
        run = self.finish(process, 60)
        self.assertStatus(run, 0)
        self.assertEqual(self.server.counters()["requests"]["UploadPart"] - sent, 4)
        self.assertIn(b"waiting for new credentials (the credentials have expired", run.err)
        self.assertInvariants(self.server, "film.bin", self.path, run)

    def test_row20_never_mended_it_ends_with_253_and_carries_on_later(self):
        self.begin(refusals=0)
        self.writeCredentials("old")
        run = self.finish(self.startPut("--max-wait", "6s"), 60)
        self.assertStatus(run, 253)
        failed = run.event("failed")
        self.assertEqual(failed["kind"], "credentialsExpired")
        self.assertIn(b"film.bin", run.err)
        self.assertIn(b"the credentials have expired", run.err)
        self.assertIn(b"carries on where it stopped", run.err)
        # Asked again at 5 s, the source had nothing newer: no body was sent for that.
        self.assertLessEqual(self.server.counters()["requests"]["UploadPart"], 8)
        self.assertEqual(len(self.server.uploads()), 1)
        self.server.setScript([])
        self.writeCredentials("new")
        again = self.put(self.path, "s3://bucket/film.bin", *PART)
        self.assertStatus(again, 0)
        self.assertTrue(again.event("started")["resumed"])
        self.assertInvariants(self.server, "film.bin", self.path, run, again)


class OtherPeoplesClients(PackmuleTest):
    def test_a_refused_client_that_hangs_up_over_tls_does_not_take_the_store_with_it(self):
        # aws-cli sends aws-chunked bodies unless told otherwise; four connections of it are refused while they send.
        server = self.startFaultServer(tls=makeCertificate(self.folder))
        path = makeFile(os.path.join(self.folder, "film.bin"), 40 * MIB)
        refused = subprocess.run(["aws", "s3", "cp", path, "s3://bucket/film.bin"], env=self.environment(), capture_output=True)
        self.assertEqual(refused.returncode, 1)
        self.assertIn(b"NotImplemented", refused.stderr)
        plain = subprocess.run(["aws", "s3", "cp", path, "s3://bucket/film.bin"], capture_output=True,
                               env=self.environment(AWS_REQUEST_CHECKSUM_CALCULATION="when_required"))
        self.assertEqual(plain.returncode, 0, plain.stderr)
        self.assertObjectIs(server, "film.bin", path)


if __name__ == "__main__":
    unittest.main(verbosity=2)
