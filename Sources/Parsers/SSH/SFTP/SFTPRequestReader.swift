public import Bytes
public import Model

/// Reads what a client of SFTP asks before its server hears of it, and finds the places between the server's messages.
///
/// The messages are those of `SFTPReader`, read by the same code. What it gives is the client's bytes, message by message.
public struct SFTPRequestReader {
  public enum Request {
    /// Nothing that has to be judged: it names no file, or one that was judged when it was opened.
    case plain
    /// What it would do. `isExact`: the paths are what the server would read.
    case operation(FileOperation, id: UInt32, isExact: Bool)
    /// It is about a file that is not open.
    case unknownHandle(id: UInt32)
  }

  public typealias Message = (bytes: [UInt8], request: Request)

  /// The longest message of a client: what OpenSSH's server takes (SFTP_MAX_MSG_LENGTH).
  public static let requestLength = 256 << 10
  /// The version that is spoken.
  private static let version: UInt32 = 3

  private var reader: SFTPReader
  /// A message of the client that is not whole.
  private var carry: [UInt8] = []
  /// The head of a server's message, or all of one that is looked into.
  private var reply: [UInt8] = []
  /// Bytes of a server's message that are passed on as they come.
  private var passing = 0
  /// Answers that wait for the place between two of the server's messages.
  private var waiting: [UInt8] = []

  /// `channel`: its number in the session; `software`: what the client says that it is, behind `SSH-2.0-`.
  public init(channel: UInt32, software: String, secrets: SecretHasher) {
    reader = SFTPReader(
      options: ParserOptions(bodyLimit: 0, secrets: secrets, flow: FlowID(0)), channel: channel, client: .fromClient,
      hasSwappedSymlinks: ["OpenSSH", "paramiko"].contains { software.hasPrefix($0) })
  }

  /// Bytes of the client that are no whole message yet.
  public var unread: [UInt8] { carry }

  // MARK: The client

  /// Cuts what the client sends into its messages.
  ///
  /// - Throws: `DecodeError` for what is no message; nothing of it may go on, nor what comes behind it.
  public mutating func receive(fromClient bytes: [UInt8], into messages: inout [Message]) throws(DecodeError) {
    var all: [UInt8] = []
    swap(&all, &carry)
    all += bytes
    var start = 0
    defer { carry = start == 0 ? all : Array(all[start...]) }
    while all.count - start >= 4 {
      let span = all.span.extracting(start..<all.count)
      var head = ByteReader(span)
      let length = Int(try head.readUInt32("length"))
      guard length >= 1, length <= Self.requestLength else {
        throw DecodeError(.overLimit, "message", offset: 0, found: "\(length) bytes")
      }
      guard span.count >= 4 + length else { return }
      var message = span.extracting(first: 4 + length).array
      let request = try take(&message)
      messages.append((message, request))
      start += 4 + length
    }
  }

  private mutating func take(_ message: inout [UInt8]) throws(DecodeError) -> Request {
    var reader = ByteReader(message.span)
    try reader.skip(4)
    let type = try reader.readUInt8("message type")
    if type == SFTPMessageType.initialize {
      let asked = try reader.readUInt32("version")
      guard self.reader.clientVersion == nil, asked >= Self.version else {
        throw DecodeError(.outOfRange, "version", offset: 5, found: "\(asked)")
      }
      self.reader.clientVersion = asked
      // A server that knows a later one would speak it.
      message.replaceSubrange(5..<9, with: [0, 0, 0, UInt8(Self.version)])
      return .plain
    }
    guard self.reader.clientVersion != nil else {
      throw DecodeError(.mismatch, "message", offset: 4, expected: "SSH_FXP_INIT first", found: "type \(type)")
    }
    let id = try reader.readUInt32("request id")
    if let request = try plain(type, id, message.span) { return request }
    let envelope = SFTPEnvelope(begin: Self.nowhere, endTime: .epoch, byteCount: 0)
    var events: [ParserEvent] = []
    guard let kind = try self.reader.request(type, &reader, envelope, &events) else {
      throw DecodeError(.outOfRange, "message type", offset: 4, found: "\(type)")
    }
    guard self.reader.pending.count < SFTPLimits.pendingRequests, self.reader.pending[id] == nil else {
      throw DecodeError(.mismatch, "request id", offset: 5, expected: "one that is not in use", found: "\(id)")
    }
    var isOther = false
    if case .simple(let operation) = kind, operation.verb == .other { isOther = true }
    guard reader.isAtEnd || isOther else {
      throw DecodeError(.mismatch, "message", offset: reader.offset, expected: "its end")
    }
    return try ask(kind, id)
  }

  private mutating func ask(_ kind: SFTPRequest.Kind, _ id: UInt32) throws(DecodeError) -> Request {
    let operation: FileOperation
    switch kind {
    case .open(let path, let flags, _):
      // Of all other flags each can make or empty the file, whatever is said of reading.
      let verb: FileOperation.Verb =
        flags & ~SFTPOpenFlag.read == 0 ? .get : flags & SFTPOpenFlag.read == 0 ? .put : .edit
      operation = FileOperation(.sftp, verb, path: path, channel: reader.channel)
    case .openFolder(let path): operation = FileOperation(.sftp, .list, path: path, channel: reader.channel)
    case .fsetstat(let handle, let asked):
      let attributes = asked.attributes
      let isRight = attributes?.permissions != nil || attributes?.userID != nil
      // Length and times of a file that is being written are part of that.
      if !isRight, let file = reader.open[handle], file.flags & SFTPOpenFlag.write != 0 { return .plain }
      operation = asked
    case .simple(let asked):
      guard asked.verb != .inquire else { return .plain }
      operation = asked
    case .fstat, .close, .read, .write, .readFolder: return .plain
    }
    reader.pending[id] = SFTPRequest(kind: kind, begin: Self.nowhere, byteCount: 0)
    var asked = operation
    asked.outcome = .ok
    let paths = [asked.path, asked.otherPath].compactMap(\.self)
    guard !paths.contains(where: { $0.utf8.contains(0) }) else {
      throw DecodeError(.mismatch, "path", offset: 9, expected: "no NUL in it")
    }
    return .operation(asked, id: id, isExact: paths.allSatisfy(Self.isExact))
  }

  /// Whether a path is shown as it is: text, and no blank at an end.
  private static func isExact(_ path: String) -> Bool {
    !path.contains("\u{FFFD}") && path.first?.isWhitespace != true && path.last?.isWhitespace != true
  }

  /// A request that is about open files; nil when it must be looked into, or is about none.
  private mutating func plain(_ type: UInt8, _ id: UInt32, _ message: Span<UInt8>) throws(DecodeError) -> Request? {
    var reader = ByteReader(message)
    try reader.skip(9)
    var handles: [[UInt8]] = []
    var isPlain = true
    switch type {
    case SFTPMessageType.close, SFTPMessageType.fstat, SFTPMessageType.readdir:
      handles = [try reader.readString("handle").array]
    case SFTPMessageType.read:
      handles = [try reader.readString("handle").array]
      try reader.skip(12, "offset and length")
    case SFTPMessageType.write:
      handles = [try reader.readString("handle").array]
      try reader.skip(8, "offset")
      _ = try reader.readString("data")
    case SFTPMessageType.fsetstat:
      handles = [try reader.readString("handle").array]
      isPlain = false
    case SFTPMessageType.extended:
      switch try reader.readText("extended request") {
      case "fstatvfs@openssh.com", "fsync@openssh.com": handles = [try reader.readString("handle").array]
      case "copy-data":
        handles = [try reader.readString("handle").array]
        try reader.skip(16, "offset and length")
        handles.append(try reader.readString("handle").array)
        isPlain = false
      default: return nil
      }
    default: return nil
    }
    guard handles.allSatisfy({ self.reader.open[$0] != nil }) else { return .unknownHandle(id: id) }
    guard isPlain else { return nil }
    guard reader.isAtEnd else {
      throw DecodeError(.mismatch, "message", offset: reader.offset, expected: "its end")
    }
    if type == SFTPMessageType.close, let handle = handles.first { self.reader.open[handle] = nil }
    return .plain
  }

  private static let nowhere = StreamPosition(time: .epoch, origin: .unknown)

  // MARK: The server

  /// Takes what the server sends; adds to `out` what the client may have now.
  ///
  /// - Throws: `DecodeError` for what is no message, or another version.
  public mutating func receive(fromServer bytes: [UInt8], into out: inout [UInt8]) throws(DecodeError) {
    var index = 0
    while index < bytes.count {
      if passing > 0 {
        let count = min(passing, bytes.count - index)
        out += bytes[index..<(index + count)]
        index += count
        passing -= count
        if passing == 0 { say(&out) }
        continue
      }
      let needed = reply.count < 5 ? 5 : 4 + length(reply)
      let count = min(needed - reply.count, bytes.count - index)
      reply += bytes[index..<(index + count)]
      index += count
      guard reply.count >= 5 else { continue }
      let whole = 4 + length(reply)
      guard whole >= 5, whole <= 4 + SFTPLimits.messageLength else {
        throw DecodeError(.overLimit, "message", offset: 0, found: "\(whole - 4) bytes")
      }
      if reply[4] == SFTPMessageType.data, whole > reply.count {
        out += reply
        passing = whole - reply.count
        reply = []
      } else if reply.count == whole {
        try takeReply()
        out += reply
        reply = []
        say(&out)
      }
    }
  }

  private func length(_ bytes: [UInt8]) -> Int {
    var reader = ByteReader(bytes.span)
    return (try? reader.readUInt32()).map(Int.init) ?? 0
  }

  private mutating func takeReply() throws(DecodeError) {
    let message = reply
    var reader = ByteReader(message.span)
    try reader.skip(4)
    let type = try reader.readUInt8("message type")
    let word = try reader.readUInt32("request id")
    if type == SFTPMessageType.version {
      guard word == Self.version else {
        throw DecodeError(.outOfRange, "version", offset: 5, found: "\(word)")
      }
      return
    }
    guard let request = self.reader.pending[word] else { return }
    if case .simple = request.kind { return self.reader.pending[word] = nil }
    var events: [ParserEvent] = []
    let envelope = SFTPEnvelope(begin: Self.nowhere, endTime: .epoch, byteCount: 0)
    try self.reader.takeReply(type, word, &reader, envelope, &events)
  }

  /// Answers a request in the server's place; adds to `out` what the client may have now.
  public mutating func answer(_ id: UInt32, _ status: Status, _ message: String, into out: inout [UInt8]) {
    reader.pending[id] = nil
    var writer = ByteWriter()
    let text = Array(message.utf8.prefix(1_024))
    writer.write(UInt32(clamping: 17 + text.count))
    writer.write(SFTPMessageType.status)
    writer.write(id)
    writer.write(status.rawValue)
    writer.write(UInt32(clamping: text.count))
    writer.write(text)
    // The language tag.
    writer.write(UInt32(0))
    waiting += writer.bytes
    if passing == 0, reply.isEmpty { say(&out) }
  }

  private mutating func say(_ out: inout [UInt8]) {
    out += waiting
    waiting = []
  }

  /// Status codes (draft-ietf-secsh-filexfer-02 §7).
  public enum Status: UInt32 {
    case permissionDenied = 3
    case failure = 4
  }
}
