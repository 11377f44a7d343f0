/// Finds in output where a reader of typed lines must look at the screen: before line ends and after control sequences
/// that tell something. Works on any cut of the output alike.
struct OutputScan: Sendable {
  enum State: Sendable {
    case ground
    case escape
    case sequence
    case string
    case stringEscape
  }

  /// What the byte just taken is.
  enum Finding {
    case nothing
    case lineFeed
    case carriageReturn
    /// Something else that shows or does something.
    case other
    /// The last byte of a control sequence.
    case final(UInt8)
    /// The last byte of a control string.
    case stringEnd
  }

  private(set) var state = State.ground

  mutating func take(_ byte: UInt8) -> Finding {
    switch state {
    case .ground:
      switch byte {
      case 0x1B: state = .escape
      case 0x0A, 0x0B, 0x0C: return .lineFeed
      case 0x0D: return .carriageReturn
      default: return .other
      }
    case .escape:
      switch byte {
      case 0x5B: state = .sequence
      case 0x5D, 0x50, 0x58, 0x5E, 0x5F, 0x6B: state = .string
      case 0x1B, 0x20...0x2F: break
      default:
        state = .ground
        return .final(byte)
      }
    case .sequence:
      switch byte {
      case 0x1B: state = .escape
      case 0x18, 0x1A: state = .ground
      case 0x40...0x7E:
        state = .ground
        return .final(byte)
      default: break
      }
    case .string:
      switch byte {
      case 0x1B: state = .stringEscape
      case 0x07:
        state = .ground
        return .stringEnd
      case 0x18, 0x1A: state = .ground
      default: break
      }
    case .stringEscape:
      if byte == 0x5C {
        state = .ground
        return .stringEnd
      }
      state = .escape
      return take(byte)
    }
    return .nothing
  }
}
