import Bytes
import Model

/// Tells by content whether a flow speaks HTTP.
enum HTTPRecognition {
  private enum Answer {
    case yes
    case no
    case undecided
  }

  static func recognize(_ opening: borrowing Opening) -> Recognition {
    let client = opening.fromClient
    let server = opening.fromServer
    if starts(client, isRequest: true) == .yes { return .yes }
    if starts(server, isRequest: true) == .yes { return .yesReversed }
    // A client that says something else is not one of HTTP, whatever is answered (SSH to a web server).
    let request = starts(client, isRequest: true)
    if client.isEmpty || opening.isMidstream, starts(server, isRequest: false) == .yes { return .yes }
    if server.isEmpty || opening.isMidstream, starts(client, isRequest: false) == .yes { return .yesReversed }
    // A request line that is malformed, and a server that answers it: `POST /` without a version.
    if beginsWithMethod(client), starts(server, isRequest: false) == .yes { return .yes }
    // The same where nothing but fields or a version tell what the client meant: `GET/ HTTP/1.1`.
    if saysHTTP(client), starts(server, isRequest: false) == .yes { return .yes }
    if opening.isMidstream { return midstream(client, server) }
    if request == .undecided, !client.isEmpty { return .undecided }
    if beginsWithMethod(client), !server.isEmpty, server.count < 12, starts(server, isRequest: false) == .undecided {
      return .undecided
    }
    if client.isEmpty, starts(server, isRequest: false) == .undecided { return .undecided }
    if server.isEmpty, starts(client, isRequest: false) == .undecided { return .undecided }
    return .no
  }

  /// What the first line says.
  private static func starts(_ bytes: Span<UInt8>, isRequest: Bool) -> Answer {
    var start = 0
    while start < bytes.count, start < 8, bytes[start] == 0x0d || bytes[start] == 0x0a { start += 1 }
    guard start < bytes.count else { return .undecided }
    let rest = bytes.extracting(start..<bytes.count)
    guard let end = rest.firstIndex(of: 0x0a) else { return isRequest ? openRequest(rest) : openStatus(rest) }
    let hasCR = end > 0 && rest[end - 1] == 0x0d
    let line = rest.extracting(0..<(hasCR ? end - 1 : end))
    guard let parsed = HTTPStartLine(line, isRequest: isRequest) else { return .no }
    if case .request("PRI", "*", "2.0", _) = parsed { return .yes }
    switch parsed {
    case .request(let method, _, let version, let isStrict):
      return isStrict || (HTTPStartLine.isKnown(method: method) && version.utf8.count == 3) ? .yes : .no
    case .status(let version, _, _): return version.hasPrefix("1.") ? .yes : .no
    }
  }

  private static func beginsWithMethod(_ bytes: Span<UInt8>) -> Bool {
    guard let space = bytes.firstIndex(of: 0x20), space <= HTTPLimits.methodLength else { return false }
    return HTTPStartLine.isKnown(method: bytes.extracting(0..<space).string)
  }

  /// Whether `HTTP/1.` stands in the first line, or a Host field in the lines behind it.
  private static func saysHTTP(_ bytes: Span<UInt8>) -> Bool {
    guard let end = bytes.firstIndex(of: 0x0a) else { return false }
    for index in 0..<end where bytes.extracting(index..<end).starts(with: "HTTP/1.") { return true }
    var start = end + 1
    while let next = bytes.firstIndex(of: 0x0a, from: start) {
      if bytes.extracting(start..<next).starts(with: "Host: ") { return true }
      start = next + 1
    }
    return false
  }

  private static func openRequest(_ line: Span<UInt8>) -> Answer {
    guard let space = line.firstIndex(of: 0x20) else {
      return line.count <= HTTPLimits.methodLength && HTTPText.isToken(line) ? .undecided : .no
    }
    let method = line.extracting(0..<space)
    guard space <= HTTPLimits.methodLength, HTTPText.isToken(method) else { return .no }
    for index in line.indices where line[index] < 0x20 && line[index] != 0x09 && line[index] != 0x0d { return .no }
    guard line.count >= HTTPLimits.recognizedLineLength else { return .undecided }
    return HTTPStartLine.isKnown(method: method.string) ? .yes : .no
  }

  private static func openStatus(_ line: Span<UInt8>) -> Answer {
    let name: [UInt8] = Array("HTTP/1.".utf8)
    for index in 0..<min(line.count, name.count) where line[index] != name[index] { return .no }
    guard line.count >= 12 else { return .undecided }
    return HTTPStartLine(line.extracting(0..<12), isRequest: false) == nil ? .no : .yes
  }

  /// The connection's beginning is missing: looks for the first start line at the end of whatever stands before it.
  private static func midstream(_ client: Span<UInt8>, _ server: Span<UInt8>) -> Recognition {
    if hasMessage(client, isRequest: true) || hasMessage(server, isRequest: false) { return .yes }
    if hasMessage(server, isRequest: true) || hasMessage(client, isRequest: false) { return .yesReversed }
    return .undecided
  }

  private static func hasMessage(_ bytes: Span<UInt8>, isRequest: Bool) -> Bool {
    var start = 0
    while let end = bytes.firstIndex(of: 0x0a, from: start) {
      let upTo = end > start && bytes[end - 1] == 0x0d ? end - 1 : end
      if HTTPStartLine.find(in: bytes.extracting(start..<upTo), isRequest: isRequest) != nil { return true }
      start = end + 1
    }
    return false
  }
}
