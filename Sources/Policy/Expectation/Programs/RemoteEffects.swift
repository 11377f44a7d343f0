import Model

/// Programs that work on another host.
enum RemoteEffects {
  static let all: [(String, EffectPrograms.Read)] = [
    ("ssh autossh mosh", ssh), ("scp", scp), ("rsync", rsync), ("sftp", sftp), ("ssh-copy-id ssh-keyscan", keys),
  ]

  private static let taking = "b c D E e F I i J L l m O o p Q R S W w B P"

  private static let ssh: EffectPrograms.Read = { invocation, run in
    let arguments = ShellArguments(invocation.arguments, taking: taking, stops: true)
    var words = arguments.operands[...]
    guard let name = words.popFirst() else { return }
    var target = address(name.marked)
    // Options may stand behind the host, too.
    while let first = words.first, first.text.hasPrefix("-"), first.text.count > 1 {
      let letter = first.text.dropFirst().prefix(1)
      let takes = taking.split(separator: " ").contains(letter)
      if takes, first.text.count > 2 {
        option("-" + letter, first.dropFirst(2), &target)
      } else if takes, words.count > 1 {
        option("-" + letter, words[words.startIndex + 1], &target)
      }
      words = words.dropFirst(takes && first.text.count == 2 ? 2 : 1)
    }
    for given in arguments.options { if let value = given.value { option(given.name, value, &target) } }
    if invocation.name == "mosh" || arguments.has("-N", "-G", "-Q", "-V", "-O") {
      if !arguments.has("-G", "-Q", "-V") { run.expect(.connection, invocation.name, program: "ssh", target) }
      return
    }
    if !words.isEmpty {
      // The argument words with a blank between, whatever the quotes were (ssh(1)).
      return run.expect(.command, run.line(words).marked, program: "ssh", target)
    }
    run.expect(.connection, "ssh", program: "ssh", target)
    guard let input = invocation.input.value else {
      let place = target.host ?? name.text
      run.watch?.running.append(RunningProgram(kind: .shell(place: place), program: "ssh", target: target))
      return
    }
    // A shell without a terminal: its lines are commands as a person might have typed them.
    run.doubtful { run in
      for line in lines(of: input.marked) {
        run.expect(.command, line, program: "ssh", target, isWritten: input.isWritten)
      }
    }
  }

  /// The commands of a script, each as it stands there.
  static func lines(of script: String) -> [String] {
    let bytes = Array(script.utf8)
    let tree = ShellParser.parse(bytes)
    return tree.list.items.prefix(EffectWatch.effectLimit).compactMap { item in
      let ranges = item.pipelines.flatMap { $0.commands.map(\.range) }
      guard let start = ranges.map(\.lowerBound).min(), let end = ranges.map(\.upperBound).max(), start < end,
        end <= bytes.count
      else { return nil }
      return String(decoding: bytes[start..<end], as: UTF8.self)
    }
  }

  private static func option(_ name: String, _ value: ShellValue, _ target: inout EffectTarget) {
    switch name {
    case "-p": target.port = UInt16(value.text)
    case "-l": target.user = EffectText.known(value.marked)
    case "-o":
      let parts = value.text.split(maxSplits: 1) { $0 == "=" || $0 == " " }.map { $0.lowercased() }
      guard parts.count == 2 else { return }
      if parts[0] == "port" { target.port = UInt16(parts[1]) }
      if parts[0] == "user" { target.user = EffectText.known(parts[1]) }
      if parts[0] == "hostname" { target.host = EffectText.known(parts[1]) }
    default: return
    }
  }

  /// `user@host`, `ssh://user@host:port`
  static func address(_ text: String) -> EffectTarget {
    var target = EffectTarget()
    var rest = text[...]
    if let mark = rest.firstRange(of: "://") {
      rest = rest[mark.upperBound...].prefix { $0 != "/" }
      if let colon = rest.lastIndex(of: ":"), !rest.hasSuffix("]") {
        target.port = UInt16(rest[rest.index(after: colon)...])
        rest = rest[..<colon]
      }
    }
    if let at = rest.lastIndex(of: "@") {
      target.user = EffectText.known(String(rest[..<at]))
      rest = rest[rest.index(after: at)...]
    }
    target.host = EffectText.known(String(rest))
    return target
  }

  // MARK: Files

  /// `host:path`, `user@host:path`, `scp://host:port/path`; nil for a file here.
  private static func remote(_ text: String) -> (target: EffectTarget, path: String)? {
    for scheme in ["scp://", "sftp://", "rsync://"] where text.hasPrefix(scheme) {
      let rest = text.dropFirst(scheme.count)
      let authority = rest.prefix { $0 != "/" }
      return (address("x://" + authority), String(rest[authority.endIndex...].dropFirst()))
    }
    guard let colon = text.firstIndex(of: ":"), !text[..<colon].contains("/") else { return nil }
    let path = text[text.index(after: colon)...]
    return (address(String(text[..<colon])), String(path.hasPrefix(":") ? path.dropFirst() : path))
  }

  private static func name(of path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? EffectText.hole
  }

  /// The path as the other host may name it: of one that is relative only the end is known.
  private static func shown(_ path: String) -> String {
    let path = path.replacing("*", with: EffectText.hole).replacing("?", with: EffectText.hole)
    if path.hasPrefix("/") { return path }
    var rest = path[...]
    while rest.hasPrefix("./") || rest.hasPrefix("~/") { rest = rest.dropFirst(2) }
    if rest == "~" || rest == "." { rest = "" }
    return EffectText.hole + rest
  }

  private static func put(
    _ source: String, _ path: String, _ target: EffectTarget, isFolder: Bool, _ program: String, _ run: inout ShellRun
  ) {
    let name = name(of: source)
    if isFolder {
      run.watch?.repeats += 1
      run.expect(.file, "put \(shown(path))\(EffectText.hole)", program: program, target)
      run.watch?.repeats -= 1
    } else if path.isEmpty || path.hasSuffix("/") || path == "." || path == "~" || path == ".." {
      run.expect(.file, "put \(shown(path))\(name)", program: program, target)
    } else {
      run.expect(.file, "put \(shown(path))", program: program, target)
      // It may be a folder.
      if !path.hasSuffix("/\(name)"), path != name {
        run.doubtful { $0.expect(.file, "put \(shown(path))/\(name)", program: program, target) }
      }
    }
  }

  private static func get(
    _ path: String, _ target: EffectTarget, isFolder: Bool, _ program: String, _ run: inout ShellRun
  ) {
    if isFolder { run.watch?.repeats += 1 }
    run.expect(.file, "get \(shown(path))\(isFolder ? EffectText.hole : "")", program: program, target)
    if isFolder { run.watch?.repeats -= 1 }
  }

  private static let scp: EffectPrograms.Read = { invocation, run in
    let arguments = ShellArguments(invocation.arguments, taking: "c D F i J l o P S X")
    guard arguments.operands.count > 1, let last = arguments.operands.last else { return }
    let isFolder = arguments.has("-r")
    let port = arguments.value("-P").flatMap { UInt16($0.text) }
    func with(_ target: EffectTarget) -> EffectTarget {
      var target = target
      for value in arguments.values("-o") { option("-o", value, &target) }
      target.port = port ?? target.port
      return target
    }
    let destination = remote(last.marked)
    for source in arguments.operands.dropLast() {
      if let (target, path) = remote(source.marked) {
        get(path, with(target), isFolder: isFolder, "scp", &run)
        if let destination {
          put(path, destination.path, with(destination.target), isFolder: isFolder, "scp", &run)
        }
      } else if let destination {
        put(source.marked, destination.path, with(destination.target), isFolder: isFolder || source.isGlob, "scp", &run)
      }
    }
  }

  /// rsync has itself run on the other host, with the paths as its last words.
  private static let rsync: EffectPrograms.Read = { invocation, run in
    let arguments = ShellArguments(
      invocation.arguments,
      taking:
        "e f M T B exclude include rsh files-from exclude-from include-from filter rsync-path chmod chown port bwlimit log-file "
        + "password-file timeout partial-dir backup-dir link-dest compare-dest out-format info debug max-size min-size")
    guard arguments.operands.count > 1, let last = arguments.operands.last else { return }
    var port: ShellValue?
    var user: ShellValue?
    if let shell = arguments.value("-e", "--rsh") {
      let inner = ShellArguments(shell.fields.dropFirst(), taking: taking)
      (port, user) = (inner.value("-p"), inner.value("-l"))
    }
    let destination = remote(last.marked)
    let sources = arguments.operands.dropLast().compactMap { remote($0.marked) }
    guard var (target, path) = destination ?? sources.first else { return }
    if let port { target.port = UInt16(port.text) }
    if let user { target.user = EffectText.known(user.marked) }
    let isSender = destination == nil
    let program = arguments.value("--rsync-path")?.marked ?? "rsync"
    let paths = isSender ? sources.map(\.path).joined(separator: " ") : path
    if path.isEmpty { path = "." }
    run.expect(
      .command, "\(program) --server \(isSender ? "--sender " : "")\(EffectText.hole). \(paths)", program: "rsync",
      target)
  }

  private static let sftp: EffectPrograms.Read = { invocation, run in
    let arguments = ShellArguments(invocation.arguments, taking: "B b c D F i J l o P R S s X")
    guard let host = arguments.operands.first else { return }
    let (address, path) = remote(host.marked) ?? (address(host.marked), "")
    var target = address
    for given in arguments.options {
      guard let value = given.value else { continue }
      option(given.name == "-P" ? "-p" : given.name, value, &target)
    }
    if !path.isEmpty {
      if arguments.operands.count > 1 { put(arguments.operands[1].marked, path, target, isFolder: false, "sftp", &run) }
      if arguments.operands.count == 1 { get(path, target, isFolder: false, "sftp", &run) }
    }
    var batch = invocation.input.value
    if let file = arguments.value("-b"), file.text != "-" { batch = run.written(file) }
    guard let batch else { return run.expect(.connection, "sftp", program: "sftp", target) }
    var directory = ""
    for line in batch.marked.split(whereSeparator: \.isNewline).prefix(EffectWatch.effectLimit) {
      var words = ShellArguments(ShellValue(marked: String(line)).fields.drop { $0.text == "-" }).operands
      guard let verb = words.first?.text.drop(while: { $0 == "-" || $0 == "@" }) else { continue }
      words.removeFirst()
      guard let first = words.first?.marked else { continue }
      func there(_ path: String) -> String { path.hasPrefix("/") || directory.isEmpty ? path : "\(directory)/\(path)" }
      switch verb {
      case "cd": directory = there(first)
      case "put", "mput", "reput":
        put(
          first, there(words.count > 1 ? words[1].marked : name(of: first)), target, isFolder: first.contains("*"),
          "sftp", &run)
      case "get", "mget", "reget": get(there(first), target, isFolder: false, "sftp", &run)
      default: continue
      }
    }
  }

  private static let keys: EffectPrograms.Read = { invocation, run in
    let arguments = ShellArguments(invocation.arguments, taking: "i p o t f T")
    for host in arguments.operands {
      var target = address(host.marked)
      target.port = arguments.value("-p").flatMap { UInt16($0.text) }
      run.expect(.connection, invocation.name, program: invocation.name, target)
    }
  }
}
