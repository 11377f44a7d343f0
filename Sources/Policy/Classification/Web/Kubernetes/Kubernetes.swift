import Bytes
import Model

/// The API of Kubernetes.
enum Kubernetes: WebApplication {
  private struct Place {
    var group = ""
    var namespace: String?
    var resource = ""
    var name: String?
    var subresource: String?

    init?(_ segments: [String]) {
      var rest = segments[...]
      if rest.starts(with: ["api", "v1"]) {
        rest = rest.dropFirst(2)
      } else if rest.first == "apis", rest.count >= 4 {
        group = rest[1]
        rest = rest.dropFirst(3)
      } else {
        return nil
      }
      if rest.first == "watch" { rest = rest.dropFirst() }
      if rest.first == "namespaces", rest.count >= 3, !["status", "finalize"].contains(rest[rest.startIndex + 2]) {
        namespace = rest[rest.startIndex + 1]
        rest = rest.dropFirst(2)
      }
      guard let first = rest.popFirst() else { return nil }
      resource = first
      name = rest.popFirst()
      if !rest.isEmpty { subresource = rest.joined(separator: "/") }
    }

    var fullName: String { [namespace, name].compactMap(\.self).joined(separator: "/") }
  }

  static func recognize(_ request: WebRequest) -> Bool { Place(request.segments) != nil && !request.isElsewhere }

  static func parts(of request: WebRequest, in context: inout WebContext, _ sql: inout SQLClassifier) -> [CallPart] {
    guard let place = Place(request.segments) else { return [] }
    let verb = verb(request, place)
    var result = Classification(verb: verb, effect: .unknown)
    switch verb {
    case "get", "list", "watch": result.effect = .read
    case "create", "update", "patch", "delete", "deletecollection": result.effect = .write
    default: result.effect = .unknown
    }
    var kind = "http"
    var text = "\(request.method) \(request.call.head.url)"
    var access = result.effect == .read ? "read" : "write"
    let handsOut = place.subresource == "token" && place.resource == "serviceaccounts"
    if result.effect == .write,
      place.group == "rbac.authorization.k8s.io" || place.resource == "certificatesigningrequests" || handsOut
    {
      result.effect = .privilege
    }
    switch place.subresource {
    case "exec", "attach":
      result.effect = .execute
      access = "execute"
      let command = request.values("command").map(quoted).joined(separator: " ")
      let isShell = request.value("tty") == "true" && request.value("stdin") == "true"
      kind = isShell ? "shell" : "exec"
      text = command.isEmpty ? "\(place.subresource ?? "") \(place.fullName)" : command
      result.verb = place.subresource ?? ""
    case "portforward":
      (result.effect, result.verb, kind, access) = (.execute, "port-forward", "forward", "execute")
      text = "port-forward \(place.fullName)"
    case .some(let name) where name.hasPrefix("proxy"): result.effect = result.effect == .read ? .unknown : .write
    default: break
    }
    if request.values("dryRun") == ["All"], result.effect.isChange, kind == "http" {
      result.effect = .read
      result.note = "a dry run"
    }
    var type = place.resource == "secrets" ? "secret" : place.resource
    if let subresource = place.subresource { type += "/\(subresource)" }
    result.resources = [Resource(access, type, place.fullName.isEmpty ? "*" : place.fullName)]
    result.fingerprint = "kubernetes \(result.verb) \(place.group)/\(type)"
    var part = request.part(kind, text, result)
    if let answer = request.answer, answer["kind"]?.string == "Status", answer["status"]?.string == "Failure" {
      part.message = answer["message"]?.string
      part.status = answer["code"]?.scalar == "403" || answer["code"]?.scalar == "401" ? .denied : .error
    }
    return [part]
  }

  private static func verb(_ request: WebRequest, _ place: Place) -> String {
    switch request.method {
    case "GET", "HEAD":
      let isWatch =
        request.value("watch") == "true" || request.value("watch") == "1" || request.segments.contains("watch")
      return isWatch ? "watch" : place.name == nil ? "list" : "get"
    case "POST": return "create"
    case "PUT": return "update"
    case "PATCH": return "patch"
    case "DELETE": return place.name == nil ? "deletecollection" : "delete"
    default: return request.method.isEmpty ? "UNKNOWN" : request.method
    }
  }

  /// A word as a shell takes it.
  private static func quoted(_ word: String) -> String {
    let isPlain = !word.isEmpty && word.allSatisfy { $0.isLetter || $0.isNumber || "-_./:=@%+,".contains($0) }
    return isPlain
      ? word : "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}

extension WebRequest {
  /// Whether `/api/v1` is that of another server: what it answers is JSON without a kind.
  fileprivate var isElsewhere: Bool {
    guard path.hasPrefix("/api/v1"), let answer, answer.isObject, let status = call.head.status, status < 300 else {
      return false
    }
    return answer["kind"] == nil && answer["type"] == nil
  }
}
