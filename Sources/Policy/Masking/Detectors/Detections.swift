/// What a scan found: in order, apart from each other, and no more than a limit; what is beyond it is counted.
public struct Detections: Sendable, Equatable {
  /// Detections that one scan keeps: a body of many megabytes that is a table of customers has a hundred thousand, and
  /// nobody reads them one by one.
  public static let limit = 10_000

  public private(set) var found: [Detection] = []
  /// How many more there were.
  public private(set) var omittedCount = 0
  /// The last one beyond the limit, with which the next may overlap.
  private var last: Detection?
  private let limit: Int

  /// None yet.
  public init() { limit = Detections.limit }

  init(limit: Int) { self.limit = max(1, limit) }

  /// All that there were, kept or not.
  public var totalCount: Int { found.count + omittedCount }
  public var isEmpty: Bool { found.isEmpty }

  /// The classes that were found, in the order of `DataClass`.
  public var classes: [DataClass] {
    let present = Set(found.map(\.dataClass))
    return DataClass.allCases.filter(present.contains)
  }

  /// How many were kept of each class; each with one or more.
  public var counts: [DataClass: Int] {
    found.reduce(into: [:]) { $0[$1.dataClass, default: 0] += 1 }
  }

  /// Adds one that ends behind most before it. Of those that overlap, the one that outweighs stays.
  mutating func add(_ detection: Detection) {
    if let earlier = last {
      if earlier.range.upperBound > detection.range.lowerBound {
        if detection.outweighs(earlier) { last = detection }
        return
      }
      omittedCount += 1
      last = detection
      return
    }
    var keep = found.count
    while keep > 0, found[keep - 1].range.upperBound > detection.range.lowerBound {
      guard detection.outweighs(found[keep - 1]) else { return }
      keep -= 1
    }
    found.removeLast(found.count - keep)
    if found.count < limit {
      found.append(detection)
    } else {
      omittedCount += 1
      last = detection
    }
  }

  public static func == (left: Detections, right: Detections) -> Bool {
    left.found == right.found && left.omittedCount == right.omittedCount
  }
}
