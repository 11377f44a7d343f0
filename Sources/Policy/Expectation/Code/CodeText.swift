import Bytes

/// Places in literals where values are put.
enum CodeText {
  /// `%s`, `%d`, `%(name)s` of an operator that puts text there before it is sent.
  static func percent(_ text: String) -> String { replace(text, with: EffectText.hole, isFormat: true) }

  /// `{}`, `{name}`, `{0:>5}`; `{{` is a brace.
  static func braces(_ text: String) -> String {
    var out: [UInt8] = []
    let bytes = Array(text.utf8)
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      let isDouble = index + 1 < bytes.count && bytes[index + 1] == byte
      if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}"), isDouble {
        out.append(byte)
        index += 2
      } else if byte == UInt8(ascii: "{"), let end = bytes[index...].prefix(128).firstIndex(of: UInt8(ascii: "}")) {
        out += Array(EffectText.hole.utf8)
        index = end + 1
      } else {
        out.append(byte)
        index += 1
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// `#{…}` and `{$…}`.
  static func interpolated(_ text: String) -> String {
    var out: [UInt8] = []
    let bytes = Array(text.utf8)
    var index = 0
    while index < bytes.count {
      let isRuby = bytes[index] == UInt8(ascii: "#") && index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "{")
      let isPHP = bytes[index] == UInt8(ascii: "{") && index + 1 < bytes.count && bytes[index + 1] == Byte.dollar
      if isRuby || isPHP, let end = bytes[index...].prefix(256).firstIndex(of: UInt8(ascii: "}")) {
        out += Array(EffectText.hole.utf8)
        index = end + 1
      } else {
        out.append(bytes[index])
        index += 1
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// What drivers fill in: `%s`, `%(name)s`, `:name`, `?`, `@name`, outside of quotes; on the wire stands `$1` or a
  /// literal. A `$1` is sent as it is.
  static func parameters(_ sql: String) -> String { replace(sql, with: EffectText.parameter, isFormat: false) }

  private static func replace(_ text: String, with mark: String, isFormat: Bool) -> String {
    var out: [UInt8] = []
    let bytes = Array(text.utf8)
    let mark = Array(mark.utf8)
    var index = 0
    func at(_ offset: Int) -> UInt8 { offset < bytes.count ? bytes[offset] : 0 }
    while index < bytes.count {
      let byte = bytes[index]
      if !isFormat, let end = SQLTokens.comment(bytes, at: index) ?? SQLTokens.quoted(bytes, at: index) {
        out += bytes[index..<end]
        index = end
      } else if byte == UInt8(ascii: "%") {
        if at(index + 1) == byte {
          out.append(byte)
          index += 2
        } else if at(index + 1) == Byte.open, let end = bytes[index...].prefix(128).firstIndex(of: Byte.close) {
          out += mark
          index = min(end + 2, bytes.count)
        } else if "sdifrxbt".utf8.contains(at(index + 1)), isFormat || !SQLTokens.isWord(at(index + 2)) {
          out += mark
          index += 2
        } else {
          out.append(byte)
          index += 1
        }
      } else if !isFormat, byte == UInt8(ascii: ":"), at(index + 1) == byte {
        out += [byte, byte]
        index += 2
      } else if !isFormat, byte == UInt8(ascii: ":") || byte == UInt8(ascii: "@"),
        index == 0 || !SQLTokens.isWord(bytes[index - 1]) && !"@<>".utf8.contains(bytes[index - 1]),
        Byte.isNameStart(at(index + 1))
      {
        index += 1
        while index < bytes.count, Byte.isName(bytes[index]) { index += 1 }
        out += mark
      } else if !isFormat, byte == UInt8(ascii: "?"), !"|&?-#".utf8.contains(at(index + 1)),
        index == 0 || !"@?".utf8.contains(bytes[index - 1])
      {
        out += mark
        index += 1
      } else {
        out.append(byte)
        index += 1
      }
    }
    return String(decoding: out, as: UTF8.self)
  }
}
