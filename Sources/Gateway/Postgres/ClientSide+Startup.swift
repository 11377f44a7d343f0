import Bytes
import Model
import NIOCore
import NIOSSL
import Parsers

/// Encryption, cancel requests, start-up and login.
extension ClientSide {
  func advance(_ context: ChannelHandlerContext) {
    while true {
      switch stage {
      case .opening: guard open(context) else { return }
      case .login(let login): guard take(login, context) else { return }
      case .connecting, .relaying, .over: return
      }
    }
  }

  /// Takes a packet without a type; false when nothing more can be done now.
  func open(_ context: ChannelHandlerContext) -> Bool {
    guard let length = inbox.getInteger(at: inbox.readerIndex, as: UInt32.self),
      let code = inbox.getInteger(at: inbox.readerIndex + 4, as: UInt32.self)
    else { return false }
    guard (8...Self.startupLimit).contains(Int(length)) else {
      drop(context, "no start-up packet of PostgreSQL")
      return false
    }
    guard inbox.readableBytes >= Int(length), let packet = inbox.readSlice(length: Int(length)) else { return false }
    switch code {
    case Self.sslCode where length == 8: return isFirst(code, context) && encrypt(context)
    case Self.gssCode where length == 8:
      guard isFirst(code, context) else { return false }
      say(context, ByteBuffer(string: "N"))
      return true
    case Self.cancelCode:
      cancel(packet)
      drop(context, nil)
      return false
    default:
      guard code >> 16 == 3 else {
        refuse(
          context, code: "0A000", "unsupported frontend protocol \(code >> 16).\(code & 0xffff): 3.0 is spoken here")
        return false
      }
      return start(packet, minor: code & 0xffff, context)
    }
  }

  /// Each kind of encryption is asked for once, as the server has it: otherwise answers pile up for one that reads none.
  func isFirst(_ code: UInt32, _ context: ChannelHandlerContext) -> Bool {
    guard asked.insert(code).inserted else {
      drop(context, "encryption was asked for twice")
      return false
    }
    return true
  }

  func encrypt(_ context: ChannelHandlerContext) -> Bool {
    guard let tls = listener.tls, !isSecure else {
      say(context, ByteBuffer(string: "N"))
      return true
    }
    // What comes in the clear behind the request nobody vouches for.
    guard inbox.readableBytes == 0 else {
      drop(context, "bytes in the clear behind a request for TLS")
      return false
    }
    say(context, ByteBuffer(string: "S"))
    do {
      try context.pipeline.syncOperations.addHandler(secured(tls), position: .first)
    } catch {
      drop(context, "TLS: \(error)")
      return false
    }
    isSecure = true
    return false
  }

  func secured(_ tls: NIOSSLContext) -> NIOSSLServerHandler {
    guard listener.authentication.wantsCertificate else { return NIOSSLServerHandler(context: tls) }
    let (core, name, id) = (core, listener.name, id)
    return certificates.handler(tls, { core.authorities(name) }, now: core.now) { why in
      core.log.write(.notice, "certificate refused", ["session": id, "reason": why])
      core.metrics.count(.refusedLogin)
    }
  }

  func cancel(_ packet: ByteBuffer) {
    var packet = packet
    packet.moveReaderIndex(forwardBy: 8)
    guard let processID = packet.readInteger(as: UInt32.self), packet.readableBytes == 4,
      let secret = packet.readInteger(as: UInt32.self)
    else { return }
    core.cancels.cancel(CancelBook.Key(processID: processID, secret: secret))
  }

  func start(_ packet: ByteBuffer, minor: UInt32, _ context: ChannelHandlerContext) -> Bool {
    var body = packet
    body.moveReaderIndex(forwardBy: 8)
    var parameters: [(name: String, value: String)] = []
    while let name = body.readNullTerminatedString(), !name.isEmpty {
      guard let value = body.readNullTerminatedString(), parameters.count < 1_000 else {
        drop(context, "damaged start-up packet")
        return false
      }
      parameters.append((name, value))
    }
    guard body.readableBytes == 0 else {
      drop(context, "damaged start-up packet")
      return false
    }
    // Within one machine SCRAM does without; a password as it is never does.
    if !isSecure, !listener.isLoopback || listener.authentication != .scram {
      refuse(context, code: "28000", "connections without TLS are refused")
      return false
    }
    let unknown = parameters.map(\.name).filter { $0.hasPrefix("_pq_.") }
    parameters.removeAll { $0.name.hasPrefix("_pq_.") }
    let startup = ClientStartup(parameters)
    guard !startup.user.isEmpty else {
      refuse(context, code: "28000", "no user name is given; it is the name of a token")
      return false
    }
    do {
      let record = try core.record(startup, listener: listener, channel: context.channel)
      self.record = record
      let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
      record.onFailure = { error in
        let (side, context) = bound.value
        side.core.recordingFailed(error)
        side.refuse(context, .notRecorded)
      }
      _ = try record.receive(packet)
      if minor > 0 || !unknown.isEmpty { try record.send(ClientAnswer.version(unknown: unknown)) }
    } catch {
      core.recordingFailed(error)
      refuse(context, .notRecorded)
      return false
    }
    let login = ClientLogin(
      startup, listener: listener, core: core, certificates: certificates.all, isSecure: isSecure)
    stage = .login(login)
    return follow(login.begin(), login, context)
  }

  /// Goes on with a login; false when nothing more can be done now.
  func follow(_ step: ClientLogin.Step, _ login: ClientLogin, _ context: ChannelHandlerContext) -> Bool {
    switch step {
    case .more(let reply): return answer(reply, context)
    case .refused(let why):
      core.log.write(.notice, "login failed", ["session": id, "user": login.startup.user, "reason": why])
      refuse(context, login.refusal)
      return false
    case .accepted(let token, let last):
      if let last, !answer(last, context) { return false }
      enter(token, login.startup, context)
      return false
    }
  }

  /// Says something that is recorded first.
  func answer(_ buffer: ByteBuffer, _ context: ChannelHandlerContext) -> Bool {
    do {
      try record?.send(buffer)
      record?.outbox.flush()
      return true
    } catch {
      core.recordingFailed(error)
      refuse(context, .notRecorded)
      return false
    }
  }

  /// Takes a message of the login.
  func take(_ login: ClientLogin, _ context: ChannelHandlerContext) -> Bool {
    guard let type = inbox.getInteger(at: inbox.readerIndex, as: UInt8.self),
      let length = inbox.getInteger(at: inbox.readerIndex + 1, as: UInt32.self)
    else { return false }
    guard type == Self.passwordType, (4...Self.startupLimit).contains(Int(length)) else {
      drop(context, "no message of a login")
      return false
    }
    guard inbox.readableBytes > Int(length), let message = inbox.readSlice(length: Int(length) + 1) else {
      return false
    }
    do {
      _ = try record?.receive(login.isSecretNext ? Self.redacted(message) : message)
    } catch {
      core.recordingFailed(error)
      refuse(context, .notRecorded)
      return false
    }
    return follow(login.take(Array(message.readableBytesView.dropFirst(5))), login, context)
  }

  /// A password with stars in its place: what proves who somebody is is in no recording.
  static func redacted(_ message: ByteBuffer) -> ByteBuffer {
    var redacted = message
    let count = max(0, message.readableBytes - 6)
    redacted.setRepeatingByte(UInt8(ascii: "*"), count: count, at: redacted.readerIndex + 5)
    return redacted
  }
}
