import Bytes
import Model
import Terminal

@testable import Gateway

/// Somebody who types into a shell that marks its prompt, while neither's bytes come when they should. Stops the process where a line runs
/// that was neither judged nor told.
enum LineRehearsal {
  /// Each byte is a step: above 0xEF something of the story, else what is typed.
  static func run(_ input: [UInt8]) {
    cut(input)
    var story = LineStory(mode: (input.first ?? 0) & 1 == 0 ? .judged : .strict)
    for byte in input.dropFirst() { story.step(byte) }
    story.end()
  }

  /// However what is typed is cut, the same keys are found, and all of it is in them.
  private static func cut(_ input: [UInt8]) {
    for isPasteKnown in [true, false] {
      var whole = LineCutter()
      let found = whole.cut(input, isPasteKnown: isPasteKnown)
      hold(found.flatMap(\.bytes) == input, "bytes are lost between the keys")
      for size in [1, 3] {
        var cutter = LineCutter()
        var parts: [(bytes: [UInt8], kind: LineCutter.Kind)] = []
        for start in stride(from: 0, to: input.count, by: size) {
          parts += cutter.cut(Array(input[start..<min(start + size, input.count)]), isPasteKnown: isPasteKnown)
        }
        hold(parts.flatMap(\.bytes) == input, "bytes are lost between the keys of parts")
        hold(parts.map(\.kind).filter { $0 != .run } == found.map(\.kind).filter { $0 != .run }, "other keys when cut")
      }
    }
  }
}

/// One session: what waits at the gateway, on the way to the shell, and on the way back.
private struct LineStory {
  private static let stepLimit = 10_000
  let inspection: LineInspection
  var pieces: [ChannelPiece] = []
  var shell = RehearsedShell()
  var toShell: [UInt8] = []
  /// What came to be judged: before it ran, and when it ran already.
  var judged: [String] = []
  var late: [String] = []
  var hasLost = false
  /// Every fourth line that is judged is refused.
  var count = 0

  init(mode: SSHRules.Lines) {
    inspection = LineInspection(mode, isShell: true, SSHTerminal(name: Array("xterm".utf8), columns: 80, rows: 24))
    show(shell.takeOutput())
  }

  mutating func step(_ byte: UInt8) {
    switch byte {
    case 0xFF: work(isLate: true)
    case 0xFE: work(isLate: false)
    case 0xFD: feedShell(.max)
    case 0xFC: feedShell(1)
    case 0xFB: show(shell.takeOutput())
    case 0xFA: show(shell.takeOutput(1))
    case 0xF9: type(Array("\u{1b}[A".utf8))
    case 0xF8: type(Array("it's \r".utf8))
    case 0xF0...0xF7: type(Array("run \(byte)".utf8))
    default: type([byte])
    }
  }

  mutating func end() {
    for _ in 0..<Self.stepLimit where !pieces.isEmpty || !toShell.isEmpty || shell.hasOutput {
      work(isLate: true)
      feedShell(.max)
      show(shell.takeOutput())
    }
    if hasLost { return }
    var known = judged + late
    for line in shell.ran {
      guard let index = known.firstIndex(where: { LineWatch.same($0, line) }) else {
        fatalError(
          "a line ran that nobody judged: \(line.debugDescription) of \(shell.ran), judged \(judged), late \(late)")
      }
      known.remove(at: index)
    }
  }

  private mutating func type(_ bytes: [UInt8]) {
    inspection.take(fromClient: bytes, into: &pieces)
  }

  private mutating func show(_ bytes: [UInt8]) {
    _ = inspection.take(fromTarget: bytes)
    pieces.insert(contentsOf: inspection.takeLate().reversed(), at: 0)
  }

  private mutating func feedShell(_ limit: Int) {
    for byte in toShell.prefix(limit) { shell.take(byte) }
    toShell.removeFirst(min(limit, toShell.count))
  }

  /// What the gateway does with what waits, soon or when much time has gone by.
  private mutating func work(isLate: Bool) {
    for _ in 0..<Self.stepLimit {
      guard let piece = pieces.first else { return }
      let now = isLate ? ContinuousClock.now.advanced(by: .seconds(60)) : .now
      switch inspection.turn(of: piece, at: now) {
      case .waits: return
      case .unjudged:
        pieces.removeFirst()
        inspection.pass(unjudged: piece)
        toShell += piece.bytes
      case .judged:
        pieces.removeFirst()
        judge(piece)
      case .refused(let reason):
        pieces.removeFirst()
        if piece.line != nil { hasLost = true }
        refuse(piece, reason)
      }
    }
  }

  private mutating func judge(_ piece: ChannelPiece) {
    guard case .line(let text, let isLate) = inspection.subject(of: piece, at: .epoch) else {
      fatalError("nothing to judge")
    }
    count += 1
    if isLate { late.append(text) }
    if count % 4 == 0 { return refuse(piece, "no") }
    if !isLate { judged.append(text) }
    inspection.settle()
    toShell += piece.bytes
  }

  private mutating func refuse(_ piece: ChannelPiece, _ reason: String) {
    inspection.settle()
    let refusal = inspection.refuse(piece, reason)
    toShell += refusal.toTarget
    if refusal.isLast { pieces = [] }
  }
}
