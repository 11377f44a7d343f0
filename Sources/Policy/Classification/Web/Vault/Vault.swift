import Bytes
import Model

/// HashiCorp Vault and OpenBao: reads of secrets hand them out.
enum Vault: WebApplication {
  static func recognize(_ request: WebRequest) -> Bool {
    guard request.segments.first == "v1", request.segments.count > 1 else { return false }
    if request.field("x-vault-token") != nil || request.field("x-vault-request") != nil { return true }
    return request.answer?["request_id"] != nil && request.answer?["lease_id"] != nil
  }

  static func parts(of request: WebRequest, in context: inout WebContext, _ sql: inout SQLClassifier) -> [CallPart] {
    let place = request.segments.dropFirst().joined(separator: "/")
    let isList = request.method == "LIST" || request.method == "GET" && request.value("list") == "true"
    let verb = isList ? "list" : ["GET": "read", "DELETE": "delete", "HEAD": "read"][request.method] ?? "write"
    var result = Classification(verb: "vault \(verb)", effect: isList ? .read : .unknown)
    if !isList { (result.effect, result.note) = effect(verb, place, request) }
    let access = verb == "write" ? "write" : verb == "delete" ? "drop" : "read"
    result.resources = [
      Resource(access, place.hasPrefix("sys/") || place.hasPrefix("auth/") ? "vault" : "secret", place)
    ]
    result.fingerprint = "vault \(verb) \(request.host)\(request.shape)"
    var part = request.part("http", "vault \(verb) \(place)", result)
    if isList { part.rowCount = request.answer?["data"]?["keys"].map { UInt64($0.elements.count) } }
    part.message = request.answer?["errors"]?.elements.first?.string
    return [part]
  }

  private static func effect(_ verb: String, _ place: String, _ request: WebRequest) -> (Effect, String?) {
    let parts = place.split(separator: "/")
    let isRead = verb == "read"
    switch parts.first {
    case "sys":
      if isRead { return (.read, nil) }
      let word = parts.count > 1 ? parts[1] : ""
      if word == "wrapping" { return (.privilege, "hands out what was wrapped") }
      if word.hasPrefix("internal") || word == "tools" || word == "capabilities-self" { return (.read, nil) }
      if word.hasPrefix("polic") || word == "auth" || word == "generate-root" { return (.privilege, nil) }
      return (word.contains("seal") || word == "step-down" ? .execute : .write, nil)
    case "auth":
      if isRead || place.contains("/lookup") { return (.read, nil) }
      if place.contains("/login") || place.hasSuffix("-self") { return (.session, nil) }
      return (.privilege, nil)
    default: break
    }
    if parts.contains("metadata") || parts.last == "config" { return (isRead ? .read : .write, nil) }
    if isRead { return (.privilege, "hands out a secret") }
    let words: Set<Substring> = ["decrypt", "issue", "creds", "sts", "sign"]
    if verb == "write", parts.contains(where: words.contains) { return (.privilege, "hands out a secret or signature") }
    return (.write, nil)
  }
}
