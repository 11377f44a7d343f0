#!/usr/bin/env python3
"""OpenSSH's client with every cipher, MAC and compression, rekeying all the while.

    ssh_matrix.py LAB PORT ACCOUNT

Every cipher moves 5 MB and rekeys every megabyte; its other MACs move 300 kB and rekey every 100 kB, or 5 MB too with
EXHIBIT_SSH_MATRIX=full.
"""

import os
import pathlib
import sys

from ssh_account import Account, compressible

AEAD = ["chacha20-poly1305@openssh.com", "aes128-gcm@openssh.com", "aes256-gcm@openssh.com"]
OTHERS = ["aes128-ctr", "aes192-ctr", "aes256-ctr", "aes128-cbc", "aes192-cbc", "aes256-cbc"]
MACS = [
    "hmac-sha1", "hmac-sha2-256", "hmac-sha2-512", "hmac-sha1-etm@openssh.com", "hmac-sha2-256-etm@openssh.com",
    "hmac-sha2-512-etm@openssh.com"]


def main() -> None:
    lab, account = pathlib.Path(sys.argv[1]), Account(pathlib.Path(sys.argv[1]))
    cases = [(cipher, None, compression) for cipher in AEAD for compression in ("no", "yes")]
    cases += [
        (cipher, mac, "yes" if (row + column) % 2 else "no")
        for row, cipher in enumerate(OTHERS) for column, mac in enumerate(MACS)]
    moved = set()
    for number, (cipher, mac, compression) in enumerate(cases):
        is_long = cipher not in moved or os.environ.get("EXHIBIT_SSH_MATRIX") == "full"
        moved.add(cipher)
        size, limit = (5_000_000, "1M") if is_long else (300_000, "100K")
        data = compressible(size)
        with account.scene(f"{cipher} {mac or 'implicit'} {compression}") as scene:
            options = ["-c", cipher, "-o", "KexAlgorithms=curve25519-sha256", "-o", f"Compression={compression}", "-o", f"RekeyLimit={limit}"]
            options += ["-m", mac] if mac else []
            target = lab / f"moved-{number}"
            # A quarter comes back, so that both directions rekey.
            scene.ssh(f"cat > {target}; head -c {size // 4} {target}; exit {number}", data=data, options=options, status=number)
            assert target.read_bytes() == data
            target.unlink()
            scene.told["rekeys"] = 3
            scene.facts.update({
                "ssh.cipher": cipher, "ssh.mac": mac or "implicit",
                "ssh.compression": "zlib@openssh.com" if compression == "yes" else "none"})
    account.write(sys.argv[3])


main()
