import Bytes
import Model

/// Writes the HTTP requests of a session as curl commands, one after another.
struct CurlScript {
  private let session: Session
  private let reading: any CaseReading
  private var known: Set<String> = []
  private var writtenCount = 0
  private var leftOutCount = 0

  /// Bytes of a body that stands in the command; Linux takes 128 KiB a word.
  private static let inlineLimit = 32 << 10

  /// What is left out, with its reason.
  private struct LeftOut: Error {
    var reason: String
  }

  init(_ session: Session, from reading: any CaseReading) {
    self.session = session
    self.reading = reading
  }

  func head() -> String {
    var lines = [
      "Session \(session.id): \(session.client) to \(session.server)",
      "\(session.startedAt) to \(session.endedAt), \(Figures.of(session.actionCount, "action"))",
      "",
      "These are the requests of someone else: read them, and send them to a system that may be changed. Options of your",
      "own go to each command: CURL_OPTIONS='--connect-to ::staging.internal:443' sends them all to another host.",
      "Secrets were redacted before anything was stored; where one stood, the command takes it from the environment.",
      "Fields that belong to one connection, lengths and content codings of requests are curl's own.",
    ]
    if !session.isComplete { lines += ["", "This session is not complete: \(session.reason ?? "unknown why")"] }
    let options = "read -r -a options <<<\"${CURL_OPTIONS:-}\"\n"
    return "#!/usr/bin/env bash\n" + lines.map(Self.comment).joined() + "set -u\n" + options
  }

  func foot() -> String {
    "\n" + Self.comment("\(Figures.of(writtenCount, "request")) written, \(leftOutCount) left out")
  }

  /// One request.
  mutating func add(_ action: Action, _ head: CallHead) throws -> String {
    var text = "\n" + Self.comment(Self.heading(action, head))
    do {
      text += try command(action, head)
      writtenCount += 1
    } catch let leftOut as LeftOut {
      leftOutCount += 1
      text += Self.comment("left out: \(leftOut.reason)")
    }
    return text
  }

  private static func heading(_ action: Action, _ head: CallHead) -> String {
    let status = head.status.map { " → \($0)" } ?? ""
    return
      "\(action.id)  \(action.startedAt)  \(head.method) \(head.url.prefix(bytes: 2000))\(status), \(action.effect.rawValue)"
  }

  /// A line that stays a comment, whatever the text holds.
  private static func comment(_ text: String) -> String { text.isEmpty ? "#\n" : "# \(TerminalText.oneLine(text))\n" }

  // MARK: One command

  private mutating func command(_ action: Action, _ head: CallHead) throws -> String {
    try Self.check(action, head)
    var words = ["--silent --show-error --globoff --path-as-is --noproxy '*' " + Self.version(head, session)]
    var comments: [String] = []
    let url = try self.url(head)
    words.append(head.method == "HEAD" ? "--head" : "--request \(head.method)")
    words.append("--url \(url.url.word)")
    var variables = url.url.variables
    if let target = url.target {
      words.append("--request-target \(target.word)")
      variables += target.variables
    }
    let body = try self.body(action, head)
    for word in try fields(head, url.authority, body, isCoded: isCoded(action), &variables, &comments) {
      words.append(word)
    }
    var prefix = ""
    var suffix = ""
    if let body {
      switch body {
      case .inline(let text):
        // --data would read a file for a text that begins with @.
        words.append("--data-raw \(text.word)")
        variables += text.variables
      case .encoded(let lines):
        prefix = "base64 --decode <<'END' | "
        words.append("--data-binary @-")
        suffix = lines + "END\n"
      }
    }
    var text = comments.map { Self.comment($0) }.joined()
    for name in variables where known.insert(name).inserted {
      text += ": \"${\(name):?was redacted: set it to what stood there}\"\n"
    }
    return text + prefix + "curl --disable \"${options[@]}\" " + words.joined(separator: " \\\n  ") + "\n" + suffix
  }

  private static func check(_ action: Action, _ head: CallHead) throws {
    if head.method.isEmpty { throw LeftOut(reason: "the request was not captured") }
    if action.status == .incomplete { throw LeftOut(reason: action.message ?? "not all of it was captured") }
    guard head.method.utf8.allSatisfy(isToken) else { throw LeftOut(reason: "its method is none") }
    if head.method == "CONNECT" { throw LeftOut(reason: "it asks a proxy for a tunnel") }
    if head.status == 101 { throw LeftOut(reason: "the connection became another protocol, which curl does not speak") }
    if !head.requestTrailers.isEmpty { throw LeftOut(reason: "fields came after its content") }
  }

  private static func version(_ head: CallHead, _ session: Session) -> String {
    switch head.version {
    case "1.0": "--http1.0"
    case "2":
      (head.scheme ?? (session.isEncrypted ? "https" : "http")) == "https" ? "--http2" : "--http2-prior-knowledge"
    default: "--http1.1"
    }
  }

  /// The characters of a method or a field's name (RFC 9110 §5.6.2).
  private static func isToken(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }

  // MARK: The address

  private func url(_ head: CallHead) throws -> (url: ShellText, target: ShellText?, authority: String) {
    let scheme = head.scheme ?? (session.isEncrypted ? "https" : "http")
    guard scheme == "http" || scheme == "https" else { throw LeftOut(reason: "its scheme is not of HTTP") }
    var authority = head.authority ?? session.server
    var target = head.target
    guard target.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      throw LeftOut(reason: "its target holds what no URL may hold")
    }
    for prefix in ["http://", "https://"] where target.lowercased().hasPrefix(prefix) {
      let rest = target.dropFirst(prefix.count)
      authority = String(rest.prefix { $0 != "/" && $0 != "?" })
      target = String(rest.dropFirst(authority.count))
      if !target.hasPrefix("/") { target = "/" + target }
    }
    let isPlain = authority.utf8.allSatisfy {
      Character(Unicode.Scalar($0)).isLetter || Character(Unicode.Scalar($0)).isNumber || ".-_:[]".utf8.contains($0)
    }
    guard !authority.isEmpty, isPlain, authority.utf8.allSatisfy({ $0 < 0x80 }), !authority.hasPrefix("-") else {
      throw LeftOut(reason: "its host is none that curl could ask")
    }
    let name = { (before: Substring) in ShellText.name("QUERY", before: before) }
    guard target.hasPrefix("/"), !target.contains("#") else {
      // curl takes it apart otherwise: OPTIONS *, and what looks like a fragment.
      let text = ShellText("", redacted: target, variable: name)
      return (ShellText("\(scheme)://\(authority)/"), text, authority)
    }
    return (ShellText("\(scheme)://\(authority)", redacted: target, variable: name), nil, authority)
  }

  // MARK: Fields

  /// Fields of one connection (RFC 9110 §7.6.1), and those that curl makes itself.
  private static let own: Set<String> = [
    "connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "content-length",
    "http2-settings",
  ]
  /// Fields that curl would add.
  private static let added = ["User-Agent", "Accept"]
  /// Names that a shell and its programs read themselves are not taken for variables.
  private static let plainNames: Set<String> = [
    "AUTHORIZATION", "PROXY_AUTHORIZATION", "COOKIE", "API_KEY", "APIKEY", "PRIVATE_TOKEN",
  ]

  private func fields(
    _ head: CallHead, _ authority: String, _ body: Body?, isCoded: Bool, _ variables: inout [String],
    _ comments: inout [String]
  ) throws -> [String] {
    var skipped = Self.own
    for list in head.requestFields.values("connection") {
      for name in list.split(separator: ",") { skipped.insert(String(name).trimmed.lowercased()) }
    }
    var words: [String] = []
    var names = Set<String>()
    for field in head.requestFields {
      let name = field.name.lowercased()
      if name.hasPrefix(":") || skipped.contains(name) || (name == "host" && field.value == authority) { continue }
      guard !name.isEmpty, name.utf8.allSatisfy(Self.isToken),
        !field.value.unicodeScalars.contains(where: { ($0.value < 0x20 && $0.value != 9) || $0.value == 0x7F })
      else { throw LeftOut(reason: "one of its fields is none that curl would send as it was") }
      if name == "content-encoding", body != nil, !isCoded {
        comments.append("its content was coded (\(field.value)) and goes out decoded")
        continue
      }
      names.insert(name)
      // A field without a value is written with a semicolon.
      guard !field.value.isEmpty else {
        words.append("--header \(ShellText.quoted(field.name + ";"))")
        continue
      }
      let word = ShellText("\(field.name): ", redacted: field.value) { before in
        let own = ShellText.variable(name)
        if own == "COOKIE" { return ShellText.name("COOKIE", before: before) }
        return own.hasPrefix("X_") || Self.plainNames.contains(own) ? own : "SECRET_\(own)"
      }
      words.append("--header \(word.word)")
      variables += word.variables
    }
    for name in Self.added where !names.contains(name.lowercased()) { words.append("--header '\(name):'") }
    if body != nil {
      if !names.contains("content-type") { words.append("--header 'Content-Type:'") }
      // curl asks for leave to send what is large.
      if !names.contains("expect") { words.append("--header 'Expect:'") }
    }
    return words
  }

  // MARK: Bodies

  /// A coding of the content that could not be removed is still there.
  private func isCoded(_ action: Action) throws -> Bool {
    guard action.hasRequestPayload, let payload = try reading.requestPayload(of: action.id), payload.layout == .bytes
    else { return false }
    return ["gzip data", "Zstandard data"].contains(MagicType.name(of: payload.bytes))
  }

  private enum Body {
    case inline(ShellText)
    /// Lines in base 64.
    case encoded(String)
  }

  private func body(_ action: Action, _ head: CallHead) throws -> Body? {
    let type = head.requestFields["content-type"]
    let length = head.requestFields["content-length"].flatMap { UInt64($0) }
    guard action.hasRequestPayload, let payload = try reading.requestPayload(of: action.id) else {
      if action.hasRecords, MediaType(type).isGRPC { throw LeftOut(reason: "its content is a stream of messages") }
      let isChunked = head.requestFields["transfer-encoding"]?.lowercased().contains("chunked") ?? false
      guard length ?? 0 == 0, !isChunked || action.bytesIn == 0 else {
        throw LeftOut(reason: "its content was not kept")
      }
      return length == 0 ? .inline(ShellText("")) : nil
    }
    guard payload.layout == .text || payload.layout == .bytes else {
      throw LeftOut(reason: "its content was not kept as it was sent")
    }
    guard payload.isWhole(type) else {
      let kept = Figures.count(payload.bytes.count)
      throw LeftOut(reason: "of its content the first \(kept) of \(Figures.count(payload.byteCount)) bytes were kept")
    }
    if head.method == "HEAD" { throw LeftOut(reason: "curl sends no content with HEAD") }
    let text = payload.bytes.span.validString
    let isASCII = payload.bytes.allSatisfy { $0 < 0x80 }
    if payload.layout == .text, !isASCII, let charset = MediaType(type)["charset"]?.lowercased(),
      !["utf-8", "utf8"].contains(charset)
    {
      throw LeftOut(reason: "its content was in \(charset) and is kept in UTF-8")
    }
    let hasSecret = text.map { Redaction.isIn($0) } ?? false
    if let text, payload.bytes.count <= Self.inlineLimit, !payload.bytes.contains(0) {
      guard hasSecret else { return .inline(ShellText(text)) }
      var count = 0
      return .inline(
        ShellText("", redacted: text) { before in
          count += 1
          let name = ShellText.name("BODY", before: before)
          return name == "BODY" ? "BODY_\(count)" : name
        })
    }
    if hasSecret { throw LeftOut(reason: "a secret in its content is redacted") }
    var lines = ""
    var rest = payload.bytes[...]
    while !rest.isEmpty {
      lines += rest.prefix(57).base64 + "\n"
      rest = rest.dropFirst(57)
    }
    return .encoded(lines)
  }
}
