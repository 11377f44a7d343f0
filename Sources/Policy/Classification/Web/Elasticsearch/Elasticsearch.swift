import Bytes
import Model

/// The API of Elasticsearch and OpenSearch, told by the word with an underscore in its path.
enum Elasticsearch: WebApplication {
  private static let reading: Set<String> = [
    "_analyze", "_async_search", "_cat", "_count", "_eql", "_explain", "_field_caps", "_mget", "_msearch",
    "_mtermvectors", "_pit", "_query", "_rank_eval", "_render", "_resolve", "_search", "_search_shards", "_sql",
    "_termvectors", "_terms_enum", "_validate",
  ]
  private static let writing: Set<String> = [
    "_bulk", "_create", "_delete_by_query", "_doc", "_reindex", "_source", "_update", "_update_by_query",
  ]
  private static let shaping: Set<String> = [
    "_alias", "_aliases", "_clone", "_close", "_component_template", "_data_stream", "_ilm", "_index_template",
    "_ingest", "_mapping", "_mappings", "_open", "_rollover", "_scripts", "_settings", "_shrink", "_split", "_template",
  ]
  private static let acting: Set<String> = [
    "_cache", "_cluster", "_flush", "_forcemerge", "_nodes", "_refresh", "_tasks",
  ]

  /// Words that nothing else has in its paths; the others need an answer of the form that Elasticsearch gives.
  private static let telling: Set<String> = [
    "_bulk", "_cat", "_count", "_delete_by_query", "_doc", "_field_caps", "_mapping", "_mget", "_msearch", "_reindex",
    "_search", "_update_by_query",
  ]

  static func recognize(_ request: WebRequest) -> Bool {
    let fields = request.call.head.responseFields
    if fields["x-elastic-product"] != nil || fields["x-opensearch-version"] != nil { return true }
    guard let word = word(request), fields["server"]?.hasPrefix("CouchDB") != true else { return false }
    if telling.contains(word) { return true }
    guard reading.contains(word) || writing.contains(word) || shaping.contains(word) || acting.contains(word) else {
      return false
    }
    return request.answer?.members.contains { ["took", "_shards", "_index", "acknowledged"].contains($0.name) } == true
  }

  /// The first part of the path with an underscore before it.
  private static func word(_ request: WebRequest) -> String? {
    request.segments.prefix(3).first { $0.hasPrefix("_") && $0.count > 1 }
  }

  static func parts(of request: WebRequest, in context: inout WebContext, _ sql: inout SQLClassifier) -> [CallPart] {
    let word = word(request)
    if word == "_sql", request.method == "POST", let text = request.json?["query"]?.string {
      let parts = SQLInCalls.parts(text, nil, request, &context, &sql)
      if !parts.isEmpty { return parts }
    }
    var result = Classification(verb: word ?? request.method, effect: effect(word, request))
    result.resources = resources(word, request, result.effect)
    result.fingerprint = "\(request.method) \(request.host)\(request.shape)"
    if word == "_delete_by_query" || word == "_update_by_query" {
      let query = request.json?["query"]
      result.isUnfiltered = request.value("q") == nil && (query == nil || query?["match_all"] != nil)
    }
    var part = request.part(result)
    guard let answer = request.answer else { return [part] }
    part.rowCount = rowCount(word, answer)
    if let error = answer["error"] {
      part.message = error["reason"]?.string ?? error.string
    } else if answer["errors"]?.bool == true {
      part.status = .error
      let errors = (answer["items"]?.elements ?? []).compactMap { $0.members.first?.value["error"] }
      part.message = errors.first?["reason"]?.string
    } else if let failure = answer["failures"]?.elements.first {
      part.status = .error
      part.message = (failure["cause"]?["reason"] ?? failure["reason"])?.string
    }
    return [part]
  }

  private static func effect(_ word: String?, _ request: WebRequest) -> Effect {
    let plain = REST.classification(request).effect
    if plain == .read || plain == .unknown { return plain }
    guard let word else { return plain == .write ? .schema : plain }
    // A scroll or point in time that is closed.
    if reading.contains(word) { return request.method == "DELETE" ? .session : .read }
    if word == "_security" {
      return request.segments.contains { $0 == "_authenticate" || $0 == "_has_privileges" } ? .read : .privilege
    }
    if shaping.contains(word) { return .schema }
    if word == "_snapshot" { return .transfer }
    return acting.contains(word) ? .execute : .write
  }

  private static func resources(_ word: String?, _ request: WebRequest, _ effect: Effect) -> [Resource] {
    let access = effect == .read ? "read" : effect == .schema && request.method == "DELETE" ? "drop" : "write"
    var found: [Resource] = []
    var seen: Set<Resource> = []
    let add = { (access: String, name: String) in
      let resource = Resource(access, "index", name)
      if seen.insert(resource).inserted { found.append(resource) }
    }
    if let first = request.segments.first, !first.hasPrefix("_") {
      for name in first.split(separator: ",").prefix(1000) { add(access, String(name)) }
    }
    switch word {
    case "_bulk":
      for (name, isDeletion) in actions(request) { add(isDeletion ? "drop" : "write", name) }
    case "_msearch":
      for line in documents(request) where line["query"] == nil { names(line["index"]).forEach { add("read", $0) } }
    case "_mget": for one in request.json?["docs"]?.elements ?? [] { names(one["_index"]).forEach { add("read", $0) } }
    case "_reindex":
      names(request.json?["source"]?["index"]).forEach { add("read", $0) }
      names(request.json?["dest"]?["index"]).forEach { add("write", $0) }
    case "_aliases":
      for action in request.json?["actions"]?.elements ?? [] {
        let place = action.members.first?.value
        names(place?["index"] ?? place?["indices"]).forEach { add("alter", $0) }
      }
    default: break
    }
    return found.isEmpty ? [Resource(access, "url", request.url)] : found
  }

  private static func documents(_ request: WebRequest) -> [JSONValue] {
    request.call.requestBody.flatMap { JSONValue.documents(in: $0.content.bytes) } ?? []
  }

  /// Indices of the actions of a bulk: each is a line, and but for deletions a line with the document follows.
  private static func actions(_ request: WebRequest) -> [(name: String, isDeletion: Bool)] {
    var found: [(name: String, isDeletion: Bool)] = []
    var isDocument = false
    for line in documents(request) {
      if isDocument {
        isDocument = false
        continue
      }
      guard let action = line.members.first else { continue }
      let isDeletion = action.name == "delete"
      isDocument = !isDeletion
      if let name = action.value["_index"]?.string { found.append((name, isDeletion)) }
    }
    return found
  }

  private static func names(_ value: JSONValue?) -> [String] {
    value?.string.map { [$0] } ?? (value?.elements ?? []).compactMap(\.string)
  }

  private static func rowCount(_ word: String?, _ answer: JSONValue) -> UInt64? {
    switch word {
    case "_search": answer["hits"]?["hits"].map { UInt64($0.elements.count) }
    case "_count": answer["count"]?.scalar.flatMap { UInt64($0) }
    case "_delete_by_query": answer["deleted"]?.scalar.flatMap { UInt64($0) }
    case "_update_by_query": answer["updated"]?.scalar.flatMap { UInt64($0) }
    case "_bulk": answer["items"].map { UInt64($0.elements.count) }
    default: nil
    }
  }
}
