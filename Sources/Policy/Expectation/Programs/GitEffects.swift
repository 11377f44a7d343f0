import Model

/// git's exchanges with other repositories.
enum GitEffects {
  static let all: [(String, EffectPrograms.Read)] = [("git hub", git)]

  /// Remotes remembered in a conversation.
  private static let remoteLimit = 256

  private static let git: EffectPrograms.Read = { invocation, run in
    let first = ShellArguments(invocation.arguments, taking: "C c git-dir work-tree namespace exec-path", stops: true)
    guard let verb = first.operands.first?.text else { return }
    let rest = first.operands.dropFirst()
    let arguments = ShellArguments(
      rest,
      taking:
        "o b depth branch origin upload-pack receive-pack push-option reference j jobs c config shallow-since filter recurse-submodules-x"
    )
    let operands = arguments.operands
    let isDry = arguments.has("--dry-run", "-n") && verb != "clone"
    switch verb {
    case "remote":
      let words = operands.map(\.marked)
      guard words.count == 3, words[0] == "add" || words[0] == "set-url" else {
        if words.first == "update" { repository("fetch", EffectText.hole, "git", &run) }
        return
      }
      remember(words[1], words[2], &run)
    case "clone":
      guard let url = operands.first else { return }
      remember("origin", url.marked, &run)
      exchange("fetch", url.marked, &run)
    case "push":
      let name = arguments.value("--repo")?.marked ?? operands.first?.marked
      if !isDry || true { exchange("push", name, &run) }
    case "fetch", "pull":
      let isAll = arguments.has("--all", "--multiple")
      exchange("fetch", isAll ? EffectText.hole : operands.first?.marked, &run)
    case "ls-remote": exchange("fetch", operands.first?.marked, &run)
    case "submodule" where operands.first?.text == "update" || operands.first?.text == "add":
      let url = operands.first?.text == "add" && operands.count > 1 ? operands[1].marked : EffectText.hole
      run.doubtful { exchange("fetch", url, &$0) }
    case "lfs" where ["pull", "push", "fetch"].contains(operands.first?.text ?? ""):
      run.doubtful { $0.expect(.connection, "git-lfs", program: "git") }
    case "archive" where arguments.has("--remote"):
      exchange("fetch", arguments.value("--remote")?.marked, &run)
    default: return
    }
  }

  private static func remember(_ name: String, _ url: String, _ run: inout ShellRun) {
    guard let watch = run.watch, watch.remotes.count < remoteLimit, !EffectText.hasMark(name), !EffectText.isOpen(url)
    else { return }
    run.watch?.remotes[name] = url
  }

  /// With a remote's name, an address, or what git is set up with.
  private static func exchange(_ verb: String, _ name: String?, _ run: inout ShellRun) {
    var address = name
    if let known = run.watch?.remotes[name ?? "origin"] { address = known }
    guard let address, isAddress(address) else { return repository(verb, EffectText.hole, "git", &run) }
    repository(verb, address, "git", &run)
  }

  private static func isAddress(_ text: String) -> Bool {
    text.contains("://") || text.contains(":") && !text.hasPrefix("/") || text.hasPrefix("/") || text.hasPrefix(".")
  }

  /// The exchange, and over SSH the command that the other host runs for it.
  static func repository(_ verb: String, _ address: String, _ program: String, _ run: inout ShellRun) {
    guard !EffectText.isOpen(address) else {
      return run.expect(.repository, "\(verb) \(EffectText.hole)", program: program)
    }
    var target = EffectTarget()
    var path: String
    var isSSH = false
    if let mark = address.firstRange(of: "://") {
      let scheme = address[..<mark.lowerBound]
      if scheme == "file" { return }
      isSSH = scheme.hasSuffix("ssh")
      let rest = address[mark.upperBound...]
      let authority = rest.prefix { $0 != "/" }
      target = RemoteEffects.address("x://" + authority)
      if !isSSH { target.user = nil }
      path = String(rest[authority.endIndex...])
    } else if let colon = address.firstIndex(of: ":"), !address[..<colon].contains("/") {
      isSSH = true
      target = RemoteEffects.address(String(address[..<colon]))
      path = String(address[address.index(after: colon)...])
    } else {
      // Another folder: nothing goes over the wire.
      return
    }
    let host = target.host ?? EffectText.hole
    let separator = path.hasPrefix("/") ? "" : "/"
    run.expect(.repository, "\(verb) \(host)\(separator)\(path)", program: program, target)
    if isSSH {
      let service = verb == "push" ? "git-receive-pack" : "git-upload-pack"
      if path.hasPrefix("/~") { path.removeFirst() }
      run.expect(.command, "\(service) '\(path)'", program: program, target)
    }
  }
}
