"""Sends standard input to a port of this machine as one write, and gives what comes back until the other end closes.

    send.py PORT
"""

import socket
import sys

with socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=30) as peer:
    peer.sendall(sys.stdin.buffer.read())
    while data := peer.recv(65536):
        sys.stdout.buffer.write(data)
