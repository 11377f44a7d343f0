import Bytes
import Model
import Testing

@testable import Parsers

/// What a client of SFTP asks, read before its server hears of it.
@Suite struct SFTPRequestTests {
  private static let secrets = SecretHasher(key: [1])

  /// What a client says, and what its server answers to the first two.
  private static var story: (client: [UInt8], server: [UInt8]) {
    let none = SSHWire.number(0)
    let client: [[UInt8]] = [
      [0, 0, 0, 5, 1, 0, 0, 0, 5], SFTPWire.path(3, 1, "/a", SSHWire.number(2) + none),
      SFTPWire.path(11, 2, "/d"), SFTPWire.path(17, 3, "/a"),
      SFTPWire.path(18, 4, "/a", SSHWire.string("/b")), SFTPWire.extended(5, "limits@openssh.com", []),
      SFTPWire.message(6, 6, SSHWire.string("none") + none + none + SSHWire.string("data")),
    ]
    let server = [
      [0, 0, 0, 5, 2, 0, 0, 0, 3], SFTPWire.message(102, 1, SSHWire.string("h")), SFTPWire.status(2, 3),
      SFTPWire.message(103, 9, SSHWire.string("twelve bytes")), SFTPWire.status(4, 0),
    ]
    return (client.flatMap(\.self), server.flatMap(\.self))
  }

  private func read(_ size: Int) throws -> (asked: [String], said: [UInt8], passed: [UInt8]) {
    var reader = SFTPRequestReader(channel: 0, software: "OpenSSH_9.2", secrets: Self.secrets)
    var messages: [SFTPRequestReader.Message] = []
    var said: [UInt8] = []
    let (client, server) = Self.story
    for start in stride(from: 0, to: client.count, by: size) {
      try reader.receive(fromClient: Array(client[start..<min(start + size, client.count)]), into: &messages)
    }
    for start in stride(from: 0, to: server.count, by: size) {
      try reader.receive(fromServer: Array(server[start..<min(start + size, server.count)]), into: &said)
    }
    let asked = messages.map { message in
      switch message.request {
      case .plain: "plain"
      case .unknownHandle(let id): "nothing \(id)"
      case .operation(let operation, let id, let isExact):
        "\(operation.verb.rawValue) \(operation.path) \(operation.otherPath ?? "-") \(id) \(isExact)"
      }
    }
    return (asked, said, messages.flatMap(\.bytes))
  }

  @Test(arguments: [1, 2, 3, 5, 7, 100, 100_000]) func `what is asked does not depend on how it is cut`(
    size: Int
  ) throws {
    let (asked, said, passed) = try read(size)
    #expect(
      asked == [
        "plain", "put /a - 1 true", "list /d - 2 true", "stat /a - 3 true", "rename /a /b 4 true", "plain", "nothing 6",
      ])
    #expect(said == Self.story.server)
    // The server is asked for the version that is read here.
    var expected = Self.story.client
    expected[8] = 3
    #expect(passed == expected)
  }

  @Test func `an answer of ours goes between two messages of the server`() throws {
    let (client, server) = Self.story
    for place in 0...server.count {
      var reader = SFTPRequestReader(channel: 0, software: "", secrets: Self.secrets)
      var messages: [SFTPRequestReader.Message] = []
      try reader.receive(fromClient: client, into: &messages)
      var said: [UInt8] = []
      try reader.receive(fromServer: Array(server[..<place]), into: &said)
      reader.answer(4, .permissionDenied, "no", into: &said)
      try reader.receive(fromServer: Array(server[place...]), into: &said)
      var types: [UInt8] = []
      var index = 0
      while index + 5 <= said.count {
        types.append(said[index + 4])
        index += 4 + said[index..<(index + 4)].reduce(0) { $0 << 8 | Int($1) }
      }
      #expect(index == said.count && types.filter { $0 == 101 }.count == 3 && types.count == 6, "\(place): \(types)")
    }
  }

  @Test func `a file by its handle is the one that was opened`() throws {
    var reader = SFTPRequestReader(channel: 0, software: "", secrets: Self.secrets)
    var messages: [SFTPRequestReader.Message] = []
    var said: [UInt8] = []
    let (client, server) = Self.story
    try reader.receive(fromClient: client, into: &messages)
    try reader.receive(fromServer: server, into: &said)
    messages = []
    let mode = SSHWire.number(4) + SSHWire.number(0o4755)
    let size = SSHWire.number(1) + SSHWire.number(0) + SSHWire.number(9)
    try reader.receive(
      fromClient: SFTPWire.path(10, 20, "h", mode) + SFTPWire.path(10, 21, "h", size) + SFTPWire.close(22, "h")
        + SFTPWire.path(10, 23, "h", mode), into: &messages)
    guard messages.count == 4, case .operation(let operation, 20, true) = messages[0].request,
      case .plain = messages[1].request, case .plain = messages[2].request,
      case .unknownHandle(23) = messages[3].request
    else {
      Issue.record("\(messages.map(\.request))")
      return
    }
    #expect(operation.verb == .setstat && operation.path == "/a" && operation.attributes?.permissions == 0o4755)
    // An id in use would tell nobody which file a handle is.
    #expect(throws: DecodeError.self) {
      try reader.receive(fromClient: SFTPWire.path(17, 3, "/x"), into: &messages)
      try reader.receive(fromClient: SFTPWire.path(17, 3, "/y"), into: &messages)
    }
  }
}
