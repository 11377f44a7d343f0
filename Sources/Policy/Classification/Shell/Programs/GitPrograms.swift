import Model

/// git, and the programs of forges.
enum GitPrograms {
  private static let table = Subcommands(
    taking:
      "C c m F git-dir work-tree message file author date n format pretty since until grep S G L O b B track o depth branch "
      + "origin t s X strategy strategy-option max-count sort points-at contains merged u reference exec-path i namespace "
      + "fixup squash cleanup trailer config upload-pack receive-pack push-option pathspec-from-file",
    [
      .init(
        .read,
        "status log diff show blame annotate shortlog describe rev-parse rev-list ls-files ls-tree cat-file grep name-rev "
          + "whatchanged count-objects var version help show-ref for-each-ref merge-base diff-tree diff-index diff-files cherry "
          + "range-diff verify-commit verify-tag fsck check-ignore check-attr reflog reflog+show stash+list stash+show remote+-v "
          + "remote+show remote+get-url worktree+list submodule+status config+get config+list notes+show notes+list bisect+log "
          + "archive format-patch request-pull show-branch merge-tree lfs+ls-files lfs+status lfs+env bundle+verify bundle+list-heads "
          + "hash-object patch-id column get-tar-commit-id bugreport diagnose interpret-trailers symbolic-ref+HEAD instaweb",
        "repository", access: "read"),
      .init(.read, "ls-remote", "repository"),
      .init(.write, "add stage rm mv restore", "file", access: "write"),
      .init(
        .write,
        "commit merge rebase cherry-pick revert am apply pull fetch clean reset checkout switch gc prune repack "
          + "update-index update-ref write-tree read-tree commit-tree mktree mktag notes notes+add replace filter-branch filter-repo "
          + "symbolic-ref sparse-checkout rerere pack-refs maintenance submodule submodule+update submodule+init submodule+add "
          + "submodule+sync submodule+foreach "
          + "subtree lfs lfs+install lfs+track lfs+pull lfs+fetch worktree worktree+add worktree+remove worktree+prune bisect flow "
          + "bundle bundle+create fast-import fast-export stash stash+push stash+pop stash+apply stash+drop stash+clear stash+save "
          + "stash+branch stash+create stash+store reflog+expire reflog+delete checkout-index commit-graph multi-pack-index index-pack unpack-objects remote remote+update "
          + "remote+prune pack-objects prune-packed mergetool difftool gui citool"),
      .init(.write, "init clone", "file"),
      .init(
        .write, "remote+add remote+set-url remote+remove remote+rm remote+rename", "setting", access: "write",
        name: "remote"),
      .init(.write, "tag branch", "ref", access: "write"),
      .init(.write, "config config+set config+unset", "setting", access: "write"),
      .init(.transfer, "push send-pack send-email svn p4", "ref"),
      .init(.session, "credential credential-cache credential-store daemon"),
    ])

  private static let git: ShellProgram.Judge = { invocation, run in
    var (judgement, name, arguments, operands) = table.judge(invocation, &run)
    let folder = arguments.options.first { $0.name == "-C" }?.value
    let place = run.path(folder ?? ShellValue("."))
    let options = Set(arguments.options.map(\.name))
    if judgement.effect == .unknown { judgement.note("an alias or a program named git-\(name)") }
    switch name {
    case "push": push(operands, options, &judgement)
    case "commit":
      judgement.add("write", "repository", place)
      if options.contains("--amend") { judgement.note("replaces the last commit") }
      if options.contains("--dry-run") { judgement.effect = .read }
    case "reset":
      judgement.add("write", "repository", place)
      if options.contains("--hard") {
        judgement.isUnfiltered = true
        judgement.note("drops what was not committed")
      }
    case "checkout", "switch", "merge", "rebase", "cherry-pick", "revert", "am", "apply", "pull", "fetch",
      "filter-branch",
      "filter-repo", "gc", "prune", "stash", "stash push", "stash pop", "stash apply", "stash drop", "stash clear",
      "update-ref":
      judgement.add("write", "repository", place)
      if name == "apply", options.contains("--check") || options.contains("--stat") { judgement.effect = .read }
      if name == "update-ref" || name == "fetch" || name == "pull" { judgement.notes = [] }
      if name == "fetch", options.contains("--dry-run") { judgement.effect = .read }
    case "clean":
      judgement.add("drop", "file", place)
      if options.contains("-n") || options.contains("--dry-run") { judgement.effect = .read }
    case "branch", "tag":
      let changes = options.contains {
        ["-d", "-D", "-m", "-M", "-f", "--delete", "--move", "-u", "--set-upstream-to", "-c", "-a", "-s"].contains($0)
      }
      let deletes = options.contains { ["-d", "-D", "--delete"].contains($0) }
      let lists =
        options.contains {
          [
            "-l", "--list", "--contains", "--merged", "--no-merged", "--show-current", "-r", "-v", "-vv", "--points-at",
            "--sort",
          ].contains($0)
        }
        || name == "branch" && options.contains("-a") && !deletes
      if lists && !deletes || operands.isEmpty && !changes {
        judgement.effect = .read
        judgement.resources = [Resource("read", "repository", place)]
      } else if deletes {
        judgement.resources = judgement.resources.map { Resource("drop", "ref", $0.name) }
      }
    case "config":
      let isRead =
        options.contains { ["--get", "--get-all", "--list", "-l", "--get-regexp"].contains($0) }
        || operands.count == 1 && !options.contains("--unset")
      if isRead { judgement.effect = .read }
      judgement.resources = operands.first.map { [Resource(isRead ? "read" : "write", "setting", $0.text)] } ?? []
    case "remote" where operands.isEmpty: (judgement.effect, judgement.resources) = (.read, [])
    case "worktree" where operands.isEmpty, "notes" where operands.isEmpty, "submodule" where operands.isEmpty,
      "sparse-checkout" where operands.isEmpty, "lfs" where operands.isEmpty, "rerere" where operands.isEmpty:
      judgement.effect = .read
    case "symbolic-ref" where operands.count == 1: judgement.effect = .read
    case "clone":
      judgement.resources = operands.first.map { [Resource("read", "repository", $0.text)] } ?? []
      let guess = operands.first.map { String($0.text.split(separator: "/").last ?? "") }.map {
        $0.hasSuffix(".git") ? String($0.dropLast(4)) : $0
      }
      if let target = operands.dropFirst().first?.text ?? guess { judgement.add("write", "file", run.path(target)) }
    case "submodule foreach":
      judgement.isWrapper = true
      judgement.output = run.run(text: run.line(operands))
    case "bisect":
      if operands.first?.text == "run" { return run.unwrap(operands.dropFirst(), .unknown) }
      judgement.add("write", "repository", place)
    case "log", "show", "diff", "status", "blame", "grep", "ls-files", "rev-parse", "cat-file":
      judgement.resources = [Resource("read", "repository", place)]
      if let file = arguments.value("--output", "-o"), name != "grep", name != "ls-files" {
        judgement.raise(.write)
        judgement.add("write", "file", run.path(file))
      }
      if name == "grep", options.contains("-O") || options.contains("--open-files-in-pager") {
        judgement.raise(.execute)
      }
    case "archive", "format-patch":
      judgement.resources = [Resource("read", "repository", place)]
      if let file = arguments.value("--output", "-o") {
        judgement.raise(.write)
        judgement.add("write", "file", run.path(file))
      } else if name == "format-patch", !options.contains("--stdout") {
        judgement.raise(.write)
      }
    case "hash-object": if options.contains("-w") { judgement.effect = .write }
    default: break
    }
    // `-c alias.x=!sh`, `-c core.pager=…`: settings that name programs.
    for setting in arguments.options where setting.name == "-c" && setting.value != nil && name != "commit" {
      let text = setting.value?.text.lowercased() ?? ""
      if [
        "alias.", "core.pager", "core.editor", "core.sshcommand", "core.fsmonitor", "diff.external", "core.hookspath",
      ].contains(where: { text.hasPrefix($0) }),
        ![
          "core.pager=cat", "core.pager=", "core.editor=true", "core.editor=:", "core.fsmonitor=false",
          "core.hookspath=/dev/null",
        ].contains(text)
      {
        judgement.raise(.execute)
        judgement.note("a setting names a program")
      }
    }
    return judgement
  }

  private static func push(_ operands: [ShellValue], _ options: Set<String>, _ judgement: inout ShellJudgement) {
    judgement.effect = .write
    judgement.resources = []
    let remote = operands.first?.text ?? "origin"
    let references = operands.dropFirst().map(\.text)
    let isDeletion = options.contains("--delete") || options.contains("-d")
    for reference in references {
      let sides = reference.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      var target = sides.last ?? reference
      if target.hasPrefix("+") { target.removeFirst() }
      judgement.add(isDeletion || reference.hasPrefix(":") ? "drop" : "write", "ref", "\(remote) \(target)")
      if reference.hasPrefix("+") { judgement.note("forced") }
    }
    if references.isEmpty {
      judgement.add(
        "write", "ref", "\(remote) \(options.contains("--all") || options.contains("--mirror") ? "*" : "HEAD")")
    }
    if options.contains(where: { $0 == "-f" || $0.hasPrefix("--force") || $0 == "--mirror" }) {
      judgement.note("forced")
    }
    if options.contains("--dry-run") || options.contains("-n") { judgement.effect = .read }
  }

  /// Programs of forges: the last word of the subcommand tells.
  private static let forge: ShellProgram.Judge = { invocation, run in
    let arguments = ShellArguments(
      invocation.arguments,
      taking:
        "R repo X method f F field raw-field H header jq q template t title b body B base head json limit L state S search label l assignee "
        + "milestone m author branch ref input F body-file hostname cache workflow w commit user job j pattern p dir D env e message"
    )
    let words = arguments.operands.map(\.text)
    let name = words.prefix(2).joined(separator: " ")
    var judgement = ShellJudgement("\(invocation.name) \(name)", .unknown)
    guard let first = words.first else { return ShellJudgement(invocation.name, .read) }
    if first == "api" {
      let isGraphQL = words.dropFirst().first == "graphql"
      let fields = arguments.values("-f", "-F", "--field", "--raw-field", "--input")
      let method = arguments.value("-X", "--method")?.text.uppercased() ?? (fields.isEmpty ? "GET" : "POST")
      judgement.verb = "\(invocation.name) api"
      judgement.effect = REST.effect(ofMethod: method)
      if isGraphQL {
        let query = fields.first { $0.text.hasPrefix("query=") }?.text.dropFirst(6).drop { $0.isWhitespace }
        judgement.effect = query.map { $0.hasPrefix("query") || $0.hasPrefix("{") ? .read : .write } ?? .unknown
      }
      let url = words.dropFirst().first ?? ""
      judgement.add(judgement.effect == .read ? "read" : "write", "url", String(url.prefix { $0 != "?" }))
      judgement.nested = .request(method: method, url: url)
      return judgement
    }
    let second = words.dropFirst().first ?? ""
    let changes: Set<String> = [
      "create", "edit", "close", "reopen", "merge", "comment", "review", "delete", "fork", "rename", "archive",
      "unarchive", "sync", "lock",
      "unlock", "pin", "unpin", "transfer", "ready", "develop", "upload", "rerun", "cancel", "enable", "disable", "add",
      "remove", "install",
      "update-branch", "set-default", "note", "approve", "revoke", "update", "upgrade", "link", "unlink", "deploy-key",
      "retry", "trigger",
    ]
    let reads: Set<String> = [
      "list", "view", "diff", "checks", "status", "watch", "verify", "get", "field-list", "item-list", "ls", "show",
      "trace",
    ]
    let kind =
      ["pr", "mr", "issue", "repo", "release", "run", "gist", "workflow", "label", "project", "cache"].contains(first)
      ? first : nil
    let shown = words.dropFirst(2).first ?? arguments.value("-R", "--repo")?.text ?? "*"
    switch (first, second) {
    case ("search", _), ("browse", _), ("status", _), ("help", _), ("version", _), ("completion", _):
      judgement.effect = .read
    case ("auth", "status"): judgement.effect = .read
    case ("auth", "token"): (judgement.effect, judgement.notes) = (.privilege, ["shows a token"])
    case ("auth", _): judgement.effect = .session
    case ("secret", "list"), ("variable", "list"), ("ssh-key", "list"): judgement.effect = .read
    case ("secret", _), ("ssh-key", _), ("gpg-key", _), ("ruleset", "create"): judgement.effect = .privilege
    case ("variable", _), ("config", _), ("alias", _): judgement.effect = .write
    case ("workflow", "run"), ("codespace", "ssh"), ("extension", "exec"): judgement.effect = .execute
    case (_, "checkout"), (_, "clone"), (_, "download"):
      judgement.effect = .write
      judgement.add("write", "file", run.path("."))
    case (_, let second) where reads.contains(second): judgement.effect = .read
    case (_, let second) where changes.contains(second): judgement.effect = .write
    default: judgement.note("\(invocation.name) \(name) is not known")
    }
    if let kind, !["checkout", "clone", "download"].contains(second) {
      judgement.add(
        judgement.effect == .read ? "read" : judgement.effect == .execute ? "execute" : "write", kind, shown)
    }
    return judgement
  }

  static let all: [ShellProgram] = [
    ShellProgram("git hub", git), ShellProgram("gh glab", forge),
    ShellProgram("tig lazygit gitk delta", .read),
    Subcommands.program(
      "svn hg", taking: "m r",
      [
        .init(.read, "status st log diff info list ls cat blame annotate heads branches tags summary", "repository"),
        .init(
          .write,
          "commit ci add update up checkout co merge revert rm delete mv pull clone init copy switch propset import",
          "repository"),
        .init(.transfer, "push", "repository"),
      ]),
  ]
}
