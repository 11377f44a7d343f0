#!/usr/bin/env python3
"""Writes SSH key logs from Python clients and servers, for asyncssh and paramiko.

    SSHKEYLOGFILE=keys.log python3 keylog.py program.py [argument ...]

runs a program with both libraries made to log; or, in a program of one's own:

    import keylog; keylog.install("keys.log")

One line is written for each key exchange, rekeys included, as Wireshark reads it:

    <cookie of the client's KEXINIT> SHARED_SECRET <content of K>

Only for a lab: who has the file reads the sessions.
"""

import os
import runpy
import sys


def write(path, kexinit, secret):
    """A line; `kexinit` is the client's message, whose cookie stands behind its first byte."""
    line = "%s SHARED_SECRET %s\n" % (kexinit[1:17].hex(), secret.hex())
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, line.encode())
    finally:
        os.close(descriptor)


def patch_asyncssh(path):
    from asyncssh.connection import SSHConnection

    original = SSHConnection.send_newkeys

    def send_newkeys(self, k, h):
        # K comes encoded: its length stands before it.
        write(path, self._client_kexinit, k[4:])
        return original(self, k, h)

    SSHConnection.send_newkeys = send_newkeys


def patch_paramiko(path):
    from paramiko.transport import Transport

    original = Transport._set_K_H

    def set_k_h(self, k, h):
        kexinit = self.remote_kex_init if self.server_mode else self.local_kex_init
        # As an mpint: with a zero before a number whose first bit is set.
        write(path, kexinit, k.to_bytes(k.bit_length() // 8 + 1, "big"))
        return original(self, k, h)

    Transport._set_K_H = set_k_h


def install(path=None):
    """Makes what is installed of asyncssh and paramiko log; without a path, to $SSHKEYLOGFILE if it is set."""
    path = path or os.environ.get("SSHKEYLOGFILE")
    if not path:
        return
    for patch in (patch_asyncssh, patch_paramiko):
        try:
            patch(path)
        except ImportError:
            pass


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    install()
    sys.argv = sys.argv[1:]
    sys.path.insert(0, os.path.dirname(os.path.abspath(sys.argv[0])))
    runpy.run_path(sys.argv[0], run_name="__main__")
