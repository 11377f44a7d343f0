import Model

/// A program whose first words say what it does: `git commit`, `docker image rm`.
struct Subcommands: Sendable {
  /// Subcommands that have one effect.
  struct Row: Sendable {
    var effect: Effect
    /// Separated by blanks; words of one subcommand by `+`.
    var names: String
    /// What the operands are; nil when they are no resources.
    var kind: String?
    var access: String?
    /// The name of the resource when there is no operand.
    var name: String?

    init(_ effect: Effect, _ names: String, _ kind: String? = nil, access: String? = nil, name: String? = nil) {
      self.effect = effect
      self.names = names
      self.kind = kind
      self.access = access
      self.name = name
    }
  }

  /// Options before and behind the subcommand that take a value, without dashes.
  var taking: String
  private let rows: [String: Row]

  init(taking: String = "", _ rows: [Row]) {
    self.taking = taking
    var found: [String: Row] = [:]
    for row in rows {
      for name in row.names.split(separator: " ") {
        let key = String(name).replacing("+", with: " ")
        if found[key] == nil { found[key] = row }
      }
    }
    self.rows = found
  }

  /// A judgement and the operands behind the subcommand; an unknown subcommand has the effect `unknown`.
  func judge(
    _ invocation: ShellInvocation, _ run: inout ShellRun, isLong: Bool = false, alone: Effect = .read
  ) -> (judgement: ShellJudgement, subcommand: String, arguments: ShellArguments, operands: [ShellValue]) {
    let arguments = ShellArguments(invocation.arguments, taking: taking, isLong: isLong)
    let words = arguments.operands
    guard !words.isEmpty else { return (ShellJudgement(invocation.name, alone), "", arguments, []) }
    for count in [3, 2, 1] where words.count >= count {
      let name = words.prefix(count).map(\.text).joined(separator: " ")
      guard let row = rows[name], words.prefix(count).allSatisfy(\.isKnown) else { continue }
      var judgement = ShellJudgement("\(invocation.name) \(name)", row.effect)
      let operands = Array(words.dropFirst(count))
      if let kind = row.kind {
        let access = row.access ?? Subcommands.access(row.effect)
        for operand in operands { judgement.add(access, kind, kind == "file" ? run.path(operand) : operand.text) }
        if operands.isEmpty {
          judgement.add(access, kind, row.name ?? (kind == "file" || kind == "repository" ? run.path(".") : "*"))
        }
      }
      return (judgement, name, arguments, operands)
    }
    let first = words.first?.text ?? ""
    if first == "help" || first == "version" {
      return (ShellJudgement("\(invocation.name) \(first)", .read), first, arguments, [])
    }
    var judgement = ShellJudgement("\(invocation.name) \(first)", .unknown)
    judgement.note("\(invocation.name) \(first) is not known")
    return (judgement, first, arguments, Array(words.dropFirst()))
  }

  static func access(_ effect: Effect) -> String {
    switch effect {
    case .read, .session: "read"
    case .execute: "execute"
    case .privilege: "alter"
    default: "write"
    }
  }

  /// A program that needs no more than its table.
  static func program(
    _ names: String, taking: String = "", isLong: Bool = false, alone: Effect = .read, _ rows: [Row]
  ) -> ShellProgram {
    let table = Subcommands(taking: taking, rows)
    return ShellProgram(names) { invocation, run in
      table.judge(invocation, &run, isLong: isLong, alone: alone).judgement
    }
  }
}
