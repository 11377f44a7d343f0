import Model

extension Session {
  /// Its requests are HTTP.
  var isHTTP: Bool { protocolName == "http" }

  /// Who asked what: no one has to be named for it.
  var httpName: String {
    let host = target ?? server
    return user.map { "\($0)@\(host)" } ?? host
  }
}

extension Transcript {
  /// Bytes of each value of a field.
  private static let valueLimit = 400
  /// Fields that tell most, beside the user agent.
  private static let requestFields: Set<String> = ["content-type"]
  private static let responseFields: Set<String> = ["content-type", "location"]

  // MARK: Requests

  /// `POST https://shop.internal/orders`, or a command line and the request that ran it.
  func request(_ action: Action, _ event: Timeline.Event) throws -> [StyledLine] {
    let head = action.hasHead ? try reading.callHead(of: action.id) : nil
    let isChange = event.marks.contains(.change)
    let sign = isChange ? "◆" : " "
    var shown = [StyledLine()]
    let texts = action.kind == "http" ? [requestLine(action, head)] : text(of: action)
    for (index, text) in texts.enumerated() {
      var line = StyledLine()
      let prompt =
        action.kind == "http"
        ? "" : index == 0 ? "\(action.kind)> " : String(repeating: " ", count: action.kind.count) + "> "
      if !prompt.isEmpty { line.append(prompt, .prompt) }
      line.append(text, action.text.isEmpty && head == nil ? .warning : isChange ? .strong : .plain)
      let whole = index == 0 ? timed(event.at, sign: sign, .change, line) : indented(line)
      shown += whole.wrapped(to: options.width, indent: Self.gutter + 2)
    }
    let rest = action.text.utf8.count - options.textLimit
    if rest > 0 { shown.append(indented(StyledLine("… \(Figures.count(rest)) more bytes", .faint))) }
    if action.kind != "http", let head {
      shown += StyledLine("by \(head.method) \(head.url.prefix(bytes: 2000))", .faint).wrapped(to: textWidth, indent: 3)
        .map(indented)
    }
    if action.isInferred { shown.append(indented(StyledLine("(inferred, not seen as such)", .warning))) }
    if let identity = identity(of: action) { shown.append(indented(identity)) }
    if let head {
      shown += fields(head.requestFields, Self.requestFields, isFirst: event.marks.contains(.firstCall))
    }
    if let parameters = action.parameters, parameters != "[]", action.kind == "sql" {
      shown.append(indented(StyledLine("with \(parameters.prefix(bytes: 600))", .faint)))
    }
    if action.kind == "forward" { shown += try carried(by: action).map(indented) }
    if action.hasRequestPayload, let payload = try reading.requestPayload(of: action.id) {
      if action.isPush {
        shown += pushed(action, payload).flatMap { $0.wrapped(to: textWidth, indent: 4) }.map(indented)
      } else {
        shown += body(payload, head?.requestFields["content-type"])
      }
    } else if action.isPush {
      shown += references(action).map(indented)
    }
    return shown
  }

  /// With the host, wherever it is known.
  private func requestLine(_ action: Action, _ head: CallHead?) -> TerminalText {
    var text = action.text
    if text.isEmpty, let head { text = "\(head.method) \(head.url)" }
    if text.isEmpty { return TerminalText("(the request was not captured)") }
    if let head, let blank = text.unicodeScalars.firstIndex(of: " ") {
      let target = text[text.unicodeScalars.index(after: blank)...]
      if target.hasPrefix("/"), let host = head.authority ?? session.target {
        text = "\(text[..<blank]) \(host)\(target)"
      }
    }
    return TerminalText(text.prefix(bytes: options.textLimit))
  }

  private func fields(_ all: [HeaderField], _ telling: Set<String>, isFirst: Bool) -> [StyledLine] {
    let shown = all.filter { field in
      let name = field.name.lowercased()
      return options.showsAllFields || telling.contains(name) || (isFirst && name == "user-agent")
    }
    return shown.flatMap { field -> [StyledLine] in
      var line = StyledLine("\(TerminalText.oneLine(field.name)): ", .faint)
      line.append(TerminalText(field.value, limit: Self.valueLimit), .faint)
      return line.wrapped(to: textWidth, indent: 2).map(indented)
    }
  }

  // MARK: Responses

  func response(_ action: Action, _ event: Timeline.Event) throws -> [StyledLine] {
    let head = action.hasHead ? try reading.callHead(of: action.id) : nil
    var lines = detachment(action, event)
    let first = statusLine(action, head)
    lines.append(
      event.marks.contains(.detached) ? indented(first) : timed(event.at, sign: sign(action), signStyle(action), first))
    if action.status != .ok || action.message != nil, action.message?.isEmpty == false {
      lines += message(action).map(indented)
    } else if action.status == .incomplete {
      lines.append(indented(StyledLine("incomplete: its outcome was not captured", .warning)))
    }
    if let head {
      lines += fields(head.responseFields, Self.responseFields, isFirst: false)
      if !head.responseTrailers.isEmpty {
        lines += fields(head.responseTrailers, ["grpc-status", "grpc-message"], isFirst: false)
      }
    }
    if action.hasResponsePayload, let payload = try reading.responsePayload(of: action.id) {
      if payload.layout == .rows {
        lines += try data(action).map(indented)
      } else {
        lines += body(payload, head?.responseFields["content-type"])
      }
    }
    return lines + consequences(action).map(indented)
  }

  private func sign(_ action: Action) -> String { action.status == .error || action.status == .denied ? "✗" : " " }
  private func signStyle(_ action: Action) -> Style { .error }

  /// `201 Created  12.345 ms (first byte after 10.001 ms)`.
  private func statusLine(_ action: Action, _ head: CallHead?) -> StyledLine {
    var line = StyledLine()
    for status in head?.informational.prefix(8) ?? [] { line.append("\(status), ", .faint) }
    if let status = head?.status {
      line.append("\(status)", Self.style(of: status))
      let reason = head?.reason ?? ""
      let words = reason.isEmpty ? StatusPhrase.of(status) : reason
      if !words.isEmpty { line.append(TerminalText(" " + words, limit: 60), Self.style(of: status)) }
    } else {
      line.append(
        action.status == .incomplete ? "no response was captured" : action.status.rawValue,
        action.status == .ok ? .good : .warning)
    }
    if let code = action.code, code != head?.status.map(String.init) {
      line.append(
        action.kind == "exec" || action.kind == "shell" ? ", exit status \(code)" : ", \(code)",
        action.status == .ok ? .plain : .error)
    }
    if let count = action.rowCount { line.append(", \(Figures.of(count, "row"))") }
    if let ended = action.endedAt {
      let took = ended.nanoseconds(since: action.startedAt)
      line.append(
        "  \(Figures.duration(nanoseconds: took))", took >= 1_000_000_000 && !action.hasRecords ? .warning : .faint)
    }
    if let first = action.firstResponseAt {
      line.append(
        " (first byte after \(Figures.duration(nanoseconds: first.nanoseconds(since: action.startedAt))))", .faint)
    }
    return line
  }

  private static func style(of status: Int) -> Style {
    switch status {
    case 100..<200: .faint
    case 200..<300: .good
    case 300..<400: .prompt
    case 400..<500: .warning
    default: .error
    }
  }

  // MARK: Bodies and messages

  private func body(_ payload: StoredPayload, _ mediaType: String?) -> [StyledLine] {
    guard payload.layout == .text || payload.layout == .bytes else { return [] }
    let limits = PrettyBody.Limits(
      textBytes: min(options.textLimit, 1 << 22), dumpBytes: min(options.bodyLines, 16) * 16)
    let body = PrettyBody(payload, mediaType: mediaType, limits: limits)
    var lines: [StyledLine] = []
    let isPlain = body.title == "JSON" || body.title == "text"
    if !isPlain || body.isDump {
      lines.append(StyledLine("\(body.title), \(Figures.of(payload.byteCount, "byte"))", .faint))
    }
    lines += block(body.text, prefix: "", isShortened: body.isShortened)
    if body.isShortened || lines.count > options.bodyLines {
      lines.append(
        StyledLine("… of \(Figures.of(payload.byteCount, "byte")), sha256 \(payload.sha256.prefix(16))…", .faint))
    }
    return lines.flatMap { $0.wrapped(to: textWidth, indent: 2) }.map(indented)
  }

  /// The first lines of a text.
  private func block(_ text: String, prefix: String, style: Style = .plain, isShortened: Bool) -> [StyledLine] {
    guard !text.isEmpty else { return [] }
    let all = TerminalText.splitLines(text.replacing("\r\n", with: "\n"))
    var lines = all.prefix(options.bodyLines).map { text in
      var line = StyledLine(prefix, .faint)
      line.append(text, style)
      return line
    }
    let rest = all.count - lines.count
    if rest > 0 { lines.append(StyledLine("\(prefix)… \(Figures.of(rest, "more line"))", .faint)) }
    return lines
  }

  /// A message with the sign of its direction, or what a terminal showed.
  func message(_ action: Action, _ event: Timeline.Event) throws -> [StyledLine] {
    guard let place = timeline.place(of: event) else { return [] }
    let (carried, shown) = try records.records(of: action.id, at: place)
    guard let first = shown.first else { return [] }
    var lines = detachment(action, event)
    let content: [StyledLine]
    switch place.kind {
    case .output, .errorOutput:
      var stream = TerminalStream()
      for record in carried { stream.feed(record.bytes) }
      stream.dropLines()
      for record in shown { stream.feed(record.bytes) }
      let isError = place.kind == .errorOutput
      content = block(
        stream.text, prefix: isError ? "err│ " : "│ ", style: isError ? .warning : .plain, isShortened: false)
    case .input:
      let bytes = shown.flatMap(\.bytes)
      content = block(
        MessageText.typed(bytes, options.textLimit), prefix: "typed│ ", style: .prompt, isShortened: false)
    default:
      let type = action.hasHead ? try reading.callHead(of: action.id)?.responseFields["content-type"] : nil
      content = message(first, type, isFailure: event.marks.contains(.error))
    }
    for (index, line) in content.enumerated() {
      let whole = index == 0 && lines.isEmpty ? timed(event.at, line) : indented(line)
      lines += whole.wrapped(to: options.width, indent: Self.gutter + 2)
    }
    return lines
  }

  private func message(_ record: StreamRecord, _ mediaType: String?, isFailure: Bool) -> [StyledLine] {
    let message = MessageText(record, mediaType: mediaType, limit: min(options.textLimit, 1 << 20))
    let isSent = record.direction == .fromClient
    var line = StyledLine(isSent ? "→ " : "← ", .prompt)
    let lines = block(message.text, prefix: "  ", isShortened: message.isShortened)
    let isShort = lines.count == 1 && !message.isShortened
    if !["text", "JSON", "event"].contains(message.title) || lines.isEmpty {
      line.append(message.title, isFailure ? .error : .faint)
      if isShort { line.append("  ") }
    }
    if isShort {
      line.append(TerminalText(message.text))
      return [line]
    }
    // The first line stands beside the sign.
    if line.width == 2, let first = TerminalText.splitLines(message.text).first, !lines.isEmpty {
      line.append(first)
      var all = [line] + lines.dropFirst()
      if message.isShortened { all.append(StyledLine("  …", .faint)) }
      return all
    }
    return [line] + lines + (message.isShortened ? [StyledLine("  …", .faint)] : [])
  }
}
