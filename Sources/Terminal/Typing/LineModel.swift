/// What a line editor makes of keys, as far as that can be known without seeing its screen: the cross-check of what the
/// screen showed. The keys of GNU Readline and zsh in their emacs mode.
struct LineModel: Sendable {
  /// Where the two editors differ.
  enum Dialect: Sendable, CaseIterable {
    case readline
    case zsh
  }

  let dialect: Dialect
  private(set) var line: [Unicode.Scalar] = []
  private(set) var cursor = 0
  /// False once a key was typed whose effect only the program knows (history, completion).
  private(set) var isKnown = true
  private var killed: [Unicode.Scalar] = []
  private var isQuoting = false
  private var isKilling = false

  init(_ dialect: Dialect, killed: [Unicode.Scalar] = []) {
    self.dialect = dialect
    self.killed = killed
  }

  var text: String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: line)
    return String(view)
  }

  /// What ^Y would bring back, also in the next line.
  var killRing: [Unicode.Scalar] { killed }

  mutating func press(_ kind: Key.Kind) {
    let wasKilling = isKilling
    isKilling = false
    if isQuoting {
      isQuoting = false
      if case .text(let scalar) = kind { return insert(scalar) }
      isKnown = false
      return
    }
    switch kind {
    case .text(let scalar), .pasted(let scalar): insert(scalar)
    case .backspace: if cursor > 0 { remove(cursor - 1..<cursor) }
    case .left: cursor = max(cursor - 1, 0)
    case .right: cursor = min(cursor + 1, line.count)
    case .home: cursor = 0
    case .end: cursor = line.count
    case .delete: if cursor < line.count { remove(cursor..<cursor + 1) }
    case .wordLeft: cursor = wordStart()
    case .wordRight: cursor = wordEnd()
    case .control(let byte): control(byte, wasKilling: wasKilling)
    case .meta(let byte): meta(byte, wasKilling: wasKilling)
    case .up, .down, .tab, .other: isKnown = false
    case .enter, .report: break
    }
  }

  private mutating func control(_ byte: UInt8, wasKilling: Bool) {
    switch byte {
    case 0x01: cursor = 0
    case 0x02: cursor = max(cursor - 1, 0)
    case 0x04: if cursor < line.count { remove(cursor..<cursor + 1) }
    case 0x05: cursor = line.count
    case 0x06: cursor = min(cursor + 1, line.count)
    case 0x0B: kill(cursor..<line.count, forward: true, wasKilling)
    case 0x0C: break
    case 0x14: transpose()
    case 0x15: kill(dialect == .zsh ? 0..<line.count : 0..<cursor, forward: false, wasKilling)
    case 0x16: isQuoting = true
    case 0x17: kill((dialect == .zsh ? wordStart() : blankStart())..<cursor, forward: false, wasKilling)
    case 0x19:
      line.insert(contentsOf: killed, at: cursor)
      cursor += killed.count
    default: isKnown = false
    }
  }

  private mutating func meta(_ byte: UInt8, wasKilling: Bool) {
    switch byte {
    case 0x62: cursor = wordStart()
    case 0x66: cursor = wordEnd()
    case 0x64: kill(cursor..<wordEnd(), forward: true, wasKilling)
    case 0x08, 0x7F: kill(wordStart()..<cursor, forward: false, wasKilling)
    case 0x0D, 0x0A: insert("\n")
    default: isKnown = false
    }
  }

  private mutating func insert(_ scalar: Unicode.Scalar) {
    line.insert(scalar, at: cursor)
    cursor += 1
  }

  private mutating func remove(_ range: Range<Int>) {
    line.removeSubrange(range)
    cursor = range.lowerBound
  }

  private mutating func kill(_ range: Range<Int>, forward: Bool, _ wasKilling: Bool) {
    isKilling = true
    let gone = Array(line[range])
    if wasKilling { killed = forward ? killed + gone : gone + killed } else if !gone.isEmpty { killed = gone }
    remove(range)
  }

  private mutating func transpose() {
    guard cursor > 0, line.count > 1 else { return }
    let at = cursor == line.count ? cursor - 1 : cursor
    guard at > 0 else { return }
    line.swapAt(at - 1, at)
    cursor = at + 1
  }

  /// zsh's WORDCHARS belong to words too.
  private func isWord(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.properties.isAlphabetic || scalar.properties.numericType != nil { return true }
    return dialect == .zsh && "*?_-.[]~=/&;!#$%^(){}<>".unicodeScalars.contains(scalar)
  }

  private func wordStart() -> Int {
    var index = cursor
    while index > 0, !isWord(line[index - 1]) { index -= 1 }
    while index > 0, isWord(line[index - 1]) { index -= 1 }
    return index
  }

  private func wordEnd() -> Int {
    var index = cursor
    if dialect == .zsh {
      // emacs-forward-word goes to the beginning of the next word.
      while index < line.count, isWord(line[index]) { index += 1 }
      while index < line.count, !isWord(line[index]) { index += 1 }
      return index
    }
    while index < line.count, !isWord(line[index]) { index += 1 }
    while index < line.count, isWord(line[index]) { index += 1 }
    return index
  }

  private func blankStart() -> Int {
    var index = cursor
    while index > 0, line[index - 1] == " " { index -= 1 }
    while index > 0, line[index - 1] != " " { index -= 1 }
    return index
  }
}
