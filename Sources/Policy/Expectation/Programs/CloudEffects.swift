import Model

/// Clients of services whose requests are known from their arguments.
enum CloudEffects {
  static let all: [(String, EffectPrograms.Read)] = [
    ("kubectl oc k kubecolor", kubectl), ("gh glab", forge), ("aws", aws),
    ("docker podman nerdctl skopeo crane oras", images),
    (
      "gcloud az gsutil bq doctl heroku flyctl fly vercel netlify railway render wrangler firebase supabase eksctl helm "
        + "terraform tofu pulumi vault consul nomad sentry-cli stripe ansible ansible-playbook s3cmd mc rclone", service
    ),
  ]

  // MARK: Kubernetes

  /// Paths of the API by kind; the rest is not known.
  private static let groups: [String: String] = {
    var all: [String: String] = [:]
    let table = [
      (
        "/api/v1",
        "pods services configmaps secrets namespaces nodes persistentvolumes persistentvolumeclaims serviceaccounts events endpoints resourcequotas"
      ),
      ("/apis/apps/v1", "deployments replicasets statefulsets daemonsets"),
      ("/apis/batch/v1", "jobs cronjobs"),
      ("/apis/networking.k8s.io/v1", "ingresses networkpolicies"),
      ("/apis/rbac.authorization.k8s.io/v1", "roles rolebindings clusterroles clusterrolebindings"),
      ("/apis/apiextensions.k8s.io/v1", "customresourcedefinitions"),
    ]
    for (path, names) in table { for name in names.split(separator: " ") { all[String(name)] = path } }
    return all
  }()

  private static let clusterWide: Set<String> = [
    "namespaces", "nodes", "persistentvolumes", "clusterroles", "clusterrolebindings", "customresourcedefinitions",
  ]

  private static let short: [String: String] = [
    "po": "pods", "deploy": "deployments", "svc": "services", "ns": "namespaces", "no": "nodes", "cm": "configmaps",
    "ing": "ingresses", "rs": "replicasets", "sts": "statefulsets", "ds": "daemonsets", "pvc": "persistentvolumeclaims",
    "pv": "persistentvolumes", "sa": "serviceaccounts", "crd": "customresourcedefinitions", "ev": "events",
    "cj": "cronjobs",
    "ep": "endpoints", "netpol": "networkpolicies", "ingress": "ingresses", "networkpolicy": "networkpolicies",
    "endpoints": "endpoints", "quota": "resourcequotas",
  ]

  private static func plural(_ type: String) -> String {
    let plain = String(type.lowercased().prefix { $0 != "." })
    return short[plain] ?? (plain.hasSuffix("s") ? plain : plain + "s")
  }

  private static let kubectl: EffectPrograms.Read = { invocation, run in
    let taking =
      "n namespace f filename o output l selector context cluster user kubeconfig c container k tail since p patch type replicas "
      + "field-selector timeout from-literal from-file from-env-file image port target-port as as-group sort-by template s server "
      + "token grace-period env overrides to-revision"
    let dashes = invocation.arguments.firstIndex { $0.text == "--" }
    let arguments = ShellArguments(dashes.map { invocation.arguments[..<$0] } ?? invocation.arguments, taking: taking)
    var words = arguments.operands.map(\.marked)[...]
    guard var verb = words.popFirst(), !["config", "version", "kustomize", "completion", "explain"].contains(verb)
    else {
      return
    }
    if verb == "rollout" { verb = words.popFirst().map { "rollout \($0)" } ?? verb }
    if verb == "set" { _ = words.popFirst() }
    let server = arguments.value("-s", "--server").flatMap { WebTarget($0.marked) }
    let origin = server?.origin ?? EffectText.hole
    let isEverywhere = arguments.has("-A", "--all-namespaces")
    let namespace = arguments.value("-n", "--namespace")?.marked ?? EffectText.hole
    func path(_ kind: String, _ name: String?) -> String {
      let base = groups[kind] ?? EffectText.hole
      let scope = clusterWide.contains(kind) || isEverywhere ? "" : "/namespaces/\(namespace)"
      return "\(base)\(scope)/\(kind)\(name.map { "/\($0)" } ?? "")"
    }
    func request(_ method: String, _ path: String) {
      var effect = ExpectedEffect(
        .http, EffectText.pieces(of: "\(method) \(origin)\(path)\(EffectText.hole)"), evidence: .argument)
      (effect.program, effect.host, effect.port) = (invocation.name, server?.host, server?.port)
      run.expect(effect)
    }
    /// `type/name`, `type name …`, `type`
    var targets: [(kind: String, name: String?)] = []
    if let first = words.first {
      if first.contains("/") {
        for word in words.prefix(ShellLimits.rounds) {
          let parts = word.split(separator: "/", maxSplits: 1).map(String.init)
          targets.append((plural(parts.first ?? ""), parts.count > 1 ? parts[1] : nil))
        }
      } else {
        for kind in first.split(separator: ",").prefix(ShellLimits.rounds) {
          let names = words.dropFirst().prefix(ShellLimits.rounds)
          if names.isEmpty { targets.append((plural(String(kind)), nil)) }
          for name in names { targets.append((plural(String(kind)), name)) }
        }
      }
    }
    switch verb {
    case "get", "describe", "wait", "rollout status", "rollout history":
      for target in targets { request("GET", path(target.kind, target.name)) }
    case "delete":
      for target in targets { request("DELETE", path(target.kind, target.name)) }
    case "logs":
      let name = words.first.map { $0.split(separator: "/").last.map(String.init) ?? $0 }
      let isPod = words.first?.contains("/") == false
      request("GET", path("pods", isPod ? name : EffectText.hole) + "/log")
    case "exec", "attach", "port-forward":
      let what = verb == "exec" ? "exec" : verb == "attach" ? "attach" : "portforward"
      let name = words.first.flatMap { $0.contains("/") ? nil : $0 } ?? EffectText.hole
      request(EffectText.hole, path("pods", name) + "/\(what)")
    case "scale", "rollout restart", "rollout undo", "patch", "label", "annotate", "edit", "image", "env":
      for target in targets where !(target.name?.contains("=") ?? false) {
        request(EffectText.hole, path(target.kind, target.name))
      }
    case "apply", "create", "replace", "run", "expose":
      run.expect(
        .connection, invocation.name, program: invocation.name, EffectTarget(host: server?.host, port: server?.port))
    default:
      run.expect(
        .connection, invocation.name, program: invocation.name, EffectTarget(host: server?.host, port: server?.port))
    }
  }

  // MARK: Forges

  private static let forge: EffectPrograms.Read = { invocation, run in
    let arguments = ShellArguments(
      invocation.arguments,
      taking:
        "R repo X method f F field raw-field H header jq q template t title b body B base head json limit L state S search label l "
        + "assignee milestone m author branch ref input body-file hostname cache p preview")
    let words = arguments.operands.map(\.marked)
    let isGitHub = invocation.name == "gh"
    let name = arguments.value("--hostname")?.marked
    let host = isGitHub ? name ?? "api.github.com" : name ?? "gitlab.com"
    let base = isGitHub && name != nil ? "/api/v3/" : isGitHub ? "/" : "/api/v4/"
    guard let first = words.first else { return }
    guard first == "api" else {
      guard !["auth", "config", "alias", "version", "help", "completion", "extension"].contains(first) else { return }
      if words.count > 1, words[0] == "repo", words[1] == "clone", words.count > 2 {
        let address =
          words[2].contains("://") || words[2].contains("@") ? words[2] : "https://github.com/\(words[2]).git"
        GitEffects.repository("fetch", address, invocation.name, &run)
      }
      // Which of the two APIs it asks differs from version to version.
      var effect = ExpectedEffect(
        .http, [.anything, .literal(" https://\(host)\(base)"), .anything], evidence: .argument)
      (effect.program, effect.host, effect.port, effect.mayRepeat) = (invocation.name, host, 443, true)
      run.expect(effect)
      return
    }
    let fields = arguments.options.filter {
      ["-f", "-F", "--field", "--raw-field", "--input"].contains($0.name)
    }.compactMap(\.value)
    let method = arguments.value("-X", "--method")?.marked ?? (fields.isEmpty ? "GET" : "POST")
    guard words.count > 1 else { return }
    var path = words[1]
    if path.contains("://") { return HTTPEffects.add(method, path, invocation.name, &run) }
    if path.hasPrefix("/") { path.removeFirst() }
    for name in ["owner", "repo", "branch"] {
      path = path.replacing("{\(name)}", with: EffectText.hole).replacing(":\(name)", with: EffectText.hole)
    }
    if arguments.has("--paginate") { run.watch?.repeats += 1 }
    // Pages and fields of a query stand behind.
    let rest = path == "graphql" ? "" : EffectText.hole
    HTTPEffects.add(method, "https://\(host)\(base)\(path)\(rest)", invocation.name, &run)
    if arguments.has("--paginate") { run.watch?.repeats -= 1 }
  }

  // MARK: Others

  private static let aws: EffectPrograms.Read = { invocation, run in
    let arguments = ShellArguments(
      invocation.arguments, taking: "region profile output query endpoint-url bucket key body", stops: false)
    let words = arguments.operands.map(\.marked)
    guard let name = words.first, name != "configure", name != "help" else { return }
    var target = EffectTarget()
    if let url = arguments.value("--endpoint-url").flatMap({ WebTarget($0.marked) }) {
      (target.host, target.port) = (url.host, url.port)
    } else if let region = arguments.value("--region").flatMap({ EffectText.known($0.marked) }) {
      let service = name == "s3api" ? "s3" : name
      target.host = "\(service).\(region).amazonaws.com"
    }
    let bucket = arguments.value("--bucket")?.marked
    if name == "s3api", let bucket, let key = arguments.value("--key")?.marked, words.count > 1 {
      let methods = ["get-object": "GET", "put-object": "PUT", "delete-object": "DELETE", "head-object": "HEAD"]
      if let method = methods[words[1]] {
        // The bucket is the host's first label or the path's first part.
        var effect = ExpectedEffect(
          .http,
          EffectText.pieces(of: "\(method) \(EffectText.hole)\(bucket)\(EffectText.hole)/\(key)\(EffectText.hole)"),
          evidence: .argument)
        effect.program = "aws"
        target.apply(to: &effect)
        return run.expect(effect)
      }
    }
    run.expect(.connection, "aws", program: "aws", target)
  }

  private static let images: EffectPrograms.Read = { invocation, run in
    let arguments = ShellArguments(invocation.arguments, taking: "H c l context host config log-level f", stops: true)
    let words = arguments.operands.map(\.marked)
    guard let first = words.first, ["pull", "push", "login", "copy", "build", "run"].contains(first) else { return }
    var target = EffectTarget()
    if let image = words.dropFirst().first(where: { !$0.hasPrefix("-") }) {
      let host = image.prefix { $0 != "/" }
      if host.contains("."), host.endIndex < image.endIndex || first == "login" {
        target.host = EffectText.known(String(host.prefix { $0 != ":" }))
      }
    }
    if first == "build" || first == "run" {
      run.doubtful { $0.expect(.connection, invocation.name, program: invocation.name, target) }
    } else {
      run.expect(.connection, invocation.name, program: invocation.name, target)
    }
  }

  private static let service: EffectPrograms.Read = { invocation, run in
    let words = invocation.arguments.filter { !$0.text.hasPrefix("-") }.map(\.text)
    guard let first = words.first,
      !["version", "help", "completion", "config", "fmt", "validate", "template", "lint"].contains(first)
    else { return }
    run.expect(.connection, invocation.name, program: invocation.name)
  }
}
