/// How well what was found agrees with what is there, by class.
public struct DetectionScore: Sendable {
  /// Of one class.
  public struct Tally: Sendable {
    public var right = 0
    /// Of those that are right, how many have the right kind too.
    public var rightKind = 0
    public var wrong = 0
    /// What can be told, and was not found.
    public var missed = 0
    /// What nothing tells by itself, found and not.
    public var foundAlone = 0
    public var missedAlone = 0

    public var precision: Double { right + wrong + foundAlone == 0 ? 1 : share(right + foundAlone, wrong) }
    public var recall: Double { right + missed == 0 ? 1 : share(right, missed) }

    private func share(_ some: Int, _ others: Int) -> Double { Double(some) / Double(some + others) }
  }

  public private(set) var classes: [String: Tally] = [:]
  /// `group -> class kind`, and how often: what was found where nothing is, and what is there and was not found.
  public private(set) var wrong: [String: Int] = [:]
  public private(set) var missed: [String: Int] = [:]
  /// A text for each of those.
  public private(set) var examples: [String: String] = [:]

  public init() {}

  public mutating func add(_ text: LabelledText, found: [LabelledText.Label]) {
    var left = found
    for label in text.labels {
      let place = left.firstIndex { $0.dataClass == label.dataClass && $0.meets(label) }
      if let place {
        let hit = left.remove(at: place)
        if text.isNamed {
          classes[label.dataClass, default: Tally()].right += 1
        } else {
          classes[label.dataClass, default: Tally()].foundAlone += 1
        }
        if hit.kind == label.kind { classes[label.dataClass, default: Tally()].rightKind += 1 }
      } else if text.isNamed {
        classes[label.dataClass, default: Tally()].missed += 1
        note("\(label.dataClass) \(label.kind) missed", text, into: \.missed)
      } else {
        classes[label.dataClass, default: Tally()].missedAlone += 1
      }
    }
    for hit in left {
      classes[hit.dataClass, default: Tally()].wrong += 1
      note("\(text.group) taken for \(hit.dataClass) \(hit.kind)", text, into: \.wrong)
    }
  }

  private mutating func note(
    _ name: String, _ text: LabelledText, into path: WritableKeyPath<DetectionScore, [String: Int]>
  ) {
    self[keyPath: path][name, default: 0] += 1
    if examples[name] == nil {
      examples[name] =
        "\(text.column.map { "\($0): " } ?? "")\(String(decoding: text.bytes, as: UTF8.self).debugDescription)"
    }
  }
}
