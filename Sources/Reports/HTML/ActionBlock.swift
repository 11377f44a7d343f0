import Model
import Replay

/// A block of actions: their columns of numbers, and their texts with each distinct string once.
struct ActionBlock {
  private let survey: CaseSurvey
  private let base: Timestamp
  private(set) var count = 0
  private(set) var textByteCount = 0

  private var sessions: [Int] = []
  private var sequences: [Int] = []
  /// Nanoseconds since the previous action of the block; since the base for the first.
  private var starts: [Int] = []
  private var durations: [Int] = []
  private var flags: [Int] = []
  /// The prompt that each goes back to, by its place among those of the page from 1; 0 is none that is known.
  private var prompts: [Int] = []
  /// What is told of attributions: the action's place in the block, then each prompt.
  private var attributions = ScriptJSON()
  private var previous: Int64 = 0

  /// The table of strings; place 0 is no string.
  private var texts: [String] = [""]
  private var places: [String: Int] = ["": 0]
  private var rows = ScriptJSON()

  /// The order that the script knows them by.
  static let outcomes: [Decision.Outcome?] = [nil, .allowed, .approved, .unapproved, .denied, .undecidable]
  private static let statuses: [Action.Status] = [.ok, .error, .denied, .incomplete]

  init(survey: CaseSurvey, base: Timestamp) {
    self.survey = survey
    self.base = base
  }

  mutating func add(_ action: Action, session: Int, statementLimit: Int, _ previews: ActionPreviews) {
    count += 1
    let decision = action.isChange ? survey.verdict.decisions[action.id] : nil
    sessions.append(session)
    sequences.append(action.sequence)
    let start = action.startedAt.nanoseconds(since: base)
    starts.append(Int(start.subtractingReportingOverflow(previous).partialValue))
    previous = start
    durations.append(action.endedAt.map { Int(max(0, $0.nanoseconds(since: action.startedAt))) } ?? -1)
    let outcome = Self.outcomes.firstIndex { $0 == decision?.outcome } ?? 0
    let status = Self.statuses.firstIndex(of: action.status) ?? 0
    let isHollow = action.isChange && action.isWithoutEffect
    flags.append(
      action.effect.index | status << 3 | outcome << 5 | (isHollow ? 1 << 8 : 0) | (action.isUnfiltered ? 1 << 9 : 0)
        | (action.isInferred ? 1 << 10 : 0))
    if survey.prompts.isPresent { addAttribution(of: action) }
    let text = Excerpt(action.text, limit: statementLimit)
    addRow(action, text, decision, session, previews)
  }

  private mutating func addRow(
    _ action: Action, _ text: Excerpt, _ decision: Decision?, _ session: Int, _ previews: ActionPreviews
  ) {
    let numbers = [
      place(action.verb), place(String(text.text)), text.isCut ? text.byteCount : 0,
      place(Excerpt(action.parameters ?? "", limit: 4096).text), place(action.code ?? ""),
      place(Excerpt(action.message ?? "", limit: 4096).text), action.rowCount ?? -1,
      place(Wording.result(action)), place(Wording.consequence(action) ?? ""), place(decision?.rule ?? ""),
      place(decision?.reason ?? ""), action.sourceID.flatMap { survey.sourceIndex[$0] } ?? -1,
      Int(exactly: action.packet ?? 0) ?? 0,
    ]
    let resources = action.resources.prefix(40).map { place($0.description) }
    let custom = action.id == "\(action.sessionID).\(action.sequence)" ? 0 : place(action.id)
    rows.array { json in
      for number in numbers { json.value(number) }
      json.value(Array(resources))
      json.value(custom)
      Self.write(previews.sent, to: &json)
      Self.write(previews.received, to: &json)
      guard action.isCall else { return }
      json.array { json in
        for (name, preview) in previews.others {
          json.array { json in
            json.value(name)
            Self.write(preview, to: &json)
          }
        }
      }
      json.value(Excerpt(Self.answer(action, previews.head), limit: 200).text)
      json.value(
        Excerpt(action.identity.difference(from: survey.sessions[session]) ?? "", limit: 400).text)
      guard let log = previews.log else { return }
      log.write(previews.updates, to: &json)
    }
    textByteCount += previews.log?.cost ?? 0
    textByteCount += (previews.sent?.cost ?? 0) + (previews.received?.cost ?? 0)
    textByteCount += previews.others.reduce(0) { $0 + $1.preview.cost }
  }

  /// Prompts told of one action.
  private static let candidates = 8

  private mutating func addAttribution(of action: Action) {
    let book = survey.prompts
    let marks = book.marks(of: action.id)
    prompts.append(marks.first?.prompt.map { book.turn(of: $0) } ?? 0)
    guard let best = marks.first else { return }
    if best.isAmbiguous { flags[flags.count - 1] |= 1 << 11 }
    var told: [[Int]] = []
    for mark in best.isAmbiguous ? marks.prefix(Self.candidates) : marks.prefix(1) {
      let call = book.call(mark.callID).map { "\($0.tool) \($0.command)\($0.isCut ? "…" : "")" }
      let unlisted = mark.prompt.flatMap { book.isListed($0) ? nil : book.entries[$0].excerpt(PromptBook.excerptBytes) }
      told.append([
        mark.prompt.map { book.turn(of: $0) } ?? 0, place(call ?? ""),
        place("\(AttributionWords.sure(mark.confidence)), \(AttributionWords.method(mark.method))"),
        place(AttributionWords.reasons(mark.reason)), place(mark.viaActionID ?? ""), place(unlisted ?? ""),
      ])
    }
    let turn = count - 1
    attributions.array { json in
      json.value(turn)
      for numbers in told { json.value(numbers) }
    }
  }

  private mutating func place(_ text: some StringProtocol) -> Int {
    let text = String(text)
    if let known = places[text] { return known }
    places[text] = texts.count
    texts.append(text)
    textByteCount += text.utf8.count
    return texts.count - 1
  }

  /// `201 Created`, and the code of the program or operation where it has its own.
  static func answer(_ action: Action, _ head: CallHead?) -> String {
    let status = head?.status.map { "\($0)\(head?.reason.isEmpty == false ? " \(head?.reason ?? "")" : "")" }
    let code = action.code.flatMap { $0 == head?.status.map(String.init) ? nil : $0 }
    if let code, action.kind == "exec" || action.kind == "shell" {
      return [status, "exit status \(code)"].compactMap(\.self).joined(separator: ", ")
    }
    return [status, code].compactMap(\.self).joined(separator: ", ")
  }

  private static func write(_ preview: Preview?, to json: inout ScriptJSON) {
    guard let preview else { return json.null() }
    json.object { json in
      switch preview.content {
      case .rows(let columns, let rows, _):
        json.key("columns")
        json.value(columns)
        json.key("rows")
        json.array { json in
          for row in rows {
            json.array { json in
              for cell in row { json.value(optional: cell) }
            }
          }
        }
      case .text(let text), .dump(let text):
        json.key("text")
        json.value(text)
      case .messages(let messages):
        json.key("text")
        json.value(messages.map(\.line).joined(separator: "\n"))
      }
      if let title = preview.title {
        json.key("title")
        json.value(title)
      }
      json.key("size")
      json.value(Int(exactly: preview.byteCount) ?? 0)
      guard preview.isCut, !preview.sha256.isEmpty else { return }
      json.key("sha256")
      json.value(preview.sha256)
    }
  }

  func columnsJSON() -> ScriptJSON {
    var json = ScriptJSON()
    json.array { json in
      for column in [sessions, sequences, starts, durations, flags] { json.value(column) }
      if survey.prompts.isPresent { json.value(prompts) }
    }
    return json
  }

  func textsJSON() -> ScriptJSON {
    var json = ScriptJSON()
    json.array { json in
      json.value(texts)
      json.array { json in json.splice(rows) }
      if survey.prompts.isPresent { json.array { json in json.splice(attributions) } }
    }
    return json
  }
}
