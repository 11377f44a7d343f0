import Model

/// The lane above all others: a speech mark for each prompt, one for several where they crowd.
struct PromptLane {
  struct Mark {
    let x: Double
    /// The first of its prompts, by place.
    let first: Int
    var count = 1
    var refused = 0
    var last: Timestamp
  }

  /// What it takes of the picture.
  static let height = 42.0
  /// Prompts nearer to the one before than this share its mark.
  private static let crowd = 24.0
  private static let markHeight = 18.0
  /// Width of a mark without words.
  private static let narrow = 20.0
  /// The widest mark, and the least room for words.
  private static let (widest, worded) = (200.0, 64.0)

  let book: PromptBook
  private(set) var marks: [Mark] = []
  /// Prompts that were given before or after what is drawn, or at an unknown time.
  private(set) var outsideCount = 0
  private(set) var drawnCount = 0
  private let right: Double

  init(_ book: PromptBook, scale: TimeScale, left: Double, right: Double) {
    self.book = book
    self.right = right
    for place in book.listed {
      let entry = book.entries[place]
      guard entry.isTimed, scale.covers(entry.time) else {
        outsideCount += 1
        continue
      }
      drawnCount += 1
      let x = left + scale.position(entry.time) * (right - left)
      if let current = marks.last, x - current.x < Self.crowd {
        marks[marks.count - 1].count += 1
        marks[marks.count - 1].refused += entry.refused
        marks[marks.count - 1].last = entry.time
      } else {
        marks.append(Mark(x: x, first: place, refused: entry.refused, last: entry.time))
      }
    }
  }

  func write(_ drawing: TimelineDrawing, top: Double, to html: inout HTMLWriter<some ReportSink>) {
    let (survey, middle) = (drawing.survey, top + Self.markHeight / 2)
    html.element("g", .class("lane")) { html in
      drawing.label("Prompts", TimelineDrawing.left - 14, middle + 4, "lane-name", anchor: "end", to: &html)
      let note = outsideCount > 0 ? "\(Figures.count(outsideCount)) at other times" : ""
      drawing.label(note, TimelineDrawing.left - 14, middle + 17, "lane-note", anchor: "end", size: "10", to: &html)
    }
    for (turn, mark) in marks.enumerated() {
      let next = turn + 1 < marks.count ? marks[turn + 1].x - 6 : right + 8
      let entry = book.entries[mark.first]
      let room = min(Self.widest, next - mark.x)
      let isWorded = mark.count == 1 && room >= Self.worded
      let words =
        isWorded
        ? TimelineDrawing.clipped(VisibleText.marked(entry.excerpt(120)), Int((room - 16) / 5.8))
        : mark.count > 1 ? Figures.count(mark.count) : "“"
      let width = isWorded ? min(room, 16 + Double(words.count) * 6.2) : Self.narrow + (mark.count > 99 ? 8 : 0)
      // At the right edge a mark leans the other way.
      let side = mark.x + width > right + 8 ? -1.0 : 1.0
      html.element("a", .link(.prompt(entry.id)), HTMLAttribute("tabindex", "-1")) { html in
        html.element("title", text: Self.describe(mark, entry, survey.promptClock))
        html.empty(
          "path", .class(mark.refused > 0 ? "speech bad" : "speech"),
          HTMLAttribute("d", Self.path(mark.x, top, width, side)), HTMLAttribute("fill", "#ffffff"),
          HTMLAttribute("stroke", mark.refused > 0 ? "#b3261e" : "#0b5fa5"))
        drawing.label(
          words, isWorded ? mark.x + side * 8 : mark.x + side * width / 2, top + 13, "speech-words",
          anchor: isWorded ? side > 0 ? "start" : "end" : "middle", to: &html)
      }
    }
  }

  /// A box with round corners, whose pointed one is at the time.
  private static func path(_ x: Double, _ y: Double, _ width: Double, _ side: Double) -> String {
    let (r, h, sweep) = (4.0, markHeight, side > 0 ? 1 : 0)
    func p(_ dx: Double, _ dy: Double) -> String { "\(decimal(side * dx)) \(decimal(dy))" }
    let corner = "a\(decimal(r)) \(decimal(r)) 0 0 \(sweep) "
    return "M\(decimal(x)) \(decimal(y + r))\(corner)\(p(r, -r))h\(decimal(side * (width - 2 * r)))\(corner)\(p(r, r))"
      + "v\(decimal(h - 2 * r))\(corner)\(p(-r, r))h\(decimal(-side * (width - r - 8)))l\(p(-8, 8))z"
  }

  private static func describe(_ mark: Mark, _ entry: PromptEntry, _ clock: CaseClock) -> String {
    let first = clock.time(entry.time, fractionDigits: 0) + " · " + entry.excerpt(160)
    guard mark.count > 1 else { return first + " · " + AttributionWords.cameOf(entry.effects) }
    return "\(Figures.count(mark.count)) prompts until \(clock.time(mark.last, fractionDigits: 0)), the first: " + first
  }
}
