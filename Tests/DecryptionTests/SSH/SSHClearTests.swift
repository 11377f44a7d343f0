import Bytes
import Model
import Testing

@testable import Decryption

/// Sessions that were never encrypted, as recordings hold them.
@Suite struct SSHClearTests {
  static func packet(_ payload: [UInt8]) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 5) + payload
    SSHDecryptor.frame(5..<bytes.count, 0, &bytes)
    return bytes
  }

  /// A recording: identification lines, then messages, without a key exchange.
  static func recording() -> Wire {
    var wire = Wire()
    wire.add(.fromServer, Array("Welcome to the lab\r\nSSH-2.0-Gateway_1 test\r\n".utf8))
    wire.add(.fromClient, Array("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n".utf8))
    for number in 0..<20 {
      wire.add(.fromClient, packet([94, 0, 0, 0, 0] + Array("typed \(number)".utf8)))
      wire.add(.fromServer, packet([94, 0, 0, 0, 0] + Array("an answer that is longer \(number)".utf8)))
    }
    return wire
  }

  @Test func `a recording passes unchanged`() {
    let wire = Self.recording()
    let opened = SSHOpened(wire)
    #expect(opened.client == wire.stream(.fromClient))
    #expect(opened.server == wire.stream(.fromServer))
    #expect(opened.anomalies == [] && opened.opaque == [] && opened.gapCount == 0)
    #expect(opened.encryption == nil)
    #expect(opened.application == "OpenSSH_9.2p1 Debian-2")
    #expect(opened.serverVersion == "Gateway_1 test")
    #expect(opened.parameters["ssh.server"] == "SSH-2.0-Gateway_1 test")
    let single = SSHOpened(wire.cut { 1 })
    #expect(single == opened)
  }

  @Test func `packets behind a gap in the clear are found again`() {
    let wire = Self.recording()
    let whole = SSHOpened(wire)
    for offset in 60..<(wire.byteCount - 260) {
      let opened = SSHOpened(wire.losing(40, at: offset))
      #expect(opened.lossIsSaid && !opened.hasBrokenPieces, "\(offset)")
      for from in Direction.allCases {
        let last = opened.payloads[from].last == whole.payloads[from].last
        #expect(last, "\(offset)")
      }
    }
  }

  @Test func `protocol 1 is opaque with its version`() {
    var wire = Wire()
    wire.add(.fromServer, Array("SSH-1.5-1.2.26\n".utf8))
    wire.add(.fromClient, Array("SSH-1.5-1.2.27\n".utf8) + [0, 0, 1, 2, 3])
    let opened = SSHOpened(wire)
    #expect(opened.opaque == ["SSH protocol 1.5 is not looked into"])
    #expect(opened.serverVersion == "1.2.26")
  }

  private func recognize(_ client: [UInt8], _ server: [UInt8], isMidstream: Bool = false) -> Recognition {
    SSHDecryptor.recognize(Opening(fromClient: client.span, fromServer: server.span, isMidstream: isMidstream))
  }

  @Test func `identification lines are recognised, other protocols are not`() {
    let line = Array("SSH-2.0-OpenSSH_9.2\r\n".utf8)
    #expect(recognize([], line) == .yes)
    #expect(recognize(line, []) == .yes)
    #expect(recognize([], Array("hello\r\nSSH-1.99-x\r\n".utf8)) == .yes)
    #expect(recognize([], Array("SS".utf8)) == .undecided)
    #expect(recognize(Array("GET / HTTP/1.1\r\n".utf8), []) == .no)
    #expect(recognize(Array("GET / HTTP/1.1\r\n".utf8), Array("HTTP/1.1 400\r\n\r\n".utf8)) != .yes)
    #expect(recognize([0, 0, 0, 8, 4, 210, 22, 47], []) == .no)
    #expect(recognize(Array("SSH-".utf8), []) == .undecided)
    #expect(recognize([22, 3, 1, 0, 5], []) == .no)
  }

  @Test func `the key exchange tells which end is the client`() {
    let line = Array("SSH-2.0-x\r\n".utf8)
    func offer(_ names: String) -> [UInt8] {
      var writer = ByteWriter()
      writer.write([20] + [UInt8](repeating: 7, count: 16))
      writer.writeSSHString(Array(names.utf8))
      for _ in 0..<9 { writer.writeSSHString([]) }
      writer.write([0, 0, 0, 0, 0])
      return Self.packet(writer.bytes)
    }
    let client = line + offer("curve25519-sha256,ext-info-c")
    let server = line + offer("curve25519-sha256,kex-strict-s-v00@openssh.com")
    #expect(recognize(client, server, isMidstream: true) == .yes)
    #expect(recognize(server, client, isMidstream: true) == .yesReversed)
    let plain = line + offer("diffie-hellman-group14-sha1")
    #expect(recognize(plain, plain, isMidstream: true) == .undecided)
    #expect(recognize(plain + Self.packet([31, 0]), plain + Self.packet([30, 0]), isMidstream: true) == .yesReversed)
  }
}
