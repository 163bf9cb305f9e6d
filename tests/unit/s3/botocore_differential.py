#!/usr/bin/env python3
"""Signs random requests by Packmule and by botocore (Debian: python3-botocore) and compares the Authorization headers.

botocore_differential.py SIGN_REQUESTS [COUNT [SEED]]
Keys have every byte, queries odd names and values, headers blanks and repetitions. A failure prints the seed.
"""
import datetime
import json
import random
import subprocess
import sys
from urllib.parse import quote

try:
    import botocore.auth
    import botocore.awsrequest
    import botocore.credentials
except ImportError:
    sys.exit("botocore is missing: install the package python3-botocore")

UNRESERVED = "-_.~"
METHODS = ["GET", "PUT", "POST", "DELETE", "HEAD"]
REGIONS = ["us-east-1", "eu-central-1", "auto", "fr-par", "home"]
HEADER_NAMES = ["Content-Type", "Content-MD5", "Cache-Control", "Content-Disposition", "Range", "If-None-Match",
                "x-amz-acl", "x-amz-storage-class", "x-amz-meta-colour", "X-Amz-Meta-Packmule-Id",
                "x-amz-checksum-crc64nvme", "x-amz-tagging", "User-Agent", "Expect"]
VALUE_CHARACTERS = "".join(chr(c) for c in range(0x20, 0x7F)) + "   \t"


def random_bytes(rng, longest):
    return bytes(rng.randrange(1, 256) for _ in range(rng.randint(1, longest)))


def random_key(rng):
    kind = rng.random()
    if kind < 0.2:
        return "/".join(rng.choice(["a", "..", ".", "", "b c", "d+e", "%41", "é", "e\u0301"]) for _ in range(rng.randint(1, 6))).encode()
    if kind < 0.3:
        return bytes([rng.randrange(256)])
    return random_bytes(rng, 60)


def random_query(rng):
    items = []
    for _ in range(rng.randint(0, 5)):
        name = rng.choice([b"prefix", b"uploadId", b"partNumber", b"uploads", b"a", b"A", b"a-", b"a.b", random_bytes(rng, 6)])
        value = b"" if rng.random() < 0.2 else random_bytes(rng, 20)
        items.append((quote(name, safe=UNRESERVED), quote(value, safe=UNRESERVED)))
    wire = "&".join(name if not value and rng.random() < 0.5 else f"{name}={value}" for name, value in items)
    # botocore only knows names that have a '=': give it the same query with all of them.
    return wire, "&".join(f"{name}={value}" for name, value in items)


def random_headers(rng):
    headers = []
    for name in rng.sample(HEADER_NAMES, rng.randint(0, 6)):
        value = "".join(rng.choice(VALUE_CHARACTERS) for _ in range(rng.randint(0, 30)))
        headers.append([name, value])
        if rng.random() < 0.1:
            headers.append([name, "again  " + value])
    return headers


def random_request(rng):
    host = rng.choice(["localhost:9000", "bucket.s3.eu-central-1.amazonaws.com", "[::1]:8443", "my_bucket.example.com"])
    wire_query, botocore_query = random_query(rng)
    path = "/" + quote(random_key(rng), safe="/" + UNRESERVED)
    moment = datetime.datetime(2020, 1, 1) + datetime.timedelta(seconds=rng.randrange(10 * 365 * 86400))
    return {
        "method": rng.choice(METHODS),
        "host": host,
        "target": path + ("?" + wire_query if wire_query else ""),
        "url": "https://" + host + path + ("?" + botocore_query if botocore_query else ""),
        "headers": random_headers(rng),
        "payloadHash": rng.choice(["UNSIGNED-PAYLOAD", rng.randbytes(32).hex()]),
        "region": rng.choice(REGIONS),
        "date": moment.strftime("%Y%m%dT%H%M%SZ"),
        "accessKeyId": "AK" + rng.randbytes(6).hex(),
        "secretAccessKey": rng.randbytes(20).hex() + "+/",
        "sessionToken": rng.choice(["", "", rng.randbytes(40).hex() + "=="]),
    }


class FixedHash(botocore.auth.S3SigV4Auth):
    """The payload hash is given, not computed: we have no body."""

    def __init__(self, payload_hash, *arguments):
        super().__init__(*arguments)
        self.payload_hash = payload_hash

    def payload(self, request):
        return self.payload_hash


def signed_by_botocore(case):
    credentials = botocore.credentials.Credentials(case["accessKeyId"], case["secretAccessKey"], case["sessionToken"] or None)
    request = botocore.awsrequest.AWSRequest(method=case["method"], url=case["url"])
    for name, value in case["headers"]:
        request.headers.add_header(name, value)
    signer = FixedHash(case["payloadHash"], credentials, "s3", case["region"])
    # What add_auth does, with our moment in place of now.
    request.context["timestamp"] = case["date"]
    signer._modify_request_before_signing(request)
    canonical = signer.canonical_request(request)
    signature = signer.signature(signer.string_to_sign(request, canonical), request)
    signer._inject_signature_to_request(request, signature)
    return request.headers["Authorization"], canonical


def main():
    program = sys.argv[1]
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 20261121
    rng = random.Random(seed)
    cases = [random_request(rng) for _ in range(count)]
    lines = "".join(json.dumps(case) + "\n" for case in cases)
    answers = subprocess.run([program], input=lines.encode(), stdout=subprocess.PIPE, check=True).stdout.decode().splitlines()
    if len(answers) != count:
        sys.exit(f"{count} requests went in, {len(answers)} answers came out")
    differing = 0
    for case, ours in zip(cases, answers):
        theirs, canonical = signed_by_botocore(case)
        if ours == theirs:
            continue
        differing += 1
        if differing <= 3:
            print(f"DIFFERENT (seed {seed}): {json.dumps(case)}\nours   {ours}\ntheirs {theirs}\n{canonical}\n")
    print(f"{count} requests, seed {seed}: {differing} differ")
    sys.exit(1 if differing else 0)


if __name__ == "__main__":
    main()
