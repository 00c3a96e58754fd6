#!/usr/bin/env python3
"""A second verifier of a Trapstreet bag, written from data/method.md with the Python standard library only.

It recomputes manifests, Merkle roots, commitments, key commitments, draws, the order of asking, seals, adjudications and E, for chat
answers in plain JSON, gzip or an event stream. It checks no signature (openssl does: VERIFY.md). One JSON object goes to stdout.
"""
import base64
import gzip
import hashlib
import hmac
import json
import math
import os
import sys
import time
import unicodedata

GRID = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
MISS = {"refused", "filtered", "truncated"}


class Refused(Exception):
    pass


def need(condition, message):
    if not condition:
        raise Refused(message)


def sha(data):
    return hashlib.sha256(data).digest()


def lp(*parts):
    out = b""
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        out += len(raw).to_bytes(4, "big") + raw
    return out


def no_duplicates(pairs):
    need(len({key for key, _ in pairs}) == len(pairs), "a JSON key is given twice")
    return dict(pairs)


def load(data):
    return json.loads(data, object_pairs_hook=no_duplicates)


class Bag:
    def __init__(self, root):
        self.root = root

    def read(self, *path):
        with open(os.path.join(self.root, *path), "rb") as handle:
            return handle.read()

    def lines(self, *path):
        data = self.read(*path)
        need(data == b"" or data.endswith(b"\n"), "%s does not end with a line end" % path[-1])
        return [load(line) for line in data.split(b"\n")[:-1]]

    def files(self):
        found = set()
        for folder, _, names in os.walk(self.root):
            for name in names:
                found.add(os.path.relpath(os.path.join(folder, name), self.root).replace(os.sep, "/"))
        return found


def check_manifest(bag, name, expected):
    listed = {}
    for line in bag.read(name).decode().split("\n")[:-1]:
        digest, path = line[:64], line[66:]
        need(line[64:66] == "  " and path not in listed, "%s has a bad line" % name)
        listed[path] = digest
    need(set(listed) == expected, "%s does not list the files that are there" % name)
    for path, digest in listed.items():
        need(sha(bag.read(path)).hex() == digest, "%s has another hash" % path)


def manifests(bag):
    everything = bag.files()
    data = {path for path in everything if path.startswith("data/")}
    check_manifest(bag, "manifest-sha256.txt", data)
    check_manifest(bag, "tagmanifest-sha256.txt", everything - data - {"tagmanifest-sha256.txt"})
    return len(everything)


def leaf_of(commitment):
    return sha(b"\0" + b"canary-leaf/v1\0" + commitment)


def root_of(hashes):
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return sha(b"\1" + root_of(hashes[:split]) + root_of(hashes[split:]))


def climb(leaf, index, size, path):
    """The root that an inclusion path leads to (RFC 9162, 2.1.3.2)."""
    node, last, value = index, size - 1, leaf
    for sibling in path:
        need(last > 0, "an inclusion path is too long")
        if node % 2 == 1 or node == last:
            value = sha(b"\1" + sibling + value)
            while node % 2 == 0 and node != 0:
                node, last = node // 2, last // 2
        else:
            value = sha(b"\1" + value + sibling)
        node, last = node // 2, last // 2
    need(last == 0, "an inclusion path is too short")
    return value


class Registry:
    def __init__(self, bag, number):
        folder = ("data", "registrations", "%04d" % number)
        raw = bag.read(*folder, "registration.json")
        self.sha = sha(raw).hex()
        self.record = load(raw)
        self.protocol = load(bag.read(*folder, "protocol.json"))
        need(sha(bag.read(*folder, "protocol.json")).hex() == self.record["protocol_sha256"], "another protocol")
        text = bag.read(*folder, "commitments.txt").decode()
        self.commitments = [bytes.fromhex(line) for line in text.split("\n")[:-1]]
        need(len(set(self.commitments)) == len(self.commitments), "a commitment is given twice")
        need(len(self.commitments) == self.record["size"], "another number of commitments")
        self.root = root_of([leaf_of(c) for c in self.commitments])
        need(self.root.hex() == self.record["root"], "another Merkle root")
        draw = load(bag.read(*folder, "draw.json"))
        beacon = draw and draw["beacon"]
        self.check_round(draw)
        self.beacon = bytes.fromhex(beacon) if beacon else bytes(32)

    def check_round(self, draw):
        """The published round of a draw: announced, its hash, its time. Its BLS signature needs more than this library has."""
        announced, shown = self.protocol["beacon"], (draw or {}).get("drand")
        if draw is None:
            return
        if shown is None:
            need(announced is None, "an announced beacon round is not shown")
            return
        chains = {
            "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971": (1692803367, 3),
            "8990e7a9aaed2ffed73dbd7092123d6f289930540d7651336225dc172e51b2ce": (1595431050, 30),
        }
        need(shown["chain"] in chains, "an unknown beacon chain")
        need(announced is None or announced == {"chain": shown["chain"], "round": shown["round"]}, "another beacon round")
        need(sha(bytes.fromhex(shown["signature"])).hex() == draw["beacon"], "the beacon is not the hash of its signature")
        genesis, period = chains[shown["chain"]]
        published = time.gmtime(genesis + (shown["round"] - 1) * period)
        text = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", published)
        need(self.record["created_utc"] < text <= draw["drawn_utc"], "the beacon round does not lie between registration and draw")

    def keyed(self, label, key, name, counter):
        message = lp(label, self.root, name, self.beacon, counter.to_bytes(4, "big"))
        return hmac.new(key, message, hashlib.sha256).digest()

    def draw(self, key, name, n):
        counter = 0
        while True:
            u = int.from_bytes(self.keyed("canary-draw-v1", key, name, counter)[:8], "big")
            if u < 2**64 - 2**64 % n:
                return u % n
            counter += 1

    def order_key(self, leaf):
        return sha(lp("canary-order-v1", self.root, self.commitments[leaf], self.beacon))


def registries(bag):
    out, number, previous = {}, 1, None
    while os.path.exists(os.path.join(bag.root, "data", "registrations", "%04d" % number)):
        registry = Registry(bag, number)
        need(registry.record["registration_number"] == number, "a gap in the registrations")
        need(registry.record["previous_registration_sha256"] == previous, "the chain of registrations is broken")
        previous = registry.sha
        out[number] = registry
        number += 1
    return out


def disclosures(bag, registry_of):
    canaries, last = [], {}
    for row in bag.lines("data", "disclosures.jsonl"):
        registry = registry_of[row["registry"]]
        leaf = row["leaf_index"]
        raw = bag.read("data", "canaries", "%d-%d.record" % (row["registry"], leaf))
        record = load(raw)
        commitment = sha(b"canary-commit/v1\0" + bytes.fromhex(row["salt"]) + raw)
        need(commitment == registry.commitments[leaf], "a record is not the committed one")
        path = [bytes.fromhex(step) for step in row["path"]]
        root = climb(leaf_of(commitment), leaf, len(registry.commitments), path)
        need(root == registry.root, "an inclusion path does not lead to the root")
        index = None
        if row["use"] != "found":
            key = bytes.fromhex(row["key"])
            need(sha(lp("canary-key-v1", record["id"], key)).hex() == record["keycommit"], "another key")
            index = registry.draw(key, record["id"], len(record["responses"]))
            need(index == row["draw_index"], "another draw")
            order = registry.order_key(leaf)
            need(order > last.get(row["registry"], b""), "not asked in the committed order")
            last[row["registry"]] = order
        canaries.append({"row": row, "record": record, "index": index})
    check_split(canaries, registry_of)
    return canaries


def check_split(canaries, registry_of):
    for number, registry in registry_of.items():
        own = []
        for canary in canaries:
            row, name = canary["row"], canary["record"]["id"]
            if row["registry"] == number and row["use"] != "found":
                serve = registry.keyed("canary-serve-v1", bytes.fromhex(row["key"]), name, 0)
                own.append((serve, name, row["use"] == "twin"))
        twins = [twin for _, _, twin in sorted(own)]
        need(twins == sorted(twins, reverse=True), "the held-out split is not the drawn one")


def seals(bag, transcripts):
    count = 0
    for seal in bag.lines("data", "seals.jsonl"):
        own = [row for row in transcripts if row["canary"] == seal["canary"]]
        entries = [
            {
                "target": row["target"],
                "k": row["k"],
                "number": row["number"],
                "attempt": row["attempt"],
                "outcome": row["outcome"],
                "response_sha256": row["response"]["sha256"] if row["response"] else None,
            }
            for row in sorted(own, key=lambda row: (row["target"], row["k"], row["number"]))
        ]
        text = json.dumps(entries, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        need(sha(text.encode()).hex() == seal["sha256"], "the answers are not the sealed ones")
        need(seal["sealed_utc"] <= seal["opened_utc"], "opened before sealed")
        need(all((row["ended_utc"] or "") <= seal["sealed_utc"] for row in own), "an answer after the seal")
        count += 1
    return count


def adjudications(bag, transcripts):
    """What people said: each about a sample that was asked, after its opening, and as the custody log names it."""
    run = load(bag.read("data", "results.json"))["run"]["id"]
    asked = {(row["canary"], row["target"], row["k"]) for row in transcripts}
    opened = {seal["canary"]: seal["opened_utc"] for seal in bag.lines("data", "seals.jsonl")}
    rows = bag.lines("data", "adjudications.jsonl")
    for row in rows:
        need((row["canary"], row["target"], row["k"]) in asked, "an adjudication of a sample that was never asked")
        need(row["canary"] in opened, "an adjudication of a canary that was never opened")
        need(row["created_utc"] >= opened[row["canary"]], "an adjudication before the opening")
    logged = [
        (line["data"]["adjudication"], line["data"]["canary"], line["data"]["verdict"])
        for line in bag.lines("data", "custody.jsonl")
        if line.get("kind") == "sample.adjudicated" and line["data"]["audit"] == run
    ]
    need([(row["id"], row["canary"], row["verdict"]) for row in rows] == logged, "other adjudications than in the log")
    return len(rows)


def answer_of(row):
    """The final text of a chat answer from its bytes on the wire."""
    response = row["response"]
    headers = {name.lower(): value for name, value in response["headers"]}
    body = base64.b64decode(response["body"], validate=True)
    if headers.get("content-encoding") == "gzip":
        body = gzip.decompress(body)
    text = body.decode("utf-8")
    if headers["content-type"].startswith("text/event-stream"):
        parts = []
        for line in text.split("\n"):
            if line.startswith("data: ") and line != "data: [DONE]":
                parts.append(json.loads(line[6:])["choices"][0]["delta"].get("content") or "")
        return "".join(parts)
    return json.loads(text)["choices"][0]["message"]["content"]


UNSPACED = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")


def tokens(text):
    """NFKC, format characters removed, case folded; runs of letters, digits and marks are words.

    A symbol of category So and a character of a script without spaces is a word by itself.
    """
    text = unicodedata.normalize("NFKC", text)
    text = "".join(c for c in text if unicodedata.category(c) != "Cf").casefold()
    words, run = [], ""
    for c in unicodedata.normalize("NFKC", text) + " ":
        kind = unicodedata.category(c)
        alone = kind == "So" or (kind[0] in "LN" and unicodedata.name(c, "").startswith(UNSPACED))
        if kind[0] in "LNM" and not alone:
            run += c
            continue
        if run:
            words.append(run)
        run = ""
        if alone:
            words.append(c)
    return words


def stands_in(words, row):
    return any(row[at : at + len(words)] == words for at in range(len(row) - len(words) + 1))


def found_in(record, answer):
    row = tokens(answer)
    prompt = [tokens(message["content"]) for message in record["messages"]]
    if stands_in([word for message in prompt for word in message], row):
        return []
    found = []
    for index, candidate in enumerate(record["responses"]):
        words = tokens(candidate)
        if stands_in(words, row) and not any(stands_in(words, message) for message in prompt):
            found.append(index)
    return found if len(found) <= 3 else []


def best_guess(record, rows):
    """A over the samples of one target; None when none was administered."""
    counts, administered = {}, False
    for row in rows:
        if row["outcome"] == "answered":
            administered = True
            for index in found_in(record, answer_of(row)):
                counts[index] = counts.get(index, 0) + 1
        elif row["outcome"] in MISS:
            administered = True
    if not administered:
        return None
    best = [index for index in counts if counts[index] == max(counts.values())]
    return best if len(best) <= 3 else []


def evidence(canaries, transcripts, target, stopped_after):
    """ln E and hits of one target on served canaries, to the canary at which the committed rule stopped it."""
    terms, hits, asked = [0.0] * len(GRID), 0, 0
    for canary in canaries:
        record = canary["record"]
        if canary["row"]["use"] != "evidence":
            continue
        last = {}
        for row in transcripts:
            if row["canary"] == record["id"] and row["target"] == target:
                if row["k"] not in last or last[row["k"]]["number"] < row["number"]:
                    last[row["k"]] = row
        if not last:
            continue
        guess = best_guess(record, list(last.values()))
        if guess is not None:
            asked += 1
            hit = canary["index"] in guess
            hits += hit
            for place, q in enumerate(GRID):
                gain = q * len(record["responses"]) / len(guess) if hit else 0.0
                terms[place] += math.log(1 - q + gain) if guess else math.log(1 - q)
        if record["id"] == stopped_after:
            break
    top = max(terms)
    return top + math.log(sum(math.exp(term - top) for term in terms) / len(GRID)), hits, asked


def verify(root):
    bag = Bag(root)
    count = manifests(bag)
    registry_of = registries(bag)
    canaries = disclosures(bag, registry_of)
    transcripts = bag.lines("data", "transcripts.jsonl")
    for row in transcripts:
        for side in (row["request"], row["response"]):
            if side:
                body = base64.b64decode(side["body"], validate=True)
                need(sha(body).hex() == side["sha256"], "a body has another hash")
        if row["outcome"] == "answered":
            need(answer_of(row) == row["answer"], "an answer is not what its bytes hold")
    sealed = seals(bag, transcripts)
    adjudicated = adjudications(bag, transcripts)
    evaluation = load(bag.read("data", "results.json"))["evaluation"]
    results = []
    for claim in evaluation["suspects"] + evaluation["others"]:
        stop = claim["stoppedAt"]
        last = claim["steps"][stop - 1]["canaryId"] if stop else None
        log_e, hits, asked = evidence(canaries, transcripts, claim["target"], last)
        need(hits == claim["hits"] and asked == claim["asked"], "%s: other hits" % claim["target"])
        need(abs(log_e - claim["logE"]) < 1e-9 * max(1, abs(log_e)), "%s: another E" % claim["target"])
        results.append({"target": claim["target"], "hits": hits, "asked": asked, "logE": log_e})
    return {
        "ok": True,
        "files": count,
        "canaries": len(canaries),
        "sealed": sealed,
        "adjudicated": adjudicated,
        "results": results,
    }


if __name__ == "__main__":
    try:
        report = verify(sys.argv[1])
    except (Refused, KeyError, ValueError, IndexError, TypeError, OSError) as problem:
        report = {"ok": False, "problem": str(problem)}
    print(json.dumps(report))
    sys.exit(0 if report["ok"] else 50)
