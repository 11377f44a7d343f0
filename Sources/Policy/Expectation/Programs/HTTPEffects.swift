import Model

/// Programs that make requests.
enum HTTPEffects {
  static let all: [(String, EffectPrograms.Read)] = [
    ("curl", curl), ("wget wget2", wget), ("http https xh xhs httpie", httpie),
    ("nc ncat netcat telnet socat", socket), ("ab hey wrk k6 siege vegeta oha bombardier autocannon", load),
    ("websocat wscat grpcurl evans", load),
  ]

  private static let taking =
    "A b c C d D e E F h H K m o P Q r t T u U w x X y Y z user-agent cookie cookie-jar data data-raw data-binary data-ascii "
    + "data-urlencode dump-header referer cert form form-string header config max-time output range upload-file user proxy-user "
    + "write-out proxy request url connect-timeout retry retry-delay retry-max-time resolve cacert capath key json limit-rate "
    + "interface unix-socket socks5 socks5-hostname noproxy max-redirs output-dir oauth2-bearer ciphers tls-max trace trace-ascii "
    + "stderr create-file-mode aws-sigv4 hsts dns-servers local-port max-filesize proto proto-redir request-target url-query "
    + "variable connect-to speed-limit speed-time keepalive-time"

  private static let curl: EffectPrograms.Read = { invocation, run in
    var words = invocation.arguments[...]
    while !words.isEmpty {
      let group = words.prefix { $0.text != "--next" && $0.text != "-:" }
      words = words.dropFirst(group.count + 1)
      request(ShellArguments(group, taking: taking), invocation.input, &run)
    }
  }

  /// The requests of one group of options.
  private static func request(_ arguments: ShellArguments, _ input: ShellOutput, _ run: inout ShellRun) {
    let urls = arguments.operands + arguments.values("--url")
    var data: [String] = []
    var isWritten = false
    var hasForm = false
    for option in arguments.options {
      guard let value = option.value else { continue }
      switch option.name {
      case "-d", "--data", "--data-ascii", "--data-binary", "--json":
        let text = content(value, input, &run, &isWritten)
        // Only what is read from a file loses its line ends.
        let isFile = value.text.hasPrefix("@")
        let keeps = option.name == "--data-binary" || option.name == "--json" || !isFile
        data.append(keeps ? text : text.replacing("\r", with: "").replacing("\n", with: ""))
      case "--data-raw": data.append(value.marked)
      case "--data-urlencode": data.append(encoded(value, input, &run, &isWritten))
      case "-F", "--form", "--form-string": hasForm = true
      default: continue
      }
    }
    let isJSON = arguments.has("--json")
    var body: String? = data.isEmpty ? nil : data.joined(separator: isJSON ? "" : "&")
    var query = arguments.values("--url-query").map(\.marked)
    let isGet = arguments.has("-G", "--get")
    if isGet, let text = body {
      query.append(text)
      body = nil
    }
    let uploads = arguments.values("-T", "--upload-file")
    if let upload = uploads.first {
      body = upload.text == "-" ? input.value?.marked : run.written(upload)?.marked
    }
    let method =
      arguments.value("-X", "--request")?.marked
      ?? (arguments.has("-I", "--head")
        ? "HEAD" : !uploads.isEmpty ? "PUT" : hasForm || !data.isEmpty && !isGet ? "POST" : "GET")
    let user = arguments.value("-u", "--user").map { String($0.marked.prefix { $0 != ":" }) }
    for url in urls {
      for (place, text) in globbed(url.marked).enumerated() {
        guard place < ShellLimits.rounds else { break }
        var text = text
        if let upload = uploads.first, text.hasSuffix("/"), upload.text != "-" {
          text += upload.marked.split(separator: "/").last.map(String.init) ?? ""
        }
        if let target = arguments.value("--request-target"), let address = WebTarget(text) {
          text = address.origin + target.marked
        }
        add(method, appending(query, to: text), "curl", body: body, user: user, isWritten: isWritten, &run)
      }
    }
  }

  /// `@file` and `@-`.
  private static func content(
    _ value: ShellValue, _ input: ShellOutput, _ run: inout ShellRun, _ isWritten: inout Bool
  ) -> String {
    guard value.text.hasPrefix("@") else { return value.marked }
    let name = value.dropFirst(1)
    let text = name.text == "-" ? input.value : run.written(name)
    isWritten = isWritten || text?.isWritten == true
    return text?.marked ?? EffectText.hole
  }

  /// `content`, `=content`, `name=content`, `@file`, `name@file`
  private static func encoded(
    _ value: ShellValue, _ input: ShellOutput, _ run: inout ShellRun, _ isWritten: inout Bool
  ) -> String {
    let text = value.marked
    guard let mark = text.firstIndex(where: { $0 == "=" || $0 == "@" }) else { return encode(text) }
    let name = text[..<mark]
    let rest = String(text[text.index(after: mark)...])
    let own = text[mark] == "=" ? rest : content(ShellValue(marked: "@" + rest), input, &run, &isWritten)
    return name.isEmpty ? encode(own) : "\(name)=\(encode(own))"
  }

  private static func encode(_ text: String) -> String {
    EffectText.hasMark(text)
      ? EffectText.hole : PercentCoding.encode(text).replacing("[", with: "%5B").replacing("]", with: "%5D")
  }

  /// curl's own `{a,b}` and `[1-3]` in URLs; anything where there are many.
  private static func globbed(_ url: String) -> [String] {
    guard let open = url.firstIndex(where: { $0 == "{" || $0 == "[" }),
      let close = url[open...].firstIndex(of: url[open] == "{" ? "}" : "]")
    else { return [url] }
    let inside = url[url.index(after: open)..<close]
    let before = url[..<open]
    let after = url[url.index(after: close)...]
    // A literal IPv6 address, or a glob within what is left.
    if inside.contains(":") && url[open] == "[" { return [url] }
    let rest = after.contains("{") || after.contains("[") ? EffectText.hole : String(after)
    if url[open] == "{" {
      return inside.split(separator: ",", omittingEmptySubsequences: false).prefix(ShellLimits.rounds).map {
        "\(before)\($0)\(rest)"
      }
    }
    let ends = inside.split(separator: "-").compactMap { Int($0) }
    guard ends.count == 2, ends[0] <= ends[1], ends[1] < 1_000_000, ends[1] - ends[0] < ShellLimits.rounds else {
      return ["\(before)\(EffectText.hole)\(rest)"]
    }
    return (ends[0]...ends[1]).map { "\(before)\($0)\(rest)" }
  }

  private static func appending(_ query: [String], to url: String) -> String {
    guard !query.isEmpty else { return url }
    let parts = url.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
    let base = parts.first.map(String.init) ?? url
    return base + (base.contains("?") ? "&" : "?") + query.joined(separator: "&")
  }

  /// A request: with a scheme, without fragment and user.
  static func add(
    _ method: String, _ url: String, _ program: String, body: String? = nil, user: String? = nil,
    isWritten: Bool = false,
    _ run: inout ShellRun
  ) {
    guard var effect = effect(method, url, program) else {
      return run.expect(.connection, program, program: program)
    }
    effect.body = body.flatMap { EffectText.hasMark($0) || $0.utf8.count > EffectText.sizeLimit ? nil : $0 }
    effect.user = effect.user ?? EffectText.known(user)
    run.expect(effect, isWritten: isWritten)
  }

  /// Nil when nothing is known of the URL.
  static func effect(_ method: String, _ url: String, _ program: String?) -> ExpectedEffect? {
    guard !EffectText.isOpen(url), let target = WebTarget(EffectText.bounded(url)) else { return nil }
    let text = EffectText.hasMark(method) ? EffectText.hole : method.uppercased()
    var effect = ExpectedEffect(.http, EffectText.pieces(of: "\(text) \(target.text)"), evidence: .argument)
    effect.program = program
    (effect.host, effect.port, effect.user) = (target.host, target.port, target.user)
    return effect
  }

  private static let wget: EffectPrograms.Read = { invocation, run in
    let arguments = ShellArguments(
      invocation.arguments,
      taking:
        "O o a i P U T t w Q l A R D I X B e output-document output-file directory-prefix user-agent header post-data post-file "
        + "method body-data body-file user password timeout tries wait input-file")
    let isPost = arguments.has("--post-data", "--post-file")
    let method = arguments.value("--method")?.marked ?? (isPost ? "POST" : arguments.has("--spider") ? "HEAD" : "GET")
    let file = arguments.value("--post-file", "--body-file").flatMap { run.written($0) }
    let body = arguments.value("--post-data", "--body-data")?.marked ?? file?.marked
    if arguments.has("-r", "-m", "--recursive", "--mirror") { run.watch?.repeats += 1 }
    for url in arguments.operands {
      add(method, url.marked, "wget", body: body, user: arguments.value("--user")?.marked, &run)
    }
    if arguments.has("-r", "-m", "--recursive", "--mirror") { run.watch?.repeats -= 1 }
  }

  private static let httpie: EffectPrograms.Read = { invocation, run in
    let arguments = ShellArguments(
      invocation.arguments, taking: "a A o p s auth auth-type output print style session timeout proxy verify raw")
    var words = arguments.operands[...]
    var method: String?
    if words.count > 1, let first = words.first, !first.text.isEmpty, first.text.allSatisfy(\.isLetter),
      first.text == first.text.uppercased()
    {
      method = first.text
      words = words.dropFirst()
    }
    guard let url = words.popFirst() else { return }
    // `name==value` belongs to the URL, `Name:value` to the head.
    let items = words.map(\.marked)
    let query = items.compactMap { item -> String? in
      guard let mark = item.firstRange(of: "==") else { return nil }
      return "\(item[..<mark.lowerBound])=\(encode(String(item[mark.upperBound...])))"
    }
    let hasBody =
      items.contains { $0.contains("=") && !$0.contains("==") || $0.contains(":=") || $0.contains("@") }
      || invocation.input.value != nil || arguments.has("--raw")
    var text = url.marked
    if text.hasPrefix(":") { text = "localhost" + (text.hasPrefix(":/") ? String(text.dropFirst()) : text) }
    if !text.contains("://"), ["https", "xhs"].contains(invocation.name) { text = "https://" + text }
    let body = arguments.value("--raw")?.marked ?? invocation.input.value?.marked
    add(
      method ?? (hasBody ? "POST" : "GET"), appending(query, to: text), invocation.name, body: body,
      user: arguments.value("-a", "--auth").map { String($0.marked.prefix { $0 != ":" }) }, &run)
  }

  private static let socket: EffectPrograms.Read = { invocation, run in
    let arguments = ShellArguments(invocation.arguments, taking: "e c g G i o p q s T w x X exec sh-exec")
    guard !arguments.has("-l"), invocation.name != "socat" else { return }
    var target = EffectTarget()
    target.host = arguments.operands.first.flatMap { EffectText.known($0.marked) }
    target.port = arguments.operands.dropFirst().first.flatMap { UInt16($0.text) }
    run.expect(.connection, invocation.name, program: invocation.name, target)
  }

  private static let load: EffectPrograms.Read = { invocation, run in
    run.watch?.repeats += 1
    for word in invocation.arguments where word.text.contains("://") {
      if let effect = effect("GET", word.marked, invocation.name) {
        var other = ExpectedEffect(.connection, [.literal(invocation.name)], evidence: .argument)
        (other.program, other.host, other.port) = (invocation.name, effect.host, effect.port)
        run.expect(other)
      }
    }
    run.watch?.repeats -= 1
  }
}
