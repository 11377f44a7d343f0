import Bytes

/// Cuts one direction into packets (gitprotocol-common(5), pkt-line).
///
///     0       4
///     +-------+------ …
///     | hhhh  | data       hhhh: length in hexadecimal, itself included; 0000-0002 are signs of their own
///     +-------+------ …
struct PacketFraming {
  enum Packet: Equatable {
    case data([UInt8])
    /// `0000`
    case flush
    /// `0001`
    case delimiter
    /// `0002`
    case responseEnd
  }

  enum Step: Equatable {
    case packet(Packet)
    /// The bytes are used up.
    case starved
    /// Four bytes that are no length.
    case bad([UInt8])
    /// `PACK` where a length should be: a packfile without side band.
    case pack
  }

  private var head: [UInt8] = []
  private var body: [UInt8] = []
  /// Bytes of the present packet that are still to come.
  private var missing = 0
  /// Part of the present packet was not captured.
  private var isDamaged = false

  /// No packet is open.
  var isBetweenPackets: Bool { head.isEmpty && missing == 0 }

  /// Takes bytes from `index` on, as far as one packet goes.
  mutating func next(_ bytes: Span<UInt8>, _ index: inout Int) -> Step {
    while index < bytes.count {
      if missing == 0 {
        let count = min(4 - head.count, bytes.count - index)
        head.append(contentsOf: bytes.extracting(index..<(index + count)))
        index += count
        guard head.count == 4 else { return .starved }
        let digits = head
        head = []
        guard let length = Self.length(digits) else {
          return digits.elementsEqual("PACK".utf8) ? .pack : .bad(digits)
        }
        switch length {
        case 0: return .packet(.flush)
        case 1: return .packet(.delimiter)
        case 2: return .packet(.responseEnd)
        case 3: return .bad(digits)
        case 4: return .packet(.data([]))
        default:
          guard length <= GitLimits.packetLength else { return .bad(digits) }
          missing = length - 4
        }
      }
      let count = min(missing, bytes.count - index)
      body.append(contentsOf: bytes.extracting(index..<(index + count)))
      index += count
      missing -= count
      guard missing == 0 else { return .starved }
      let data = body
      body = []
      guard !isDamaged else {
        isDamaged = false
        continue
      }
      return .packet(.data(data))
    }
    return .starved
  }

  /// Moves over bytes that were not captured. False when they reach past the present packet: where the next one
  /// begins is then not known.
  mutating func skip(_ count: UInt64) -> Bool {
    guard let count = Int(exactly: count), missing > 0, count <= missing else {
      (head, body, missing, isDamaged) = ([], [], 0, false)
      return false
    }
    missing -= count
    isDamaged = missing > 0
    if missing == 0 { body = [] }
    return true
  }

  private static func length(_ digits: [UInt8]) -> Int? {
    var value = 0
    for byte in digits {
      guard let digit = ObjectID.digit(byte) else { return nil }
      value = value << 4 | Int(digit)
    }
    return value
  }
}
