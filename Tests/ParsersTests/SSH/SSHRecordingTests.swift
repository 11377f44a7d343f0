import Bytes
import Foundation
import Model
import Parsers
import TestKit
import Testing

/// Conversations with a real OpenSSH server, recorded in the clear by Tests/Live/ssh_plain.py, against what both ends saw.
struct SSHRecordingTests {
  struct Truth: Decodable {
    struct Ran: Decodable {
      var text: String
      var exit: String
      var input: String
      var output: String
      var error: String
      var counts: [UInt64]
      var resize: String?
      var terminal: String?
    }

    struct Moved: Decodable {
      var service: String
      var verb: String
      var path: String
      var other: String?
      var ok: Bool
      var sha256: String?
      var size: UInt64
    }

    struct Carried: Decodable {
      var kind: String
      var destination: String
      var client: String
      var server: String
    }

    var commands: [Ran]
    var files: [Moved]
    var forwardings: [Carried]
  }

  static let folder = ProcessInfo.processInfo.environment["EXHIBIT_SSH_PLAIN"].map { URL(filePath: $0) }

  static func truth() throws -> [String: Truth] {
    guard let folder else { return [:] }
    return try JSONDecoder().decode([String: Truth].self, from: Data(contentsOf: folder.appending(path: "truth.json")))
  }

  static func events(_ name: String) throws -> [ParserEvent] {
    guard let folder else { return [] }
    let bytes = [UInt8](try Data(contentsOf: folder.appending(path: "\(name).plain")))
    var parser = SSHParser(options: ParserOptions(secrets: SecretHasher(key: [7]), flow: FlowID(0)))
    var events: [ParserEvent] = []
    var reader = ByteReader(bytes.span)
    var last = StreamPosition(time: .epoch, origin: .unknown)
    while !reader.isAtEnd {
      let direction: Direction = try reader.readUInt8() == 0 ? .fromClient : .fromServer
      last.time = Timestamp(nanoseconds: try reader.readInt64())
      last.origin.packet += 1
      let piece = try reader.read(Int(try reader.readUInt32()))
      parser.receive(piece, from: direction, at: last, into: &events)
    }
    parser.finish(at: last, into: &events)
    return events
  }

  @Test(
    .enabled(if: folder != nil, "EXHIBIT_SSH_PLAIN names no folder of recordings"),
    arguments: [
      "commands", "commands-rekeyed", "shell", "sftp", "scp", "forwards", "openssh-sftp", "openssh-scp",
      "openssh-scp-back",
    ])
  func `everything is as both ends saw it`(_ name: String) throws {
    let truth = try #require(try Self.truth()[name])
    let events = try Self.events(name)
    #expect(events.codes == [])
    #expect(events.logins.last?.outcome == .accepted)
    #expect(events.exchanges.allSatisfy { $0.incompleteReason == nil })
    for ran in truth.commands { check(ran, events.commands) }
    if !truth.commands.isEmpty { #expect(events.commands.count == truth.commands.count) }
    for moved in truth.files { check(moved, events.files) }
    for carried in truth.forwardings {
      let found = try #require(
        events.forwardings.first { $0.kind.rawValue == carried.kind && $0.destination == carried.destination })
      #expect(found.outcome == .accepted)
      let channel = try #require(found.channel)
      #expect(Self.digest(events, channel, .fromClient) == carried.client)
      #expect(Self.digest(events, channel, .fromServer) == carried.server)
    }
  }

  private func check(_ ran: Truth.Ran, _ commands: [Command]) {
    let found = commands.first { $0.text == ran.text }
    let exit =
      switch found?.exit {
      case .status(let status): "\(status)"
      case .signal(let name, _, _): "signal \(name)"
      case nil: "-"
      }
    #expect(exit == ran.exit, "\(ran.text)")
    let seen = [(found?.input, ran.input), (found?.output, ran.output), (found?.errorOutput, ran.error)]
    for ((total, digest), count) in zip(seen, ran.counts) {
      #expect(total?.byteCount ?? 0 == count, "\(ran.text)")
      if count > 0 { #expect(total?.digest?.hex == digest, "\(ran.text)") }
    }
    if let resize = ran.resize { #expect(found?.records?.recordTexts.contains { $0.contains(resize) } == true) }
    if let terminal = ran.terminal {
      #expect(found?.kind == .shell)
      #expect(found?.terminal?.name == terminal)
      #expect(found?.terminal?.columns == 80)
      #expect(found?.environment["lc_exhibit"] == "1")
    }
  }

  private func check(_ moved: Truth.Moved, _ files: [FileOperation]) {
    let found = files.first { file in
      file.service.rawValue == moved.service && file.verb.rawValue == moved.verb && file.path == moved.path
    }
    guard let found else {
      Issue.record("no \(moved.verb) of \(moved.path)")
      return
    }
    #expect((found.outcome == .ok) == moved.ok, "\(moved.path)")
    if let other = moved.other { #expect(found.otherPath == other) }
    guard let digest = moved.sha256 else { return }
    #expect(found.content?.digest.hex == digest, "\(moved.verb) \(moved.path): \(found.note ?? "-")")
    #expect(found.content?.byteCount == moved.size)
    #expect(found.isWholeFile, "\(moved.verb) \(moved.path)")
  }

  private static func digest(_ events: [ParserEvent], _ channel: UInt32, _ direction: Direction) -> String {
    let hash = SHA256()
    for case .tunnel(.bytes(let id, let bytes, let sender, _)) in events
    where id.number == channel && sender == direction { hash.update(bytes.span) }
    return hash.finish().hex
  }
}
