import Bytes
import Model

/// GraphQL over HTTP: an operation is judged by its type, and names the fields at its top.
enum GraphQL: WebApplication {
  /// Fields of one operation that become resources, at most.
  private static let fieldLimit = 200

  static func recognize(_ request: WebRequest) -> Bool {
    let path = request.path.lowercased()
    if path.hasSuffix("graphql") || path.hasSuffix("/gql") || request.mediaType == "application/graphql" {
      return request.method == "POST" || request.value("query") != nil || request.value("extensions") != nil
    }
    guard request.method == "POST", let text = request.json?["query"]?.string else { return false }
    return GraphQLDocument(text) != nil
  }

  static func parts(of request: WebRequest, in context: inout WebContext, _ sql: inout SQLClassifier) -> [CallPart] {
    if request.method == "GET" || request.json == nil, let text = request.value("query") {
      return [part(text, request.value("operationName"), request.value("variables"), nil, request, request.answer)]
    }
    if request.mediaType == "application/graphql" {
      return [part(request.call.requestBody?.content.bytes.span.string, nil, nil, nil, request, request.answer)]
    }
    guard let json = request.json else {
      let hash = request.value("extensions").flatMap { JSONValue.document(in: Array($0.utf8)) }
      return [part(nil, request.value("operationName"), request.value("variables"), hash, request, request.answer)]
    }
    let answer = request.answer
    return (json.isArray ? json.elements : [json]).prefix(WebClassifier.partLimit + 1).enumerated().map { index, one in
      var own = answer
      if json.isArray, let all = answer?.elements { own = index < all.count ? all[index] : nil }
      let variables = one["variables"].flatMap { request.text(of: $0) }
      return part(one["query"]?.string, one["operationName"]?.string, variables, one["extensions"], request, own)
    }
  }

  private static func part(
    _ text: String?, _ name: String?, _ variables: String?, _ extensions: JSONValue?, _ request: WebRequest,
    _ answer: JSONValue?
  ) -> CallPart {
    var result = Classification(verb: "GRAPHQL", effect: .unknown)
    result.resources = [Resource("use", "url", request.url)]
    var shown = text
    if let text, let document = GraphQLDocument(text) {
      judge(document, name, &result)
    } else if let hash = extensions?["persistedQuery"]?["sha256Hash"]?.string ?? extensions?["documentId"]?.string {
      result.note = "the document is known to the server only: persisted query \(hash)"
      shown = ["persisted query \(hash)", name].compactMap(\.self).joined(separator: " ")
    } else {
      result.note = "the document is not in the request or cannot be read"
    }
    let fields = result.resources.dropFirst().map(\.name).joined(separator: ",")
    result.fingerprint = ["GRAPHQL", "\(request.host)\(request.path)", result.verb, name ?? "", fields]
      .filter { !$0.isEmpty }.joined(separator: " ")
    var part = request.part("http", shown ?? "\(request.method) \(request.call.head.url)", result)
    if let variables, variables != "null" {
      var json = JSONWriter()
      json.value([variables])
      part.parameters = json.text
    }
    if let error = answer?["errors"]?.elements.first {
      part.status = .error
      part.code = error["extensions"]?["code"]?.scalar
      part.message = error["message"]?.string
    }
    return part
  }

  private static func judge(_ document: GraphQLDocument, _ name: String?, _ result: inout Classification) {
    var chosen = document.operations
    if let name, !name.isEmpty {
      chosen = chosen.filter { $0.name == name }
      if chosen.isEmpty {
        result.note = "the document has no operation of the name that is asked for"
        return
      }
    }
    // A server refuses several operations of which none is named; which it would run cannot be told.
    if chosen.count > 1 { result.note = "several operations, and none is chosen" }
    let types = Set(chosen.map(\.type))
    if types.contains("mutation") {
      (result.verb, result.effect) = ("MUTATION", .write)
    } else {
      (result.verb, result.effect) = (types.contains("subscription") ? "SUBSCRIPTION" : "QUERY", .read)
    }
    var seen: Set<Resource> = []
    for operation in chosen {
      let isMutation = operation.type == "mutation"
      for field in operation.fields.prefix(fieldLimit) {
        let type = operation.type.prefix(1).uppercased() + operation.type.dropFirst()
        let resource = Resource(isMutation ? "write" : "read", "field", "\(type).\(field)")
        if seen.insert(resource).inserted { result.resources.append(resource) }
      }
    }
    let fields = chosen.flatMap(\.fields)
    if !fields.isEmpty, fields.allSatisfy({ $0.hasPrefix("__") }), result.effect == .read {
      result.note = "introspection: asks for the schema only"
    }
  }
}
