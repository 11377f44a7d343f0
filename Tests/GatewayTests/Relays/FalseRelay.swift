import Foundation
import TestKit

@testable import Gateway

/// A peer with a relay's certificate that does not do what a relay does, in a few lines of Python.
final class FalseRelay {
  private static let script = #"""
    import os, random, socket, ssl, struct, sys, time
    port, certificate, key, kind = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
    seed = random.randrange(1 << 30)
    print(kind, "seed", seed, file=sys.stderr)
    random.seed(seed)

    def frame(kind, flags, stream, body=b""):
        return struct.pack(">I", len(body))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + body

    def once():
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.load_cert_chain(certificate, key)
        context.set_alpn_protocols(["exhibit-relay/1"])
        peer = context.wrap_socket(socket.create_connection(("127.0.0.1", port)))
        settings, ok = frame(4, 0, 0), b"\x88"
        peer.settimeout(0.2)
        if kind == "random":
            peer.sendall(os.urandom(random.randrange(1, 5000)))
            time.sleep(0.2)
            return
        peer.sendall(settings)
        if kind == "silent":
            time.sleep(60)
            return
        end = time.time() + 5
        stream = 0
        while time.time() < end:
            try:
                data = peer.recv(65536)
                if not data: return
                if b"\x01\x04\x00\x00\x00" in data or b"\x01" in data: stream += 2 if stream else 1
            except TimeoutError: pass
            if kind == "frames":
                body = os.urandom(random.randrange(0, 200))
                peer.sendall(frame(random.randrange(0, 12), random.randrange(256), random.randrange(0, 8), body))
            elif kind == "eager":
                peer.sendall(frame(0, 0, max(stream, 1), b"x" * 100))
            elif kind == "flood" and stream:
                peer.sendall(frame(1, 4, stream, ok) + frame(0, 0, stream, b"x" * 16384) * 64)
            elif kind == "push" and stream:
                peer.sendall(frame(5, 4, stream, struct.pack(">I", 2) + ok))
            elif kind == "mutated" and stream:
                whole = bytearray(frame(1, 4, stream, ok) + frame(0, 1, stream, b"HTTP/1.1 200 OK\r\n\r\n"))
                whole[random.randrange(len(whole))] ^= 1 << random.randrange(8)
                peer.sendall(bytes(whole))

    while True:
        try: once()
        except OSError: pass
        time.sleep(0.02)
    """#

  private let process = Process()

  init(_ plant: RelayPlant, port: Int, _ kind: String) throws {
    let own = try plant.authority.issue("relay", names: "DNS:plant-a")
    let base = plant.folder.appending(path: UUID().uuidString).path
    try own.certificate.write(toFile: base + ".pem", atomically: true, encoding: .utf8)
    try own.key.write(toFile: base + ".key", atomically: true, encoding: .utf8)
    process.setUnblocked(
      "/usr/bin/timeout", ["120", "/usr/bin/python3", "-c", Self.script, "\(port)", base + ".pem", base + ".key", kind])
    process.standardInput = FileHandle.nullDevice
    try process.run()
  }

  deinit { stop() }

  func stop() {
    guard process.isRunning else { return }
    process.terminate()
    process.waitUntilExit()
  }
}
