import Model

/// Draws the timeline as SVG that needs neither script nor style sheet.
///
/// Effect is shape and colour, the decision is the edge, hollow left no effect, a cross failed; gaps are hatched and
/// opaque traffic is dotted. Colours are presentation attributes that the style sheet replaces.
struct TimelineDrawing {
  let survey: CaseSurvey

  static let width = 1160.0
  static let left = 210.0
  static let right = 1146.0
  private static let edge = 14.0
  static let pitch = 40.0

  private var bins: TimelineBins { survey.timeline }
  private let prompts: PromptLane
  /// Where the lanes begin.
  private let top: Double

  init(survey: CaseSurvey) {
    self.survey = survey
    prompts = PromptLane(survey.prompts, scale: survey.timeline.scale, left: Self.left, right: Self.right)
    top = Self.edge + (prompts.marks.isEmpty ? 0 : PromptLane.height)
  }

  private var lanes: [TimelineLanes.Lane] { bins.lanes.lanes }
  private var bottom: Double { top + Self.pitch * Double(max(1, lanes.count)) }

  private func x(_ time: Timestamp) -> Double {
    Self.left + bins.scale.position(time) * (Self.right - Self.left)
  }
  private func y(_ lane: Int) -> Double { top + Self.pitch * (Double(lane) + 0.5) }

  func write(to html: inout HTMLWriter<some ReportSink>) {
    let height = bottom + 44
    writePatterns(to: &html)
    html.element(
      "svg", HTMLAttribute("viewBox", "0 0 1160 \(Int(height))"), HTMLAttribute("width", 1160),
      HTMLAttribute("height", Int(height)), HTMLAttribute("role", "img"),
      HTMLAttribute("aria-labelledby", "picture-title"), HTMLAttribute("id", "timeline-picture"),
      HTMLAttribute("font-family", "system-ui, sans-serif"), HTMLAttribute("font-size", "12")
    ) { html in
      html.element("title", HTMLAttribute("id", "picture-title"), text: title)
      writeAxis(to: &html)
      for index in lanes.indices { writeLane(index, to: &html) }
      if !prompts.marks.isEmpty { prompts.write(self, top: Self.edge - 6, to: &html) }
      writeMissing(to: &html)
      for index in lanes.indices { writeQuiet(index, to: &html) }
      for (key, mark, isCrowded) in bins.sortedMarks { write(mark, key, isCrowded: isCrowded, to: &html) }
    }
  }

  private var title: String {
    let lanes = Figures.count(lanes.count, "lane")
    let asked = prompts.drawnCount > 0 ? "\(Figures.count(prompts.drawnCount, "prompt")), " : ""
    return "Timeline of \(asked)\(lanes), \(Figures.count(survey.total.actions, "action")), from "
      + "\(survey.first.formatted(fractionDigits: 0)) to \(survey.last.formatted(fractionDigits: 0)). "
      + "The table after it holds the same facts."
  }

  private func writePatterns(to html: inout HTMLWriter<some ReportSink>) {
    // In a picture of its own, because the patterns of a hidden picture are not drawn elsewhere.
    html.markup(
      """
      <svg width="0" height="0" aria-hidden="true" class="patterns"><defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">\
      <line x1="0" y1="0" x2="0" y2="6" class="hatch-line" stroke="#8a5a00" stroke-width="2"></line></pattern>\
      <pattern id="dots" width="6" height="6" patternUnits="userSpaceOnUse">\
      <circle cx="2" cy="3" r="1.2" class="dot" fill="#62656d"></circle></pattern></defs></svg>
      """)
  }

  private func writeAxis(to html: inout HTMLWriter<some ReportSink>) {
    let base = bottom + 4
    var lastDate = ""
    var dateEdge = -1000.0
    for (index, segment) in bins.scale.segments.enumerated() {
      let (from, until) = (Self.left + segment.start * span, Self.left + segment.end * span)
      if index > 0 { writeBreak(before: segment, at: from, after: bins.scale.segments[index - 1], to: &html) }
      let ticks = TimeTicks(from: segment.from, until: segment.until, room: max(1, Int((until - from) / 86))).ticks
      for tick in ticks {
        let at = x(tick.time)
        guard at >= from - 0.5, at <= until + 0.5 else { continue }
        line(at, top, at, bottom, "grid", stroke: "#e4e1d9", to: &html)
        label(tick.label, at, base + 14, "tick", anchor: "middle", to: &html)
        let date = Figures.date(tick.time)
        guard date != lastDate, at - dateEdge > 84 else { continue }
        label(date, at, base + 30, "tick date", anchor: "middle", to: &html)
        (lastDate, dateEdge) = (date, at)
      }
    }
  }

  private var span: Double { Self.right - Self.left }

  private func writeBreak(
    before segment: TimeScale.Segment, at start: Double, after previous: TimeScale.Segment,
    to html: inout HTMLWriter<some ReportSink>
  ) {
    let middle = (start + Self.left + previous.end * span) / 2
    let idle = Figures.span(nanoseconds: segment.from.nanoseconds(since: previous.until))
    html.element("g", .class("break")) { html in
      html.empty(
        "path", .class("fold"), HTMLAttribute("d", zigzag(middle)), HTMLAttribute("fill", "none"),
        HTMLAttribute("stroke", "#62656d"))
      html.element("title", text: "nothing captured for \(idle)")
    }
    label(idle, middle, bottom + 34, "tick fold-label", anchor: "middle", to: &html)
  }

  private func zigzag(_ middle: Double) -> String {
    var path = "M\(decimal(middle)) \(decimal(top))"
    var y = top
    var side = 3.0
    while y < bottom {
      y += 8
      path += " L\(decimal(middle + side)) \(decimal(min(y, bottom)))"
      side = -side
    }
    return path
  }

  private func writeLane(_ index: Int, to html: inout HTMLWriter<some ReportSink>) {
    let lane = lanes[index]
    let name = Self.clipped((lane.depth > 0 ? "└ " : "") + VisibleText.marked(lane.label), 29)
    html.element("g", .class("lane")) { html in
      label(name, Self.left - 14, y(index) + (lane.note.isEmpty ? 4 : -1), "lane-name", anchor: "end", to: &html)
      if !lane.note.isEmpty {
        let note = Self.clipped(VisibleText.marked(lane.note), 34)
        label(note, Self.left - 14, y(index) + 13, "lane-note", anchor: "end", size: "10", to: &html)
      }
      var drawn: [(Double, Double)] = []
      for session in lane.sessions {
        let place = survey.sessions[session]
        let (from, until) = (x(place.startedAt), max(x(place.startedAt) + 3, x(max(place.endedAt, place.startedAt))))
        // Sessions of a shared lane that end where others go on add nothing to the picture.
        if let last = drawn.last, from >= last.0, until <= last.1, !place.isOpaque { continue }
        drawn.append((from, until))
        box(from, y(index) - 9, until - from, 18, "span", fill: "#f0ede4", radius: 9, to: &html)
        guard place.isOpaque else { continue }
        html.element("g") { html in
          box(from, y(index) - 9, until - from, 18, "opaque", fill: "url(#dots)", radius: 9, to: &html)
          html.element("title", text: "not looked into: \(Figures.bytes(place.byteCount))")
        }
      }
    }
  }

  private func writeMissing(to html: inout HTMLWriter<some ReportSink>) {
    // The picture needs no more than this; the table has the rest.
    for gap in survey.gaps.prefix(400) {
      guard let session = survey.sessionIndex[gap.sessionID] else { continue }
      let lane = bins.lanes.laneOfSession[session]
      let end = gap.until ?? survey.sessions[session].endedAt
      let (from, until) = (x(gap.at), x(max(gap.at, end)))
      html.element("g") { html in
        box(
          from - (until - from < 6 ? 3 : 0), y(lane) - 11, max(6, until - from), 22, "gap", fill: "url(#hatch)",
          stroke: "#8a5a00", radius: 2, to: &html)
        html.element("title", text: "\(Figures.bytes(gap.byteCount)) not captured, \(Wording.sender(gap.direction))")
      }
    }
  }

  /// Reads and session events: a tick each while they can be told apart, else bars whose height says how many.
  private func writeQuiet(_ lane: Int, to html: inout HTMLWriter<some ReportSink>) {
    let counts = zip(bins.reads[lane], bins.sessionEvents[lane]).map { $0 + $1 }
    let most = counts.max() ?? 0
    guard most > 0 else { return }
    let columnWidth = span / Double(TimelineBins.columns)
    let isSparse = counts.count { $0 > 0 } <= 160 && most <= 4
    var path = ""
    for (column, count) in counts.enumerated() where count > 0 {
      let at = Self.left + (Double(column) + 0.5) * columnWidth
      if isSparse {
        path += "M\(decimal(at)) \(decimal(y(lane) - 5))v10"
      } else {
        let height = 3 + 15 * logarithm(Double(count) + 1) / logarithm(Double(most) + 1)
        let start = Self.left + Double(column) * columnWidth
        path +=
          "M\(decimal(start)) \(decimal(y(lane) + 9))v\(decimal(-height))h\(decimal(columnWidth - 0.4))V\(decimal(y(lane) + 9))z"
      }
    }
    let all = Figures.count(bins.reads[lane].reduce(0, +), "read")
    html.element("g") { html in
      if isSparse {
        html.empty(
          "path", .class("m-read"), HTMLAttribute("d", path), HTMLAttribute("fill", "none"),
          HTMLAttribute("stroke", "#6f737c"), HTMLAttribute("stroke-width", "1.5"))
        html.element("title", text: all)
      } else {
        html.empty("path", .class("m-bars"), HTMLAttribute("d", path), HTMLAttribute("fill", "#a4a7ae"))
        html.element("title", text: "\(all); the highest bar stands for \(Figures.count(most))")
      }
    }
  }

  private func write(
    _ mark: TimelineBins.Mark, _ key: TimelineBins.Key, isCrowded: Bool, to html: inout HTMLWriter<some ReportSink>
  ) {
    let columnWidth = span / Double(TimelineBins.columns)
    let middle =
      bins.grain == 1 && mark.count == 1 && !isCrowded
      ? x(mark.time) : Self.left + (Double(key.column * bins.grain) + Double(bins.grain) / 2) * columnWidth
    let shape = MarkShape(effect: key.effect, x: middle, y: y(key.lane))
    let edge = key.outcome.map(MarkShape.edge) ?? ""
    html.element("a", .link(.action(mark.actionID)), HTMLAttribute("tabindex", "-1")) { html in
      html.element("title", text: Self.describe(mark, key, survey.clock))
      if edge == "bad" {
        html.empty(
          "path", .class("ring bad"), HTMLAttribute("d", shape.path(radius: 9.5)), HTMLAttribute("fill", "none"),
          HTMLAttribute("stroke", "#b3261e"), HTMLAttribute("stroke-width", "1.8"))
      }
      html.empty(
        "path", .class("m \(key.effect.rawValue)\(key.isHollow ? " hollow" : "") \(edge)"),
        HTMLAttribute("d", shape.path(radius: 6)), HTMLAttribute("fill", key.isHollow ? "#ffffff" : shape.colour),
        HTMLAttribute("stroke", edge == "ok" ? "#1b6e46" : shape.colour), HTMLAttribute("stroke-width", "2"),
        HTMLAttribute("stroke-dasharray", edge == "open" ? "2 2" : "none"))
      if edge == "ok" {
        html.empty(
          "path", .class("check"), HTMLAttribute("d", MarkShape.check(middle, y(key.lane))),
          HTMLAttribute("stroke", "#1b6e46"), HTMLAttribute("stroke-width", "2"), HTMLAttribute("fill", "none"))
      }
      if key.isError {
        html.empty(
          "path", .class("cross"), HTMLAttribute("d", MarkShape.cross(middle, y(key.lane))),
          HTMLAttribute("stroke", "#b3261e"), HTMLAttribute("stroke-width", "2"), HTMLAttribute("fill", "none"))
      }
      if mark.count > 1, !isCrowded {
        label(Figures.count(mark.count), middle, y(key.lane) - 12, "many", anchor: "middle", size: "10", to: &html)
      }
    }
  }

  private static func describe(_ mark: TimelineBins.Mark, _ key: TimelineBins.Key, _ clock: CaseClock) -> String {
    var text = clock.time(mark.time, fractionDigits: 3) + " · " + mark.text
    if mark.count > 1 { text = "\(Figures.count(mark.count)) actions, the first: " + text }
    if let outcome = key.outcome { text += " · " + Wording.outcome(outcome) }
    if key.isError { text += " · failed" }
    if key.isHollow, !key.isError { text += " · left no effect in the database" }
    return text
  }
}

/// The shape that an effect has.
struct MarkShape {
  let effect: Effect
  let x: Double
  let y: Double

  var colour: String {
    switch effect {
    case .read, .session: "#6f737c"
    case .write: "#b85c00"
    case .schema: "#6f35a8"
    case .privilege: "#a3154f"
    case .execute: "#0b5fa5"
    case .transfer: "#00707a"
    case .unknown: "#3d4048"
    }
  }

  func path(radius r: Double) -> String {
    func p(_ dx: Double, _ dy: Double) -> String { "\(decimal(x + dx * r)) \(decimal(y + dy * r))" }
    return switch effect {
    case .read, .session: "M\(p(0, -0.9))L\(p(0, 0.9))"
    case .write:
      "M\(p(-1, 0))a\(decimal(r)) \(decimal(r)) 0 1 0 \(decimal(2 * r)) 0a\(decimal(r)) \(decimal(r)) 0 1 0 \(decimal(-2 * r)) 0z"
    case .schema: "M\(p(0, -1.2))L\(p(1.2, 0))L\(p(0, 1.2))L\(p(-1.2, 0))z"
    case .privilege: "M\(p(0, -1.2))L\(p(1.15, 0.9))L\(p(-1.15, 0.9))z"
    case .execute: "M\(p(-0.9, -0.9))L\(p(0.9, -0.9))L\(p(0.9, 0.9))L\(p(-0.9, 0.9))z"
    case .transfer: "M\(p(-1.1, -0.8))L\(p(0.3, -0.8))L\(p(1.2, 0))L\(p(0.3, 0.8))L\(p(-1.1, 0.8))z"
    case .unknown: "M\(p(-0.55, -1.1))L\(p(0.55, -1.1))L\(p(1.1, 0))L\(p(0.55, 1.1))L\(p(-0.55, 1.1))L\(p(-1.1, 0))z"
    }
  }

  static func cross(_ x: Double, _ y: Double) -> String {
    "M\(decimal(x - 4)) \(decimal(y - 4))L\(decimal(x + 4)) \(decimal(y + 4))M\(decimal(x + 4)) \(decimal(y - 4))L\(decimal(x - 4)) \(decimal(y + 4))"
  }

  /// A small tick at the upper right of a mark.
  static func check(_ x: Double, _ y: Double) -> String {
    "M\(decimal(x + 5)) \(decimal(y - 9))l2.5 2.5l4 -5"
  }

  /// What the edge says of the decision.
  static func edge(_ outcome: Decision.Outcome) -> String {
    switch outcome {
    case .unapproved, .denied: "bad"
    case .approved: "ok"
    case .undecidable: "open"
    case .allowed: ""
    }
  }
}
