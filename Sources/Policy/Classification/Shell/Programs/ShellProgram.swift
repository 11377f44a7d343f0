import Model

/// What is known of one program.
struct ShellProgram: Sendable {
  typealias Judge = @Sendable (ShellInvocation, inout ShellRun) -> ShellJudgement

  /// Separated by blanks.
  var names: String
  var judge: Judge

  init(_ names: String, _ judge: @escaping Judge) {
    self.names = names
    self.judge = judge
  }

  /// What its operands are.
  enum Operands: Sendable {
    /// Nothing that is a resource.
    case none
    /// All are of one kind.
    case all(String, String)
    /// The first is a pattern or program, unless an option gives it; the others are files that are read.
    case patternThenFiles(unless: String)
    /// The last is written, the others are read.
    case sourcesThenTarget
    /// The first is read, the second written.
    case firstReadThenWritten
    /// The first is no file.
    case afterFirst(String, String)
  }

  /// A program whose effect its name tells. `taking` are the options that take a value, without dashes; `writing` those
  /// whose value is a file that is written, with dashes.
  init(
    _ names: String, _ effect: Effect, _ operands: Operands = .none, taking: String = "", writing: String = "",
    isLong: Bool = false, note: String? = nil
  ) {
    let outputs = Set(writing.split(separator: " ").map(String.init))
    let taking = taking + " " + outputs.map { $0.drop { $0 == "-" } }.sorted().joined(separator: " ")
    self.init(names) { invocation, run in
      let arguments = ShellArguments(invocation.arguments, taking: taking, isLong: isLong)
      var judgement = ShellJudgement(invocation.name, effect)
      run.place(arguments.operands, operands, arguments, &judgement)
      for option in arguments.options where outputs.contains(option.name) {
        guard let value = option.value, !ShellRun.isDevice(value.text) else { continue }
        judgement.raise(.write)
        judgement.add("write", "file", run.path(value))
      }
      if let note { judgement.note(note) }
      return judgement
    }
  }
}

extension ShellRun {
  /// Adds the resources that operands are.
  func place(
    _ values: [ShellValue], _ operands: ShellProgram.Operands, _ arguments: ShellArguments,
    _ judgement: inout ShellJudgement
  ) {
    func add(_ access: String, _ kind: String, _ value: ShellValue) {
      if kind == "file", ShellRun.isDevice(value.text) { return }
      judgement.add(access, kind, kind == "file" ? path(value) : value.text)
    }
    switch operands {
    case .none: return
    case .all(let access, let kind): for value in values { add(access, kind, value) }
    case .patternThenFiles(let options):
      let given = options.split(separator: " ").map(String.init)
      let isGiven = arguments.options.contains { given.contains($0.name) }
      for value in values.dropFirst(isGiven ? 0 : 1) { add("read", "file", value) }
    case .sourcesThenTarget:
      let target = arguments.value("-t", "--target-directory")
      for value in target == nil ? values.dropLast() : values[...] { add("read", "file", value) }
      if let last = target ?? values.last, values.count > 1 || target != nil { add("write", "file", last) }
    case .firstReadThenWritten:
      if let first = values.first { add("read", "file", first) }
      if values.count > 1, let last = values.last, !ShellRun.isDevice(last.text) {
        judgement.raise(.write)
        add("write", "file", last)
      }
    case .afterFirst(let access, let kind): for value in values.dropFirst() { add(access, kind, value) }
    }
  }
}
