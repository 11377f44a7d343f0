import Model
import TestKit
import Testing

@testable import Decryption

/// A connection that is damaged in every way: what comes out was said, and what does not come out is missed aloud.
@Suite(.enabled(if: LivePeers.isPresent, LivePeers.absence))
struct DamageTests {
  struct Subject: Sendable, CustomStringConvertible {
    var live: LiveCase
    var connection = 0
    var description: String { "\(live.name), connection \(connection)" }
  }

  /// One connection, whole, with what it gives.
  struct Sample {
    var wire: Wire
    var keys: KeyRing
    var whole: Opened
    /// The records that hold text: where each begins and ends in its direction.
    var texts: [(piece: Opened.Piece, end: Int)]

    init?(_ subject: Subject) throws {
      guard let run = try LivePeers.run(subject.live) else { return nil }
      let wire = Wire(run.connections[subject.connection])
      let keys = KeyRing(text: run.keys)
      let whole = Opened(wire, keys)
      let ends = Dictionary(
        uniqueKeysWithValues: Direction.allCases.flatMap { from in
          wire.records(from).map { (Place(from: from, start: $0.start), $0.start + $0.count) }
        })
      texts = whole.pieces.compactMap { piece in
        ends[Place(from: piece.from, start: Int(piece.offset))].map { (piece, $0) }
      }
      guard texts.count == whole.pieces.count else { return nil }
      self.wire = wire
      self.keys = keys
      self.whole = whole
    }

    struct Place: Hashable {
      var from: Direction
      var start: Int
    }

    /// Where the first record with text begins, over all pieces.
    var firstText: Int { texts.map { wire.offset($0.piece.from, Int($0.piece.offset)) }.min() ?? 0 }
  }

  static let subjects: [Subject] =
    LiveCatalog.short.map { Subject(live: $0) }
    + [
      Subject(live: LiveCatalog.shortUpdates), Subject(live: LiveCatalog.earlyData, connection: 1),
    ]

  /// What is wrong with an outcome, if anything: what came out must be part of what was said, in order and at its place,
  /// and what is missing must be said to be missing.
  private func problem(
    _ opened: Opened, _ sample: Sample, placesHold: Bool = true, of damaged: Wire? = nil
  ) -> String? {
    // A hello that was changed to a suite without encryption is believed, as Finished is not verified: under
    // encrypt-then-MAC its MAC over the ciphertext is the same.
    if opened.parameters["tls.cipher"]?.contains("NULL") == true { return nil }
    for from in Direction.allCases {
      var rest = sample.whole.pieces.filter { $0.from == from }[...]
      for piece in opened.pieces where piece.from == from {
        let found = rest.firstIndex { $0.bytes == piece.bytes && (!placesHold || $0.offset == piece.offset) }
        guard let found else { return "text that was not said" }
        rest = rest[(found + 1)...]
      }
    }
    if opened.spokeAfterOpaque || opened.opaque.count > 1 { return "it speaks after it said opaque" }
    if opened.plain == sample.whole.plain || opened.lossIsSaid { return nil }
    if let damaged, endsEarly(opened, sample, damaged) { return nil }
    return "silent loss"
  }

  /// All that is missing are records at the end of a direction that are not on the wire at all: as if it had ended there.
  private func endsEarly(_ opened: Opened, _ sample: Sample, _ damaged: Wire) -> Bool {
    Direction.allCases.allSatisfy { from in
      let (whole, stream) = (sample.wire.stream(from), damaged.stream(from))
      let texts = sample.texts.filter { $0.piece.from == from }
      let found = opened.pieces.filter { $0.from == from }
      guard texts.prefix(found.count).map(\.piece.bytes) == found.map(\.bytes) else { return false }
      return texts.dropFirst(found.count).allSatisfy { text in
        !stream.contains(whole[Int(text.piece.offset)..<text.end])
      }
    }
  }

  /// One issue for all that went wrong, with the first places of each kind.
  private func expectNone(_ problems: [(place: String, problem: String)], _ subject: Subject) {
    let kinds = Dictionary(grouping: problems, by: \.problem)
    for (kind, all) in kinds.sorted(by: { $0.key < $1.key }) {
      let places = all.prefix(6).map(\.place).joined(separator: ", ")
      Issue.record("\(subject): \(kind): \(all.count) times, at \(places)")
    }
  }

  @Test(arguments: subjects)
  func `a gap anywhere loses what it hits and says so`(_ subject: Subject) throws {
    guard let sample = try Sample(subject) else { return }
    var problems: [(place: String, problem: String)] = []
    for (count, step) in [(1, 3), (4, 7), (61, 5), (400, 11), (3000, 37)] {
      for offset in stride(from: 0, to: sample.wire.byteCount, by: step) {
        let opened = Opened(sample.wire.losing(count, at: offset), sample.keys)
        if let problem = problem(opened, sample) { problems.append(("\(offset)+\(count)", problem)) }
      }
    }
    expectNone(problems, subject)
  }

  /// Where records stand on their own, only those that the gap hits are lost.
  @Test(arguments: subjects.filter { !$0.live.name.hasPrefix("short-1.0") })
  func `a gap among texts loses only the records it hits`(_ subject: Subject) throws {
    guard let sample = try Sample(subject) else { return }
    // A lost KeyUpdate, or the end of early data, is a loss of keys and not only of text.
    let isPlain = subject.live.name.hasPrefix("short-1")
    guard isPlain else { return }
    for count in [1, 2, 5, 30, 61, 120, 200] {
      for offset in sample.firstText..<sample.wire.byteCount {
        let wire = sample.wire.losing(count, at: offset)
        let what: Comment = "\(subject): \(count) bytes lost at \(offset)"
        let opened = Opened(wire, sample.keys)
        var lost: [Direction: [Range<Int>]] = [:]
        var place: [Direction: Int] = [:]
        for (from, part) in wire.parts {
          let start = place[from, default: 0]
          if case .lost(let count) = part { lost[from, default: []].append(start..<(start + count)) }
          place[from] = start + part.count
        }
        let spared = sample.texts.filter { text in
          !(lost[text.piece.from] ?? []).contains { $0.overlaps(Int(text.piece.offset)..<text.end) }
        }
        #expect(opened.pieces == spared.map(\.piece), what)
        guard opened.pieces != spared.map(\.piece) else { continue }
        return
      }
    }
  }

  @Test(arguments: subjects.filter { ["short-1.3", "short-1.2"].contains($0.live.name) })
  func `a gap within a record is as long as the text it took`(_ subject: Subject) throws {
    guard let sample = try Sample(subject) else { return }
    for text in sample.texts {
      let from = text.piece.from
      for start in (Int(text.piece.offset) + 5)..<(text.end - 3) {
        let opened = Opened(sample.wire.losing(3, at: sample.wire.offset(from, start)), sample.keys)
        let gaps = from == .fromClient ? opened.clientGaps : opened.serverGaps
        #expect(gaps == [UInt64(text.piece.bytes.count)], "\(subject): 3 bytes lost at \(start) of \(from)")
        #expect(opened.anomalies.isEmpty)
      }
    }
  }

  @Test(arguments: subjects)
  func `a changed byte is an anomaly and a gap, and the next record opens`(_ subject: Subject) throws {
    guard let sample = try Sample(subject) else { return }
    let isChained = subject.live.name.hasPrefix("short-1.0")
    for (index, text) in sample.texts.enumerated() {
      let from = text.piece.from
      for place in stride(from: Int(text.piece.offset) + 5, to: text.end, by: 3) {
        let what: Comment = "\(subject): byte \(place) of \(from) changed"
        let opened = Opened(sample.wire.changing(sample.wire.offset(from, place)) { $0 ^ 0x10 }, sample.keys)
        #expect(problem(opened, sample) == nil, what)
        #expect(!(from == .fromClient ? opened.clientGaps : opened.serverGaps).isEmpty, what)
        guard !isChained, subject.live.name != LiveCatalog.earlyData.name || index > 0 else { continue }
        var spared = sample.whole.pieces
        spared.remove(at: index)
        #expect(opened.pieces == spared, what)
        #expect(opened.anomalies == ["tls-record-bad-mac"], what)
      }
    }
  }

  @Test(arguments: subjects)
  func `a changed byte anywhere brings nothing that was not said`(_ subject: Subject) throws {
    guard let sample = try Sample(subject) else { return }
    var problems: [(place: String, problem: String)] = []
    for offset in stride(from: 0, to: sample.wire.byteCount, by: 3) {
      for change in [UInt8(0x01), 0x80] {
        let opened = Opened(sample.wire.changing(offset) { $0 ^ change }, sample.keys)
        if let problem = problem(opened, sample) { problems.append(("\(offset) xor \(change)", problem)) }
      }
    }
    expectNone(problems, subject)
  }

  @Test(arguments: subjects)
  func `every prefix gives the records it holds`(_ subject: Subject) throws {
    guard let sample = try Sample(subject) else { return }
    for count in 0...sample.wire.byteCount {
      let wire = sample.wire.prefix(count)
      let opened = Opened(wire, sample.keys)
      let lengths = [
        Direction.fromClient: wire.stream(.fromClient).count, .fromServer: wire.stream(.fromServer).count,
      ]
      let held = sample.texts.filter { $0.end <= lengths[$0.piece.from, default: 0] }.map(\.piece)
      #expect(opened.pieces == held, "\(subject): \(count) bytes")
      let isCut = Direction.allCases.contains { from in
        let end = lengths[from, default: 0]
        return sample.wire.records(from).contains { $0.start < end && end < $0.start + $0.count }
      }
      let isMissed = opened.anomalies.contains("tls-record-cut")
      #expect(isMissed == isCut, "\(subject): \(count) bytes")
    }
  }

  @Test(arguments: subjects)
  func `random damage brings nothing that was not said`(_ subject: Subject) throws {
    guard let sample = try Sample(subject) else { return }
    let seed = UInt64.random(in: 0 ... .max)
    var generator = SeededGenerator(seed: seed)
    var problems: [(place: String, problem: String)] = []
    for round in 0..<400 {
      var damage: [String] = []
      var wire = sample.wire.cut { Int.random(in: 1...400, using: &generator) }
      for _ in 0..<Int.random(in: 1...4, using: &generator) where !wire.parts.isEmpty {
        let index = Int.random(in: 0..<wire.parts.count, using: &generator)
        let kind = Int.random(in: 0..<6, using: &generator)
        let offset = wire.parts[..<index].reduce(0) { $0 + $1.part.count }
        damage.append("\(kind) to \(wire.parts[index].part.count) \(wire.parts[index].from) at \(offset)")
        switch kind {
        case 0: wire.parts.remove(at: index)
        // A hello with early data behind it, sent twice, cannot be told from two connections.
        case 1 where subject.connection == 0: wire.parts.insert(wire.parts[index], at: index)
        case 2: wire.parts[index].part = .lost(wire.parts[index].part.count)
        case 3: wire.parts.swapAt(index, Int.random(in: 0..<wire.parts.count, using: &generator))
        case 4: wire.parts.insert((wire.parts[index].from.reversed, wire.parts[index].part), at: index)
        default:
          wire = wire.changing(Int.random(in: 0..<max(1, wire.byteCount), using: &generator)) { _ in
            UInt8.random(in: 0...255, using: &generator)
          }
        }
      }
      let opened = Opened(wire, sample.keys)
      if let problem = problem(opened, sample, placesHold: false, of: wire) {
        problems.append(("round \(round) of seed \(seed): \(damage.joined(separator: ", "))", problem))
      }
    }
    expectNone(problems, subject)
  }

  @Test(arguments: subjects)
  func `a connection whose beginning is not there is opaque`(_ subject: Subject) throws {
    guard let sample = try Sample(subject) else { return }
    var wire = Wire()
    for (index, part) in sample.wire.parts.enumerated() where index > 0 { wire.parts.append(part) }
    let opened = Opened(wire, sample.keys)
    #expect(opened.pieces.isEmpty)
    #expect(opened.opaque.count == 1)
  }
}
