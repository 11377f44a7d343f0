/// Programs that speak on the wire, or whose files do, by name.
enum EffectPrograms {
  typealias Read = @Sendable (ShellInvocation, inout ShellRun) -> Void

  static func read(_ invocation: ShellInvocation, _ run: inout ShellRun) {
    if let read = byName[invocation.name] { return read(invocation, &run) }
    // `python3.12`, `psql-15`
    let stem = invocation.name.prefix { !$0.isNumber && $0 != "." && $0 != "-" }
    if stem.count < invocation.name.count, versioned.contains(String(stem)), let read = byName[String(stem)] {
      return read(invocation, &run)
    }
    OwnPrograms.read(invocation, &run)
  }

  private static let versioned: Set<String> = ["python", "psql", "ruby", "node", "php", "perl"]

  private static let byName: [String: Read] = {
    var all: [String: Read] = [:]
    let families = [
      FileEffects.all, PostgresEffects.all, HTTPEffects.all, RemoteEffects.all, GitEffects.all, CloudEffects.all,
      CodeEffects.all, MigrationEffects.all,
    ]
    for (names, read) in families.joined() {
      for name in names.split(separator: " ") where all[String(name)] == nil { all[String(name)] = read }
    }
    return all
  }()
}

/// Programs that only change files of the conversation, or the shell's surroundings.
enum FileEffects {
  static let all: [(String, EffectPrograms.Read)] = [
    ("tee", tee), ("cp mv install", copy), ("rm unlink", remove), ("sed perl awk gawk", inPlace),
    ("touch truncate", touch),
    ("export declare typeset", export), ("apply_patch applypatch", patch),
  ]

  private static let tee: EffectPrograms.Read = { invocation, run in
    let arguments = ShellArguments(invocation.arguments)
    for file in arguments.operands {
      let target = EffectWatch.Target(path: run.path(file), isAppending: arguments.has("-a", "--append"))
      run.keep(invocation.input, in: target)
    }
  }

  private static let copy: EffectPrograms.Read = { invocation, run in
    let operands = ShellArguments(invocation.arguments, taking: "t m o g S target-directory mode").operands
    guard operands.count == 2, let text = run.written(operands[0]) else { return }
    var target: String = run.path(operands[1])
    let source: String = run.path(operands[0])
    if target.hasSuffix("/") { target += source.split(separator: "/").last.map(String.init) ?? "" }
    run.watch?.write(target, text.marked)
    if invocation.name == "mv" { run.watch?.files.remove(source) }
  }

  private static let remove: EffectPrograms.Read = { invocation, run in
    guard run.watch?.doubts == 0 else { return }
    for file in ShellArguments(invocation.arguments).operands where file.isKnown {
      let path = run.path(file)
      run.watch?.files.remove(path)
    }
  }

  /// What an editor of streams makes of a file is not known.
  private static let inPlace: EffectPrograms.Read = { invocation, run in
    let isInPlace = invocation.arguments.contains { word in
      let text = word.text
      return text.hasPrefix("-i") || text == "--in-place"
        || text.hasPrefix("-") && text.hasSuffix("i") && text.count < 5
    }
    guard isInPlace else {
      if invocation.name == "perl" { CodeEffects.run(invocation, &run) }
      return
    }
    for word in invocation.arguments where !word.text.hasPrefix("-") {
      guard run.written(word) != nil else { continue }
      let path = run.path(word)
      run.watch?.write(path, EffectText.hole)
    }
  }

  private static let touch: EffectPrograms.Read = { invocation, run in
    for file in ShellArguments(invocation.arguments, taking: "d r t s").operands where run.written(file) == nil {
      let path = run.path(file)
      run.watch?.write(path, "")
    }
  }

  private static let export: EffectPrograms.Read = { invocation, run in
    guard run.place == nil, run.watch?.exported.count ?? 0 < 1_000 else { return }
    for word in invocation.arguments where !word.text.hasPrefix("-") {
      run.watch?.exported.append(String(word.text.prefix { $0 != "=" }))
    }
  }

  private static let patch: EffectPrograms.Read = { invocation, run in
    guard let text = invocation.arguments.first ?? invocation.input.value else { return }
    for change in PatchReader.changes(text.marked) {
      guard var watch = run.watch else { return }
      run.watch = nil
      let place = run
      change.apply(to: &watch.files, call: watch.call) { place.path($0) }
      run.watch = watch
    }
  }
}
