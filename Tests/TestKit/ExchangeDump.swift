import Bytes
public import Model

/// A canonical text of an exchange, so that two runs can be compared and a difference can be read.
extension Exchange {
  /// One line for the exchange, and one indented line for each part of it.
  public var dump: String {
    var lines = ["\(shape.dump) \(timing) at \(origin.dump) bytes \(requestByteCount)/\(responseByteCount)"]
    if let incompleteReason { lines[0] += " incomplete: \(incompleteReason)" }
    if case .statement(let statement) = shape { lines += statement.dumpLines.map { "  " + $0 } }
    if case .call(let call) = shape { lines += call.dumpLines.map { "  " + $0 } }
    if case .command(let command) = shape { lines += command.dumpLines.map { "  " + $0 } }
    if case .file(let file) = shape, let content = file.content {
      lines.append("  content \(content.byteCount) bytes \(content.digest.hex.prefix(16)) whole \(file.isWholeFile)")
    }
    if case .repository(let exchange) = shape { lines += exchange.dumpLines.map { "  " + $0 } }
    return lines.joined(separator: "\n")
  }

  private var timing: String {
    "\(startedAt.nanoseconds)..\(firstResponseAt.dump)..\(endedAt.dump)"
  }
}

extension Timestamp? {
  fileprivate var dump: String { map { "\($0.nanoseconds)" } ?? "-" }
}

extension Origin {
  fileprivate var dump: String { "\(source):\(packet)+\(offset)" }
}

extension Exchange.Shape {
  /// What it is, without the parts of a statement.
  fileprivate var dump: String {
    switch self {
    case .login(let login): "login \(login.user ?? "-") \(login.method) \(login.outcome)"
    case .statement(let statement): statement.dumpHead
    case .call(let call): call.dumpHead
    case .command(let command): command.dumpHead
    case .file(let file):
      "\(file.service) \(file.verb) \(file.path.debugDescription) \(file.otherPath?.debugDescription ?? "-") "
        + "channel \(file.channel) \(file.outcome) read \(file.readByteCount) written \(file.writtenByteCount) "
        + "note \(file.note ?? "-") \(file.attributes.map { "\($0)" } ?? "-")"
    case .forwarding(let it): "\(it)"
    case .repository(let it): "\(it.operation) \(it.repository.debugDescription) version \(it.version)"
    case .cancellation(let cancellation): "cancellation \(cancellation.processID) \(cancellation.secretHash)"
    case .notification(let it): "notification \(it.channel) \(it.payload.debugDescription) from \(it.processID)"
    case .marker(let marker): "marker \(marker.name) \(marker.text)"
    case .opaque(let opaque): "opaque \(opaque.reason.rawValue) \(opaque.clientByteCount)/\(opaque.serverByteCount)"
    }
  }
}

extension Statement {
  fileprivate var dumpHead: String {
    let state = transactionState?.rawValue ?? "-"
    return
      "\(mode) \(text.debugDescription)\(isTextExact ? "" : " inexact") cycle \(cycle) \(state)\(endsCycle ? " end" : "")"
  }

  fileprivate var dumpLines: [String] {
    var lines = parameters.map { "parameter \($0.type) \($0.text?.debugDescription ?? "NULL")" }
    lines += notices.map { "notice \($0)" }
    for result in results { lines += result.dumpLines }
    return lines
  }
}

extension StatementResult {
  fileprivate var dumpLines: [String] {
    var lines = [
      "result \(outcome) rows \(rowCount.map { "\($0)" } ?? "-") \(firstResponseAt.dump)..\(endedAt.dump)"
    ]
    if !columns.isEmpty {
      let names = columns.map { "\($0.name) \($0.type) \($0.tableOID).\($0.attribute)" }
      lines.append("  columns " + names.joined(separator: ", "))
    }
    if let rows {
      lines.append("  rows \(rows.byteCount) bytes \(rows.digest.hex.prefix(16))")
      lines += rows.rowTexts.map { "    " + $0 }
    }
    if let copy {
      let content =
        "\(copy.content.layout.rawValue) \(copy.content.byteCount) bytes \(copy.content.digest.hex.prefix(16))"
      let shown = copy.content.bytes.span.string.debugDescription
      lines.append(
        "  copy \(copy.direction.rawValue)\(copy.isBinary ? " binary" : "") \(copy.messageCount) messages \(content) \(shown)"
          + (copy.failure.map { " failed: \($0)" } ?? ""))
    }
    return lines
  }
}

extension Call {
  fileprivate var dumpHead: String {
    let status = head.status.map { "\($0)" } ?? "-"
    return "call \(head.method) \(head.url) HTTP/\(head.version) \(status)"
  }

  fileprivate var dumpLines: [String] {
    var lines = [
      "scheme \(head.scheme ?? "-") authority \(head.authority ?? "-") stream \(head.streamID.map { "\($0)" } ?? "-")"
    ]
    if !head.informational.isEmpty { lines.append("informational \(head.informational)") }
    if let upgrade { lines.append("upgrade \(upgrade)") }
    lines.append("request ended \(requestEndedAt.dump) reason \(head.reason.debugDescription)")
    lines += head.requestFields.map { "> \($0.name): \($0.value.debugDescription)" }
    lines += head.requestTrailers.map { ">> \($0.name): \($0.value.debugDescription)" }
    if let requestBody { lines.append("> " + requestBody.dump) }
    lines += head.responseFields.map { "< \($0.name): \($0.value.debugDescription)" }
    lines += head.responseTrailers.map { "<< \($0.name): \($0.value.debugDescription)" }
    if let responseBody { lines.append("< " + responseBody.dump) }
    if let records { lines += records.recordTexts }
    return lines
  }
}

extension Command {
  fileprivate var dumpHead: String {
    "\(kind) \(text.debugDescription) channel \(channel) \(exit.map { "\($0)" } ?? "-")\(isRefused ? " refused" : "")"
  }

  fileprivate var dumpLines: [String] {
    var lines = environment.map { "environment \($0.name)=\($0.value.debugDescription)" }
    if let terminal {
      let modes = terminal.modes.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
      lines.append("terminal \(terminal.name) \(terminal.columns)x\(terminal.rows) \(modes)")
    }
    if isAgentForwarded { lines.append("agent forwarded") }
    if isX11Forwarded { lines.append("X11 forwarded") }
    for (name, total) in [("input", input), ("output", output), ("error output", errorOutput)] {
      if let total { lines.append("\(name) \(total.byteCount) bytes \(total.digest?.hex.prefix(16) ?? "-")") }
    }
    if let records { lines += records.recordTexts }
    return lines
  }
}

extension RepositoryExchange {
  fileprivate var dumpLines: [String] {
    var lines = updates.map { "update \($0)" }
    lines += wants.map { "want \($0)" }
    lines += pushOptions.map { "option \($0.debugDescription)" }
    lines.append("agents \(clientAgent ?? "-") \(serverAgent ?? "-")\(isAtomic ? " atomic" : "")")
    if let pack { lines.append("\(pack)") }
    lines += commits.map { "\($0)" }
    if let history { lines.append("history \(history.byteCount) bytes \(history.digest.hex.prefix(16))") }
    if let messages { lines.append("messages \(messages.bytes.span.string.debugDescription)") }
    lines.append("unpack \(unpackStatus ?? "-") error \(error ?? "-")")
    return lines
  }
}

extension CallBody {
  fileprivate var dump: String {
    "body \(content.layout.rawValue) \(content.byteCount) bytes \(content.digest.hex.prefix(16)) coded \(codedByteCount) "
      + "codings \(codings) type \(mediaType ?? "-")" + (note.map { " note: \($0)" } ?? "")
  }
}

extension Payload {
  /// The kept records of a payload of layout `records`, a line each.
  public var recordTexts: [String] {
    var cursor = StreamRecordCursor(bytes)
    var texts = ["records \(byteCount) bytes \(digest.hex.prefix(16))"]
    do {
      while let record = try cursor.next() {
        texts.append(
          "  \(record.at.nanoseconds) \(record.direction) \(record.kind) \(record.bytes.span.string.debugDescription)")
      }
    } catch {
      texts.append("damaged: \(error)")
    }
    return texts
  }

  /// The kept rows of a payload of layout `rows`, cells joined by `|`, NULL as `∅`.
  public var rowTexts: [String] {
    var cursor = RowCursor(bytes)
    var texts: [String] = []
    do {
      while let cells = try cursor.next() { texts.append(cells.map { $0 ?? "∅" }.joined(separator: "|")) }
    } catch {
      texts.append("damaged: \(error)")
    }
    return texts
  }
}

extension SessionFacts {
  /// The facts that are set, in order of their names.
  public var dump: String {
    let fields: [(String, String?)] = [
      ("application", application), ("cancelSecretHash", cancelSecretHash), ("credentialHash", credentialHash),
      ("encryption", encryption), ("isDecrypted", isDecrypted.map { "\($0)" }),
      ("processID", processID.map { "\($0)" }), ("protocolVersion", protocolVersion),
      ("replication", replication), ("serverVersion", serverVersion), ("target", target), ("user", user),
    ]
    let named = fields.compactMap { field in field.1.map { "\(field.0)=\($0)" } }
    return "facts "
      + (named + parameters.sorted { $0.key < $1.key }.map { "[\($0.key)]=\($0.value)" }).joined(separator: " ")
  }
}

extension Anomaly {
  /// Code, detail and place.
  public var dump: String { "anomaly \(code.name): \(detail) at \(origin.dump)" }
}
