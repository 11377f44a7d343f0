/// Cuts what is typed into runs, Enters and interrupts.
struct LineCutter {
  enum Kind: Equatable {
    case run
    /// The shell may run its line.
    case enter
    /// ^C or ^\\: whoever types it wants nothing more of what stands there.
    case interrupt
    /// Shells complete and expand what stands in the line: Tab, and Escape ^E.
    case expands
    /// Editors run something by it that is not the line as it stands: a macro, what a program of its own edits, a command of the editor.
    case runs
  }

  /// Bytes of a sequence that begins with Escape which are looked at.
  private static let sequenceLimit = 64

  private enum State {
    case ground
    case escape
    case sequence([UInt8])
    /// `ESC O`: the keypad's keys.
    case single
    /// ^X: more keys of the editor's.
    case prefixed
  }

  private var state = State.ground
  private var isPasting = false

  /// `isPasteKnown`: the shell takes line ends within a paste that is announced for text.
  mutating func cut(_ bytes: [UInt8], isPasteKnown: Bool) -> [(bytes: [UInt8], kind: Kind)] {
    var found: [(bytes: [UInt8], kind: Kind)] = []
    var run: [UInt8] = []
    func end() {
      if !run.isEmpty { found.append((run, .run)) }
      run = []
    }
    for byte in bytes {
      switch kind(of: byte, isPasteKnown) {
      case .run: run.append(byte)
      case let kind:
        // A key of several bytes is one piece: what began it is the end of the run.
        var whole = [byte]
        if kind != .interrupt, let start = begun(run, byte, kind) {
          whole = Array(run[start...]) + whole
          run.removeSubrange(start...)
        }
        end()
        found.append((whole, kind))
      }
    }
    end()
    return found
  }

  private mutating func kind(of byte: UInt8, _ isPasteKnown: Bool) -> Kind {
    switch state {
    case .ground:
      switch byte {
      case 0x1B: state = .escape
      case 0x18 where !isPasting: state = .prefixed
      case 0x09: return isPasting && isPasteKnown ? .run : .expands
      case 0x0A, 0x0D, 0x0F: return isPasting && isPasteKnown && byte != 0x0F ? .run : .enter
      case 0x03, 0x1C: return isPasting && isPasteKnown ? .run : .interrupt
      default: break
      }
    case .escape:
      switch byte {
      case 0x5B: state = .sequence([])
      case 0x4F: state = .single
      case 0x1B: break
      // Escape and Enter: some editors run the line, others begin a new one.
      case 0x0A, 0x0D, 0x0F:
        state = .ground
        return .enter
      case 0x03, 0x1C:
        state = .ground
        return .interrupt
      // Comment in or out and run; run and keep (zsh); run by name (zsh); edit in a program (fish).
      case 0x23, 0x61, 0x41, 0x78, 0x65, 0x76:
        state = .ground
        return isPasting && isPasteKnown ? .run : .runs
      case 0x05, 0x09:
        state = .ground
        return isPasting && isPasteKnown ? .run : .expands
      default: state = .ground
      }
    case .prefixed:
      state = .ground
      switch byte {
      // Edit in a program and run; run a macro.
      case 0x05, 0x65, 0x45: return .runs
      case 0x2A: return .expands
      case 0x18: state = .prefixed
      default: return kind(of: byte, isPasteKnown)
      }
    case .single:
      state = .ground
      if byte == 0x4D { return .enter }
      if byte == 0x0A || byte == 0x0D || byte == 0x0F { return .enter }
      if byte == 0x03 || byte == 0x1C { return .interrupt }
    case .sequence(let held):
      if byte == 0x0A || byte == 0x0D || byte == 0x0F || byte == 0x03 || byte == 0x1B {
        // No key sends that: it is what it is by itself.
        state = .ground
        return kind(of: byte, isPasteKnown)
      }
      guard (0x40...0x7E).contains(byte) || held.count >= Self.sequenceLimit else {
        state = .sequence(held + [byte])
        break
      }
      state = .ground
      if byte == 0x7E, held.elementsEqual("200".utf8) { isPasting = true }
      if byte == 0x7E, held.elementsEqual("201".utf8) { isPasting = false }
    }
    return .run
  }

  /// Where in a run the sequence begins that its last byte makes more than a part of one.
  private func begun(_ run: [UInt8], _ byte: UInt8, _ kind: Kind) -> Int? {
    if byte == 0x4D, run.suffix(2).elementsEqual([0x1B, 0x4F]) { return run.count - 2 }
    if run.last == 0x1B || run.last == 0x18 && kind != .enter { return run.count - 1 }
    return nil
  }
}
