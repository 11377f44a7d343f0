import Model
import Replay

/// All that an action sent and received, in forms that can be shown: heads, bodies, messages, a terminal.
struct ActionPreviews {
  /// Of HTTP, whatever the budget.
  private(set) var head: CallHead?
  private(set) var sent: Preview?
  private(set) var received: Preview?
  /// Of git, the commits that moved, and what became of the references.
  private(set) var log: PushLog?
  private(set) var updates: [RefUpdate] = []
  /// The rest, each with its name, in the order of reading.
  private(set) var others: [(name: String, preview: Preview)] = []

  init(of action: Action, from reading: any CaseReading, budget: inout PreviewBudget) throws {
    head = action.hasHead ? try reading.callHead(of: action.id) : nil
    if let head {
      if !head.requestFields.isEmpty || !head.method.isEmpty {
        add("Request head", budget.take { Preview(text: HeadText.request(head), byteLimit: $0) })
      }
      if let text = HeadText.response(head) {
        add("Response head", budget.take { Preview(text: text, byteLimit: $0) })
      }
    }
    if action.kind == "git" { try readLog(action, from: reading, budget: &budget) }
    let isPush = action.verb == "git push"
    if action.hasRequestPayload, log?.commits.isEmpty != false || !isPush {
      let type = head?.requestFields["content-type"]
      sent = try budget.preview(isBody: action.isCall, mediaType: type) { try reading.requestPayload(of: action.id) }
    }
    if action.hasResponsePayload, log?.commits.isEmpty != false || isPush {
      let type = head?.responseFields["content-type"]
      received = try budget.preview(isBody: action.isCall, mediaType: type) {
        try reading.responsePayload(of: action.id)
      }
    }
    guard action.hasRecords else { return }
    let type = head?.responseFields["content-type"]
    var streams: StreamPreviews?
    let messages = try budget.take { limit -> Preview? in
      guard let payload = try reading.records(of: action.id) else { return nil }
      streams = StreamPreviews(payload, of: action, mediaType: type, byteLimit: limit)
      return streams?.messages
    }
    add("Stream", messages)
    guard let streams else { return }
    add("Terminal", budget.take { _ in streams.terminal })
    add("Output", budget.take { _ in streams.output })
    add("Error output", budget.take { _ in streams.errorOutput })
    add("Typed", budget.take { _ in streams.typed })
  }

  private mutating func readLog(
    _ action: Action, from reading: any CaseReading, budget: inout PreviewBudget
  ) throws {
    let payload =
      action.verb == "git push" ? try reading.requestPayload(of: action.id) : try reading.responsePayload(of: action.id)
    let empty = StoredPayload(layout: .text, bytes: [], byteCount: 0, sha256: "", columns: [])
    let log = PushLog(payload ?? empty, byteLimit: budget.commitRoom)
    budget.spendOnCommits(log.cost)
    updates = action.verb == "git push" ? RefUpdate.all(of: action, log) : []
    if !log.commits.isEmpty || !updates.isEmpty { self.log = log }
  }

  private mutating func add(_ name: String, _ preview: Preview?) {
    if let preview { others.append((name, preview)) }
  }
}

/// The records of an action as a list of messages, what its terminal showed, and what was typed.
struct StreamPreviews {
  private(set) var messages: Preview?
  private(set) var terminal: Preview?
  /// Of a program without a terminal, what it wrote to either end.
  private(set) var output: Preview?
  private(set) var errorOutput: Preview?
  private(set) var typed: Preview?

  /// Messages of the list.
  private static let messageLimit = 200
  /// Bytes of one message.
  private static let messageBytes = 600

  init(_ payload: StoredPayload, of action: Action, mediaType: String?, byteLimit: Int) {
    let isTerminal = TerminalShape.isTerminal(action, payload)
    let isProgram = (action.kind == "exec" || action.kind == "shell") && !isTerminal
    var pipes = (out: PipeText(), error: PipeText())
    var list: [Preview.Message] = []
    var listBytes = 0
    var isListCut = payload.isCut
    var stream = TerminalStream()
    var shown = 0
    var isTerminalCut = payload.isCut
    var keys: [UInt8] = []
    var keyCount = 0
    var cursor = StreamRecordCursor(payload.bytes)
    // A damaged end leaves what came before it.
    while let record = try? cursor.next() {
      switch record.kind {
      case .output where isProgram: pipes.out.add(record.bytes, limit: byteLimit)
      case .errorOutput where isProgram: pipes.error.add(record.bytes, limit: byteLimit)
      case .output, .errorOutput:
        if isTerminal {
          shown += record.bytes.count
          continue
        }
        let room = max(0, byteLimit - shown)
        stream.feed(record.bytes.prefix(room))
        shown += record.bytes.count
        if record.bytes.count > room { isTerminalCut = true }
      case .input:
        keys += record.bytes.prefix(max(0, byteLimit - keys.count))
        keyCount += record.bytes.count
      case .text, .binary, .ping, .pong, .close, .event, .message, .resize, .exit:
        guard list.count < Self.messageLimit, listBytes < byteLimit else {
          isListCut = true
          continue
        }
        let text = MessageText(record, mediaType: mediaType, limit: min(Self.messageBytes, byteLimit))
        listBytes += text.text.utf8.count + 40
        list.append(
          Preview.Message(
            time: record.at, isSent: record.direction == .fromClient, title: text.title,
            text: text.text + (text.isShortened ? " …" : "")))
      }
    }
    if !list.isEmpty { messages = Preview(messages: list, of: payload, cost: listBytes, isCut: isListCut) }
    output = pipes.out.preview(of: payload)
    errorOutput = pipes.error.preview(of: payload, isError: true)
    if shown > 0, isTerminal {
      let (text, isCut) = ShownText(payload, of: action).ending(byteLimit: byteLimit)
      terminal = Preview(
        title: isCut ? "the end of what was shown" : "as it was shown", text: text, byteCount: UInt64(shown),
        sha256: payload.sha256, isCut: isCut || payload.isCut)
    } else if shown > 0 {
      terminal = Preview(
        title: "as it was shown", text: stream.text, byteCount: UInt64(shown), sha256: payload.sha256,
        isCut: isTerminalCut)
    }
    if keyCount > 0 {
      let typing = StreamRecord(at: .epoch, direction: .fromClient, kind: .input, bytes: keys)
      typed = Preview(
        title: nil, text: MessageText(typing, limit: byteLimit).text, byteCount: UInt64(keyCount),
        sha256: payload.sha256, isCut: payload.isCut || keyCount > keys.count)
    }
  }
}

/// What a program wrote to a pipe, up to a limit.
private struct PipeText {
  private var bytes: [UInt8] = []
  private var count = 0

  mutating func add(_ more: [UInt8], limit: Int) {
    count += more.count
    bytes += more.prefix(max(0, limit - bytes.count))
  }

  func preview(of payload: StoredPayload, isError: Bool = false) -> Preview? {
    guard count > 0 else { return nil }
    let piece = StoredPayload(
      layout: .bytes, bytes: bytes, byteCount: UInt64(count), sha256: payload.sha256, columns: [])
    let body = PrettyBody(
      piece, mediaType: nil, limits: PrettyBody.Limits(textBytes: max(1, bytes.count), dumpBytes: 256))
    var preview = Preview(
      title: isError ? "standard error" : "standard output", text: body.text, byteCount: UInt64(count),
      sha256: payload.sha256, isCut: payload.isCut || count > bytes.count || body.isShortened)
    preview.isError = isError
    return preview
  }
}

extension PreviewBudget {
  /// Makes something of so many bytes at most while there is room for it.
  mutating func take(_ make: (Int) throws -> Preview?) rethrows -> Preview? {
    guard left > 0 else {
      refuse()
      return nil
    }
    guard let preview = try make(min(bytesEach, left)) else { return nil }
    spend(preview.cost)
    return preview
  }

  /// A body is laid out by its media type; anything else is shown as it is.
  mutating func preview(isBody: Bool, mediaType: String?, _ payload: () throws -> StoredPayload?) rethrows -> Preview? {
    try take { limit in
      guard let payload = try payload() else { return nil }
      guard isBody, payload.layout == .text || payload.layout == .bytes else {
        return Preview(payload, byteLimit: limit)
      }
      return Preview(body: payload, mediaType: mediaType, byteLimit: limit)
    }
  }
}
