import Model

/// How long the content of a message is (RFC 9112 §6.3).
enum HTTPBodyLength: Equatable {
  case none
  case fixed(UInt64)
  case chunked
  case untilClose

  /// Content-Length and Transfer-Encoding as they are to be read, and what is wrong with them.
  init(_ fields: [HeaderField], version: String, isRequest: Bool, flaws: inout [HTTPHead.Flaw]) {
    let lengths = fields.values("content-length")
    let encodings = fields.values("transfer-encoding")
    let length = Self.length(lengths, &flaws)
    guard !encodings.isEmpty else {
      switch length {
      case .absent: self = isRequest ? .none : .untilClose
      case .known(let count): self = count == 0 ? .none : .fixed(count)
      // "unrecoverable error": what follows a request is then looked through for the next one.
      case .invalid: self = isRequest ? .none : .untilClose
      case .immense: self = .untilClose
      }
      return
    }
    if !lengths.isEmpty {
      flaws.append(
        HTTPHead.Flaw("http-smuggling-cl-te", "Content-Length and Transfer-Encoding in one message; the latter counts"))
    }
    if version == "1.0" || version == "0.9" {
      flaws.append(HTTPHead.Flaw("http-smuggling-te-version", "Transfer-Encoding in a message of HTTP/\(version)"))
    }
    let codings = HTTPText.list(encodings).map { $0.lowercased() }
    let names = codings.map { HTTPText.trimmed(String($0.prefix { $0 != ";" })) }
    let known: Set<String> = ["chunked", "gzip", "x-gzip", "deflate", "compress", "x-compress", "identity"]
    let isPlain =
      names.allSatisfy(known.contains) && names.count { $0 == "chunked" } <= 1 && !names.contains("identity")
    let isSingle = encodings.count == 1
    if !isPlain || !isSingle || (names.contains("chunked") && names.last != "chunked") || names.isEmpty {
      let shown = encodings.joined(separator: ", ").prefix(64)
      flaws.append(HTTPHead.Flaw("http-smuggling-te", "Transfer-Encoding is `\(shown)`"))
    }
    if names.last == "chunked" {
      self = .chunked
    } else if isRequest {
      // RFC 9112 §6.3: the length cannot be determined; servers answer 400. Some would go by Content-Length.
      if names.last != "identity" || lengths.isEmpty {
        flaws.append(HTTPHead.Flaw("http-smuggling-te-not-chunked", "the request's length cannot be determined"))
      }
      if case .known(let count) = length, count > 0 { self = .fixed(count) } else { self = .none }
    } else if names.allSatisfy({ $0 == "identity" }), case .known(let count) = length {
      self = count == 0 ? .none : .fixed(count)
    } else {
      self = .untilClose
    }
  }

  private enum Length {
    case absent
    case known(UInt64)
    case invalid
    /// Well-formed, and more than can be.
    case immense
  }

  private static func length(_ values: [String], _ flaws: inout [HTTPHead.Flaw]) -> Length {
    guard !values.isEmpty else { return .absent }
    var result: Length?
    var first: String?
    // RFC 9110 §8.6: a list of identical values is one value.
    for value in values.flatMap({ $0.split(separator: ",", omittingEmptySubsequences: false) }) {
      let text = HTTPText.trimmed(String(value))
      let digits = text.utf8.drop { $0 == 0x30 }
      let reading: Length
      if text.isEmpty || !text.utf8.allSatisfy(HTTPText.isDigit) {
        flaws.append(
          HTTPHead.Flaw("http-smuggling-content-length", "Content-Length is `\(text.prefix(64))`, which is no number"))
        reading = .invalid
      } else if let count = Int64(text) {
        reading = .known(UInt64(count))
      } else {
        flaws.append(HTTPHead.Flaw("http-smuggling-content-length", "Content-Length \(text.prefix(64)) overflows"))
        reading = .immense
      }
      let plain = String(decoding: digits, as: UTF8.self)
      if let first, first != plain {
        flaws.append(
          HTTPHead.Flaw("http-smuggling-two-lengths", "Content-Length has several values; the first valid one counts"))
      }
      if first == nil { first = plain }
      if result == nil { result = reading } else if case .invalid? = result { result = reading }
    }
    return result ?? .invalid
  }
}
