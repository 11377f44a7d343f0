import Bytes
import Model

/// GraphQL over HTTP: documents of one operation are judged by its type and top-level fields.
enum GraphQL: WebApplication {
  static func recognize(_ request: WebRequest) -> Bool {
    guard request.path.lowercased().hasSuffix("graphql") else { return false }
    return request.method == "POST" || request.value("query") != nil || request.value("extensions") != nil
  }

  static func parts(of request: WebRequest, in context: inout WebContext, _ sql: inout SQLClassifier) -> [CallPart] {
    if request.method == "GET" { return [part(request.value("query"), request)] }
    if request.mediaType == "application/graphql" {
      return [part(request.call.requestBody?.content.bytes.span.string, request)]
    }
    guard let json = request.json else { return [part(nil, request)] }
    return (json.isArray ? json.elements : [json]).map { part($0["query"]?.string, request) }
  }

  private static func part(_ document: String?, _ request: WebRequest) -> CallPart {
    var result = Classification(
      verb: "GRAPHQL", effect: .unknown, fingerprint: "GRAPHQL \(request.host)\(request.path)")
    result.resources = [Resource("use", "url", request.url)]
    let types = document.map(operations) ?? []
    if types.isEmpty {
      result.note = "the document is not in the request or cannot be read"
    } else if types.contains("mutation") {
      (result.verb, result.effect) = ("MUTATION", .write)
    } else {
      (result.verb, result.effect) = (types.contains("subscription") ? "SUBSCRIPTION" : "QUERY", .read)
    }
    var part = request.part("http", document ?? "POST \(request.call.head.url)", result)
    if let error = request.answer?["errors"]?.elements.first {
      part.status = .error
      part.message = error["message"]?.string
    }
    return part
  }

  /// Types of the operations of a document; empty when its brackets do not match.
  static func operations(_ document: String) -> [String] {
    var types: [String] = []
    var depth = 0
    var word = ""
    var pending: String?
    var rest = Array(document.utf8)[...]
    while let byte = rest.popFirst() {
      if byte >= 0x80 { continue }
      let letter = Character(Unicode.Scalar(byte))
      if letter.isLetter {
        word.append(letter)
        continue
      }
      if depth == 0, pending == nil, ["query", "mutation", "subscription", "fragment"].contains(word) {
        pending = word
      }
      word = ""
      switch letter {
      case "#": rest = rest.drop { $0 != 0x0A }
      case "\"":
        let isBlock = rest.starts(with: [0x22, 0x22])
        if isBlock { rest = rest.dropFirst(2) }
        var isClosed = false
        while let next = rest.popFirst() {
          if next == 0x5C {
            rest = rest.dropFirst()
          } else if next == 0x22, !isBlock || rest.starts(with: [0x22, 0x22]) {
            if isBlock { rest = rest.dropFirst(2) }
            isClosed = true
            break
          }
        }
        if !isClosed { return [] }
      case "{", "(", "[":
        if depth == 0, letter == "{" {
          types.append(pending ?? "query")
          pending = nil
        }
        depth += 1
      case "}", ")", "]":
        depth -= 1
        if depth < 0 { return [] }
      default: break
      }
    }
    return depth == 0 ? types.filter { $0 != "fragment" } : []
  }
}
