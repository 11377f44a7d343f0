import Bytes

/// UUIDs of version 5 (RFC 9562 §5.5) within one case: the same evidence gives the same ones.
struct ReportUUID {
  /// Of Exhibit itself: version 5 of `urn:exhibit:report` in RFC 9562's namespace of URLs.
  private static let space: [UInt8] = make(
    [0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8],
    "urn:exhibit:report")

  /// Of the case.
  private let namespace: [UInt8]

  init(root: CaseRoot) { namespace = Self.make(Self.space, root.digest) }

  /// The UUID of what these parts name; each goes in with its length, so that no two lists are the same.
  func of(_ parts: String...) -> String {
    Self.text(Self.make(namespace, parts.map { "\($0.utf8.count):\($0)" }.joined()))
  }

  private static func make(_ space: [UInt8], _ name: String) -> [UInt8] {
    let hash = SHA1()
    hash.update(space.span)
    hash.update(Array(name.utf8).span)
    return hash.finish().prefix(16).enumerated().map { index, byte in
      switch index {
      case 6: byte & 0x0F | 0x50
      case 8: byte & 0x3F | 0x80
      default: byte
      }
    }
  }

  private static func text(_ bytes: [UInt8]) -> String {
    let ends = [4, 6, 8, 10, 16]
    return zip([0] + ends, ends).map { bytes[$0..<$1].hex }.joined(separator: "-")
  }
}
