import Bytes
import Foundation
import TestKit

@testable import Gateway

/// A client of a few lines, for what no ordinary client does: byte for byte.
final class RawClient: RawSocket {
  struct Failure: Error, CustomStringConvertible { var description: String }

  /// The body of a NegotiateProtocolVersion.
  private(set) var negotiated: [UInt8] = []

  /// Connects, and logs in unless `token` is nil.
  init(port: Int, token: NewToken? = nil, parameters: [String] = ["database", "scratch"], minor: UInt16 = 0) throws {
    try super.init(port: port)
    guard let token else { return }
    var body = ByteWriter()
    body.write(UInt16(3))
    body.write(minor)
    for word in ["user", "agent"] + parameters { body.writeCString(word) }
    body.write(UInt8(0))
    send(withLength(body.bytes))
    try logIn(token)
  }

  private func logIn(_ token: NewToken) throws {
    var scram = ScramClient(password: token.secret, nonce: Array("a nonce of a test".utf8))
    while true {
      let (type, body) = try receive()
      switch (type, body.prefix(4)) {
      case ("R", [0, 0, 0, 10]):
        var reply = ByteWriter()
        reply.writeCString("SCRAM-SHA-256")
        reply.write(UInt32(clamping: scram.first.count))
        reply.write(scram.first)
        send("p", reply.bytes)
      case ("R", [0, 0, 0, 11]): send("p", scram.answer(challenge: Array(body.dropFirst(4))) ?? [])
      case ("E", _): throw Failure(description: String(decoding: body, as: UTF8.self))
      case ("v", _): negotiated = body
      case ("Z", _): return
      default: continue
      }
    }
  }

  private func withLength(_ body: [UInt8]) -> [UInt8] {
    var writer = ByteWriter()
    writer.write(UInt32(clamping: body.count + 4))
    writer.write(body)
    return writer.bytes
  }

  func send(_ type: Character, _ body: [UInt8] = []) { send(Array(String(type).utf8) + withLength(body)) }

  /// A message of the extended protocol or a Query, of strings and numbers.
  func send(_ type: Character, _ build: (inout ByteWriter) -> Void) {
    var writer = ByteWriter()
    build(&writer)
    send(type, writer.bytes)
  }

  func query(_ text: String) { send("Q") { $0.writeCString(text) } }

  func extended(_ text: String, name: String = "", portal: String = "") {
    send("P") { body in
      body.writeCString(name)
      body.writeCString(text)
      body.write(UInt16(0))
    }
    bind(name, portal: portal)
    execute(portal)
  }

  func bind(_ name: String, portal: String = "") {
    send("B") { body in
      body.writeCString(portal)
      body.writeCString(name)
      for _ in 0..<3 { body.write(UInt16(0)) }
    }
  }

  func execute(_ portal: String = "") {
    send("E") { body in
      body.writeCString(portal)
      body.write(UInt32(0))
    }
  }

  func sync() { send("S") }

  /// From here on its kernel says nothing of an end (TCP_REPAIR); false where that is not allowed.
  func vanish() -> Bool {
    var isRepaired: Int32 = 1
    return unsafe setsockopt(descriptor, Int32(IPPROTO_TCP), 19, &isRepaired, 4) == 0
  }

  /// The next message; throws at the end of the connection or after twenty seconds.
  func receive() throws -> (type: Character, body: [UInt8]) {
    let head = try receive(5)
    let length = head.dropFirst().reduce(0) { $0 << 8 | Int($1) }
    return (Character(UnicodeScalar(head.first ?? 0)), try receive(max(0, length - 4)))
  }

  private func receive(_ count: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      let got = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe recv(descriptor, buffer.baseAddress.map { unsafe $0 + done }, count - done, 0)
      }
      guard got > 0 else { throw Failure(description: "the connection ended") }
      done += got
    }
    return bytes
  }

  /// Messages up to so many ReadyForQuery, each as its type and, of errors, its code, and of rows and tags, what is in it.
  func answers(cycles: Int = 1) throws -> [String] {
    var found: [String] = []
    var left = cycles
    while left > 0 {
      let (type, body) = try receive()
      switch type {
      case "E": found.append("E " + (Self.field("C", body) ?? "?"))
      case "C": found.append("C " + String(decoding: body.dropLast(), as: UTF8.self))
      case "D": found.append("D " + String(decoding: body.dropFirst(6), as: UTF8.self))
      case "Z":
        found.append("Z " + String(decoding: body, as: UTF8.self))
        left -= 1
      case "S", "N", "A": continue
      default: found.append(String(type))
      }
    }
    return found
  }

  static func field(_ name: Character, _ body: [UInt8]) -> String? {
    body.split(separator: 0).first { $0.first == name.asciiValue }.map {
      String(decoding: $0.dropFirst(), as: UTF8.self)
    }
  }
}
