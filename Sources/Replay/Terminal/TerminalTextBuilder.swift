/// Makes safe text from captured characters, one after another.
struct TerminalTextBuilder {
  private let limit: Int
  private let expandsTabs: Bool
  private var runs: [TerminalText.Run] = []
  private var plain = String.UnicodeScalarView()
  private var plainWidth = 0
  private var column = 0
  /// Combining marks since the last character that has a width.
  private var combined = 0
  private var hasBase = false
  private var isFull = false

  init(limit: Int, expandsTabs: Bool = false) {
    self.limit = limit
    self.expandsTabs = expandsTabs
  }

  mutating func append(_ captured: some StringProtocol) {
    if column == 0, captured.utf8.count <= limit, TerminalText.isPlain(captured) {
      plain.append(contentsOf: captured.unicodeScalars)
      (plainWidth, column) = (captured.utf8.count, captured.utf8.count)
      hasBase = column > 0
      return
    }
    for scalar in captured.unicodeScalars {
      guard !isFull else { return }
      append(scalar)
    }
  }

  private mutating func append(_ scalar: Unicode.Scalar) {
    if scalar == "\t", expandsTabs {
      for _ in 0..<(8 - column % 8) { add(" ", width: 1) }
      return
    }
    if TerminalText.isHidden(scalar) { return addMark(scalar) }
    let width = CharacterWidth.of(scalar)
    guard width == 0 else {
      combined = 0
      hasBase = true
      return add(scalar, width: width)
    }
    // A combining mark without a character of its own to stand on would change one of ours.
    combined += 1
    if hasBase, combined <= TerminalText.combiningLimit { add(scalar, width: 0) } else { addMark(scalar) }
  }

  private mutating func add(_ scalar: Unicode.Scalar, width: Int) {
    guard width <= limit - column else { return cut() }
    plain.append(scalar)
    plainWidth += width
    column += width
  }

  private mutating func addMark(_ scalar: Unicode.Scalar) {
    let mark = TerminalText.mark(for: scalar)
    guard mark.utf8.count <= limit - column else { return cut() }
    endPlain()
    runs.append(TerminalText.Run(text: mark, width: mark.utf8.count, isMark: true))
    column += mark.utf8.count
    hasBase = false
  }

  private mutating func endPlain() {
    guard !plain.isEmpty else { return }
    runs.append(TerminalText.Run(text: String(plain), width: plainWidth, isMark: false))
    (plain, plainWidth) = (String.UnicodeScalarView(), 0)
  }

  /// Makes room for `…` and takes nothing more.
  private mutating func cut() {
    isFull = true
    endPlain()
    guard limit > 0 else { return }
    let head = TerminalText(runs: runs).split(at: limit - 1).head
    runs = head.runs + [TerminalText.Run(text: "…", width: 1, isMark: true)]
  }

  mutating func finish() -> TerminalText {
    if !isFull { endPlain() }
    return TerminalText(runs: runs)
  }
}

extension TerminalText {
  /// The beginning that fits `columns`, and the rest. Marks and characters stay whole.
  func split(at columns: Int) -> (head: TerminalText, tail: TerminalText) {
    guard width > columns else { return (self, TerminalText()) }
    var head: [Run] = []
    var room = columns
    for (index, run) in runs.enumerated() {
      if run.width <= room {
        head.append(run)
        room -= run.width
        continue
      }
      guard !run.isMark else { return (TerminalText(runs: head), TerminalText(runs: Array(runs[index...]))) }
      let (first, second) = TerminalText.split(run, at: room)
      if first.width > 0 { head.append(first) }
      return (TerminalText(runs: head), TerminalText(runs: [second] + runs[(index + 1)...]))
    }
    return (self, TerminalText())
  }

  private static func split(_ run: Run, at columns: Int) -> (Run, Run) {
    var used = 0
    var place = run.text.unicodeScalars.startIndex
    while place < run.text.unicodeScalars.endIndex {
      let next = CharacterWidth.of(run.text.unicodeScalars[place])
      guard used + next <= columns else { break }
      used += next
      place = run.text.unicodeScalars.index(after: place)
    }
    return (
      Run(text: String(run.text[..<place]), width: used, isMark: false),
      Run(text: String(run.text[place...]), width: run.width - used, isMark: false)
    )
  }
}
