#!/usr/bin/env python3
"""Prints a free TCP port, and keeps it for a process as long as that lives.

    free_port.py PREFERRED PID

A server binds its port seconds after it was chosen. Until then a file with the process's id keeps others from choosing it.
"""

import fcntl
import os
import pathlib
import random
import socket
import sys
import tempfile


def is_alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        pass
    return True


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", port))
        except OSError:
            return False
    return True


def main(preferred: int, owner: str) -> int:
    kept = pathlib.Path(tempfile.gettempdir()) / f"exhibit-ports.{os.getuid()}"
    kept.mkdir(mode=0o700, exist_ok=True)
    with open(kept / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        # Below the ports that the kernel gives to clients.
        for port in [preferred, *random.sample(range(20000, 32000), 200)]:
            mark = kept / str(port)
            if mark.exists() and is_alive(mark.read_text()):
                continue
            if is_free(port):
                mark.write_text(owner)
                return port
    raise SystemExit("lab: no free port")


print(main(int(sys.argv[1]), sys.argv[2]))
