#!/usr/bin/env python3
"""Row 36: the only way to the store is a proxy that works, refuses, closes, says nothing, or dies and comes back."""
import json
import os
import signal
import unittest

from harness import MIB, PackmuleTest, makeCertificate, makeFile, waitUntil
from proxies import ConnectProxy, SocksProxy

NAME = "store.packmule.test"  # only a proxy knows it
PART = ("--part-size", "5MiB")
SIZE = 17 * MIB


class ProxyFaults(PackmuleTest):
    def begin(self, proxy, size=SIZE, options=(), isEncrypted=True):
        self.proxy = proxy
        self.addCleanup(proxy.stop)
        tls = makeCertificate(self.folder, NAME) if isEncrypted else None
        server = self.startFaultServer(tls=tls, options=options)
        self.endpoint = f"{'https' if isEncrypted else 'http'}://{NAME}:{server.port}"
        self.path = makeFile(os.path.join(self.folder, "film.bin"), size)
        return server

    def startPut(self, proxy, *options):
        environment = self.environment(https_proxy=proxy, http_proxy=proxy)
        return self.start("put", "--json", "--addressing", "path", self.path, "s3://bucket/film.bin", *PART, *options,
                          environment=environment, bufsize=0)

    def put(self, proxy, *options):
        return self.finish(self.startPut(proxy, *options), 120)

    def readUntil(self, process, *names):
        """The first event of these names; unbuffered, so that communicate() finds the rest."""
        for line in iter(process.stdout.readline, b""):
            event = json.loads(line)
            if event["event"] in names:
                return event
        self.fail(f"no event {names}: {process.stderr.read().decode(errors='replace')}")

    # HTTP CONNECT

    def connectProxy(self, mood="works"):
        proxy = ConnectProxy(mood)
        return proxy, f"http://127.0.0.1:{proxy.port}"

    def test_row36_https_through_a_tunnel(self):
        proxy, address = self.connectProxy()
        server = self.begin(proxy)
        run = self.put(address)
        self.assertStatus(run, 0)
        self.assertInvariants(server, "film.bin", self.path, run)
        self.assertTrue(all(line.startswith(f"CONNECT {NAME}:{server.port} ") for line in proxy.asked), proxy.asked)
        self.assertGreater(proxy.carried, SIZE)

    def test_row36_a_tunnel_that_is_refused_names_the_proxy(self):
        proxy, address = self.connectProxy("refuses")
        self.begin(proxy)
        run = self.put(address)
        self.assertStatus(run, 253)
        self.assertEqual(run.event("failed")["kind"], "proxyRefused")
        self.assertIn(f"127.0.0.1:{proxy.port}".encode(), run.err)
        self.assertIn(b"https_proxy", run.err)

    def namedWhileItWaits(self, mood):
        """The watchdog's 10 s for a connection, then tried again or parked, as the transport can tell."""
        proxy, address = self.connectProxy(mood)
        self.begin(proxy)
        process = self.startPut(address)
        said = self.readUntil(process, "retry", "waiting")
        self.assertIn(f"127.0.0.1:{proxy.port}", said["error"])
        process.send_signal(signal.SIGINT)
        self.assertEqual(self.finish(process, 20).status, 130)
        proxy.mood = "works"
        self.assertStatus(self.put(address), 0)

    def test_row36_a_proxy_that_closes_is_named_and_waited_for(self):
        self.namedWhileItWaits("closes")

    def test_row36_a_proxy_that_says_nothing_is_left_by_the_watchdog(self):
        self.namedWhileItWaits("silent")

    # SOCKS5

    def socksProxy(self, password="carrot"):
        proxy = SocksProxy()
        return proxy, f"socks5h://mule:{password}@127.0.0.1:{proxy.port}"

    def throughSocks(self, isEncrypted):
        proxy, address = self.socksProxy()
        server = self.begin(proxy, isEncrypted=isEncrypted)
        run = self.put(address)
        self.assertStatus(run, 0)
        self.assertInvariants(server, "film.bin", self.path, run)
        self.assertEqual(set(proxy.asked), {f"{NAME}:{server.port}"}, "the name was to be looked up by the proxy")
        self.assertNotIn(b"carrot", run.out + run.err)

    def test_row36_https_through_socks_with_a_password(self):
        self.throughSocks(True)

    def test_row36_http_through_socks_with_a_password(self):
        self.throughSocks(False)

    def test_row36_a_wrong_password_of_a_socks_proxy_is_said(self):
        proxy, address = self.socksProxy("turnip")
        self.begin(proxy)
        run = self.put(address)
        self.assertStatus(run, 253)
        self.assertEqual(run.event("failed")["kind"], "proxyRefused")
        self.assertIn(f"127.0.0.1:{proxy.port}".encode(), run.err)
        self.assertNotIn(b"turnip", run.out + run.err)

    def test_row36_a_socks_proxy_that_dies_midway_is_waited_for(self):
        proxy, address = self.socksProxy()
        server = self.begin(proxy, options=("--bytes-per-second", str(8 * MIB)))
        process = self.startPut(address)
        waitUntil(lambda: proxy.carried > 6 * MIB, 30, "the first part to have gone through")
        proxy.stop()
        waiting = self.readUntil(process, "waiting")
        self.assertEqual(waiting["reason"], "network")
        self.assertIsNone(process.poll())
        proxy.comeBack()
        run = self.finish(process, 120)
        self.assertStatus(run, 0)
        self.assertInvariants(server, "film.bin", self.path, run)
        # Four parts in flight at most, once for the first way and once for those that the cut spoilt.
        self.assertLessEqual(server.counters()["bodyBytes"], SIZE + 4 * 5 * MIB + 64 * 1024)


if __name__ == "__main__":
    unittest.main(verbosity=2)
