import Model

/// The lines of a transcript around its end, made when they are looked at.
struct TranscriptView {
  /// Events whose lines are kept.
  private static let cacheLimit = 400

  private let timeline: Timeline
  private let reading: any CaseReading
  private let rowLimit: Int
  private var width: Int
  private(set) var showsAllFields = false
  private var transcript: Transcript
  private var cache: [Int: [StyledLine]] = [:]

  init(_ timeline: Timeline, from reading: any CaseReading, rowLimit: Int, width: Int) {
    self.timeline = timeline
    self.reading = reading
    self.rowLimit = rowLimit
    self.width = width
    transcript = Transcript(timeline, from: reading, options: Transcript.Options(rowLimit: rowLimit, width: width))
  }

  private mutating func renew() {
    let options = Transcript.Options(rowLimit: rowLimit, width: width, showsAllFields: showsAllFields)
    transcript = Transcript(timeline, from: reading, options: options)
    cache.removeAll()
  }

  mutating func resize(to width: Int) {
    self.width = width
    renew()
  }

  /// Shows all fields of the heads of HTTP, or those that tell most.
  mutating func toggleFields() {
    showsAllFields.toggle()
    renew()
  }

  /// The last lines of what the events before `position` show.
  /// `scroll` lines are left out at the end; it is lowered where there are not so many.
  mutating func lines(before position: Int, height: Int, scroll: inout Int) throws -> [StyledLine] {
    var blocks: [[StyledLine]] = []
    var count = 0
    var index = position
    while index > 0, count < height + scroll {
      index -= 1
      let block = try lines(of: index)
      blocks.append(block)
      count += block.count
    }
    scroll = min(scroll, max(0, count - height))
    let all = blocks.reversed().joined()
    return Array(all.dropLast(scroll).suffix(height))
  }

  private mutating func lines(of index: Int) throws -> [StyledLine] {
    if let known = cache[index] { return known }
    if cache.count >= Self.cacheLimit { cache.removeAll(keepingCapacity: true) }
    let lines = try transcript.lines(of: index)
    cache[index] = lines
    return lines
  }
}
