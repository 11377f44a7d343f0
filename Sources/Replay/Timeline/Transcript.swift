public import Model

/// Writes the events of a session as psql would have shown them.
public struct Transcript {
  /// How much of each event is shown.
  public struct Options: Sendable {
    /// Rows of each result.
    public var rowLimit: Int
    /// Bytes of each statement and of the data of each COPY.
    public var textLimit: Int
    /// Columns of the terminal; nil when lines may be as long as they like.
    public var width: Int?
    /// Lines of each body and message of HTTP.
    public var bodyLines: Int
    /// All fields of the heads of HTTP, and not only those that tell most.
    public var showsAllFields: Bool

    public init(
      rowLimit: Int = 10, textLimit: Int = 1 << 14, width: Int? = nil, bodyLines: Int = 40,
      showsAllFields: Bool = false
    ) {
      self.rowLimit = rowLimit
      self.bodyLines = bodyLines
      self.showsAllFields = showsAllFields
      self.textLimit = textLimit
      self.width = width
    }
  }

  /// Columns before the text: the time, a sign for changes, blanks.
  static let gutter = 15

  let timeline: Timeline
  let reading: any CaseReading
  let options: Options
  let records: RecordBook

  public init(_ timeline: Timeline, from reading: any CaseReading, options: Options) {
    self.timeline = timeline
    self.reading = reading
    self.options = options
    records = RecordBook(reading)
  }

  var session: Session { timeline.session }

  /// One event as plain text, with line breaks.
  ///
  /// - Throws: what reading the case throws.
  public func text(of index: Int) throws -> String {
    try lines(of: index).map { $0.plain + "\n" }.joined()
  }

  /// The lines of one event.
  func lines(of index: Int) throws -> [StyledLine] {
    guard timeline.events.indices.contains(index) else { return [] }
    let event = timeline.events[index]
    var lines = dateLine(index)
    switch event.kind {
    case .opened: lines += heading
    case .closed: lines += closing(event)
    case .opaque: lines += [StyledLine(), timed(event.at, opaque)]
    case .gap: lines += gap(event)
    case .statement, .result, .note, .message:
      guard let id = timeline.actionID(of: event), let action = try reading.action(id: id) else {
        return lines + [timed(event.at, StyledLine("the case does not hold this action", .warning))]
      }
      switch event.kind {
      case .statement:
        lines +=
          action.isTyped
          ? typed(action, event) : action.isCall ? try request(action, event) : statement(action, event)
      case .result: lines += action.isCall ? try response(action, event) : try result(action, event)
      case .message: lines += try message(action, event)
      default: lines += action.isFile ? try file(action) : note(action)
      }
    }
    guard let width = options.width else { return lines }
    return lines.flatMap { $0.wrapped(to: width, indent: Self.gutter) }
  }

  /// Columns for text beside the gutter.
  var textWidth: Int? { options.width.map { max(8, $0 - Self.gutter) } }

  func indented(_ line: StyledLine) -> StyledLine {
    var indented = StyledLine()
    indented.pad(to: Self.gutter)
    indented.append(line)
    return indented
  }

  func timed(_ time: Timestamp, sign: String = " ", _ style: Style = .plain, _ line: StyledLine) -> StyledLine {
    var timed = StyledLine(time.clock(), .faint)
    timed.append(" ")
    timed.append(sign, style)
    timed.pad(to: Self.gutter)
    timed.append(line)
    return timed
  }

  func timed(_ time: Timestamp, _ line: StyledLine) -> StyledLine { timed(time, sign: " ", .plain, line) }
}

// MARK: The session itself

extension Transcript {
  private var heading: [StyledLine] {
    var who = StyledLine(
      session.isHTTP ? session.httpName : "\(session.user ?? "unknown user")@\(session.target ?? "unknown")", .strong)
    if let application = session.application, !application.isEmpty { who.append("  \(application)") }
    if session.isEncrypted, session.isDecrypted { who.append("  decrypted with a key log", .faint) }
    who.append("  \(session.client) → \(session.server)", .faint)
    let length = Figures.coarse(nanoseconds: session.endedAt.nanoseconds(since: session.startedAt))
    let start = session.startedAt.formatted(fractionDigits: 3)
    let figures =
      "\(start.prefix(10)) \(start.dropFirst(11).dropLast()) UTC, \(length), "
      + "\(Figures.of(session.actionCount, "action")), \(Figures.of(session.changeCount, "change"))"
    var lines = [StyledLine("session \(session.id)", .faint), who, StyledLine(figures, .faint)]
    if !session.isComplete { lines.append(StyledLine("not complete: \(session.reason ?? "unknown why")", .warning)) }
    return lines
  }

  private func closing(_ event: Timeline.Event) -> [StyledLine] {
    let words = session.isComplete ? "── session ends ──" : "── the evidence of this session ends ──"
    return [StyledLine(), timed(event.at, StyledLine(words, session.isComplete ? .faint : .warning))]
  }

  /// A line for each new day; the heading says the first.
  private func dateLine(_ index: Int) -> [StyledLine] {
    guard index > 0 else { return [] }
    let date = timeline.events[index].at.formatted(fractionDigits: 0).prefix(10)
    guard timeline.events[index - 1].at.formatted(fractionDigits: 0).prefix(10) != date else { return [] }
    return [StyledLine(), StyledLine("── \(date) ──", .faint)]
  }

  private var opaque: StyledLine {
    let why = session.isEncrypted ? "encrypted (\(session.protocolName))" : session.reason ?? "opaque"
    return StyledLine(
      "▒▒ \(why): \(Figures.count(session.bytesIn)) bytes from the client and "
        + "\(Figures.count(session.bytesOut)) from the server were not looked into ▒▒", .warning)
  }

  private func gap(_ event: Timeline.Event) -> [StyledLine] {
    guard timeline.gaps.indices.contains(Int(event.number)) else { return [] }
    let gap = timeline.gaps[Int(event.number)]
    let sender = gap.direction == .fromClient ? "client" : "server"
    var words = "╱╱── gap: \(Figures.count(gap.byteCount)) bytes from the \(sender) not captured"
    if let until = gap.until, until > gap.at {
      words += ", \(Figures.coarse(nanoseconds: until.nanoseconds(since: gap.at)))"
    }
    let why =
      switch gap.reason {
      case .notCaptured: ""
      case .snapLength: " (cut by the snap length)"
      case .bound: " (a bound on memory was reached)"
      case .ended: " (the capture ended)"
      }
    var line = timed(event.at, StyledLine("\(words)\(why) ──", .warning))
    let hatch = options.width.map { max(2, $0 - line.width) } ?? 2
    line.append(String(repeating: "╱", count: min(hatch, 200)), .warning)
    return [StyledLine(), line]
  }
}
