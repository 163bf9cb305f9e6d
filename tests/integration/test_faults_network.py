#!/usr/bin/env python3
"""Faults of the network, the clock and the process that need real waiting: rows 1, 5 to 10, 14, 19, 21, 36, 38.

Label slow; each wait happens once. The limits are those of facts A11: a watchdog of 30 s plus the drain allowance.
"""
import os
import signal
import subprocess
import time
import unittest

from harness import MIB, ChaosProxy, FaultServer, PackmuleTest, freePort, makeFile, waitUntil

PART = ("--part-size", "5MiB")
SIZE = 17 * MIB


class NetworkFaults(PackmuleTest):
    def begin(self, size=SIZE, script=(), options=()):
        server = self.startFaultServer(script, options=options)
        self.makeBucket()
        self.path = makeFile(os.path.join(self.folder, "film.bin"), size)
        return server

    def throughProxy(self, server, toxics=()):
        proxy = ChaosProxy(server.port)
        self.addCleanup(proxy.stop)
        self.endpoint = proxy.endpoint
        proxy.setToxics(list(toxics))
        return proxy

    def startPut(self, *options, **more):
        return self.start("put", "--json", self.path, "s3://bucket/film.bin", *PART, *options, **more)

    def putAndCheck(self, server, *options, timeout=180):
        run = self.put(self.path, "s3://bucket/film.bin", *PART, *options, timeout=timeout)
        self.assertStatus(run, 0)
        self.assertInvariants(server, "film.bin", self.path, run)
        return run

    # Row 1

    def test_row01_a_server_that_goes_away_and_comes_back_is_waited_for(self):
        root, port = os.path.join(self.folder, "store"), freePort()
        first = FaultServer(root, options=("--port", str(port), "--bytes-per-second", str(8 * MIB)))
        self.addCleanup(first.stop)
        self.endpoint = first.endpoint
        self.makeBucket()
        self.path = makeFile(os.path.join(self.folder, "film.bin"), SIZE)
        process = self.startPut()
        waitUntil(lambda: first.counters()["requests"].get("UploadPart", 0) >= 1, 20, "the first part")
        first.stop()
        time.sleep(7)
        self.assertIsNone(process.poll(), "a lost network ended the command")
        second = FaultServer(root, options=("--port", str(port)))
        self.addCleanup(second.stop)
        run = self.finish(process, 120)
        self.assertStatus(run, 0)
        waiting = run.event("waiting")
        self.assertEqual(waiting["reason"], "network")
        self.assertInvariants(second, "film.bin", self.path, run)

    def test_row01_a_host_that_never_answered_ends_the_command_after_30_s(self):
        self.path = makeFile(os.path.join(self.folder, "film.bin"), 4096)
        self.endpoint = f"http://127.0.0.1:{freePort()}"
        run = self.put(self.path, "s3://bucket/film.bin", timeout=60)
        self.assertStatus(run, 255)
        self.assertGreater(run.seconds, 25)
        self.assertIn(b"127.0.0.1", run.err)

    def test_row01_max_wait_ends_it_with_1_and_keeps_the_upload(self):
        server = self.begin(options=("--bytes-per-second", str(8 * MIB)))
        process = self.startPut("--max-wait", "3s")
        waitUntil(lambda: server.counters()["requests"].get("UploadPart", 0) >= 1, 20, "the first part")
        server.stop()
        run = self.finish(process, 60)
        self.assertStatus(run, 1)

    # Rows 5 to 7

    def test_row05_a_server_that_stops_reading_is_left_by_the_watchdog(self):
        server = self.begin(script=[{"operation": "UploadPart", "part": 2, "occurrence": 1, "times": 1,
                                     "act": "StopReadingAt", "offset": MIB, "delayMs": 300000}])
        self.putAndCheck(server)

    def test_row06_a_black_hole_ends_in_recovery(self):
        server = self.begin(size=40 * MIB, options=("--bytes-per-second", str(8 * MIB)))
        proxy = self.throughProxy(server)
        process = self.startPut()
        waitUntil(lambda: server.counters()["requests"].get("UploadPart", 0) >= 2, 20, "two parts")
        proxy.setToxics([{"type": "timeout", "stream": "both"}])
        time.sleep(60)
        proxy.setToxics([])
        run = self.finish(process, 240)
        self.assertStatus(run, 0)
        self.assertInvariants(server, "film.bin", self.path, run)

    def stopServerFor(self, seconds):
        server = self.begin(size=40 * MIB, options=("--bytes-per-second", str(8 * MIB)))
        process = self.startPut()
        waitUntil(lambda: server.counters()["requests"].get("UploadPart", 0) >= 2, 20, "two parts")
        server.process.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        server.process.send_signal(signal.SIGCONT)
        run = self.finish(process, 240)
        self.assertStatus(run, 0)
        self.assertInvariants(server, "film.bin", self.path, run)
        return run

    def test_row07_a_server_stopped_for_5_s_costs_no_retry(self):
        run = self.stopServerFor(5)
        self.assertIsNone(run.event("retry"))

    def test_row07_a_server_stopped_for_60_s_is_survived(self):
        self.stopServerFor(60)

    # Row 8

    def test_row08_a_client_that_slept_signs_anew(self):
        server = self.begin(size=40 * MIB, options=("--bytes-per-second", str(8 * MIB)))
        process = self.startPut()
        waitUntil(lambda: server.counters()["requests"].get("UploadPart", 0) >= 2, 20, "two parts")
        process.send_signal(signal.SIGSTOP)
        time.sleep(12)
        process.send_signal(signal.SIGCONT)
        run = self.finish(process, 120)
        self.assertStatus(run, 0)
        self.assertInvariants(server, "film.bin", self.path, run)

    # Rows 9 and 10

    def test_row09_a_slow_line_with_long_latency_raises_no_false_alarm(self):
        server = self.begin(size=320 * 1024)
        self.throughProxy(server, [{"type": "latency", "stream": "both", "latencyMs": 800, "jitterMs": 400},
                                   {"type": "bandwidth", "stream": "upstream", "bytesPerSecond": 8192}])
        run = self.putAndCheck(server)
        self.assertIsNone(run.event("retry"))
        self.assertGreater(run.seconds, 30)

    def test_row10_answers_in_slices_of_one_byte_are_read(self):
        server = self.begin()
        self.throughProxy(server, [{"type": "slicer", "stream": "downstream", "size": 1}])
        self.putAndCheck(server)

    # Row 14

    def test_row14_a_storm_of_slow_down_is_met_with_fewer_requests(self):
        rules = [{"operation": "UploadPart", "act": "AnswerInstead", "occurrence": 1, "times": 12, "status": 503,
                  "code": "SlowDown"}]
        server = self.begin(script=rules)
        run = self.putAndCheck(server)
        # Four parts, twelve refusals: without back-off this would be over in milliseconds.
        self.assertGreater(run.seconds, 1.0)
        self.assertLessEqual(server.counters()["requests"]["UploadPart"], 16)

    def test_row14_retry_after_is_honoured(self):
        rules = [{"operation": "PutObject", "act": "AnswerInstead", "occurrence": 1, "times": 1, "status": 503,
                  "code": "SlowDown", "headers": {"Retry-After": "4"}}]
        server = self.begin(size=4096, script=rules)
        run = self.putAndCheck(server)
        self.assertGreater(run.seconds, 3.5)

    # Row 19

    def clockOff(self, offset):
        server = self.begin(size=4096)
        run = self.put(self.path, "s3://bucket/film.bin", prefix=("faketime", "-f", offset))
        self.assertStatus(run, 0)
        self.assertInvariants(server, "film.bin", self.path, run)
        return server.counters()["requests"]["PutObject"]

    def test_row19_a_clock_14_minutes_off_needs_no_second_request(self):
        self.assertEqual(self.clockOff("+14m"), 1)

    def test_row19_a_clock_16_minutes_behind_costs_one_free_retry(self):
        self.assertEqual(self.clockOff("-16m"), 2)

    def test_row19_a_clock_a_year_ahead_costs_one_free_retry(self):
        self.assertEqual(self.clockOff("+1y"), 2)

    def test_row19_the_clock_is_learnt_once_and_not_once_per_process(self):
        server = self.begin(size=4096)
        for number in range(3):
            run = self.put(self.path, f"s3://bucket/{number}", prefix=("faketime", "-f", "-1h"))
            self.assertStatus(run, 0)
        self.assertEqual(server.counters()["requests"]["PutObject"], 3 + 1)
        run = self.put(self.path, "s3://bucket/mended")  # what was learnt is wrong by now: one repair, and learnt anew
        self.assertStatus(run, 0)
        self.assertStatus(self.put(self.path, "s3://bucket/again"), 0)
        self.assertEqual(server.counters()["requests"]["PutObject"], 3 + 1 + 2 + 1)

    # Row 21

    def test_row21_a_flipped_bit_on_the_way_up_is_sent_again(self):
        server = self.begin()
        self.throughProxy(server, [{"type": "bit_flip", "stream": "upstream", "offset": 3 * MIB}])
        self.putAndCheck(server)

    # Row 38

    def interrupt(self, number, status=130):
        server = self.begin(size=40 * MIB, options=("--bytes-per-second", str(8 * MIB)))
        process = self.startPut()
        waitUntil(lambda: server.counters()["requests"].get("UploadPart", 0) >= 2, 20, "two parts")
        begun = time.monotonic()
        process.send_signal(number)
        run = self.finish(process, 20)
        self.assertLess(time.monotonic() - begun, 2.0)
        self.assertStatus(run, status)
        self.assertJournalIsSound()
        self.assertEqual(len(server.uploads()), 1, "the upload must stay for the next time")
        self.assertIn(b"packmule", run.err)
        again = self.putAndCheck(server)
        self.assertTrue(again.event("started")["resumed"])

    def test_row38_ctrl_c_keeps_everything(self):
        self.interrupt(signal.SIGINT)

    def test_row38_sigterm_keeps_everything(self):
        self.interrupt(signal.SIGTERM)

    def test_row38_sighup_keeps_everything(self):
        self.interrupt(signal.SIGHUP)

    def test_row38_a_second_ctrl_c_ends_at_once(self):
        server = self.begin(size=40 * MIB, options=("--bytes-per-second", str(8 * MIB)))
        process = self.startPut()
        waitUntil(lambda: server.counters()["requests"].get("UploadPart", 0) >= 2, 20, "two parts")
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGINT)
        run = self.finish(process, 5)
        self.assertEqual(run.status, 130)
        self.putAndCheck(server)


class PulledCable(PackmuleTest):
    """Row 6 with a real cable: the client in a network namespace of its own whose link goes down for a minute."""
    namespace, veth = "packmuletest", "pmtest"

    def run_(self, *arguments):
        subprocess.run(arguments, check=True, capture_output=True)

    def setUp(self):
        super().setUp()
        if os.geteuid() != 0:
            self.skipTest("network namespaces need root")
        subprocess.run(["ip", "netns", "del", self.namespace], capture_output=True)
        self.run_("ip", "netns", "add", self.namespace)
        self.addCleanup(subprocess.run, ["ip", "netns", "del", self.namespace], capture_output=True)
        self.run_("ip", "link", "add", self.veth + "0", "type", "veth", "peer", "name", self.veth + "1")
        self.run_("ip", "link", "set", self.veth + "1", "netns", self.namespace)
        self.run_("ip", "addr", "add", "10.99.7.1/24", "dev", self.veth + "0")
        self.run_("ip", "link", "set", self.veth + "0", "up")
        inside = ("ip", "netns", "exec", self.namespace, "ip")
        self.run_(*inside, "addr", "add", "10.99.7.2/24", "dev", self.veth + "1")
        self.run_(*inside, "link", "set", self.veth + "1", "up")
        self.run_(*inside, "link", "set", "lo", "up")
        self.run_(*inside, "route", "add", "default", "via", "10.99.7.1")

    def test_row06_a_cable_pulled_for_a_minute_is_waited_for(self):
        server = self.startFaultServer(options=("--bytes-per-second", str(8 * MIB)))
        proxy = ChaosProxy(server.port, ("--bind", "10.99.7.1"))
        self.addCleanup(proxy.stop)
        self.makeBucket()
        self.endpoint = f"http://10.99.7.1:{proxy.port}"
        path = makeFile(os.path.join(self.folder, "film.bin"), 60 * MIB)
        process = self.start("put", "--json", path, "s3://bucket/film.bin", *PART,
                             prefix=("ip", "netns", "exec", self.namespace))
        waitUntil(lambda: server.counters()["requests"].get("UploadPart", 0) >= 2, 20, "two parts")
        self.run_("ip", "link", "set", self.veth + "0", "down")
        time.sleep(60)
        self.assertIsNone(process.poll(), "a pulled cable ended the command")
        self.run_("ip", "link", "set", self.veth + "0", "up")
        run = self.finish(process, 240)
        self.assertStatus(run, 0)
        self.assertInvariants(server, "film.bin", path, run)


if __name__ == "__main__":
    unittest.main(verbosity=2)
