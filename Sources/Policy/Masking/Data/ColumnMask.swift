/// What a plan says of the values of one column, or of texts: worked out once for all of them.
struct ColumnMask: Sendable {
  /// A rule that takes every value whole.
  struct Whole: Sendable {
    var rule: Int
    /// What the column's name says that they are.
    var dataClass: DataClass?
  }

  let detector: Detector
  let whole: Whole?
  /// The first rule for each class that values tell.
  let byClass: [DataClass: Int]
  let type: String?

  /// For texts, which have no column.
  init(_ plan: MaskingPlan) {
    detector = Detector()
    whole = nil
    type = nil
    byClass = ColumnMask.byClass(plan) { !$0.needsColumn }
  }

  init(_ plan: MaskingPlan, _ place: ColumnPlace) {
    let name = place.name ?? ""
    // A name of a table makes `name` that of a person.
    let qualified = place.tables.count == 1 ? "\(place.tables[0]).\(name)" : name
    detector = Detector(column: qualified)
    type = place.type
    let classes = ColumnNames.classes(of: qualified)
    var whole: Whole?
    for (index, rule) in plan.rules.enumerated() where rule.admits(place) {
      if rule.classes.isEmpty {
        whole = Whole(rule: index, dataClass: classes.first)
      } else if let dataClass = classes.first(where: { !$0.hasShape && rule.classes.contains($0) }) {
        whole = Whole(rule: index, dataClass: dataClass)
      }
      if whole != nil { break }
    }
    self.whole = whole
    byClass = ColumnMask.byClass(plan) { $0.admits(place) }
  }

  private static func byClass(_ plan: MaskingPlan, _ holds: (MaskingRule) -> Bool) -> [DataClass: Int] {
    var byClass: [DataClass: Int] = [:]
    for (index, rule) in plan.rules.enumerated() where holds(rule) {
      for dataClass in rule.classes where dataClass.hasShape && byClass[dataClass] == nil { byClass[dataClass] = index }
    }
    return byClass
  }

  /// Nothing of the column can be masked.
  var isIdle: Bool { whole == nil && byClass.isEmpty }
}
