import Bytes
import Model

/// The API of Kubernetes.
enum Kubernetes: WebApplication {
  /// Many servers have an `/api/v1`: the path alone is not enough unless it has a form that only Kubernetes has.
  static func recognize(_ request: WebRequest) -> Bool {
    guard let place = KubernetesPath(request.segments), place.isPossible else { return false }
    if isClient(request) || isMedia(request) || request.call.head.responseFields["audit-id"] != nil { return true }
    let passesOn = place.subresource?.hasPrefix("proxy") == true
    if let answer = request.answer, !passesOn {
      if hasKind(answer) || answer["type"] != nil && hasKind(answer["object"]) { return true }
      if answer.isObject, answer["kind"] == nil, (request.call.head.status ?? 0) < 300 { return false }
    }
    return hasKind(request.json) || place.isTelling
  }

  private static func hasKind(_ object: JSONValue?) -> Bool {
    object?["kind"]?.string != nil && object?["apiVersion"]?.string != nil
  }

  /// Programs on Kubernetes' own client library say the version of Kubernetes: `kubectl/v1.30.2 (linux/amd64) kubernetes/39683505`.
  private static func isClient(_ request: WebRequest) -> Bool {
    let agent = request.field("user-agent") ?? ""
    return agent.contains(" kubernetes/")
      || ["kubectl", "kubelet", "kube-", "Helm/", "k9s"].contains { agent.hasPrefix($0) }
  }

  private static func isMedia(_ request: WebRequest) -> Bool {
    let accepted = (request.field("accept") ?? "") + " " + request.mediaType
    return accepted.contains("application/vnd.kubernetes.") || accepted.contains("g=meta.k8s.io")
      || request.field("sec-websocket-protocol")?.contains("channel.k8s.io") == true
      || request.field("x-stream-protocol-version")?.hasSuffix(".k8s.io") == true
      || ["application/apply-patch+yaml", "application/strategic-merge-patch+json"].contains(request.mediaType)
  }

  static func parts(of request: WebRequest, in context: inout WebContext, _ sql: inout SQLClassifier) -> [CallPart] {
    guard let place = KubernetesPath(request.segments) else { return [] }
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
    if result.effect == .write, place.resource == "customresourcedefinitions" { result.effect = .schema }
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
    case .some(let name) where name.hasPrefix("proxy"):
      result.effect = result.effect == .read ? .unknown : .write
      result.note = "passed on to a program in the cluster"
    default: break
    }
    if place.isReview, verb == "create" {
      result.effect = .read
      result.note = "a question about rights changes nothing"
    }
    if request.values("dryRun") == ["All"], result.effect.isChange, kind == "http" {
      result.effect = .read
      result.note = "a dry run"
    }
    var type = place.resource == "secrets" ? "secret" : place.resource
    if let subresource = place.subresource { type += "/\(subresource)" }
    var name = place.fullName
    if verb == "create", place.name == nil, let given = request.json?["metadata"]?["name"]?.string {
      name = [place.namespace, given].compactMap(\.self).joined(separator: "/")
    }
    result.resources = [Resource(access, type, name.isEmpty ? "*" : name)]
    if result.effect == .privilege, place.resource.hasSuffix("rolebindings"),
      let role = request.json?["roleRef"]?["name"]?.string
    {
      let kind = request.json?["roleRef"]?["kind"]?.string?.lowercased() ?? "role"
      result.resources.append(Resource("grant", "role", "\(kind)/\(role)"))
    }
    result.fingerprint = "kubernetes \(result.verb) \(place.group)/\(type)"
    var part = request.part(kind, text, result)
    part.identity.user = request.field("impersonate-user") ?? part.identity.user
    if verb == "list", let items = request.answer?["items"] { part.rowCount = UInt64(items.elements.count) }
    if let answer = request.answer, answer["kind"]?.string == "Status", answer["status"]?.string == "Failure" {
      part.message = answer["message"]?.string
      part.status = answer["code"]?.scalar == "403" || answer["code"]?.scalar == "401" ? .denied : .error
    }
    return [part]
  }

  private static func verb(_ request: WebRequest, _ place: KubernetesPath) -> String {
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

extension KubernetesPath {
  /// Objects that are created to ask what somebody may do, and are not kept.
  fileprivate var isReview: Bool {
    (group == "authorization.k8s.io" || group == "authentication.k8s.io") && resource.hasSuffix("reviews")
  }
}
