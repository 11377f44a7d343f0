/// Cuts input into keys; what a record cuts through goes on in the next.
struct KeyDecoder: Sendable {
  private enum State: Sendable {
    case ground
    case escape
    case sequence
    case singleShift
    /// Inside an answer of the terminal (OSC, DCS): up to BEL or ST.
    case string
    case stringEscape
    case character
  }

  /// Longest sequence that a key sends; what is longer is no key.
  static let sequenceLimit = 64

  private var state = State.ground
  private var isPasting = false
  private var held: [UInt8] = []
  private var origins: [Key.Origin] = []
  private var missing = 0

  /// The keys of one record.
  mutating func decode(_ bytes: [UInt8], record: Int, time: Int64) -> [Key] {
    var keys: [Key] = []
    keys.reserveCapacity(bytes.count)
    for (index, byte) in bytes.enumerated() {
      if origins.last?.record == record, let last = origins.popLast() {
        origins.append(Key.Origin(record: record, range: last.range.lowerBound..<index + 1))
      } else {
        origins.append(Key.Origin(record: record, range: index..<index + 1))
      }
      guard let kind = take(byte) else { continue }
      keys.append(Key(kind: kind, origins: origins, time: time))
      origins.removeAll(keepingCapacity: true)
    }
    return keys
  }

  private mutating func take(_ byte: UInt8) -> Key.Kind? {
    switch state {
    case .ground: return ground(byte)
    case .character: return character(byte)
    case .escape: return escape(byte)
    case .sequence:
      held.append(byte)
      guard (0x40...0x7E).contains(byte) || held.count >= Self.sequenceLimit else { return nil }
      state = .ground
      return sequence()
    case .singleShift:
      state = .ground
      return Self.arrow(byte) ?? (byte == 0x4D ? .enter : .other)
    case .string:
      if byte == 0x1B { state = .stringEscape }
      if byte == 0x07 {
        state = .ground
        return .report
      }
      return nil
    case .stringEscape:
      state = byte == 0x5C ? .ground : .string
      return byte == 0x5C ? .report : nil
    }
  }

  private mutating func ground(_ byte: UInt8) -> Key.Kind? {
    switch byte {
    case 0x1B:
      state = .escape
      return nil
    case 0x0D, 0x0A: return isPasting ? .pasted("\n") : .enter
    case 0x09: return isPasting ? .pasted("\t") : .tab
    case 0x08, 0x7F: return .backspace
    case 0..<0x20: return .control(byte)
    case 0x20..<0x7F: return text(Unicode.Scalar(byte))
    case 0xC2...0xF4:
      held = [byte]
      missing = byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3
      state = .character
      return nil
    default: return .other
    }
  }

  private func text(_ scalar: Unicode.Scalar) -> Key.Kind { isPasting ? .pasted(scalar) : .text(scalar) }

  private mutating func character(_ byte: UInt8) -> Key.Kind? {
    guard byte & 0xC0 == 0x80 else {
      state = .ground
      return ground(byte) ?? nil
    }
    held.append(byte)
    missing -= 1
    guard missing == 0 else { return nil }
    state = .ground
    guard let scalar = String(decoding: held, as: UTF8.self).unicodeScalars.first else { return .other }
    return text(scalar)
  }

  private mutating func escape(_ byte: UInt8) -> Key.Kind? {
    held.removeAll(keepingCapacity: true)
    switch byte {
    case 0x5B:
      state = .sequence
      return nil
    case 0x4F:
      state = .singleShift
      return nil
    case 0x5D, 0x50:
      state = .string
      return nil
    case 0x1B: return nil
    default:
      state = .ground
      return .meta(byte)
    }
  }

  private static func arrow(_ byte: UInt8) -> Key.Kind? {
    switch byte {
    case 0x41: .up
    case 0x42: .down
    case 0x43: .right
    case 0x44: .left
    case 0x46: .end
    case 0x48: .home
    default: nil
    }
  }

  /// A whole CSI sequence, as xterm sends it.
  private mutating func sequence() -> Key.Kind {
    let text = String(decoding: held, as: UTF8.self)
    switch text {
    case "200~":
      isPasting = true
      return .report
    case "201~":
      isPasting = false
      return .report
    case "3~": return .delete
    case "1~", "7~": return .home
    case "4~", "8~": return .end
    case "1;5C", "1;3C": return .wordRight
    case "1;5D", "1;3D": return .wordLeft
    case "I", "O": return .report
    default: break
    }
    if held.count == 1, let byte = held.first, let key = Self.arrow(byte) { return key }
    if let first = held.first, first == 0x3C || first == 0x3F || first == 0x3E { return .report }
    return held.last == 0x52 || held.last == 0x4D ? .report : .other
  }
}
