import Bytes
import Replay

/// A style sheet of the page. Only literals and quoted strings go in.
struct StyleText {
  private(set) var bytes: [UInt8] = []

  init(_ parts: StaticString...) {
    for part in parts { bytes.append(contentsOf: part.description.utf8) }
    precondition(!bytes.containsEndTag, "a style sheet that ends its element")
  }

  mutating func append(_ literal: StaticString) { bytes.append(contentsOf: literal.description.utf8) }

  /// A CSS string (CSS Syntax §4.3.5): everything but letters, digits, space and a few marks goes in by number.
  mutating func append(string: String) {
    bytes.append(UInt8(ascii: "\""))
    for scalar in string.unicodeScalars {
      let isPlain =
        scalar.isASCII && (scalar.properties.isAlphabetic || " .,:-0123456789".unicodeScalars.contains(scalar))
      if isPlain {
        bytes.append(UInt8(truncatingIfNeeded: scalar.value))
      } else {
        bytes.append(contentsOf: "\\\(String(scalar.value, radix: 16)) ".utf8)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// `'sha256-…'`, as the content security policy names it.
  var policySource: String { bytes.policySource }
}

/// The script of the page. Only literals go in.
struct ScriptText {
  let bytes: [UInt8]

  init(_ parts: StaticString...) {
    var bytes: [UInt8] = []
    for part in parts { bytes.append(contentsOf: part.description.utf8) }
    precondition(!bytes.containsEndTag, "a script that ends its element")
    self.bytes = bytes
  }

  /// `'sha256-…'`, as the content security policy names it.
  var policySource: String { bytes.policySource }
}

extension [UInt8] {
  fileprivate var containsEndTag: Bool {
    zip(self, dropFirst()).contains { $0 == UInt8(ascii: "<") && ($1 == UInt8(ascii: "/") || $1 == UInt8(ascii: "!")) }
  }

  fileprivate var policySource: String { "'sha256-\(SHA256.digest(of: span).bytes.base64)'" }
}
