"""Verifies an evidence log without Exhibit: the tree by pymerkle, the signatures by openssl, tiles, proofs and segments by
hashlib, all from the specifications (RFC 9162, C2SP signed-note, tlog-checkpoint, tlog-tiles, tlog-proof).

  evidence_log.py RECORDING VKEY [PROOF...]      exit code 0: all holds; 1: the first thing that does not is named
"""
import base64, hashlib, json, os, subprocess, sys, tempfile
from pymerkle import InmemoryTree


def fail(reason):
    sys.exit(f"evidence_log: {reason}")


def sha(data):
    return hashlib.sha256(data).digest()


def signed_text(note, vkey):
    """The text of a note whose signature by the key openssl takes."""
    name, key_id, material = vkey.split("+", 2)
    public = base64.b64decode(material)[1:]
    text, _, lines = note.rpartition("\n\n")
    text += "\n"
    for line in lines.strip("\n").split("\n"):
        dash, signer, blob = line.split(" ")
        blob = base64.b64decode(blob)
        if dash != "\u2014" or signer != name or blob[:4].hex() != key_id:
            continue
        with tempfile.TemporaryDirectory() as folder:
            paths = {}
            pem = base64.b64encode(bytes.fromhex("302a300506032b6570032100") + public).decode()
            files = {"key": f"-----BEGIN PUBLIC KEY-----\n{pem}\n-----END PUBLIC KEY-----\n".encode(),
                     "text": text.encode(), "sig": blob[4:]}
            for part, data in files.items():
                paths[part] = os.path.join(folder, part)
                open(paths[part], "wb").write(data)
            done = subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", paths["key"], "-rawin",
                                   "-in", paths["text"], "-sigfile", paths["sig"]], capture_output=True)
            if done.returncode:
                fail(f"openssl does not take the signature of {text!r}")
            return text
    fail("no signature of the key")


def checkpoint(note, vkey):
    origin, size, root = signed_text(note, vkey).split("\n")[:3]
    if origin != vkey.split("+")[0]:
        fail(f"the log is {origin}")
    return int(size), base64.b64decode(root)


def path(level, index, width):
    groups = [f"{index % 1000:03}"]
    while index >= 1000:
        index //= 1000
        groups.insert(0, f"x{index % 1000:03}")
    return f"tile/{level}/{'/'.join(groups)}" + ("" if width == 256 else f".p/{width}")


def entries(log, size):
    for index in range((size + 255) // 256):
        width = min(256, size - index * 256)
        data = open(f"{log}/{path('entries', index, width)}", "rb").read()
        for _ in range(width):
            count = int.from_bytes(data[:2], "big")
            yield data[2:2 + count]
            data = data[2 + count:]
        if data:
            fail(f"bytes behind the entries of bundle {index}")


def root_of(hashes):
    if len(hashes) == 1:
        return hashes[0]
    split = 1 << (len(hashes) - 1).bit_length() - 1
    return sha(b"\x01" + root_of(hashes[:split]) + root_of(hashes[split:]))


def check_tiles(log, leaves):
    level, hashes = 0, [sha(b"\x00" + leaf) for leaf in leaves]
    while hashes:
        above = []
        for start in range(0, len(hashes), 256):
            part = hashes[start:start + 256]
            name = path(level, start // 256, len(part))
            if open(f"{log}/{name}", "rb").read() != b"".join(part):
                fail(f"{name} is not what its leaves make")
            if len(part) == 256:
                above.append(root_of(part))
        level, hashes = level + 1, above


def check_proof(name, vkey):
    head, _, note = open(name, encoding="utf-8").read().partition("\n\n")
    lines = head.split("\n")
    if lines.pop(0) != "c2sp.org/tlog-proof@v1":
        fail(f"{name} is no proof")
    record = base64.b64decode(lines.pop(0).removeprefix("extra "))
    index = int(lines.pop(0).removeprefix("index "))
    size, root = checkpoint(note, vkey)
    place, last, found = index, size - 1, sha(b"\x00" + record)
    for sibling in map(base64.b64decode, lines):
        if last == 0:
            fail(f"{name} is too long")
        if place & 1 or place == last:
            found = sha(b"\x01" + sibling + found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = sha(b"\x01" + found + sibling)
        place, last = place >> 1, last >> 1
    if last or found != root:
        fail(f"{name} does not lead to the root")


def main(recording, vkey, proofs):
    log = f"{recording}/log"
    read = lambda name: open(f"{log}/{name}", encoding="utf-8").read()
    size, root = checkpoint(read("checkpoint"), vkey)
    leaves = list(entries(log, size))
    tree = InmemoryTree(algorithm="sha256")
    for leaf in leaves:
        tree.append_entry(leaf)
    if tree.get_root() != root:
        fail("the root by pymerkle is another")
    notes = read("checkpoints").split("\n\n")
    for text, lines in zip(notes[::2], notes[1::2]):
        earlier, earlier_root = checkpoint(f"{text}\n\n{lines}\n", vkey)
        if tree.get_root(earlier) != earlier_root:
            fail(f"the checkpoint of size {earlier} is of another log")
    check_tiles(log, leaves)
    previous = bytes(32)
    for index, leaf in enumerate(leaves):
        record = json.loads(leaf)
        if record["seq"] != index or record["prev"] != previous.hex():
            fail(f"record {index} does not follow")
        previous = sha(b"\x00" + leaf)
        if record["kind"] == "extent":
            with open(f"{recording}/{record['segment']}", "rb") as segment:
                segment.seek(record["offset"])
                if sha(segment.read(record["length"])).hex() != record["sha256"]:
                    fail(f"record {index}: the segment has other bytes")
    for proof in proofs:
        check_proof(proof, vkey)
    print(f"{size} records, {len(notes) // 2} checkpoints, {len(proofs)} proofs hold")


main(sys.argv[1], sys.argv[2], sys.argv[3:])
