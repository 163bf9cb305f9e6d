#!/usr/bin/env python3
"""The same behaviours asked of one store: starts it, makes a fresh bucket, runs the program `store_behaviours`.

    test_store_behaviours.py local|ceph|moto PROGRAM [GROUP…]
"""
import json
import os
import re
import subprocess
import sys
import unittest

from harness import CephServer, MotoServer, PackmuleTest, program

STORE, PROGRAM, *GROUPS = sys.argv[1:]
BUCKET = "behaviours"


class LocalStoreServer:
    """The product's own command, on a port of the kernel's choice and with the key that it makes for itself."""

    def __init__(self, folder):
        self.process = subprocess.Popen([program("PACKMULE"), "local-store", "--json", "--root", folder,
                                         "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("packmule local-store did not start")
        listening = json.loads(line)
        self.endpoint = listening["endpointUrl"]
        with open(listening["credentialsFile"]) as file:
            keys = dict(re.findall(r"^(aws_\w+) = (\S+)$", file.read(), re.MULTILINE))
        self.accessKey, self.secretKey = keys["aws_access_key_id"], keys["aws_secret_access_key"]

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()


class StoreBehaviours(PackmuleTest):
    def startStore(self):
        if STORE == "local":
            return LocalStoreServer(os.path.join(self.folder, "store"))
        return CephServer(self.folder) if STORE == "ceph" else MotoServer()

    def test_the_store_behaves_as_the_rules_or_its_rows_say(self):
        store = self.startStore()
        self.addCleanup(store.stop)
        self.endpoint, self.accessKey, self.secretKey = store.endpoint, store.accessKey, store.secretKey
        self.makeBucket(BUCKET)
        environment = self.environment(STORE_NAME=STORE, STORE_BUCKET=BUCKET, STORE_SURVEY=os.environ.get("STORE_SURVEY"),
                                       QT_LOGGING_RULES="packmule.*=false")
        self.assertEqual(subprocess.run([PROGRAM, *GROUPS], env=environment).returncode, 0)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "-v"])
