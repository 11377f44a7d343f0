import Bytes
public import Model

/// Says which effects the tool calls of one conversation should have on the wire, call by call in their order.
///
/// It keeps what later calls depend on: files that were written, programs that still run, the directory, variables that
/// were exported, addresses of git's remotes. It runs nothing and reads no file.
public struct EffectExpander {
  /// Running programs that are remembered; the oldest are forgotten first.
  static let programLimit = 512
  /// Exported variables.
  static let variableLimit = 1_000
  /// Bytes of a call's arguments that are looked at.
  static let argumentLimit = 8 << 20

  var files = WrittenFiles()
  var remotes: [String: String] = [:]
  var exported: [String: ShellValue] = [:]
  /// By the native id of the call that started them, the innermost last.
  var running: [String: [RunningProgram]] = [:]
  var runningOrder: [String] = []
  var directory: String?
  var callCount = 0
  var sql = SQLClassifier()

  public init() {}

  /// The effects of a call, in the order in which they should be seen; none for a call that reaches nothing.
  public mutating func expand(_ call: ToolCall) -> [ExpectedEffect] {
    guard !call.isServerSide else { return [] }
    callCount += 1
    let arguments = ToolArguments(call)
    let place = arguments.directory ?? call.workingDirectory
    if let given = call.workingDirectory ?? arguments.directory { directory = WrittenFiles.normal(given) }
    if let id = call.continuesCallID, let text = arguments.typed { return type(text, into: id) }
    switch arguments.purpose {
    case .shell(let line): return shell(line, in: place, id: call.nativeID)
    case .code(let text, let language):
      return watching(in: place, id: call.nativeID) { run in
        CodeEffects.read(ShellValue(marked: text), language, language.rawValue, &run)
      }
    case .program(let text): return program(text, in: place, id: call.nativeID)
    case .write, .replace, .patch:
      change(arguments.purpose)
      return []
    case .fetch(let method, let url, let body):
      guard var effect = HTTPEffects.effect(method, url, nil) else { return [] }
      effect.evidence = .toolArgument
      effect.body = body
      return [effect]
    case .statements(let texts): return statements(texts, arguments)
    case .nothing: return []
    }
  }

  // MARK: Shells

  mutating func shell(_ line: String, in place: String?, id: String?) -> [ExpectedEffect] {
    watching(in: place, id: id) { run in
      let source = Array(line.utf8)
      run.level = run.begin(source, origin: nil)
      _ = run.run(script: ShellParser.parse(source))
    }
  }

  /// Goes through something in a shell that knows what the conversation does.
  mutating func watching(
    in place: String?, id: String?, evidence: ExpectedEffect.Evidence = .argument, _ body: (inout ShellRun) -> Void
  ) -> [ExpectedEffect] {
    var run = ShellRun(secrets: SecretHasher(key: []))
    var watch = EffectWatch()
    (watch.remotes, watch.call, watch.evidence) = (remotes, callCount, evidence)
    // Moved, not copied.
    swap(&watch.files, &files)
    swap(&run.sql, &sql)
    run.watch = watch
    run.directory = place.map(WrittenFiles.normal) ?? directory
    run.variables = exported
    body(&run)
    guard var result = run.watch else { return [] }
    run.watch = nil
    swap(&run.sql, &sql)
    swap(&result.files, &files)
    remotes = result.remotes
    for name in result.exported.prefix(EffectExpander.variableLimit) {
      guard exported[name] != nil || exported.count < EffectExpander.variableLimit else { break }
      exported[name] = run.variables[name]
    }
    if let directory = run.directory, !directory.isEmpty, directory.hasPrefix("/") { self.directory = directory }
    if let id { remember(result.running, id) }
    return result.effects
  }

  mutating func remember(_ programs: [RunningProgram], _ id: String) {
    guard !programs.isEmpty else {
      running[id] = nil
      return
    }
    if running[id] == nil { runningOrder.append(id) }
    running[id] = Array(programs.suffix(8))
    if runningOrder.count > EffectExpander.programLimit {
      running[runningOrder.removeFirst()] = nil
    }
  }

  // MARK: Files

  mutating func change(_ purpose: ToolArguments.Purpose) {
    let folder = directory
    func place(_ path: String) -> String {
      path.hasPrefix("/") || path.hasPrefix("~") ? path : folder.map { "\($0)/\(path)" } ?? path
    }
    switch purpose {
    case .write(let path, let text, let isAppending):
      if isAppending {
        files.append(place(path), text, call: callCount)
      } else {
        files.write(place(path), text, call: callCount)
      }
    case .replace(let path, let edits):
      for edit in edits {
        files.replace(place(path), edit.old, with: edit.new, everywhere: edit.isEverywhere, call: callCount)
      }
    case .patch(let text): for change in PatchReader.changes(text) { change.apply(to: &files, call: callCount, place) }
    default: return
    }
  }

  // MARK: Other tools

  private mutating func statements(_ texts: [String], _ arguments: ToolArguments) -> [ExpectedEffect] {
    var found: [ExpectedEffect] = []
    for text in texts {
      guard let statement = CodeEffects.statement(text, isTold: arguments.namesDatabase, &sql) else { continue }
      for var effect in StatementEffects.read(EffectText.bounded(statement), &sql) {
        guard found.count < EffectWatch.effectLimit else { return found }
        effect.evidence = .toolArgument
        arguments.target.apply(to: &effect)
        found.append(effect)
      }
    }
    return found
  }
}
