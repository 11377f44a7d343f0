import Bytes
public import Model

/// What a statement, request or login must have in common with a record of a log: the first half of the digest of its text.
public struct WitnessKey: Hashable, Sendable {
  private let high: UInt64
  private let low: UInt64

  /// Blanks and semicolons at the end do not count: logs drop them.
  public init(_ text: String) {
    var bytes = Array(text.utf8)
    while let last = bytes.last, last <= 0x20 || last == UInt8(ascii: ";") { bytes.removeLast() }
    let digest = SHA256.digest(of: bytes.span).bytes
    high = digest.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    low = digest.dropFirst(8).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }
}

/// A server's record as it is held against captures: what it is about, and when.
public struct WitnessRecord: Sendable {
  /// Its row.
  public var number: Int64
  /// Nil for connections, and for what has no text to compare.
  public var key: WitnessKey?
  /// Rows of actions that carry an id that it names.
  public var named: [Int64] = []
  /// The server's clock, nanoseconds.
  public var at: Int64
  /// `at` is the end.
  public var isEnd = false
  /// The step of the log's clock, nanoseconds.
  public var precision: Int64
  /// The connection of the server that it belongs to; nil where the log does not tell.
  public var lane: String?
  /// The client's end where the log has address and port: `10.0.0.7:4711`.
  public var client: String?
  /// The client's address where the log has it.
  public var host: String?
  public var isLocal = false
  public var user: String?
  public var target: String?
  public var effect: Effect
  /// Nil where the log does not say how it ended.
  public var isFailure: Bool?
  /// It is about the connection itself, not about something asked.
  public var isAboutConnection = false
  public var isLogin = false
  /// A pool does the like for itself: on a pool's connection it need not be a client's.
  public var isPoolsOwn = false

  public init(number: Int64, key: WitnessKey?, at: Int64, precision: Int64, effect: Effect) {
    self.number = number
    self.key = key
    self.at = at
    self.precision = precision
    self.effect = effect
  }
}

/// A captured action as a server's log may tell of it.
public struct WitnessAction: Sendable {
  /// Its row.
  public var number: Int64
  /// Nil for what no log tells.
  public var key: WitnessKey?
  /// Another spelling, as logs of APIs have it: `s3:PutObject`.
  public var otherKey: WitnessKey?
  /// The capture's clock, nanoseconds.
  public var startedAt: Int64
  public var endedAt: Int64
  public var effect: Effect
  /// Nil when its outcome was not captured.
  public var isFailure: Bool?
  /// The server may not have got as far as logging it: an earlier one of the same request failed, or the session was ended.
  public var mayBeUntold = false
  public var isLogin = false

  public init(number: Int64, key: WitnessKey?, startedAt: Int64, endedAt: Int64, effect: Effect) {
    self.number = number
    self.key = key
    self.startedAt = startedAt
    self.endedAt = endedAt
    self.effect = effect
  }
}

/// A captured session as a server's log may tell of it.
public struct WitnessSession: Sendable {
  /// Its row.
  public var number: Int64
  public var protocolName: String
  /// `10.0.0.7:4711`.
  public var client: String
  public var server: String
  public var user: String?
  public var startedAt: Int64
  public var endedAt: Int64
  /// What went through it could not be read: encrypted without keys, a protocol that is not known.
  public var isOpaque = false
  /// Something that the client sent is missing.
  public var hasGap = false
  public var isComplete = true
  public var actions: [WitnessAction]

  public init(
    number: Int64, protocolName: String, client: String, server: String, startedAt: Int64, endedAt: Int64,
    actions: [WitnessAction]
  ) {
    self.number = number
    self.protocolName = protocolName
    self.client = client
    self.server = server
    self.startedAt = startedAt
    self.endedAt = endedAt
    self.actions = actions
  }

  /// Of the client's end: `10.0.0.7`.
  var host: String { client.lastIndex(of: ":").map { String(client[..<$0]) } ?? client }

  /// Why it may not show what was asked in it; nil when it shows all.
  var blindness: String? {
    if isOpaque { return "its connection was captured and could not be read" }
    if hasGap { return "bytes of its connection are missing in the capture" }
    return isComplete ? nil : "the beginning or the end of its connection was not captured"
  }
}
