import Bytes

/// What ids of a repository are made with (gitrepository-layout(5), `extensions.objectFormat`).
enum ObjectFormat: UInt8, Sendable, Hashable {
  case sha1
  case sha256

  init?(name: String) {
    switch name {
    case "sha1": self = .sha1
    case "sha256": self = .sha256
    default: return nil
    }
  }

  var name: String { self == .sha1 ? "sha1" : "sha256" }
  var byteCount: Int { self == .sha1 ? 20 : 32 }
  var hexCount: Int { byteCount * 2 }
}

/// The name of an object: the hash of its kind, length and content.
struct ObjectID: Hashable, Sendable {
  private let words: SIMD4<UInt64>
  let format: ObjectFormat

  init?(_ bytes: Span<UInt8>, _ format: ObjectFormat) {
    guard bytes.count == format.byteCount else { return nil }
    var words = SIMD4<UInt64>()
    for word in 0..<4 {
      var value: UInt64 = 0
      for place in 0..<8 {
        let index = word * 8 + place
        value = value << 8 | (index < bytes.count ? UInt64(bytes[index]) : 0)
      }
      words[word] = value
    }
    self.words = words
    self.format = format
  }

  /// Reads 40 or 64 hexadecimal digits.
  init?(hex: Span<UInt8>) {
    guard hex.count == 40 || hex.count == 64 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(32)
    for index in stride(from: 0, to: hex.count, by: 2) {
      guard let high = Self.digit(hex[index]), let low = Self.digit(hex[index + 1]) else { return nil }
      bytes.append(high << 4 | low)
    }
    self.init(bytes.span, hex.count == 40 ? .sha1 : .sha256)
  }

  init?(hex: String) { self.init(hex: Array(hex.utf8).span) }

  static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x61...0x66: byte - 0x57
    case 0x41...0x46: byte - 0x37
    default: nil
    }
  }

  var bytes: [UInt8] {
    (0..<format.byteCount).map { UInt8(truncatingIfNeeded: words[$0 >> 3] >> UInt64(56 - ($0 & 7) * 8)) }
  }

  var hex: String { bytes.hex }
  /// All zeros: no object.
  var isNone: Bool { words == SIMD4<UInt64>() }

  // An id is a hash already.
  func hash(into hasher: inout Hasher) { hasher.combine(words[0]) }
}

/// The four kinds of object.
enum ObjectKind: UInt8, Sendable, Hashable {
  case commit = 1
  case tree = 2
  case blob = 3
  case tag = 4

  var name: String {
    switch self {
    case .commit: "commit"
    case .tree: "tree"
    case .blob: "blob"
    case .tag: "tag"
    }
  }
}
