/// Turns the bytes of a terminal into keys.
///
/// An escape character may be a key of its own or begin a sequence; which it is shows when more bytes come or, after a
/// moment without any, by `flush`.
public struct KeyReader: Sendable {
  /// Bytes of a control sequence; longer ones are thrown away.
  private static let sequenceLimit = 32

  private enum State: Sendable {
    case ground
    case escape
    /// After `ESC [` (ECMA-48 §5.4).
    case control([UInt8])
    /// After `ESC O`, as keypads in application mode send.
    case single
    /// Inside a character of several bytes.
    case character(value: UInt32, missing: Int)
  }

  private var state = State.ground

  public init() {}

  /// Whether a key has begun that may be complete already.
  public var isPending: Bool {
    if case .ground = state { false } else { true }
  }

  public mutating func receive(_ bytes: some Sequence<UInt8>) -> [Key] {
    bytes.compactMap { receive($0) }
  }

  /// Says that no more bytes came for a moment: a lone escape character is the key.
  public mutating func flush() -> Key? {
    defer { state = .ground }
    if case .escape = state { return .escape }
    return nil
  }

  private mutating func receive(_ byte: UInt8) -> Key? {
    switch state {
    case .ground: return begin(byte)
    case .escape:
      switch byte {
      case UInt8(ascii: "["): state = .control([])
      case UInt8(ascii: "O"): state = .single
      case 0x1B: return .escape
      default: state = .ground
      }
      return nil
    case .single:
      state = .ground
      return Self.key(final: byte, parameters: [])
    case .control(var parameters):
      if (0x40...0x7E).contains(byte) {
        state = .ground
        return Self.key(final: byte, parameters: parameters)
      }
      parameters.append(byte)
      state = parameters.count > Self.sequenceLimit ? .ground : .control(parameters)
      return nil
    case .character(let value, let missing):
      guard byte & 0xC0 == 0x80 else {
        state = .ground
        return begin(byte)
      }
      let value = value << 6 | UInt32(byte & 0x3F)
      guard missing == 1 else {
        state = .character(value: value, missing: missing - 1)
        return nil
      }
      state = .ground
      return Unicode.Scalar(value).map { .character($0) }
    }
  }

  private mutating func begin(_ byte: UInt8) -> Key? {
    switch byte {
    case 0x03, 0x04: return .interrupt
    case 0x08, 0x7F: return .backspace
    case 0x09: return .tab
    case 0x0A, 0x0D: return .enter
    case 0x1B: state = .escape
    case 0x20..<0x7F: return .character(Unicode.Scalar(byte))
    case 0xC2..<0xE0: state = .character(value: UInt32(byte & 0x1F), missing: 1)
    case 0xE0..<0xF0: state = .character(value: UInt32(byte & 0x0F), missing: 2)
    case 0xF0..<0xF5: state = .character(value: UInt32(byte & 0x07), missing: 3)
    default: break
    }
    return nil
  }

  private static func key(final: UInt8, parameters: [UInt8]) -> Key? {
    switch final {
    case UInt8(ascii: "A"): .up
    case UInt8(ascii: "B"): .down
    case UInt8(ascii: "C"): .right
    case UInt8(ascii: "D"): .left
    case UInt8(ascii: "H"): .home
    case UInt8(ascii: "F"): .end
    case UInt8(ascii: "~"):
      switch parameters.first {
      case UInt8(ascii: "1"), UInt8(ascii: "7"): .home
      case UInt8(ascii: "4"), UInt8(ascii: "8"): .end
      case UInt8(ascii: "5"): .pageUp
      case UInt8(ascii: "6"): .pageDown
      default: nil
      }
    default: nil
    }
  }
}
