/// The head of a frame (SPDY draft 3.1 §2.2).
///
///     +----------------------------------+   +----------------------------------+
///     |1| Version (15) | Type (16)       |   |0| Stream (31)                    |
///     +----------------------------------+   +----------------------------------+
///     | Flags (8) | Length (24)          |   | Flags (8) | Length (24)          |
///     +----------------------------------+   +----------------------------------+
struct SPDYFrameHeader {
  static let byteCount = 8

  enum Kind: Equatable {
    case control(version: UInt16, type: UInt16)
    case data(stream: UInt32)
  }

  enum ControlType {
    static let synStream: UInt16 = 1
    static let synReply: UInt16 = 2
    static let rstStream: UInt16 = 3
    static let settings: UInt16 = 4
    static let ping: UInt16 = 6
    static let goAway: UInt16 = 7
    static let headers: UInt16 = 8
    static let windowUpdate: UInt16 = 9
  }

  let kind: Kind
  let flags: UInt8
  let length: Int

  /// Takes the eight bytes.
  init(_ word: UInt64) {
    let first = UInt32(truncatingIfNeeded: word >> 32)
    if first & 0x8000_0000 != 0 {
      kind = .control(version: UInt16(first >> 16 & 0x7fff), type: UInt16(first & 0xffff))
    } else {
      kind = .data(stream: first)
    }
    flags = UInt8(truncatingIfNeeded: word >> 24)
    length = Int(word & 0xff_ffff)
  }

  var endsStream: Bool { flags & 0x01 != 0 }

  /// Whether a header block is in it, on which the blocks behind it stand.
  var holdsHeaders: Bool {
    guard case .control(_, let type) = kind else { return false }
    return [ControlType.synStream, ControlType.synReply, ControlType.headers].contains(type)
  }

  /// Bytes that a control frame of this type has; nil when it may have any number. Types that are not known are passed over
  /// (§2.2.1).
  static func leastLength(_ type: UInt16) -> (least: Int, isExact: Bool) {
    switch type {
    case ControlType.synStream: (10, false)
    case ControlType.synReply, ControlType.headers, ControlType.settings: (4, false)
    case ControlType.rstStream, ControlType.goAway, ControlType.windowUpdate: (8, true)
    case ControlType.ping: (4, true)
    default: (0, false)
    }
  }
}
