import Bytes

/// The first line of a message (RFC 9112 §3, §4).
enum HTTPStartLine {
  case request(method: String, target: String, version: String, isStrict: Bool)
  case status(version: String, code: Int, reason: String)

  private static let methods: Set<String> = [
    "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "PROPFIND", "PROPPATCH", "MKCOL",
    "COPY", "MOVE", "LOCK", "UNLOCK", "REPORT", "SEARCH", "SUBSCRIBE", "UNSUBSCRIBE", "NOTIFY", "M-SEARCH", "PURGE",
    "MERGE", "CHECKOUT", "MKACTIVITY", "LINK", "UNLINK", "BIND", "REBIND", "UNBIND", "ACL", "MKCALENDAR", "QUERY",
    "PRI", "RPC_IN_DATA", "RPC_OUT_DATA", "BREW", "SOURCE",
  ]

  static func isKnown(method: String) -> Bool { methods.contains(method) }

  /// Reads a line without its end; nil when it is no start line of that side.
  init?(_ line: Span<UInt8>, isRequest: Bool) {
    guard let parsed = isRequest ? Self.request(line) : Self.status(line) else { return nil }
    self = parsed
  }

  /// `HTTP/1.x`, in whatever case: how many bytes, or nil.
  private static func version(_ bytes: Span<UInt8>) -> String? {
    guard bytes.count >= 6 else { return nil }
    let name: [UInt8] = [0x48, 0x54, 0x54, 0x50]
    for index in 0..<4 where bytes[index] & 0xdf != name[index] { return nil }
    guard bytes[4] == UInt8(ascii: "/") else { return nil }
    for index in 5..<bytes.count where !HTTPText.isDigit(bytes[index]) && bytes[index] != UInt8(ascii: ".") {
      return nil
    }
    guard bytes.count <= 12, HTTPText.isDigit(bytes[5]) else { return nil }
    return bytes.extracting(5..<bytes.count).string
  }

  private static func request(_ line: Span<UInt8>) -> HTTPStartLine? {
    var end = line.count
    // RFC 9112 §3: recipients may ignore trailing white space.
    while end > 0, HTTPText.isBlank(line[end - 1]) { end -= 1 }
    guard let space = line.firstIndex(of: 0x20), space > 0, space < end, space <= HTTPLimits.methodLength,
      HTTPText.isToken(line.extracting(0..<space))
    else { return nil }
    let method = line.extracting(0..<space).string
    var last = end
    while last > space, !HTTPText.isBlank(line[last - 1]) { last -= 1 }
    guard let version = version(line.extracting(last..<end)) else {
      // HTTP/0.9 (RFC 1945 §5.1): `GET` and a target, no more.
      guard method == "GET", last == space + 1, last < end, line[last] == UInt8(ascii: "/"),
        isTarget(line.extracting(last..<end))
      else { return nil }
      let target = HTTPText.string(line.extracting(last..<end))
      return .request(method: method, target: target, version: "0.9", isStrict: true)
    }
    let target = HTTPText.trimmed(line.extracting(min(space + 1, last)..<max(space + 1, last)))
    let isUpper = line[last] == 0x48
    let isStrict = isUpper && version.utf8.count == 3 && isTarget(target) && last == space + 1 + target.count + 1
    return .request(method: method, target: HTTPText.string(target), version: version, isStrict: isStrict)
  }

  private static func isTarget(_ bytes: Span<UInt8>) -> Bool {
    for index in bytes.indices where bytes[index] <= 0x20 || bytes[index] == 0x7f { return false }
    return !bytes.isEmpty
  }

  private static func status(_ line: Span<UInt8>) -> HTTPStartLine? {
    guard let space = line.firstIndex(of: 0x20), let version = version(line.extracting(0..<space)) else { return nil }
    var index = space
    while index < line.count, HTTPText.isBlank(line[index]) { index += 1 }
    guard index + 3 <= line.count else { return nil }
    var code = 0
    for place in index..<(index + 3) {
      guard HTTPText.isDigit(line[place]) else { return nil }
      code = code * 10 + Int(line[place] - 0x30)
    }
    guard code >= 100, index + 3 == line.count || HTTPText.isBlank(line[index + 3]) else { return nil }
    let reason = HTTPText.trimmed(line.extracting((index + 3)..<line.count))
    return .status(version: version, code: code, reason: HTTPText.string(reason))
  }

  /// Where a start line begins in a line that may have the end of something else in front; nil when there is none.
  ///
  /// In front of a request stands, at most, a body without a line end, so only known methods count there.
  static func find(in line: Span<UInt8>, isRequest: Bool) -> Int? {
    if isRequest {
      if case .request(let method, _, let version, _) = HTTPStartLine(line, isRequest: true), version != "0.9",
        isKnown(method: method)
      {
        return 0
      }
      return findRequest(line)
    }
    var start = 0
    while let index = line.firstIndex(of: 0x48, from: start) {
      let rest = line.extracting(index..<line.count)
      if rest.starts(with: "HTTP/1."), HTTPStartLine(rest, isRequest: false) != nil { return index }
      start = index + 1
    }
    return nil
  }

  private static func findRequest(_ line: Span<UInt8>) -> Int? {
    let ending = 9
    guard line.count > ending + 3 else { return nil }
    let tail = line.extracting((line.count - ending)..<line.count)
    guard tail.starts(with: " HTTP/1.") else { return nil }
    // Backwards over the target to the blank in front of it, and over the letters of the method.
    var blank = line.count - ending - 1
    while blank > 0, line[blank] > 0x20, line[blank] != 0x7f { blank -= 1 }
    guard blank > 0, line[blank] == 0x20, blank < line.count - ending - 1 else { return nil }
    var start = blank
    while start > 0, blank - start < HTTPLimits.methodLength, HTTPText.isToken(line[start - 1]) { start -= 1 }
    // The longest known method that ends there.
    for place in start..<blank where isKnown(method: line.extracting(place..<blank).string) { return place }
    return nil
  }
}
