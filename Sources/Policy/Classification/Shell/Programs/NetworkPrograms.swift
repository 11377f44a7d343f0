import Model

/// Programs that talk to other hosts.
enum NetworkPrograms {
  private static let ssh: ShellProgram.Judge = { invocation, run in
    let arguments = ShellArguments(
      invocation.arguments, taking: "b c D E e F I i J L l m O o p Q R S W w B P", stops: true)
    var judgement = ShellJudgement(invocation.name, .execute)
    var words = arguments.operands[...]
    guard let target = words.popFirst() else { return ShellJudgement(invocation.name, .read) }
    var host = target.text
    if host.hasPrefix("ssh://") { host = String(host.dropFirst(6)) }
    let name = String(host.split(separator: "@").last ?? "*")
    for option in arguments.options where ["-L", "-R", "-D", "-w", "-W"].contains(option.name) {
      judgement.note("forwards \(option.name) \(option.value?.text ?? "")")
    }
    for option in arguments.values("-o")
    where ["proxycommand", "localcommand", "permitlocalcommand"].contains(where: {
      option.text.lowercased().hasPrefix($0)
    }) {
      judgement.note("runs a program here: \(option.text)")
    }
    if arguments.has("-A") { judgement.note("forwards the agent") }
    // Options may stand behind the host, too.
    while let first = words.first, first.text.hasPrefix("-"), first.text.count == 2 {
      words = words.dropFirst("bcDEeFIiJLlmOopQRSWw".contains(first.text.dropFirst()) ? 2 : 1)
    }
    if words.isEmpty, invocation.input.value == nil, invocation.input.remote == nil {
      judgement.add(arguments.has("-N") ? "use" : "execute", "host", name)
      if !arguments.has("-N") { judgement.note("a shell: what was typed is not in the command line") }
      return judgement
    }
    let first = run.found.count
    run.elsewhere(name, isSeen: false) { run in
      if words.isEmpty {
        run.runInput(invocation.input, &judgement)
      } else {
        judgement.output = run.run(text: run.line(words), input: invocation.input)
      }
    }
    if words.isEmpty, judgement.effect == .unknown {
      judgement.add("execute", "host", name)
      return judgement
    }
    let effect = run.strongest(since: first)
    judgement.effect =
      judgement.notes.contains { $0.hasPrefix("forwards") || $0.hasPrefix("runs a") } ? .execute : .session
    judgement.isWrapper = true
    judgement.add(effect == .read || effect == .session ? "read" : "write", "host", name)
    return judgement
  }

  private static let copier: ShellProgram.Judge = { invocation, run in
    let arguments = ShellArguments(
      invocation.arguments,
      taking:
        "c D F i J l o P S X e f M T B exclude include rsh files-from exclude-from include-from filter rsync-path chmod chown port bwlimit "
        + "log-file password-file timeout partial-dir backup-dir link-dest compare-dest out-format")
    var judgement = ShellJudgement(invocation.name, .transfer)
    var raised = Effect.session
    if invocation.name == "rsync", arguments.has("--server") {
      // What rsync has run on the other side: options, a dot, and paths of that side alone.
      let isSender = arguments.has("--sender")
      judgement.effect = isSender ? .read : .write
      for value in arguments.operands.dropFirst() {
        judgement.add(isSender ? "read" : "write", "file", run.path(value))
      }
      return judgement
    }
    func isRemote(_ text: String) -> Bool {
      guard let colon = text.firstIndex(of: ":") else { return false }
      return !text[..<colon].contains("/") || text.hasPrefix("rsync://") || text.hasPrefix("scp://")
    }
    func name(_ value: ShellValue) -> String {
      let text = value.text
      guard isRemote(text) else { return run.path(value) }
      return String(text.split(separator: "@", maxSplits: 1).last ?? "")
    }
    for option in arguments.options where ["-e", "--rsh", "-S", "-o"].contains(option.name) {
      let text = option.value?.text.lowercased() ?? ""
      let isProgram =
        option.name == "-o" ? text.hasPrefix("proxycommand") : !text.hasPrefix("ssh") || text.contains("proxycommand")
      guard isProgram, option.name != "-S" || invocation.name == "scp" else { continue }
      raised = .execute
      judgement.note("runs a program here: \(option.value?.text ?? "")")
    }
    let targets = arguments.operands
    for value in targets.dropLast() { judgement.add("read", "file", name(value)) }
    if targets.count > 1, let last = targets.last { judgement.add("write", "file", name(last)) }
    if invocation.name == "rsync" {
      if !targets.contains(where: { isRemote($0.text) }) { judgement.effect = .write }
      if arguments.options.contains(where: { $0.name.hasPrefix("--del") }), let last = targets.last {
        judgement.add("drop", "file", name(last))
        judgement.note("deletes what the source does not have")
      }
      if arguments.has("--remove-source-files") {
        for value in targets.dropLast() { judgement.add("drop", "file", name(value)) }
      }
      if arguments.has("-n", "--dry-run", "--list-only") { judgement.effect = .read }
    }
    judgement.raise(raised)
    return judgement
  }

  private static let curl: ShellProgram.Judge = { invocation, run in
    let arguments = ShellArguments(
      invocation.arguments,
      taking:
        "A b c C d D e E F h H K m o P Q r t T u U w x X y Y z user-agent cookie cookie-jar data data-raw data-binary data-ascii data-urlencode "
        + "dump-header referer cert form form-string header config max-time output range upload-file user proxy-user write-out proxy "
        + "request url connect-timeout retry retry-delay retry-max-time resolve cacert capath key json limit-rate interface unix-socket "
        + "socks5 socks5-hostname noproxy max-redirs output-dir oauth2-bearer ciphers tls-max trace trace-ascii stderr create-file-mode "
        + "aws-sigv4 hsts dns-servers local-port max-filesize proto proto-redir request-target url-query variable connect-to speed-limit speed-time keepalive-time"
    )
    var urls = arguments.operands + arguments.values("--url")
    var judgement = ShellJudgement("curl", .read)
    let data = arguments.values(
      "-d", "--data", "--data-raw", "--data-binary", "--data-ascii", "--data-urlencode", "-F", "--form",
      "--form-string", "--json")
    let uploads = arguments.values("-T", "--upload-file")
    let method: String
    if let given = arguments.value("-X", "--request") {
      method = given.text.uppercased()
    } else if arguments.has("-I", "--head") {
      method = "HEAD"
    } else if !uploads.isEmpty {
      method = "PUT"
    } else {
      method = data.isEmpty || arguments.has("-G", "--get") ? "GET" : "POST"
    }
    judgement.effect = REST.effect(ofMethod: method)
    if method.contains("*") { judgement.effect = .unknown }
    judgement.verb = "curl \(method)"
    if urls.isEmpty { urls = [.unknown] }
    for value in urls {
      let url = WebAddress.shown(value.text)
      judgement.add(judgement.effect == .read ? "read" : "write", "url", url)
      judgement.nested = .request(method: method, url: url)
      if url.hasPrefix("file:") { judgement.add("read", "file", String(url.dropFirst(7))) }
    }
    for value in data where value.text.contains("@") && judgement.effect != .read {
      let file = value.text.drop { $0 != "@" }.dropFirst().prefix { $0 != ";" }
      if value.text.hasPrefix("@") || arguments.has("-F", "--form"), !file.isEmpty, file != "-" {
        judgement.add("read", "file", run.path(String(file)))
      }
    }
    for value in uploads {
      judgement.raise(.transfer)
      judgement.add("read", "file", run.path(value))
    }
    var written: [ShellValue] = arguments.values(
      "-o", "--output", "-D", "--dump-header", "-c", "--cookie-jar", "--trace", "--trace-ascii")
    if arguments.has("-O", "--remote-name", "-J") { written += urls.map { ShellValue(WebAddress.file($0.text)) } }
    let folder = arguments.value("--output-dir")?.text
    for value in written where !ShellRun.isDevice(value.text) {
      judgement.raise(.write)
      judgement.add("write", "file", run.path(folder.map { "\($0)/\(value.text)" } ?? value.text))
    }
    if arguments.has("-K", "--config") {
      judgement.raise(.unknown)
      judgement.note("options are in a file")
    }
    if arguments.has("-k", "--insecure") { judgement.note("does not check certificates") }
    if arguments.value("-o", "--output").map({ $0.text == "-" }) ?? !arguments.has("-O", "--remote-name") {
      judgement.output = ShellOutput(value: nil, remote: urls.first.map { WebAddress.shown($0.text) })
    }
    return judgement
  }

  private static let wget: ShellProgram.Judge = { invocation, run in
    let arguments = ShellArguments(
      invocation.arguments,
      taking:
        "O o a i P U T t w Q l A R D I X B e output-document output-file directory-prefix user-agent header post-data post-file method body-data "
        + "body-file user password timeout tries wait input-file")
    var judgement = ShellJudgement("wget", .read)
    let isPost = arguments.has("--post-data", "--post-file")
    let method =
      arguments.value("--method")?.text.uppercased() ?? (isPost ? "POST" : arguments.has("--spider") ? "HEAD" : "GET")
    judgement.effect = REST.effect(ofMethod: method)
    judgement.verb = "wget \(method)"
    let folder = arguments.value("-P", "--directory-prefix")?.text
    for value in arguments.operands.isEmpty ? [.unknown] : arguments.operands {
      let url = WebAddress.shown(value.text)
      judgement.add(judgement.effect == .read ? "read" : "write", "url", url)
      judgement.nested = .request(method: method, url: url)
      if arguments.has("--spider") { continue }
      let file =
        arguments.value("-O", "--output-document")?.text ?? folder.map { "\($0)/\(WebAddress.file(value.text))" }
        ?? WebAddress.file(value.text)
      if file == "-" { judgement.output = ShellOutput(value: nil, remote: url) }
      if ShellRun.isDevice(file) { continue }
      judgement.raise(.write)
      judgement.add("write", "file", run.path(file))
    }
    return judgement
  }

  private static let httpie: ShellProgram.Judge = { invocation, run in
    let arguments = ShellArguments(
      invocation.arguments, taking: "a A o p s auth auth-type output print style session timeout proxy verify")
    var words = arguments.operands[...]
    var method: String?
    if let first = words.first, !first.text.isEmpty, first.text.allSatisfy({ $0.isUppercase }), words.count > 1 {
      method = first.text
      words = words.dropFirst()
    }
    guard let url = words.popFirst() else { return ShellJudgement(invocation.name, .read) }
    let hasBody = words.contains { $0.text.contains("=") && !$0.text.contains("==") } || invocation.input.value != nil
    let verb = method ?? (hasBody ? "POST" : "GET")
    var judgement = ShellJudgement("\(invocation.name) \(verb)", REST.effect(ofMethod: verb))
    let shown = WebAddress.shown(url.text)
    judgement.add(judgement.effect == .read ? "read" : "write", "url", shown)
    judgement.nested = .request(method: verb, url: shown)
    judgement.output = ShellOutput(value: nil, remote: shown)
    for file in arguments.values("-o", "--output") {
      judgement.raise(.write)
      judgement.add("write", "file", run.path(file))
    }
    return judgement
  }

  private static let netcat: ShellProgram.Judge = { invocation, run in
    let arguments = ShellArguments(invocation.arguments, taking: "e c g G i o p q s T w x X exec sh-exec")
    var judgement = ShellJudgement(invocation.name, arguments.has("-z") ? .read : .transfer)
    judgement.add("use", "host", arguments.operands.map(\.text).joined(separator: ":"))
    if arguments.has("-e", "-c", "--exec", "--sh-exec") {
      judgement.raise(.execute)
      judgement.note("gives a program to the connection")
    }
    if arguments.has("-l") { judgement.note("waits for a connection") }
    return judgement
  }

  static let all: [ShellProgram] = [
    ShellProgram("ssh autossh mosh", ssh),
    ShellProgram("scp rsync", copier),
    ShellProgram(
      "sftp ftp lftp tftp ncftp smbclient rclone", .transfer, .all("use", "host"), taking: "b B c D F i J l o P R S s"),
    ShellProgram("ssh-copy-id", .privilege, .all("alter", "host"), taking: "i p o", note: "lets a key in"),
    ShellProgram("curl", curl), ShellProgram("wget wget2", wget), ShellProgram("http https xh httpie", httpie),
    ShellProgram("nc ncat netcat socat telnet", netcat),
    ShellProgram(
      "aria2c axel youtube-dl yt-dlp", .write, .all("read", "url"), taking: "d o x s dir out f", writing: "-o --out"),
    ShellProgram("websocat wscat grpcurl evans", .unknown, .all("use", "url"), note: "what it sends is not judged"),
    ShellProgram(
      "nmap masscan zmap nikto", .read, .all("read", "host"), writing: "-oN -oX -oG -oA", note: "scans hosts"),
    ShellProgram(
      "ab hey wrk k6 siege vegeta", .execute, .all("use", "url"), taking: "n c t d", note: "sends many requests"),
    ShellProgram("ngrok cloudflared localtunnel lt tailscale bore", .execute, note: "opens a way in"),
    ShellProgram("mail sendmail mutt mailx swaks msmtp", .transfer, .all("use", "address"), taking: "s a r S c b"),
    ShellProgram("open xdg-open start", .execute, .all("use", "url"), taking: "a b"),
    ShellProgram("wg wg-quick openvpn ipsec nmcli iwconfig networksetup", .privilege, note: "changes the network"),
  ]
}

/// Addresses in arguments of programs, which need no scheme.
enum WebAddress {
  /// Without user, password, query and fragment.
  static func shown(_ text: String) -> String {
    var url = String(text.prefix { $0 != "?" && $0 != "#" })
    if !url.contains("://"), url != "*" { url = "http://" + url }
    guard let scheme = url.firstRange(of: "://") else { return url }
    let rest = url[scheme.upperBound...]
    let authority = rest.prefix { $0 != "/" }
    guard let at = authority.lastIndex(of: "@") else { return url }
    return String(url[..<scheme.upperBound]) + String(rest[rest.index(after: at)...])
  }

  /// The file that a download is kept in.
  static func file(_ text: String) -> String {
    let url = shown(text)
    let path = url.firstRange(of: "://").map { url[$0.upperBound...] } ?? url[...]
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count > 1, let last = parts.last, !last.isEmpty else { return "index.html" }
    return String(last)
  }
}
