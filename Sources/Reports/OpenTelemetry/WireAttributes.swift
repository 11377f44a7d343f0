import Bytes
import Model

/// What captures show of an action, by the conventions for database and HTTP clients; of SSH there are none.
enum WireAttributes {
  /// Methods that stand for themselves (RFC 9110 §9, RFC 5789); others are `_OTHER`, as the conventions want it.
  private static let methods: Set<String> = [
    "CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE",
  ]
  /// Parameters that have attributes of their own.
  private static let parameterLimit = 100

  /// Of few values: what it did and on what table, never its text.
  static func name(of action: Action) -> String {
    switch action.kind {
    case "sql", "copy": [action.verb, table(of: action)].compactMap(\.self).joined(separator: " ")
    case "http": request(action).flatMap { methods.contains($0.method) ? $0.method : nil } ?? "HTTP"
    default: "\(action.kind) \(action.verb)"
    }
  }

  static func set(_ action: Action, _ session: Session, _ head: CallHead?, _ span: inout OTLPSpan) {
    let user = action.identity.user ?? session.user
    switch action.kind {
    case "http": setCall(action, head, &span.attributes)
    case _ where session.protocolName == "postgres": setStatement(action, session, &span.attributes)
    default: setCommand(action, &span.attributes)
    }
    set(session, user: user, &span.attributes)
    span.attributes.set("exhibit.action.id", action.id)
    span.attributes.set("exhibit.action.parent", action.parentID)
    span.attributes.set("exhibit.action.kind", action.kind)
    span.attributes.set("exhibit.action.verb", action.verb)
    span.attributes.set("exhibit.effect", action.effect.rawValue)
    span.attributes.set("exhibit.change", if: action.isChange)
    span.attributes.set("exhibit.unfiltered", if: action.isUnfiltered)
    span.attributes.set("exhibit.inferred", if: action.isInferred)
    span.attributes.set("exhibit.status", action.status.rawValue)
    span.attributes.set("exhibit.transaction", action.transaction?.rawValue)
    span.attributes.set("exhibit.resources", action.resources.map(\.description))
    span.attributes.set("exhibit.rows", action.rowCount)
    span.attributes.set("exhibit.bytes_in", action.bytesIn)
    span.attributes.set("exhibit.bytes_out", action.bytesOut)
    span.attributes.set("exhibit.fingerprint", action.fingerprint)
    span.attributes.set("exhibit.source", action.sourceID)
    span.attributes.set("exhibit.packet", action.packet)
    span.attributes.set("exhibit.application", action.identity.application ?? session.application)
    switch action.status {
    case .ok: break
    case .error, .denied:
      span.status = .error
      span.message = action.message
      span.attributes.set("error.type", action.code ?? action.status.rawValue)
    case .incomplete: span.attributes.set("exhibit.incomplete_reason", action.message)
    }
  }

  /// Both ends of the connection and who used it.
  static func set(_ session: Session, user: String?, _ attributes: inout OTLPAttributes) {
    let (server, port) = endpoint(session.server)
    attributes.set("server.address", server)
    attributes.set("server.port", port)
    let (client, clientPort) = endpoint(session.client)
    attributes.set("client.address", client)
    attributes.set("client.port", clientPort)
    attributes.set("network.transport", "tcp")
    attributes.set("network.protocol.name", session.protocolName)
    attributes.set("user.name", user)
    attributes.set("exhibit.session.id", session.id)
  }

  private static func setStatement(_ action: Action, _ session: Session, _ attributes: inout OTLPAttributes) {
    attributes.set("db.system.name", "postgresql")
    attributes.set("db.namespace", action.identity.target ?? session.target)
    attributes.set("db.operation.name", action.verb)
    attributes.set("db.collection.name", table(of: action))
    attributes.set("db.query.text", action.text)
    attributes.set("db.response.status_code", action.code)
    if action.effect == .read { attributes.set("db.response.returned_rows", action.rowCount) }
    guard let parameters = action.parameters.flatMap({ JSONValue.document(in: Array($0.utf8)) }) else { return }
    for (index, parameter) in parameters.elements.prefix(parameterLimit).enumerated() {
      attributes.set("db.query.parameter.\(index)", parameter.scalar ?? "NULL")
    }
  }

  private static func setCall(_ action: Action, _ head: CallHead?, _ attributes: inout OTLPAttributes) {
    // The verb may be what the request asks for by its content: `Watch`, `create`.
    let told = request(action)
    let method = told?.method ?? head?.method ?? action.verb
    let isKnown = methods.contains(method)
    attributes.set("http.request.method", isKnown ? method : "_OTHER")
    if !isKnown { attributes.set("http.request.method_original", method) }
    attributes.set("url.full", told?.url ?? head?.url ?? action.text)
    attributes.set("http.response.status_code", action.code.flatMap { Int64($0) })
    guard let head else { return }
    attributes.set("url.path", head.path)
    attributes.set("url.scheme", head.scheme)
    attributes.set("network.protocol.version", head.version)
    attributes.set("user_agent.original", head.requestFields["user-agent"])
  }

  /// The text is `METHOD URL`.
  private static func request(_ action: Action) -> (method: String, url: String)? {
    let words = action.text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
    guard words.count == 2, !words[0].isEmpty else { return nil }
    return (String(words[0]), String(words[1]))
  }

  private static func setCommand(_ action: Action, _ attributes: inout OTLPAttributes) {
    attributes.set(action.kind == "exec" ? "process.command_line" : "exhibit.text", action.text)
    if action.kind == "exec" { attributes.set("process.exit.code", action.code.flatMap { Int64($0) }) }
  }

  /// The table that an action is about, where there is one alone.
  private static func table(of action: Action) -> String? {
    let tables = Set(action.resources.filter { $0.kind == "table" || $0.kind == "view" }.map(\.name))
    return tables.count == 1 ? tables.first : nil
  }

  /// Of `10.2.0.5:5432` or `[::1]:5432`.
  static func endpoint(_ text: String) -> (address: String, port: Int64?) {
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
      return (text, nil)
    }
    var address = text[..<colon]
    if address.hasPrefix("["), address.hasSuffix("]") { address = address.dropFirst().dropLast() }
    return (String(address), Int64(port))
  }
}
