import Model

/// Containers and clusters.
enum ContainerPrograms {
  private static let table = Subcommands(
    taking:
      "H c l context host config log-level f n t file filter format tail since until p project-name profile env-file project-directory "
      + "tag platform build-arg target o output label m a s signal time u user cache-from cache-to network progress secret ssh scale w workdir e env",
    [
      .init(
        .read,
        "ps images logs inspect version info top stats port diff history search events image+ls image+list image+inspect image+history "
          + "container+ls container+list container+ps container+inspect container+logs container+stats container+top volume+ls volume+list volume+inspect network+ls network+list network+inspect "
          + "system+df system+info system+events context+ls context+list context+show context+inspect manifest+inspect buildx+ls buildx+inspect buildx+version buildx+du "
          + "compose+ps compose+logs compose+config compose+images compose+ls compose+top compose+version compose+port compose+events compose+stats "
          + "service+ls service+ps service+inspect service+logs node+ls stack+ls stack+ps stack+services secret+ls config+ls machine+ls wait attach+x plugin+ls scout"
      ),
      .init(
        .write,
        "rm rmi container+rm container+prune image+rm image+prune system+prune volume+rm volume+prune network+rm network+prune builder+prune "
          + "buildx+prune compose+rm compose+down stack+rm service+rm", "container", access: "drop"),
      .init(
        .execute,
        "start stop restart kill pause unpause container+start container+stop container+restart container+kill compose+start compose+stop compose+restart "
          + "compose+kill compose+pause compose+unpause compose+up compose+create service+update service+create service+scale stack+deploy compose+watch",
        "container", access: "execute"),
      .init(
        .execute, "attach swarm+init swarm+join swarm+leave machine+start machine+stop plugin+install debug",
        "container"),
      .init(
        .write,
        "tag rename commit import load save export create update volume+create network+create network+connect network+disconnect container+rename container+update container+commit "
          + "image+tag image+load image+save image+import context+create context+use context+rm compose+pull compose+cp manifest+create manifest+annotate secret+create secret+rm config+create config+rm buildx+create buildx+use buildx+rm",
        "container"),
      .init(.write, "pull image+pull", "image"),
      .init(.transfer, "push image+push compose+push manifest+push", "image"),
      .init(.execute, "build image+build buildx+build buildx+bake compose+build builder+build bake", "image"),
      .init(.session, "login logout"),
    ])

  /// Options of `exec` and `run` that take a value.
  private static let running =
    "e env env-file u user w workdir v volume p publish name network net m memory cpus entrypoint h hostname l label mount add-host "
    + "device ulimit restart platform cap-add cap-drop security-opt shm-size tmpfs gpus index detach-keys c container n namespace f pull ip dns log-driver log-opt runtime userns pid ipc image"

  private static let docker: ShellProgram.Judge = { invocation, run in
    let first = ShellArguments(
      invocation.arguments,
      taking: "H c l context host config log-level f file p project-name profile env-file project-directory",
      stops: true)
    var words = first.operands[...]
    var isCompose = invocation.name.hasSuffix("-compose")
    if words.first?.text == "compose" {
      isCompose = true
      words =
        ShellArguments(
          words.dropFirst(), taking: "f file p project-name profile env-file project-directory ansi", stops: true
        ).operands[...]
    }
    if words.first?.text == "container" { words = words.dropFirst() }
    switch words.first?.text {
    case "exec": return exec(invocation, words.dropFirst(), run: &run)
    case "run" where true:
      let inner = ShellArguments(words.dropFirst(), taking: running, stops: true)
      var judgement = ShellJudgement(isCompose ? "docker compose run" : "\(invocation.name) run", .execute)
      judgement.add("execute", isCompose ? "container" : "image", inner.operands.first?.text ?? "*")
      for mount in inner.values("-v", "--volume") + inner.values("--mount") {
        judgement.add("write", "file", run.path(String(mount.text.prefix { $0 != ":" })))
      }
      if inner.has("--privileged") {
        judgement.raise(.privilege)
        judgement.note("privileged")
      }
      // What runs in it is a part of its own.
      let command = Array(inner.operands.dropFirst())
      if !command.isEmpty, let image = inner.operands.first {
        let nested = run.elsewhere(image.text) { $0.unwrap(command, invocation.input) }
        run.elsewhere(image.text) { $0.record(nested, nested.words ?? command, $0.current.range, $0.current.level) }
      }
      return judgement
    case "cp":
      var judgement = ShellJudgement("\(invocation.name) cp", .transfer)
      let files = words.dropFirst().filter { !$0.text.hasPrefix("-") }
      if let from = files.first { judgement.add("read", "file", from.text.contains(":") ? from.text : run.path(from)) }
      if files.count > 1, let to = files.last {
        judgement.add("write", "file", to.text.contains(":") ? to.text : run.path(to))
      }
      return judgement
    default: break
    }
    var rest = invocation
    rest.words = [invocation.words.first ?? ShellValue("docker")] + (isCompose ? [ShellValue("compose")] : []) + words
    return table.judge(rest, &run).judgement
  }

  private static func exec(
    _ invocation: ShellInvocation, _ words: ArraySlice<ShellValue>, run: inout ShellRun
  ) -> ShellJudgement {
    let inner = ShellArguments(words, taking: running, stops: true)
    var command = inner.operands[...]
    guard let target = command.popFirst() else { return ShellJudgement("\(invocation.name) exec", .unknown) }
    return inside(target.text, invocation, command, &run)
  }

  /// A command in a container; a shell without one.
  private static func inside(
    _ name: String, _ invocation: ShellInvocation, _ words: ArraySlice<ShellValue>, _ run: inout ShellRun
  ) -> ShellJudgement {
    var judgement = ShellJudgement("\(invocation.name) exec", .execute)
    guard !words.isEmpty else {
      judgement.add("execute", "container", name)
      return judgement
    }
    let first = run.found.count
    let nested = run.elsewhere(name) { run in
      let nested = run.unwrap(words, invocation.input)
      run.record(nested, nested.words ?? Array(words), run.current.range, run.current.level)
      return nested
    }
    let effect = run.strongest(since: first)
    judgement.effect = .session
    judgement.isWrapper = true
    judgement.output = nested.output
    judgement.add(effect == .read || effect == .session ? "read" : "execute", "container", name)
    return judgement
  }

  private static let kubectl: ShellProgram.Judge = { invocation, run in
    let taking =
      "n namespace f filename o output l selector context cluster user kubeconfig c container k tail since p patch type replicas "
      + "field-selector timeout from-literal from-file from-env-file image port target-port name as as-group for v sort-by template s server token grace-period "
      + "dry-run-x limits requests env overrides restart to-revision revision field-manager duration"
    let dashes = invocation.arguments.firstIndex { $0.text == "--" }
    let arguments = ShellArguments(dashes.map { invocation.arguments[..<$0] } ?? invocation.arguments, taking: taking)
    let command = dashes.map { invocation.arguments[($0 + 1)...] } ?? []
    let words = arguments.operands.map(\.text)
    let namespace = arguments.value("-n", "--namespace")?.text
    guard let verb = words.first else { return ShellJudgement(invocation.name, .read) }
    var judgement = ShellJudgement("\(invocation.name) \(verb)", .unknown)
    func full(_ name: String) -> String { namespace.map { "\($0)/\(name)" } ?? name }
    /// `get pods a b`, `delete deployment/web`: the type and the names.
    func targets(_ rest: ArraySlice<String>) -> [(String, String)] {
      if let first = rest.first, first.contains("/") {
        return rest.map { word in
          let parts = word.split(separator: "/", maxSplits: 1).map(String.init)
          return (ContainerPrograms.plural(parts.first ?? ""), full(parts.last ?? "*"))
        }
      }
      guard let type = rest.first else { return [] }
      let names = rest.dropFirst()
      return type.split(separator: ",").flatMap { type in
        names.isEmpty
          ? [(ContainerPrograms.plural(String(type)), full("*"))]
          : names.map { (ContainerPrograms.plural(String(type)), full($0)) }
      }
    }
    var rest = words.dropFirst()
    switch verb {
    case "exec":
      let inner = command.isEmpty ? arguments.operands.dropFirst(2) : command
      return inside(full(rest.first ?? "*"), invocation, inner, &run)
    case "debug", "attach", "run", "port-forward", "proxy":
      judgement.effect = .execute
      judgement.add("execute", "pods", full(rest.first ?? "*"))
      return judgement
    case "get", "describe", "explain", "logs", "top", "version", "cluster-info", "api-resources", "api-versions",
      "diff", "events", "wait", "completion",
      "options", "kustomize", "stern":
      judgement.effect = .read
    case "auth": judgement.effect = rest.first == "reconcile" ? .privilege : .read
    case "config":
      judgement.effect =
        ["view", "get-contexts", "current-context", "get-clusters", "get-users"].contains(rest.first ?? "")
        ? .read : .session
      return judgement
    case "rollout":
      let sub = rest.popFirst() ?? ""
      judgement.verb += " \(sub)"
      judgement.effect = ["status", "history"].contains(sub) ? .read : .write
    case "apply", "create", "delete", "edit", "patch", "replace", "scale", "autoscale", "label", "annotate", "set",
      "expose", "drain", "cordon", "uncordon", "taint":
      judgement.effect = .write
      if verb == "set" { _ = rest.popFirst() }
      if verb == "create", rest.first == "token" { judgement.effect = .privilege }
    case "cp":
      judgement.effect = .transfer
      for (index, word) in rest.enumerated() {
        judgement.add(index == 0 ? "read" : "write", "file", word.contains(":") ? word : run.path(word))
      }
      return judgement
    case "certificate": judgement.effect = .privilege
    default: judgement.note("\(invocation.name) \(verb) is not known")
    }
    let access = judgement.effect == .read ? "read" : verb == "delete" ? "drop" : verb == "create" ? "create" : "write"
    let isByType = ![
      "logs", "drain", "cordon", "uncordon", "taint", "cluster-info", "version", "api-resources", "explain", "auth",
      "kustomize",
    ].contains(verb)
    if isByType {
      for (type, name) in targets(rest) where !type.contains("=") && !name.contains("=") && !name.hasSuffix("-") {
        judgement.add(access, type == "secrets" ? "secret" : type, name)
        if judgement.effect == .write,
          ["roles", "rolebindings", "clusterroles", "clusterrolebindings", "serviceaccounts"].contains(type)
        {
          judgement.effect = .privilege
        }
        if judgement.effect == .write, type == "customresourcedefinitions" { judgement.effect = .schema }
      }
    } else if let name = rest.first {
      judgement.add(access, ["drain", "cordon", "uncordon", "taint"].contains(verb) ? "nodes" : "pods", full(name))
    }
    for file in arguments.values("-f", "--filename", "-k") {
      judgement.add(
        "read", file.text.contains("://") ? "url" : "file", file.text.contains("://") ? file.text : run.path(file))
      if ["apply", "create", "delete", "replace"].contains(verb) { judgement.note("what it changes is in a manifest") }
    }
    if let dry = arguments.options.first(where: { $0.name == "--dry-run" }), dry.value?.text != "none",
      judgement.effect.isChange
    {
      judgement.effect = .read
      judgement.note("a dry run")
    }
    return judgement
  }

  private static let short: [String: String] = [
    "po": "pods", "pod": "pods", "deploy": "deployments", "svc": "services", "service": "services", "ns": "namespaces",
    "no": "nodes", "node": "nodes",
    "cm": "configmaps", "secret": "secrets", "ing": "ingresses", "ingress": "ingresses", "rs": "replicasets",
    "sts": "statefulsets", "ds": "daemonsets", "pvc": "persistentvolumeclaims",
    "pv": "persistentvolumes", "sa": "serviceaccounts", "crd": "customresourcedefinitions",
    "crds": "customresourcedefinitions", "ev": "events", "cj": "cronjobs", "hpa": "horizontalpodautoscalers",
    "ep": "endpoints", "all": "*", "quota": "resourcequotas", "netpol": "networkpolicies", "ingresss": "ingresses",
  ]

  private static func plural(_ type: String) -> String {
    let plain = String(type.lowercased().prefix { $0 != "." })
    return short[plain] ?? (plain.hasSuffix("s") || plain.isEmpty ? plain : plain + "s")
  }

  static let all: [ShellProgram] = [
    ShellProgram("docker podman nerdctl docker-compose podman-compose", docker),
    ShellProgram("kubectl oc k kubecolor microk8s.kubectl", kubectl),
    ShellProgram(
      "stern kubectx kubens k9s kustomize kubeval kubeconform kube-score hadolint dive trivy grype syft", .read),
    Subcommands.program(
      "helm",
      taking:
        "n namespace f values set set-string set-file version kube-context kubeconfig repo timeout o output description revision",
      [
        .init(
          .read,
          "list ls status history get get+values get+manifest get+all get+notes show show+values show+chart template lint search search+repo search+hub repo+list env verify dependency+list version diff diff+upgrade",
          "release"),
        .init(.write, "install upgrade rollback", "release"),
        .init(.write, "uninstall delete", "release", access: "drop"),
        .init(
          .write,
          "repo+add repo+update repo+remove pull package create dependency+update dependency+build dep+update dep+build plugin+install"
        ),
        .init(.transfer, "push registry+push"), .init(.session, "registry+login registry+logout"),
        .init(.execute, "test", "release"),
      ]),
    Subcommands.program(
      "kind minikube k3d vagrant multipass colima lima limactl", taking: "name config image p profile",
      [
        .init(
          .read, "get status ip version list ls info ssh-config global-status logs get+clusters get+nodes cluster+list"),
        .init(
          .execute,
          "create start stop delete up halt destroy ssh provision reload load cluster+create cluster+delete create+cluster delete+cluster load+docker-image launch exec shell tunnel dashboard addons image restart suspend resume",
          "machine"),
      ]),
    ShellProgram("buildah skopeo kaniko img crane oras", .write, .none, note: "handles images"),
    ShellProgram("ctr crictl runc", .execute, .none, note: "handles containers"),
  ]
}
