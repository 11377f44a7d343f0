import Bytes
import Model

/// Which program runs on the server's side.
enum GitService: String {
  case uploadPack = "git-upload-pack"
  case receivePack = "git-receive-pack"
  case uploadArchive = "git-upload-archive"

  /// Takes the name as it is, as `git upload-pack`, or with a path before it.
  init?(name: String) {
    let base = name.split(separator: "/").last.map(String.init) ?? name
    self.init(rawValue: base.replacing("git ", with: "git-"))
  }
}

/// From packets of both directions to what was asked, told and moved.
struct GitDialogue {
  /// What part of a conversation is read.
  enum Part {
    /// All of it: SSH, git://.
    case connection
    /// The answer to `GET info/refs`.
    case advertisement
    /// A request without state and its answer.
    case call
  }

  /// What comes out.
  enum Result {
    case anomaly(Anomaly.Code, String)
    case exchange(RepositoryExchange, incompleteReason: String?)
  }

  enum ClientPhase {
    /// Wants, haves, commands of a push, or requests of version 2.
    case request
    case certificate
    case pushOptions
    case pack
    /// Nothing more is expected.
    case over
    case lost
  }

  enum ServerPhase {
    /// `# service=git-upload-pack`
    case serviceLine
    case advertisement
    case capabilities
    case answer
    /// A pack without side band.
    case pack
    case lost
  }

  let service: GitService
  let repository: String
  let options: ParserOptions
  let source: (any ObjectSource)?
  let part: Part
  var version: Int
  var clientPhase = ClientPhase.request
  var serverPhase: ServerPhase
  private var clientFraming = PacketFraming()
  private var serverFraming = PacketFraming()
  /// Packets inside band 1: the report of a push.
  var reportFraming = PacketFraming()

  var format = ObjectFormat.sha1
  var clientCapabilities = Capabilities()
  var serverCapabilities = Capabilities()
  var advertised = AdvertisedReferences()
  var draft: RepositoryExchange
  var messages: PayloadBuilder
  var pack: PackReader?
  var isPackOver = false
  var certificate: [UInt8] = []
  var isShallow = false
  /// The draft says something that no exchange has said yet.
  var isTold = false
  private(set) var exchangeCount = 0
  var incompleteReason: String?
  var version2 = Version2State()
  private var strangeCount = 0

  init(
    service: GitService, repository: String, version: Int, part: Part, options: ParserOptions,
    source: (any ObjectSource)? = nil
  ) {
    self.service = service
    self.repository = repository
    // What was asked for is not what is spoken: of a connection the server's first line tells.
    self.version = part == .call ? version : 0
    self.part = part
    self.options = options
    self.source = source
    draft = RepositoryExchange(service.operation, repository: repository, version: version)
    messages = PayloadBuilder(layout: .text, limit: options.bodyLimit)
    switch part {
    case .connection: serverPhase = service == .uploadArchive ? .answer : .advertisement
    case .advertisement: serverPhase = .serviceLine
    case .call: serverPhase = .answer
    }
  }

  // MARK: Bytes

  mutating func receive(_ bytes: Span<UInt8>, from direction: Direction, into results: inout [Result]) {
    var index = 0
    while index < bytes.count {
      if direction == .fromClient {
        switch clientPhase {
        case .lost: return
        case .pack:
          pack?.receive(bytes.extracting(index..<bytes.count))
          return
        case .request, .certificate, .pushOptions, .over:
          let step = clientFraming.next(bytes, &index)
          guard take(step, from: direction, &results) else { return }
        }
      } else {
        switch serverPhase {
        case .lost: return
        case .pack:
          pack?.receive(bytes.extracting(index..<bytes.count))
          return
        case .serviceLine, .advertisement, .capabilities, .answer:
          let step = serverFraming.next(bytes, &index)
          guard take(step, from: direction, &results) else { return }
        }
      }
    }
  }

  /// False when nothing more can be read of that direction for now.
  private mutating func take(
    _ step: PacketFraming.Step, from direction: Direction, _ results: inout [Result]
  ) -> Bool {
    switch step {
    case .starved: return false
    case .packet(let packet):
      if direction == .fromClient { takeClient(packet, &results) } else { takeServer(packet, &results) }
      return true
    case .pack:
      let isExpected =
        direction == .fromServer
        ? service == .uploadPack && version < 2 && pack == nil : service == .receivePack && pack == nil
      guard isExpected else { return lose(direction, Array("PACK".utf8), &results) }
      beginPack()
      pack?.receive(Array("PACK".utf8).span)
      if direction == .fromClient { clientPhase = .pack } else { serverPhase = .pack }
      return true
    case .bad(let digits): return lose(direction, digits, &results)
    }
  }

  private mutating func lose(_ direction: Direction, _ digits: [UInt8], _ results: inout [Result]) -> Bool {
    let shown = digits.span.string.debugDescription
    results.append(.anomaly("git-bad-length", "\(shown) is no length of a packet; the rest is not read"))
    stop(direction, "a packet without a length from the \(direction.side)")
    return false
  }

  private mutating func stop(_ direction: Direction, _ reason: String) {
    if direction == .fromClient { clientPhase = .lost } else { serverPhase = .lost }
    incompleteReason = incompleteReason ?? reason
    isTold = true
  }

  mutating func skip(_ gap: Gap, from direction: Direction, into results: inout [Result]) {
    let reason = "gap of \(gap.byteCount) bytes from the \(direction.side)"
    incompleteReason = incompleteReason ?? reason
    isTold = true
    switch (direction, clientPhase, serverPhase) {
    case (.fromClient, .pack, _), (.fromServer, _, .pack): pack?.skip(gap.byteCount)
    case (.fromClient, .lost, _), (.fromServer, _, .lost): break
    case (.fromClient, _, _): if !clientFraming.skip(gap.byteCount) { clientPhase = .lost }
    case (.fromServer, _, _):
      // Of side bands the most is the pack.
      if service == .uploadPack { pack?.skip(gap.byteCount) }
      if !serverFraming.skip(gap.byteCount) { serverPhase = .lost }
    }
  }

  mutating func finish(into results: inout [Result]) {
    if !clientFraming.isBetweenPackets || !serverFraming.isBetweenPackets {
      incompleteReason = incompleteReason ?? "it ends within a packet"
    }
    if isTold || (exchangeCount == 0 && part == .connection) { close(into: &results) }
  }

  // MARK: Exchanges

  mutating func beginPack() {
    pack = PackReader(format: format, source: source)
    isPackOver = false
    isTold = true
  }

  /// Gives the exchange as far as it went and begins the next.
  mutating func close(into results: inout [Result]) {
    draft.version = version
    draft.objectFormat = format.name
    draft.clientAgent = clientCapabilities["agent"]
    draft.serverAgent = serverCapabilities["agent"]
    draft.clientSession = clientCapabilities["session-id"]
    draft.serverSession = serverCapabilities["session-id"]
    draft.head = draft.head ?? serverCapabilities.head
    if !messages.isEmpty { draft.messages = messages.finish() }
    if !certificate.isEmpty { draft.certificate = certificate.span.string }
    let isEmptyFetch =
      draft.operation == .fetch && draft.wants.isEmpty && pack == nil
      && !draft.arguments.contains { $0.hasPrefix("want-ref ") }
    let isEmptyPush = draft.operation == .push && draft.updates.isEmpty && pack == nil
    if isEmptyFetch || isEmptyPush { draft.operation = .list }
    closePack(&results)
    results.append(.exchange(draft, incompleteReason: incompleteReason))
    exchangeCount += 1
    draft = RepositoryExchange(service.operation, repository: repository, version: version)
    (pack, isPackOver, incompleteReason, isTold, certificate) = (nil, false, nil, false, [])
  }

  /// Notes something strange; after a few it is only counted.
  mutating func strange(_ code: Anomaly.Code, _ detail: String, _ results: inout [Result]) {
    strangeCount += 1
    if strangeCount <= 20 { results.append(.anomaly(code, detail)) }
  }

  mutating func addArgument(_ text: String) {
    if draft.arguments.count < GitLimits.items { draft.arguments.append(text) }
  }

  // MARK: Packets

  private mutating func takeClient(_ packet: PacketFraming.Packet, _ results: inout [Result]) {
    switch service {
    case .uploadPack:
      if version == 2 { takeRequest2(packet, &results) } else { takeWants(packet, &results) }
    case .receivePack: takeCommands(packet, &results)
    case .uploadArchive:
      guard case .data(let data) = packet else { return }
      isTold = true
      addArgument(data.lineText)
    }
  }

  private mutating func takeServer(_ packet: PacketFraming.Packet, _ results: inout [Result]) {
    if case .data(let data) = packet, data.span.starts(with: "ERR ") {
      draft.error = Array(data.dropFirst(4)).lineText
      isTold = true
      return
    }
    switch serverPhase {
    case .serviceLine:
      // "# service=…" and a flush; servers of version 2 may leave it out.
      if case .data(let data) = packet, !data.span.starts(with: "# service=") {
        serverPhase = .advertisement
        takeAdvertisement(packet, &results)
      } else if case .flush = packet {
        serverPhase = .advertisement
      }
    case .advertisement: takeAdvertisement(packet, &results)
    case .capabilities: takeCapability(packet)
    case .answer:
      switch service {
      case .uploadPack:
        if version == 2 { takeAnswer2(packet, &results) } else { takeAnswer(packet, &results) }
      case .receivePack: takeReport(packet, &results)
      case .uploadArchive: takeArchive(packet, &results)
      }
    case .pack, .lost: break
    }
  }
}

extension Direction {
  fileprivate var side: String { self == .fromClient ? "client" : "server" }
}

extension GitService {
  var operation: RepositoryExchange.Operation {
    switch self {
    case .uploadPack: .fetch
    case .receivePack: .push
    case .uploadArchive: .archive
    }
  }
}

extension [UInt8] {
  /// As text, without the line feed that a packet may end with.
  var lineText: String {
    last == 0x0a ? span.extracting(first: count - 1).string : span.string
  }
}
