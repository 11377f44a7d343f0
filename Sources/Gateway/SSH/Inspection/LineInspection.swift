import Bytes
import Model
import Policy
import Terminal

/// The lines that are typed into a shell: each is judged before its Enter goes on, where the shell marks its prompt.
///
/// What a key does depends on where the shell is when the key comes to it. So it is decided of each piece when it is its turn whether it goes
/// on, is judged, or waits for the shell.
final class LineInspection: ChannelInspection {
  /// A line that is known by its keys is on the screen within so long; one by other means when nothing has moved for so long.
  private static let lateness = Duration.seconds(1)
  private static let stillness = Duration.milliseconds(200)
  /// For so long a shell may take to show its first mark, after it began and after it last said something.
  private static let beginning = Duration.seconds(3)
  private static let silence = Duration.milliseconds(500)
  /// What was typed before a command ran is for the next prompt, if that comes so soon.
  private static let quickness = Duration.seconds(1)
  /// A shell that marks no beginnings of commands runs one after so long.
  private static let start = Duration.milliseconds(500)
  /// One that does says so within so long.
  private static let answer = Duration.seconds(2)

  private static let lateLimit = 256

  let waitingLimit = SSHChannelRelay.queueLimit
  let expectsMore = false
  let unread: [UInt8] = []
  let isTerminal = true
  private let mode: SSHRules.Lines
  /// A shell, and not a program that may start one.
  private let isShell: Bool
  private var watch: LineWatch
  private var cutter = LineCutter()
  private let began = ContinuousClock.now
  /// When something was shown or went on last, when the shell entered its stage.
  private var moved = ContinuousClock.now
  private var staged = ContinuousClock.now
  /// Something was shown since the last key went on.
  private var isEchoed = true
  /// The line that is judged, and that which went on and has not begun to run.
  private var asked: String?
  private var passed: String?
  /// The line whose Enter is to go on because the shell will want more.
  private var incomplete: String?
  /// Lines that ran and were not judged; more than are kept.
  private var late: [String] = []
  private var hasLost = false

  init(_ mode: SSHRules.Lines, isShell: Bool, _ terminal: SSHTerminal) {
    (self.mode, self.isShell) = (mode, isShell)
    watch = LineWatch(size: Self.size(terminal))
  }

  private static func size(_ terminal: SSHTerminal) -> TerminalSize {
    TerminalSize(columns: Int(clamping: terminal.columns), rows: Int(clamping: terminal.rows))
  }

  func resize(_ terminal: SSHTerminal) { watch.resize(Self.size(terminal)) }

  // MARK: What comes

  func take(fromClient bytes: [UInt8], into pieces: inout [ChannelPiece]) {
    for (bytes, kind) in cutter.cut(bytes, isPasteKnown: watch.takesPastes) {
      var piece = ChannelPiece(bytes: bytes, kind: kind == .enter ? .asked(0) : .plain)
      (piece.key, piece.came) = (kind, .now)
      pieces.append(piece)
    }
  }

  func take(fromTarget bytes: [UInt8]) -> [UInt8] {
    let before = watch.stage
    for line in watch.receive(bytes) {
      defer { passed = nil }
      if let passed, LineWatch.same(passed, line) || line.isEmpty { continue }
      if late.count < Self.lateLimit { late.append(line) } else { hasLost = true }
    }
    (moved, isEchoed) = (.now, true)
    if watch.stage != before { staged = moved }
    return bytes
  }

  func takeLate() -> [ChannelPiece] {
    defer { (late, hasLost) = ([], false) }
    return (hasLost ? late + [""] : late).map { line in
      var piece = ChannelPiece(bytes: [], kind: .asked(1))
      piece.line = line
      return piece
    }
  }

  // MARK: Turns

  func turn(of piece: ChannelPiece, at now: ContinuousClock.Instant) -> ChannelPiece.Turn {
    if let line = piece.line {
      return line.isEmpty ? .refused("more than \(Self.lateLimit) lines began to run at once") : .judged
    }
    guard case .asked = piece.kind else { return turn(ofPlain: piece, at: now) }
    switch watch.stage {
    case .unmarked:
      if let due = beginningEnds(now) { return .waits(until: due) }
      return mode == .strict && isShell ? .refused("this shell does not say where its prompt is (OSC 133)") : .unjudged
    case .prompt: return .waits(until: nil)
    case .editing: return turn(ofEnter: now)
    case .entered: return turn(ofEnterBehind: now)
    case .running:
      if mode == .strict, !watch.isAlternate { return .waits(until: nil) }
      return quickEnds(piece, now).map { .waits(until: $0) } ?? .unjudged
    }
  }

  private func turn(ofPlain piece: ChannelPiece, at now: ContinuousClock.Instant) -> ChannelPiece.Turn {
    switch watch.stage {
    case .unmarked: break
    case .editing:
      switch piece.key {
      case .runs: return .refused("it is a key that runs something other than the line")
      case .expands: return turn(ofExpansion: now)
      case .run, .enter, .interrupt: break
      }
    // What is typed now is for a line whose prompt does not stand yet.
    case .prompt: if !piece.isInterrupt { return .waits(until: nil) }
    case .entered:
      if !piece.isInterrupt, now < staged.advanced(by: Self.start) {
        return .waits(until: staged.advanced(by: Self.start))
      }
    case .running:
      if !piece.isInterrupt, let due = quickEnds(piece, now) { return .waits(until: due) }
    }
    return .unjudged
  }

  func pass(unjudged piece: ChannelPiece) {
    let line = incomplete
    incomplete = nil
    if piece.key != .enter || watch.stage != .editing { watch.type(piece.bytes) }
    (moved, isEchoed) = (.now, false)
    guard piece.isInterrupt || piece.key == .enter, watch.stage == .editing else { return }
    watch.enter(line)
    staged = moved
  }

  /// Keys that may have the shell put into the line what a command in it says: zsh does so on Tab.
  private func turn(ofExpansion now: ContinuousClock.Instant) -> ChannelPiece.Turn {
    let shown: String
    if let typed = watch.typedText {
      shown = typed
    } else {
      let still = moved.advanced(by: isEchoed ? Self.stillness : Self.lateness)
      guard now >= still else { return .waits(until: still) }
      guard case .line(let line) = watch.reading(isStill: true) else { return .unjudged }
      shown = line
    }
    guard ["$(", "`", "<(", ">(", "=("].contains(where: shown.contains) else { return .unjudged }
    return .refused("it is a key by which shells run what stands in a line, before it is entered")
  }

  private func turn(ofEnter now: ContinuousClock.Instant) -> ChannelPiece.Turn {
    let late = moved.advanced(by: Self.lateness)
    let still = moved.advanced(by: Self.stillness)
    if let turn = turn(of: watch.reading(isStill: now >= late)) { return turn }
    // Keys whose effect only the shell knows: when nothing moves any more the screen tells it.
    guard !watch.isKnownByKeys, isEchoed, now >= still else {
      return .waits(until: watch.isKnownByKeys || !isEchoed ? late : still)
    }
    return turn(of: watch.reading(isStill: true)) ?? .waits(until: late)
  }

  /// Nil: it is not known yet.
  private func turn(of reading: LineWatch.Reading) -> ChannelPiece.Turn? {
    switch reading {
    case .unsettled: return nil
    case .unreadable(let why): return .refused(why)
    case .line(let text):
      // The shell runs nothing of it before it has the rest, and where it asks for that the whole is judged.
      let isOneLine = text.count { $0 == "\n" } == watch.earlierCount
      guard isOneLine, ShellClassifier.isIncomplete(text) else {
        asked = text
        return .judged
      }
      if mode == .strict { return .refused("the command is not complete") }
      incomplete = text
      return .unjudged
    }
  }

  /// An Enter behind one that went on, where the shell has said nothing since.
  private func turn(ofEnterBehind now: ContinuousClock.Instant) -> ChannelPiece.Turn {
    let due = staged.advanced(by: watch.marksBeginnings ? Self.answer : Self.start)
    if now < due { return .waits(until: due) }
    if mode == .strict { return .waits(until: nil) }
    guard watch.marksBeginnings else { return .unjudged }
    return .refused("the shell does not say what it waits for (OSC 133;A;k=s marks the prompt that asks for more)")
  }

  /// Until when a shell that has shown no mark may be about to show one.
  private func beginningEnds(_ now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
    guard isShell else { return nil }
    let due = min(began.advanced(by: Self.beginning), moved.advanced(by: Self.silence))
    return now < due ? due : nil
  }

  private func quickEnds(_ piece: ChannelPiece, _ now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
    guard let came = piece.came, came < staged else { return nil }
    let due = staged.advanced(by: Self.quickness)
    return now < due ? due : nil
  }

  // MARK: Judging

  func subject(of piece: ChannelPiece, at time: Timestamp) -> ChannelPiece.Subject? {
    if let line = piece.line { return .line(line, isLate: true) }
    return asked.map { .line($0, isLate: false) }
  }

  /// It goes on, or is refused.
  func settle() {
    guard let line = asked else { return }
    (passed, asked) = (line, nil)
    watch.enter(line)
    (moved, staged) = (.now, .now)
  }

  func refuse(_ piece: ChannelPiece, _ reason: String) -> ChannelRefusal {
    passed = nil
    watch.enter(nil)
    (moved, staged) = (.now, .now)
    // ^C: the shell forgets the line and asks anew.
    return ChannelRefusal(answer: [], isLast: piece.line != nil && mode == .strict, toTarget: [0x03])
  }
}
