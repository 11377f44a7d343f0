public import Model

/// Rebuilds what was typed at the prompts of shells and other programs from what crossed a terminal.
///
/// The screen is the truth: a line editor draws what it will read, whatever keys led there. So what stands between the
/// end of the prompt and the end of the edited line, at the moment when the editor is done with it, is the command. Keys
/// say that it was entered, when, and, where their effect is known, that the screen was read rightly. Memory is bounded
/// by the limits below but for the commands themselves. `docs/formats/typed-commands.md` says what is understood.
public struct TypingReader: Sendable {
  /// Commands of one recording; a person types a few thousand a day.
  public static let commandLimit = 200_000
  /// Keys that wait for a line to end.
  static let keyLimit = 1 << 14
  /// Lines typed ahead that wait for a prompt.
  static let aheadLimit = 64
  /// Prompts that are remembered.
  static let promptLimit = 16
  /// Nanoseconds without output after which what stands before the cursor may be a prompt, where no keys tell.
  static let stillness: Int64 = 20_000_000
  /// Rows that one command may cover.
  static let rowLimit = 400
  /// Rows that are searched for a prompt.
  static let searchLimit = 120
  /// Keys of a line whose text is worked out before it is read.
  static let modelLimit = 1024
  /// Characters of one command.
  static let textLimit = 1 << 17
  /// Bytes of output that are put together, at most.
  private static let pieceLimit = 1 << 20
  /// Ranges of hidden input that are told one by one.
  static let hiddenLimit = 100_000

  var emulator: Emulator
  var decoder = KeyDecoder()
  var scan = OutputScan()
  /// Records so far, the one in work included.
  var recordCount = 0
  /// Output that more of the same moment may follow.
  private var waiting: (bytes: [UInt8], at: Timestamp)?
  var now = Timestamp.epoch
  var hasInput = false
  /// When something was shown last.
  var shownAt: Timestamp?
  var hasLostKeys = false

  /// Keys that no line has used yet, in their order.
  var keys: ArraySlice<Key> = [] { didSet { knowsFirstLine = false } }
  private var knowsFirstLine = false
  private var firstLine: String?
  var session: EditSession?
  /// Lines that were entered while no prompt stood, as the terminal echoed them.
  var ahead: [AheadLine] = []
  /// Prompts at which commands were read, the latest last.
  var prompts: [LearnedPrompt] = []
  var killed: [[Unicode.Scalar]] = [[], []]

  var commands: [TypedCommand] = []
  var hidden: [Key.Origin] = []
  var directory: String?
  var lastProgram: TypedCommand.Program?
  /// The command whose statement may go on at the next prompt.
  var joinable: Joinable?
  /// The latest command of each program, while its next prompt has not come.
  var open: [TypedCommand.Program: Int] = [:]
  /// Shell commands that run a shell of their own.
  var nested: [Int] = []
  /// A shell said that it ends.
  var isLeaving = false
  /// A command with `!` whose expansion the shell may print next.
  var expansion: (index: Int, line: UInt64)?
  var marked = MarkedCommand()

  /// A line that the terminal echoed before a prompt came.
  struct AheadLine {
    var text: String
    var keys: [Key]
  }

  struct LearnedPrompt: Hashable {
    var text: String
    var program: TypedCommand.Program
    var count = 1
  }

  struct Joinable {
    var index: Int
    /// The line below the command: a prompt that asks for more stands there. Nil when lines were laid out anew.
    var below: UInt64?
    var blankLines = 0
  }

  /// What OSC 133 and 633 said of the command that is entered now.
  struct MarkedCommand {
    var literal: String?
    /// Where commands stood before the prompt of the mark came.
    var since = 0
    var isOpen = false
    /// The command that 133;D will end.
    var executed: Int?
  }

  public init(size: TerminalSize) {
    var options = EmulatorOptions()
    options.scrollbackLimit = Self.rowLimit
    options.stringLimit = Self.textLimit
    emulator = Emulator(size: size, options: options)
  }

  /// Takes the next record; records come in order of their time.
  public mutating func receive(_ record: StreamRecord) {
    recordCount += 1
    if record.kind == .output || record.kind == .errorOutput {
      // How what came at one moment was cut into records says nothing.
      if let waiting, waiting.at == record.at, waiting.bytes.count + record.bytes.count <= Self.pieceLimit {
        self.waiting?.bytes += record.bytes
      } else {
        showWaiting()
        waiting = (record.bytes, record.at)
      }
      return
    }
    showWaiting()
    now = record.at
    switch record.kind {
    case .input: type(record.bytes)
    case .resize:
      if let size = TerminalSize(text: String(decoding: record.bytes.prefix(32), as: UTF8.self)) {
        emulator.resize(size)
        joinable?.below = nil
      }
    default: break
    }
  }

  private mutating func showWaiting() {
    guard let (bytes, at) = waiting else { return }
    waiting = nil
    now = at
    if !hasInput { standStill() }
    show(bytes)
    shownAt = at
  }

  /// What was typed.
  public mutating func finish() -> TypedReading {
    showWaiting()
    if session?.closing != nil { closeEditor() }
    endOpenSecret()
    endAtLastPrompt()
    var reading = TypedReading()
    reading.commands = commands
    reading.hiddenInput = merged(hidden)
    if !hasInput, !commands.isEmpty {
      reading.note = "input was not captured: commands were read off the screen"
    } else if hasLostKeys {
      reading.note = "more keys than \(Self.keyLimit) waited for a line to end: the oldest were passed over"
    }
    return reading
  }

  private func merged(_ origins: [Key.Origin]) -> [(record: Int, range: Range<Int>)] {
    var result: [(record: Int, range: Range<Int>)] = []
    for origin in origins.sorted(by: { ($0.record, $0.range.lowerBound) < ($1.record, $1.range.lowerBound) }) {
      if let last = result.last, last.record == origin.record, last.range.upperBound >= origin.range.lowerBound {
        result[result.count - 1].range = last.range.lowerBound..<max(last.range.upperBound, origin.range.upperBound)
      } else {
        result.append((origin.record, origin.range))
      }
    }
    return result
  }

  /// The last command is over if its program's prompt stands at the end.
  private mutating func endAtLastPrompt() {
    guard let row = emulator.cellRow(emulator.place.line) else { return }
    let text = emulator.text(row, 0..<emulator.place.column)
    guard let prompt = prompts.last(where: { $0.text == text }) else { return }
    promptCame(of: prompt.program, at: session?.openedAt ?? now)
  }

  /// What the keys of the first line that was entered say, worked out once.
  var firstLineText: String? {
    mutating get {
      if !knowsFirstLine {
        firstLine = nil
        if let enter = keys.prefix(Self.modelLimit).firstIndex(where: { $0.kind == .enter }) {
          firstLine = models(keys[..<enter]).first(where: \.isKnown)?.text
        }
        knowsFirstLine = true
      }
      return firstLine
    }
  }
}
