import Bytes
import Codings

/// Brings text of a body to UTF-8 and back, so that what a value is does not depend on how it is written.
struct BodyCharset: Sendable {
  private enum State {
    /// Up to two bytes, by which UTF-16 is told.
    case beginning([UInt8], String?)
    case plain
    case converted(TextCharset, CharsetWriter)
  }

  private var state: State

  /// Charsets in which letters and digits of ASCII are bytes of ASCII, so that values are told without conversion.
  private static let wide: Set<String> = [
    "utf-8", "utf8", "us-ascii", "ascii", "big5", "big5-hkscs", "gb2312", "gbk", "gb18030", "euc-jp", "euc-kr",
    "euc-cn", "shift_jis", "shift-jis", "sjis", "windows-31j", "koi8-r", "koi8-u", "macintosh", "tis-620",
    "ks_c_5601-1987",
  ]

  /// - Throws: for a charset in which nobody can tell where a value ends.
  init(_ name: String?) throws(BodyMaskFailure) {
    guard let name, !name.isEmpty else {
      state = .beginning([], nil)
      return
    }
    if let charset = TextCharset(name), let writer = CharsetWriter(name) {
      state = name == "utf-16" ? .beginning([], name) : .converted(charset, writer)
      return
    }
    guard Self.wide.contains(name) || ["iso-8859-", "iso8859-", "windows-125", "cp125"].contains(where: name.hasPrefix)
    else { throw BodyMaskFailure(.coding, "the charset \(Self.shown(name)) is not known") }
    state = .plain
  }

  private static func shown(_ name: String) -> String {
    String(name.unicodeScalars.prefix(32).map { $0.isASCII && $0.value > 0x20 ? Character($0) : "?" })
  }

  /// The piece as UTF-8; `out` gets a mark of byte order.
  mutating func read(_ piece: Span<UInt8>, into out: inout [UInt8]) -> [UInt8] {
    switch state {
    case .plain: return piece.array
    case .converted(var charset, let writer):
      let text = charset.convert(piece)
      state = .converted(charset, writer)
      return text
    case .beginning(var held, let name):
      held.append(contentsOf: piece)
      guard held.count > 1 else {
        state = .beginning(held, name)
        return []
      }
      return begin(held, name, &out)
    }
  }

  private mutating func begin(_ bytes: [UInt8], _ name: String?, _ out: inout [UInt8]) -> [UInt8] {
    let order: String?
    var rest = bytes
    switch (bytes[0], bytes[1]) {
    case (0xFF, 0xFE): order = "utf-16le"
    case (0xFE, 0xFF): order = "utf-16be"
    // The first character is mostly of ASCII (RFC 4627 §3).
    case (let byte, 0) where name == nil && Self.isText(byte): order = "utf-16le"
    case (0, let byte) where name == nil && Self.isText(byte): order = "utf-16be"
    default: order = name == nil ? nil : "utf-16be"
    }
    if bytes[0] > 0xFD, bytes[1] > 0xFD, order != nil {
      out += bytes.prefix(2)
      rest.removeFirst(2)
    }
    guard let order, let charset = TextCharset(order), let writer = CharsetWriter(order) else {
      state = .plain
      return bytes
    }
    state = .converted(charset, writer)
    return read(rest.span, into: &out)
  }

  private static func isText(_ byte: UInt8) -> Bool {
    (0x20...0x7E).contains(byte) || byte == 0x09 || byte == 0x0A || byte == 0x0D
  }

  /// The end: what is left of a character.
  mutating func finishReading() -> [UInt8] {
    switch state {
    case .plain: return []
    case .beginning(let held, _):
      state = .plain
      return held
    case .converted(var charset, let writer):
      let text = charset.finish()
      state = .converted(charset, writer)
      return text
    }
  }

  /// Text in the charset that it came in.
  mutating func write(_ text: [UInt8]) -> [UInt8] {
    guard case .converted(let charset, var writer) = state else { return text }
    let out = writer.convert(text)
    state = .converted(charset, writer)
    return out
  }

  mutating func finishWriting() -> [UInt8] {
    guard case .converted(let charset, var writer) = state else { return [] }
    let out = writer.finish()
    state = .converted(charset, writer)
    return out
  }
}
