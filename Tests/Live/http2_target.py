"""A server of HTTP/2 in the clear that misbehaves as it is asked by path; says its port."""

import socket
import threading
import time

import h2.config
import h2.connection
import h2.errors
import h2.events
import h2.exceptions


def answer(connection, peer, stream, path):
    def head(status="200", more=(), end=False):
        connection.send_headers(stream, [(":status", status)] + list(more), end_stream=end)

    if path == "/reset":
        connection.reset_stream(stream, h2.errors.ErrorCodes.INTERNAL_ERROR)
    elif path == "/half":
        head(more=[("content-length", "1000")])
        connection.send_data(stream, b"x" * 500)
        peer.sendall(connection.data_to_send())
        connection.reset_stream(stream, h2.errors.ErrorCodes.INTERNAL_ERROR)
    elif path == "/dies":
        head()
        connection.send_data(stream, b"x" * 500)
        peer.sendall(connection.data_to_send())
        time.sleep(0.2)
        peer.close()
        return False
    elif path == "/leaves":
        # What comes after this is not served here.
        head()
        connection.send_data(stream, b"bye\n", end_stream=True)
        connection.close_connection()
    elif path == "/refused":
        connection.reset_stream(stream, h2.errors.ErrorCodes.REFUSED_STREAM)
    elif path == "/nonsense":
        # A name in capitals, and a status that is none, by hand: literal fields without an index.
        block = b"\x00\x07:status\x03abc" + b"\x00\x03X-A\x011"
        peer.sendall(len(block).to_bytes(3, "big") + b"\x01\x05" + stream.to_bytes(4, "big") + block)
    elif path == "/garbage":
        peer.sendall(b"\xff" * 100)
    elif path == "/line":
        block = b"\x88" + b"\x00\x03x-a\x0ca\r\nset: b\r\n "
        peer.sendall(len(block).to_bytes(3, "big") + b"\x01\x05" + stream.to_bytes(4, "big") + block)
    elif path == "/early":
        head(more=[("content-type", "text/plain")])
        connection.send_data(stream, b"too large\n", end_stream=True)
        peer.sendall(connection.data_to_send())
        connection.reset_stream(stream, h2.errors.ErrorCodes.NO_ERROR)
    elif path == "/interim":
        connection.send_headers(stream, [(":status", "103"), ("link", "</a.css>; rel=preload")])
        head()
        connection.send_data(stream, b"after hints\n", end_stream=True)
    else:
        head(more=[("content-type", "text/plain")])
        connection.send_data(stream, b"said\n", end_stream=True)
    return True


def serve(peer):
    connection = h2.connection.H2Connection(
        h2.config.H2Configuration(client_side=False, header_encoding="utf-8", normalize_outbound_headers=False)
    )
    connection.initiate_connection()
    peer.sendall(connection.data_to_send())
    paths = {}
    try:
        while data := peer.recv(1 << 16):
            for event in connection.receive_data(data):
                if isinstance(event, h2.events.RequestReceived):
                    paths[event.stream_id] = dict(event.headers)[":path"]
                    if paths[event.stream_id] == "/early" and not answer(connection, peer, event.stream_id, "/early"):
                        return
                elif isinstance(event, h2.events.DataReceived):
                    connection.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                elif isinstance(event, h2.events.StreamEnded) and paths[event.stream_id] != "/early":
                    if not answer(connection, peer, event.stream_id, paths[event.stream_id]):
                        return
            peer.sendall(connection.data_to_send())
    except (OSError, h2.exceptions.H2Error):
        pass
    finally:
        peer.close()


if __name__ == "__main__":
    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    server.listen(64)
    print(server.getsockname()[1], flush=True)
    while True:
        peer, _ = server.accept()
        threading.Thread(target=serve, args=(peer,), daemon=True).start()
