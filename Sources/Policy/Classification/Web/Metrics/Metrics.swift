import Bytes
import Model

/// Time series: Prometheus and what speaks its API (Thanos, Mimir, VictoriaMetrics), Loki, InfluxDB.
enum Metrics: WebApplication {
  /// Ends of Prometheus' paths that are told by their parameters.
  private static let prometheus: Set<String> = [
    "query_range", "query_exemplars", "series", "labels", "format_query", "parse_query",
  ]

  private enum Form { case promQL, influxQL, flux, writing }

  static func recognize(_ request: WebRequest) -> Bool { form(request) != nil }

  private static func form(_ request: WebRequest) -> Form? {
    let path = request.path
    guard let last = request.segments.last, request.method == "GET" || request.method == "POST" else { return nil }
    let head = request.call.head
    let isInflux = (head.responseFields["x-influxdb-version"] ?? head.responseFields["x-influxdb-build"]) != nil
    if path.hasSuffix("/api/v2/query"),
      request.mediaType == "application/vnd.flux" || request.json?["type"]?.string == "flux"
    {
      return .flux
    }
    if last == "query", request.segments.count == 1, text("q", request) != nil, isInflux || text("db", request) != nil {
      return .influxQL
    }
    if request.method == "POST", path.hasSuffix("/write") || path.hasSuffix("/push") {
      if isInflux || path.hasSuffix("/api/v2/write") && request.value("bucket") != nil { return .writing }
      if path.hasSuffix("/loki/api/v1/push") || request.field("x-prometheus-remote-write-version") != nil {
        return .writing
      }
    }
    guard last == "query" || prometheus.contains(last), path.contains("/api/v1/") else { return nil }
    // Other servers have an `/api/v1/query` that may change something: the parameters or the answer must tell.
    if request.answer?["data"]?["resultType"] != nil { return .promQL }
    guard request.method == "GET" || !request.form.isEmpty else { return nil }
    let names = Set((request.query + request.form).map(\.name))
    guard names.contains("query") || names.contains("match[]") else { return nil }
    return prometheus.contains(last) || names.contains("time") ? .promQL : nil
  }

  /// A parameter of the query or form.
  private static func text(_ name: String, _ request: WebRequest) -> String? {
    request.value(name) ?? request.form.first { $0.name == name }?.value
  }

  static func parts(of request: WebRequest, in context: inout WebContext, _ sql: inout SQLClassifier) -> [CallPart] {
    guard let form = form(request) else { return [] }
    var result = REST.classification(request)
    var shown: String?
    switch form {
    case .writing: (result.verb, result.effect) = ("WRITE SERIES", .write)
    case .promQL:
      shown = text("query", request) ?? text("match[]", request)
      (result.verb, result.effect) = ("QUERY SERIES", .read)
    case .flux:
      let body = request.call.requestBody?.content.bytes.span.string ?? ""
      let query = request.json?["query"]?.string ?? body
      shown = query
      // `to()` writes what was found; other packages of Flux send it elsewhere.
      let isPlain = !query.contains("to(") && !query.contains("import ")
      (result.verb, result.effect) = ("QUERY SERIES", isPlain ? .read : .unknown)
      result.note = isPlain ? nil : "the query may write"
    case .influxQL:
      let query = text("q", request) ?? ""
      shown = query
      (result.verb, result.effect) = ("QUERY SERIES", influxQL(query))
    }
    let access = result.effect == .read ? "read" : "write"
    result.resources = [Resource(access, "url", request.url)]
    var part = request.part(result)
    if let shown { part.text = "\(request.method) \(request.call.head.url) \(shown)" }
    if request.answer?["status"]?.string == "error" {
      part.status = .error
      part.message = request.answer?["error"]?.string
    }
    part.rowCount = request.answer?["data"]?["result"].map { UInt64($0.elements.count) }
    return [part]
  }

  /// Statements by their first words; a SELECT with INTO writes.
  private static func influxQL(_ text: String) -> Effect {
    var effect = Effect.read
    for statement in text.split(separator: ";") {
      let words = statement.split(whereSeparator: \.isWhitespace).map { $0.uppercased() }
      switch words.first {
      case nil: continue
      case "SHOW"?, "EXPLAIN"?: continue
      case "SELECT"?: if words.contains("INTO") { effect = .write }
      case "GRANT"?, "REVOKE"?: return .privilege
      case "CREATE"?, "DROP"?, "ALTER"?:
        if words.dropFirst().first == "USER" { return .privilege }
        effect = .schema
      case "DELETE"?: effect = .write
      default: return .unknown
      }
    }
    return effect
  }
}
