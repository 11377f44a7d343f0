import Bytes
public import Model

extension ProtocolID {
  /// git:// (gitprotocol-pack(5), "Git Transport").
  public static let git = ProtocolID("git")
}

/// Rebuilds what was fetched and pushed over git://.
public struct GitParser: ProtocolParser {
  public static var id: ProtocolID { .git }

  /// The longest first packet: a path and the parameters.
  private static let requestLimit = 8 << 10

  private let options: ParserOptions
  private var reader: GitReader?
  private var request: [UInt8] = []
  private var isOpaque = false
  private var opaque = Opaque(reason: .undecodable, clientByteCount: 0, serverByteCount: 0)
  private var openedAt: StreamPosition?

  /// Only the first packet tells: `003egit-upload-pack /project.git` NUL `host=…` NUL.
  public static func recognize(_ opening: borrowing Opening) -> Recognition {
    let client = judge(opening.fromClient)
    if client != .no { return opening.fromServer.isEmpty || client == .yes ? client : .no }
    guard opening.fromClient.isEmpty || opening.isMidstream else { return .no }
    return judge(opening.fromServer) == .yes ? .yesReversed : .no
  }

  private static func judge(_ bytes: Span<UInt8>) -> Recognition {
    if bytes.isEmpty { return .undecided }
    let shown = bytes.extracting(first: min(bytes.count, 24))
    for index in 0..<min(4, shown.count) where ObjectID.digit(shown[index]) == nil { return .no }
    let name = shown.extracting(droppingFirst: min(4, shown.count))
    for service in ["git-upload-pack ", "git-receive-pack ", "git-upload-archive "] {
      let wanted = Array(service.utf8)
      let shared = min(wanted.count, name.count)
      if name.extracting(first: shared).elementsEqual(wanted.span.extracting(first: shared)) {
        return shared == wanted.count ? .yes : .undecided
      }
    }
    return .no
  }

  public init(options: ParserOptions) { self.options = options }

  public mutating func receive(
    _ bytes: Span<UInt8>, from direction: Direction, at position: StreamPosition, into events: inout [ParserEvent]
  ) {
    openedAt = openedAt ?? position
    guard !isOpaque else { return count(UInt64(bytes.count), direction) }
    if reader != nil {
      reader?.receive(bytes, from: direction, at: position, into: &events)
      return
    }
    guard direction == .fromClient else {
      give(up: "the server spoke first", at: position, &events)
      return count(UInt64(bytes.count), direction)
    }
    let wanted = min(bytes.count, max(0, length ?? 4) - request.count)
    request.append(contentsOf: bytes.extracting(first: max(0, wanted)))
    var used = max(0, wanted)
    if request.count == 4, let length, length > 4, used < bytes.count {
      let more = min(length - 4, bytes.count - used)
      request.append(contentsOf: bytes.extracting(used..<(used + more)))
      used += more
    }
    guard request.count >= 4 else { return }
    guard let length, length > 4, length <= Self.requestLimit else {
      return give(up: "its first packet is no request", at: position, &events)
    }
    guard request.count == length else { return }
    begin(at: position, &events)
    if used < bytes.count {
      let rest = bytes.extracting(used..<bytes.count)
      receive(rest, from: direction, at: position, into: &events)
    }
  }

  public mutating func skip(
    _ gap: Gap, from direction: Direction, at position: StreamPosition, into events: inout [ParserEvent]
  ) {
    openedAt = openedAt ?? position
    if reader != nil {
      reader?.skip(gap, from: direction, at: position, into: &events)
    } else {
      if !isOpaque { give(up: "its first packet was not captured", at: position, &events) }
      count(gap.byteCount, direction)
    }
  }

  public mutating func finish(at position: StreamPosition, into events: inout [ParserEvent]) {
    reader?.finish(at: position, into: &events)
    guard reader == nil, isOpaque || !request.isEmpty else { return }
    if !isOpaque { give(up: "its first packet was cut", at: position, &events) }
    let opened = openedAt ?? position
    events.append(
      .exchange(
        Exchange(
          shape: .opaque(opaque), startedAt: opened.time, endedAt: position.time, origin: opened.origin,
          requestByteCount: opaque.clientByteCount, responseByteCount: opaque.serverByteCount)))
  }

  /// The first packet's length, once it is there.
  private var length: Int? {
    guard request.count >= 4 else { return nil }
    return Int(String(decoding: request.prefix(4), as: UTF8.self), radix: 16) ?? 0
  }

  private mutating func give(up reason: String, at position: StreamPosition, _ events: inout [ParserEvent]) {
    isOpaque = true
    count(UInt64(request.count), .fromClient)
    request = []
    events.append(
      .anomaly(
        Anomaly("git-no-request", reason, origin: position.origin, flow: options.flow, time: position.time)))
  }

  private mutating func count(_ bytes: UInt64, _ direction: Direction) {
    if direction == .fromClient { opaque.clientByteCount &+= bytes } else { opaque.serverByteCount &+= bytes }
  }

  /// `git-upload-pack /project.git` NUL `host=myserver.com` NUL NUL `version=2` NUL
  private mutating func begin(at position: StreamPosition, _ events: inout [ParserEvent]) {
    let parts = request.dropFirst(4).split(separator: 0, omittingEmptySubsequences: false)
      .map { Array($0).lineText }
    let command = (parts.first ?? "").split(separator: " ", maxSplits: 1).map(String.init)
    let version = GitCallReader.version(parts.dropFirst().first { $0.hasPrefix("version=") })
    reader = GitReader(
      service: command.first ?? "", repository: command.count > 1 ? command[1] : "", version: version,
      options: options, source: options.objects)
    guard reader != nil else { return give(up: "\(command.first ?? "") is no service of git", at: position, &events) }
    reader?.note(UInt64(request.count), from: .fromClient, at: openedAt ?? position)
  }
}
