import Model

/// The marks of the timeline, gathered by lane and place while the actions go by, in bounded memory.
struct TimelineBins {
  struct Key: Hashable {
    let lane: Int
    var column: Int
    let effect: Effect
    let outcome: Decision.Outcome?
    let isError: Bool
    /// Undone, or never ran.
    let isHollow: Bool
  }

  struct Mark {
    var count: Int
    let actionID: String
    let text: String
    let time: Timestamp
  }

  let lanes: TimelineLanes
  let scale: TimeScale
  /// Columns over the whole width, at first.
  static let columns = 480
  /// Marks at which neighbours are joined.
  private static let limit = 1600

  /// Columns that one column of `marks` stands for: 1, 2, 4…
  private(set) var grain = 1
  /// Changes, and whatever failed.
  private(set) var marks: [Key: Mark] = [:]
  /// Everything else that worked: for each lane, its reads in each column.
  private(set) var reads: [[Int]]
  /// The same for what concerns the session only.
  private(set) var sessionEvents: [[Int]]

  init(lanes: TimelineLanes, scale: TimeScale) {
    self.lanes = lanes
    self.scale = scale
    let empty = [Int](repeating: 0, count: Self.columns)
    reads = [[Int]](repeating: empty, count: lanes.lanes.count)
    sessionEvents = reads
  }

  mutating func take(_ action: Action, session: Int, outcome: Decision.Outcome?) {
    let lane = lanes.laneOfSession[session]
    let place = scale.position(action.startedAt) * Double(Self.columns)
    let column = min(Self.columns - 1, max(0, Int(place)))
    let isError = action.status == .error || action.status == .denied
    if !action.isChange, !isError {
      if action.effect == .read { reads[lane][column] += 1 } else { sessionEvents[lane][column] += 1 }
      return
    }
    let key = Key(
      lane: lane, column: column / grain, effect: action.effect, outcome: outcome, isError: isError,
      isHollow: action.isChange && action.isWithoutEffect)
    if marks[key] != nil {
      marks[key]?.count += 1
      return
    }
    marks[key] = Mark(
      count: 1, actionID: action.id, text: String(Excerpt(action.text, limit: 160).text), time: action.startedAt)
    if marks.count > Self.limit { coarsen() }
  }

  /// Joins neighbours until half of the limit is free, or everything of a lane is one mark.
  private mutating func coarsen() {
    while marks.count > Self.limit, grain < Self.columns {
      grain *= 2
      var joined: [Key: Mark] = [:]
      for (key, mark) in marks.sorted(by: { ($0.value.time, $0.value.actionID) < ($1.value.time, $1.value.actionID) }) {
        var coarse = key
        coarse.column /= 2
        if joined[coarse] == nil { joined[coarse] = mark } else { joined[coarse]?.count += mark.count }
      }
      marks = joined
    }
  }

  /// Marks of one lane beyond which neighbours are drawn as one, so that shapes stay apart.
  private static let crowd = 70
  /// Columns that a shape takes, in a crowd.
  static let shapeColumns = 8

  /// What is drawn: in a crowded lane, one mark of a kind for each place that has room for a shape.
  private var drawn: (marks: [Key: Mark], crowded: Set<Int>) {
    let counts = Dictionary(grouping: marks.keys, by: \.lane).mapValues(\.count)
    let crowded = Set(counts.filter { $0.value > Self.crowd }.keys)
    guard !crowded.isEmpty, grain < Self.shapeColumns else { return (marks, crowded) }
    var joined: [Key: Mark] = [:]
    let ordered = marks.sorted { ($0.value.time, $0.value.actionID) < ($1.value.time, $1.value.actionID) }
    for (key, mark) in ordered {
      var place = key
      // Columns of both kinds stay in the unit of `grain`.
      let width = Self.shapeColumns / grain
      if crowded.contains(key.lane) { place.column = key.column / width * width + width / 2 }
      if joined[place] == nil { joined[place] = mark } else { joined[place]?.count += mark.count }
    }
    return (joined, crowded)
  }

  /// In the order of drawing: what matters most comes last and lies on top.
  var sortedMarks: [(key: Key, mark: Mark, isCrowded: Bool)] {
    let (marks, crowded) = drawn
    let sorted = marks.map { ($0.key, $0.value) }.sorted { one, two in
      let left = [Self.weight(one.0), one.0.lane, one.0.column, one.0.effect.index, one.0.isHollow ? 0 : 1]
      let right = [Self.weight(two.0), two.0.lane, two.0.column, two.0.effect.index, two.0.isHollow ? 0 : 1]
      return left == right ? one.1.actionID < two.1.actionID : left.lexicographicallyPrecedes(right)
    }
    return sorted.map { ($0.0, $0.1, crowded.contains($0.0.lane)) }
  }

  private static func weight(_ key: Key) -> Int {
    switch key.outcome {
    case .denied: 5
    case .unapproved: 4
    case .undecidable: 3
    case .approved, .allowed: key.isError ? 2 : 1
    case nil: key.isError ? 2 : 0
    }
  }
}
