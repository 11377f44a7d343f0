import Bytes
public import Model

/// Asks `git-upload-pack` what some commits stand for, and nothing before them (gitprotocol-pack(5), "Packfile Negotiation", depth
/// 1): what a push changes cannot be told without it, for the push itself has only what is new.
///
/// It is told what the server says and gives what is to be answered; who carries the bytes does not matter.
public struct SnapshotFetch {
  /// Bytes of the pack that comes.
  public static let packLength = 16 << 20
  /// Commits that are asked for.
  public static let commitLimit = 16
  /// Longest file that is asked for, of servers that take filters.
  private static let filter = "blob:limit=1m"

  private enum Phase {
    case advertisement
    case answer
    case over
  }

  private let wanted: [ObjectID]
  private var phase = Phase.advertisement
  private var framing = PacketFraming()
  private var capabilities: Capabilities?
  private var tips: Set<ObjectID> = []
  private var pack: PackReader?
  private var packByteCount = 0
  /// Why it gave nothing, for a person; nil while it is under way, and where it did.
  public private(set) var problem: String?
  /// What came, by id; empty until it is over.
  public private(set) var objects: [String: RepositoryObject] = [:]

  public var isOver: Bool { phase == .over }

  /// - Parameter commits: their ids, hexadecimal. Only those that a reference of the server names will come.
  public init(commits: [String]) {
    wanted = commits.prefix(Self.commitLimit).compactMap { ObjectID(hex: $0) }
  }

  /// Takes what the server sends.
  ///
  /// - Returns: what it is to be told now.
  public mutating func receive(_ bytes: [UInt8]) -> [UInt8] {
    var index = 0
    while index < bytes.count, phase != .over {
      switch framing.next(bytes.span, &index) {
      case .starved: return []
      case .packet(let packet):
        let answer = phase == .advertisement ? takeAdvertised(packet) : takeAnswer(packet)
        if !answer.isEmpty { return answer }
      case .bad, .pack: fail("it answers in another way than git does")
      }
    }
    return []
  }

  /// The server says no more.
  public mutating func end() {
    if phase != .over { fail("it said no more in the middle") }
  }

  private mutating func fail(_ why: String) {
    problem = why
    (phase, pack, tips) = (.over, nil, [])
  }

  private mutating func takeAdvertised(_ packet: PacketFraming.Packet) -> [UInt8] {
    guard case .data(let line) = packet else { return request() }
    let parts = line.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
    if parts.count > 1, capabilities == nil { capabilities = Capabilities(list: Array(parts[1]).span) }
    guard let text = parts.first.map({ Array($0) })?.lineText else { return [] }
    if text.hasPrefix("ERR ") { fail("it says: \(text.dropFirst(4).prefix(200))") }
    let words = text.split(separator: " ", maxSplits: 1)
    guard words.count == 2, words[0] != "shallow", let id = ObjectID(hex: String(words[0])) else { return [] }
    if tips.count < GitLimits.references { tips.insert(id) }
    return []
  }

  /// What is asked for; the server ends when nothing is.
  private mutating func request() -> [UInt8] {
    let commits = wanted.filter { tips.contains($0) }
    guard let capabilities, let first = commits.first, capabilities["shallow"] != nil,
      capabilities["side-band-64k"] != nil
    else {
      fail(
        wanted.contains { tips.contains($0) }
          ? "it gives no commits without what was before them" : "none of its references is where the push begins")
      return Array("0000".utf8)
    }
    let isFiltered = capabilities["filter"] != nil
    var words = "side-band-64k ofs-delta no-progress"
    if isFiltered { words += " filter" }
    if first.format == .sha256 { words += " object-format=sha256" }
    var text: [UInt8] = []
    for (place, commit) in commits.enumerated() {
      text += Self.line("want \(commit.hex)\(place == 0 ? " \(words)" : "")")
    }
    text += Self.line("deepen 1")
    if isFiltered { text += Self.line("filter \(Self.filter)") }
    (phase, pack, tips) = (.answer, PackReader(format: first.format), [])
    return text + Array("0000".utf8) + Self.line("done")
  }

  private static func line(_ text: String) -> [UInt8] {
    let digits = String(text.utf8.count + 5, radix: 16)
    return Array("\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits)\(text)\n".utf8)
  }

  private mutating func takeAnswer(_ packet: PacketFraming.Packet) -> [UInt8] {
    switch packet {
    case .data(let data):
      guard let band = data.first else { return [] }
      switch band {
      case 1:
        packByteCount += data.count - 1
        guard packByteCount <= Self.packLength else {
          fail("what is there now is longer than \(Self.packLength >> 20) MiB")
          return []
        }
        pack?.receive(data.span.extracting(droppingFirst: 1))
      case 2: break
      case 3: fail("it says: \(Array(data.dropFirst()).lineText.prefix(200))")
      default: if data.starts(with: "ERR ".utf8) { fail("it says: \(Array(data.dropFirst(4)).lineText.prefix(200))") }
      }
    case .flush: if packByteCount > 0 { settle() }
    case .delimiter, .responseEnd: break
    }
    return []
  }

  private mutating func settle() {
    pack?.finish()
    guard let found = pack, found.isDone, found.problem == nil else {
      return fail("what it sent is damaged: \(pack?.problem ?? "no pack")")
    }
    for (id, object) in found.objects.kept {
      objects[id.hex] = RepositoryObject(object.kind.shared, object.bytes)
    }
    (phase, pack) = (.over, nil)
  }
}
