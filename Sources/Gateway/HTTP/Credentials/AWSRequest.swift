import Bytes

/// A request as it is to be signed: without credentials.
struct AWSRequest {
  var method: String
  /// Path and query, as they are sent.
  var target: String
  /// All that is sent, with `Host`.
  var fields: [WireField]
  /// The content, if it is whole here and not in chunks.
  var content: [UInt8]?

  /// The content's SHA-256, or what the client says in its place.
  ///
  /// - Throws: `HTTPFault` for content that is signed in chunks, or of which nothing is known.
  func contentHash() throws(HTTPFault) -> String {
    let said = fields.filter { $0.key == "x-amz-content-sha256" }.map(\.text)
    guard let first = said.first else {
      guard let content else {
        throw HTTPFault(413, "the request is signed with its content, and that is too long, or in chunks")
      }
      return SHA256.digest(of: content.span).hex
    }
    guard said.count == 1 else { throw HTTPFault(400, "X-Amz-Content-Sha256 stands there twice") }
    guard !first.hasPrefix("STREAMING-") || first == "STREAMING-UNSIGNED-PAYLOAD-TRAILER" else {
      throw HTTPFault(
        400, "the content is signed in chunks, by keys that are not the target's; send it unsigned, or whole")
    }
    return first
  }

  /// The path, each of its parts encoded once more, unless `isOnce`.
  ///
  /// - Throws: `HTTPFault` for `*`.
  func canonicalPath(isOnce: Bool) throws(HTTPFault) -> String {
    let path = target.prefix { $0 != "?" }
    guard path.hasPrefix("/") else { throw HTTPFault(400, "what is asked of AWS has a path") }
    guard !isOnce else { return Self.encoded(try Self.decoded(path), keepsSlash: true) }
    // Services but for storage take "." and "..", and empty parts, for what they mean.
    var parts: [Substring] = []
    for part in path.split(separator: "/") {
      if part == ".." { _ = parts.popLast() } else if part != "." { parts.append(part) }
    }
    let isFolder = path.hasSuffix("/") && !parts.isEmpty
    return "/" + parts.map { Self.encoded(Array($0.utf8), keepsSlash: false) }.joined(separator: "/")
      + (isFolder ? "/" : "")
  }

  var query: String? { target.firstIndex(of: "?").map { String(target[target.index(after: $0)...]) } }

  /// Names and values, in the order of their bytes.
  ///
  /// - Throws: `HTTPFault` for an address that is signed itself.
  func canonicalQuery() throws(HTTPFault) -> String {
    guard let query else { return "" }
    var pairs: [(name: String, value: String)] = []
    for part in query.split(separator: "&") {
      let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = try Self.decoded(halves[0], plusIsBlank: true)
      let value = halves.count > 1 ? try Self.decoded(halves[1], plusIsBlank: true) : []
      pairs.append((Self.encoded(name, keepsSlash: false), Self.encoded(value, keepsSlash: false)))
    }
    guard
      !pairs.contains(where: {
        ["x-amz-signature", "x-amz-credential", "x-amz-algorithm"].contains($0.name.lowercased())
      })
    else {
      throw HTTPFault(400, "an address that is signed itself is not signed anew")
    }
    pairs.sort { ($0.name, $0.value) < ($1.name, $1.value) }
    return pairs.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
  }

  /// `%41` and such undone.
  private static func decoded(_ text: Substring, plusIsBlank: Bool = false) throws(HTTPFault) -> [UInt8] {
    var out: [UInt8] = []
    var bytes = Array(text.utf8)[...]
    while let byte = bytes.popFirst() {
      if byte == UInt8(ascii: "%") {
        let digits = String(decoding: bytes.prefix(2), as: UTF8.self)
        guard digits.utf8.count == 2, !digits.hasPrefix("+"), !digits.hasPrefix("-"),
          let value = UInt8(digits, radix: 16)
        else { throw HTTPFault(400, "a percent sign in what is asked has no two digits") }
        out.append(value)
        bytes = bytes.dropFirst(2)
      } else {
        out.append(plusIsBlank && byte == UInt8(ascii: "+") ? 0x20 : byte)
      }
    }
    return out
  }

  /// All but the unreserved characters of RFC 3986 §2.3 as `%41`.
  private static func encoded(_ bytes: [UInt8], keepsSlash: Bool) -> String {
    var out = ""
    for byte in bytes {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: out.unicodeScalars.append(UnicodeScalar(byte))
      case 0x2F where keepsSlash: out += "/"
      default: out += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }
    return out
  }
}
