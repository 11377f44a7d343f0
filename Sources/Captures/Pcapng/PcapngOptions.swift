import Bytes

/// The options that end a pcapng block: code 2, length 2, value padded to 4; code 0 ends them.
///
/// draft-ietf-opsawg-pcapng §3.5.
enum PcapngOptions {
  /// Options of one block that are looked at.
  static let limit = 1000

  /// Gives each option to `visit`; stops at the end mark, at the limit and where lengths do not fit.
  static func read(
    _ bytes: Span<UInt8>, littleEndian: Bool, _ visit: (UInt16, Span<UInt8>) -> Void
  ) {
    var reader = ByteReader(bytes)
    for _ in 0..<limit {
      guard let code = try? reader.readUInt16(littleEndian: littleEndian), code != 0 else { return }
      guard let length = try? reader.readUInt16(littleEndian: littleEndian) else { return }
      guard let value = try? reader.read(Int(length)) else { return }
      visit(code, value)
      guard (try? reader.skip(-Int(length) & 3)) != nil else { return }
    }
  }
}
