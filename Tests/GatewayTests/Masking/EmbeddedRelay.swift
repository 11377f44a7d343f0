import Bytes
import Evidence
import Foundation
import Model
import NIOCore
import NIOEmbedded
import Policy
import Synchronization

@testable import Gateway

/// A relay without sockets: what a server says is given to it in pieces, and what a client gets is read from it.
final class EmbeddedRelay {
  /// What was recorded, and told.
  final class Recording: SessionRecording, FlowRecording {
    struct Seen: Sendable {
      var server: [UInt8] = []
      var masks: [GatewayMask] = []
      var decisions: [GatewayDecision] = []
    }

    let seen = Mutex(Seen())

    func open(_ opening: SessionOpening) throws -> any FlowRecording { self }

    func record(_ bytes: UnsafeRawBufferPointer, from sender: Direction, at time: Timestamp) throws -> Passage {
      if sender == .fromServer { seen.withLock { unsafe $0.server += Array(bytes) } }
      return .open
    }

    func note(_ event: GatewayEvent, at time: Timestamp) throws -> Passage {
      seen.withLock { seen in
        switch event {
        case .mask(let mask): seen.masks.append(mask)
        case .decision(let decision): seen.decisions.append(decision)
        default: break
        }
      }
      return .open
    }

    func close(_ reason: String, at time: Timestamp) {}
  }

  let recording = Recording()
  let relay: PostgresRelay
  let log: RunningGateway.Lines
  private let client = EmbeddedChannel()
  private let target = EmbeddedChannel()
  private let loop = EmbeddedEventLoop()
  private let listener: PostgresListener

  /// `policy` is YAML; `tables` is what the catalogue knows of.
  init(policy: String) throws {
    let lines = RunningGateway.Lines()
    log = lines
    let document = try PolicyDocument.parse(yaml: policy, name: "policy.yaml")
    let place = SocketPlace(host: "127.0.0.1", port: 0)
    let server = TargetServer(
      name: "shop", place: place, encryption: .none, user: "postgres", password: nil, databases: ["scratch"])
    let configured = GatewayConfiguration.Listener(
      name: "shop", address: place, tls: nil, authentication: .scram,
      service: .postgres(server, estimates: false))
    let configuration = GatewayConfiguration(
      file: "gateway.yaml", policyFile: "policy.yaml", policy: document, stateFolder: "/nonexistent",
      recording: GatewayConfiguration.Recording(directory: "/nonexistent", key: try NoteSigner(generating: "a/b")),
      listeners: [configured], tokens: [:])
    let core = GatewayCore(
      configuration, recording: recording, approvals: nil,
      log: GatewayLog(clock: RunningGateway.now) { lines.add($0) }, hasher: SecretHasher(key: [1, 2, 3]),
      now: RunningGateway.now)
    listener = try PostgresListener(configured)
    let startup = ClientStartup([(name: "user", value: "agent"), (name: "database", value: "scratch")])
    let token = Token(name: "agent", human: "alice@example.com")
    let session = core.session(id: "gw-1", startup, token, listener, client)
    let judge = StatementJudge(
      session, flow: core.flow(session, client, listener), reader: listener.reader(for: target.eventLoop))
    let record = try core.record(startup, listener: listener, channel: client)
    relay = PostgresRelay(
      core: core, id: "gw-1", token: token, record: record, target: target, judge: judge, nonce: "0")
    try relay.beginMasking(listener, startup, TargetSide.Welcome())
  }

  deinit {
    _ = try? client.finish(acceptAlreadyClosed: true)
    _ = try? target.finish(acceptAlreadyClosed: true)
  }

  /// What the catalogue answers when it is asked of a table by its name.
  func know(_ table: KnownTable, as name: String) {
    var names = KnownNames()
    names.named[name] = [table]
    relay.masking?.catalog.remember(names, of: TargetCatalog.Question(named: name))
  }

  func query(_ text: String) {
    var body = ByteWriter()
    body.writeCString(text)
    send(EmbeddedRelay.message("Q", body.bytes))
  }

  func send(_ bytes: [UInt8]) {
    relay.receiveFromClient(ByteBuffer(bytes: bytes))
    relay.clientReadComplete()
    while let _ = try? target.readOutbound(as: ByteBuffer.self) {}
  }

  /// Gives the server's bytes in pieces that end where `ends` say.
  func answer(_ bytes: [UInt8], ends: [Int] = []) {
    var start = 0
    for end in ends + [bytes.count] where end > start {
      relay.receiveFromTarget(ByteBuffer(bytes: bytes[start..<end]))
      relay.targetReadComplete()
      start = end
    }
  }

  /// What the client got since this was asked last.
  func got() -> [UInt8] {
    var bytes: [UInt8] = []
    while let buffer = try? client.readOutbound(as: ByteBuffer.self) { bytes += buffer.readableBytesView }
    return bytes
  }

  // MARK: Messages of a server

  static func message(_ type: Character, _ body: [UInt8] = []) -> [UInt8] {
    var writer = ByteWriter()
    writer.write(Array(String(type).utf8))
    writer.write(UInt32(clamping: body.count + 4))
    writer.write(body)
    return writer.bytes
  }

  struct Field {
    var name: String
    var type: UInt32
    var isBinary = false
    var table: UInt32 = 0
    var attribute: Int16 = 0
  }

  static func description(_ fields: [Field]) -> [UInt8] {
    var body = ByteWriter()
    body.write(UInt16(clamping: fields.count))
    for field in fields {
      body.writeCString(field.name)
      body.write(field.table)
      body.write(field.attribute)
      body.write(field.type)
      body.write(Int16(-1))
      body.write(Int32(-1))
      body.write(UInt16(field.isBinary ? 1 : 0))
    }
    return message("T", body.bytes)
  }

  static func row(_ cells: [[UInt8]?]) -> [UInt8] {
    var body = ByteWriter()
    body.write(UInt16(clamping: cells.count))
    for cell in cells {
      body.write(cell.map { Int32(clamping: $0.count) } ?? -1)
      if let cell { body.write(cell) }
    }
    return message("D", body.bytes)
  }

  static func copyOut(isBinary: Bool, columns: Int) -> [UInt8] {
    var body = ByteWriter()
    body.write(UInt8(isBinary ? 1 : 0))
    body.write(UInt16(clamping: columns))
    for _ in 0..<columns { body.write(UInt16(isBinary ? 1 : 0)) }
    return message("H", body.bytes)
  }

  static func end(_ tag: String) -> [UInt8] { message("C", Array(tag.utf8) + [0]) + message("Z", Array("I".utf8)) }

  /// Messages of a stream.
  static func messages(_ bytes: [UInt8]) -> [(type: Character, body: [UInt8])] {
    var found: [(type: Character, body: [UInt8])] = []
    var reader = ByteReader(bytes.span)
    while let type = try? reader.readUInt8(), let length = try? reader.readUInt32(),
      let body = try? reader.read(Int(length) - 4)
    {
      found.append((Character(UnicodeScalar(type)), body.array))
    }
    return found
  }
}
