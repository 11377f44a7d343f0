import Bytes
import Model

/// Git's smart protocol over HTTP (gitprotocol-http).
enum GitHTTP: WebApplication {
  static func recognize(_ request: WebRequest) -> Bool {
    if request.path.hasSuffix("/info/refs") { return request.value("service")?.hasPrefix("git-") == true }
    return request.method == "POST"
      && (request.path.hasSuffix("/git-upload-pack") || request.path.hasSuffix("/git-receive-pack"))
  }

  static func parts(of request: WebRequest, in context: inout WebContext, _ sql: inout SQLClassifier) -> [CallPart] {
    let repository =
      request.host
      + request.path.split(separator: "/").dropLast(request.method == "POST" ? 1 : 2)
      .map { "/" + $0 }.joined()
    if let exchange = request.call.repository { return [part(of: exchange, request, repository)] }
    // It carried nothing of git: a client that was told to log in first.
    if request.method == "POST", request.call.requestBody?.content.bytes == Array("0000".utf8) {
      // Before a long request git asks with a lone flush whether it is let in (gitprotocol-http(5)).
      let probe = Classification(
        verb: "git ls-refs", effect: .read, resources: [Resource("read", "repository", repository)],
        fingerprint: "git ls-refs")
      return [request.part("git", "git ls-refs \(repository)", probe)]
    }
    let isPush = request.path.hasSuffix("/git-receive-pack")
    let verb = isPush ? "git push" : request.method == "POST" ? "git fetch" : "git ls-refs"
    var result = Classification(
      verb: verb, effect: isPush ? .write : .read,
      resources: [Resource(isPush ? "write" : "read", "repository", repository)], fingerprint: verb)
    if isPush { result.note = "the ref updates could not be read" }
    return [request.part("git", "\(verb) \(repository)", result)]
  }

  /// The bodies give way to what was in them: commits with their changes, and what the server said.
  private static func part(
    of exchange: RepositoryExchange, _ request: WebRequest, _ repository: String
  ) -> CallPart {
    let said = GitActions.part(of: exchange, repository: repository, incompleteReason: nil)
    var part = request.part("git", said.text, said.classification)
    part.parameters = said.parameters
    part.message = said.message
    part.rowCount = said.rowCount
    if said.status == .error || said.status == .denied { part.status = said.status }
    let moved = exchange.operation == .push ? part.requestBody : part.responseBody
    part.requestBody = read(part.requestBody, as: said.request)
    part.responseBody = read(part.responseBody, as: said.response)
    if let content = moved?.content, exchange.history != nil {
      let note = "shown are the commits of a body of \(content.byteCount) bytes with the SHA-256 \(content.digest.hex)"
      part.classification.note = [part.classification.note, note].compactMap(\.self).joined(separator: "; ")
    }
    part.searchText = said.searchText
    return part
  }

  private static func read(_ body: CallBody?, as content: Payload?) -> CallBody? {
    guard let body, let content else { return body }
    return CallBody(content: content, codedByteCount: body.codedByteCount, mediaType: "text/x-git-log")
  }
}
