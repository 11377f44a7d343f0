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
    let isPush = request.path.hasSuffix("/git-receive-pack")
    let repository =
      request.host
      + request.path.split(separator: "/").dropLast(request.method == "POST" ? 1 : 2)
      .map { "/" + $0 }.joined()
    guard isPush else {
      let verb = request.method == "POST" ? "git fetch" : "git ls-refs"
      let result = Classification(
        verb: verb, effect: .read, resources: [Resource("read", "repository", repository)], fingerprint: verb)
      return [request.part("git", "\(verb) \(repository)", result)]
    }
    var result = Classification(verb: "git push", effect: .write, fingerprint: "git push \(repository)")
    var updates: [String] = []
    for line in lines(request.call.requestBody?.content.bytes ?? []) {
      let words = line.prefix { $0 != "\0" }.split(separator: " ", maxSplits: 2)
      guard words.count == 3, words[0].count >= 40, words[1].count >= 40 else { continue }
      let name = words[2].trimming(\.isWhitespace)
      let isDeleted = words[1].allSatisfy { $0 == "0" }
      result.resources.append(Resource(isDeleted ? "drop" : "write", "ref", "\(repository) \(name)"))
      updates.append("\(words[0]) \(words[1]) \(name)")
      if isDeleted { result.note = "deletes a ref" }
    }
    if updates.isEmpty {
      result.resources = [Resource("write", "repository", repository)]
      result.note = "the ref updates could not be read"
    }
    var part = request.part("git", "git push \(repository)", result)
    var json = JSONWriter()
    json.value(updates)
    part.parameters = json.text
    let report = request.call.responseBody?.content.bytes.span.string ?? ""
    if let mark = report.firstRange(of: "ng refs/") {
      part.status = .error
      part.message = String(report[mark.lowerBound...].prefix { !$0.isNewline })
    }
    return [part]
  }

  /// The packet lines up to the first flush packet.
  private static func lines(_ bytes: [UInt8]) -> [String] {
    var found: [String] = []
    var rest = bytes[...]
    while found.count < 10_000, rest.count >= 4 {
      let length = Int(String(decoding: rest.prefix(4), as: UTF8.self), radix: 16) ?? 0
      guard length > 4, length <= rest.count else { break }
      found.append(String(decoding: rest.dropFirst(4).prefix(length - 4), as: UTF8.self))
      rest = rest.dropFirst(length)
    }
    return found
  }
}
