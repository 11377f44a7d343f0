public import Bytes
import Model

/// Masks values as a plan says, and counts what it masked.
///
/// It is fed a value, or a text in a form that it knows, and gives what may be stored or shown in its place. What cannot be
/// looked into although a rule means it is redacted whole and counted: nothing passes because it is strange.
public struct DataMask: Sendable {
  public let plan: MaskingPlan
  let hasher: SecretHasher
  /// Names within values may decide, whatever the column.
  let readsNames: Bool
  /// For texts that have no columns.
  private let plain: ColumnMask
  private var columns: [ColumnPlace: ColumnMask] = [:]
  /// Columns remembered at a time.
  private static let columnLimit = 10_000
  private(set) var tally = MaskTally()

  /// Masks as `plan` says; the hashes of `hasher`, which is a case's, join within the case.
  public init(_ plan: MaskingPlan, hasher: SecretHasher) {
    (self.plan, self.hasher) = (plan, hasher)
    plain = ColumnMask(plan)
    readsNames = plan.readsNames
  }

  /// What was masked since this was asked last.
  public mutating func takeTally() -> MaskTally {
    defer { tally = MaskTally() }
    return tally
  }

  mutating func reset(_ tally: MaskTally) { self.tally = tally }

  mutating func fail(_ what: String) { tally.fail(what) }

  mutating func mask(for place: ColumnPlace?) -> ColumnMask {
    guard let place else { return plain }
    if let known = columns[place] { return known }
    if columns.count >= Self.columnLimit { columns.removeAll(keepingCapacity: true) }
    let made = ColumnMask(plan, place)
    columns[place] = made
    return made
  }

  // MARK: Plain text

  /// What becomes of a value.
  public enum Outcome: Sendable, Equatable {
    case same
    case replaced([UInt8])
    /// No value.
    case null
  }

  /// One edit: what stands in the place of a range.
  struct Edit {
    var range: Range<Int>
    var bytes: [UInt8]
  }

  /// What becomes of a value that is plain text.
  mutating func plainValue(_ bytes: [UInt8], _ mask: ColumnMask) -> Outcome {
    guard !bytes.isEmpty, !mask.isIdle else { return .same }
    if let whole = mask.whole {
      let earlier = claims(bytes, mask).filter { $0.rule < whole.rule }
      if let first = earlier.first, earlier.count == 1, first.detection.range == 0..<bytes.count {
        return apply(first.rule, bytes, first.detection.dataClass, first.detection.kind)
      }
      guard plan.rules[whole.rule].action == .keep else {
        guard !Self.isMark(bytes) else { return .same }
        // The class by shape: a card in a column of cards shows its last four digits.
        let found = mask.detector.scanAll(bytes.span).first { $0.range == 0..<bytes.count }
        return apply(whole.rule, bytes, whole.dataClass ?? found?.dataClass, found?.kind)
      }
      return replaced(bytes, edits(bytes, earlier))
    }
    let claims = claims(bytes, mask)
    if let first = claims.first, claims.count == 1, first.detection.range == 0..<bytes.count {
      return apply(first.rule, bytes, first.detection.dataClass, first.detection.kind)
    }
    return replaced(bytes, edits(bytes, claims))
  }

  /// What a text becomes whose parts have no names beyond those that stand in it.
  mutating func plainText(_ bytes: [UInt8]) -> [UInt8] {
    switch plainValue(bytes, plain) {
    case .same: bytes
    case .replaced(let bytes): bytes
    case .null: []
    }
  }

  struct Claim {
    var detection: Detection
    var rule: Int
  }

  /// What detectors find in a text and rules mean, in order.
  func claims(_ bytes: [UInt8], _ mask: ColumnMask) -> [Claim] {
    guard !mask.byClass.isEmpty else { return [] }
    return mask.detector.scanAll(bytes.span).compactMap { found in
      mask.byClass[found.dataClass].map { Claim(detection: found, rule: $0) }
    }
  }

  /// Whether nothing of a value can be masked, as the quickest look at it tells.
  func isQuiet(_ bytes: Span<UInt8>, _ mask: ColumnMask) -> Bool {
    if bytes.isEmpty || mask.isIdle && !readsNames { return true }
    guard mask.whole == nil else { return false }
    // What has values within is read by its form, and its names may be meant.
    switch bytes[0] {
    case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "("), UInt8(ascii: "\\"): return false
    default: return !mask.detector.scanAll(bytes).contains { mask.byClass[$0.dataClass] != nil }
    }
  }

  /// What is claimed of a text that has no column.
  func claims(_ bytes: [UInt8]) -> [Claim] { claims(bytes, plain) }

  mutating func edits(_ bytes: [UInt8], _ claims: [Claim]) -> [Edit] {
    claims.compactMap { claim in
      let range = claim.detection.range
      switch apply(claim.rule, Array(bytes[range]), claim.detection.dataClass, claim.detection.kind) {
      case .same: return nil
      case .replaced(let shown): return Edit(range: range, bytes: shown)
      case .null: return Edit(range: range, bytes: [])
      }
    }
  }

  private func replaced(_ bytes: [UInt8], _ edits: [Edit]) -> Outcome {
    edits.isEmpty ? .same : .replaced(Self.replace(edits, in: bytes))
  }

  /// The bytes with other ones in places that stand in order and apart from each other.
  static func replace(_ edits: [Edit], in bytes: [UInt8]) -> [UInt8] {
    guard !edits.isEmpty else { return bytes }
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    var position = 0
    for edit in edits where edit.range.lowerBound >= position && edit.range.upperBound <= bytes.count {
      out += bytes[position..<edit.range.lowerBound]
      out += edit.bytes
      position = edit.range.upperBound
    }
    return out + bytes[position...]
  }

  /// Counts a value that is covered whatever its rule would show.
  mutating func count(_ claim: Claim) {
    tally.add(plan.rules[claim.rule], claim.detection.dataClass, .redact)
  }

  /// Runs `body` without counting what it masks: for what is kept in two places.
  mutating func uncounted<T>(_ body: (inout DataMask) -> T) -> T {
    let before = tally
    defer { tally = before }
    return body(&self)
  }

  /// What a rule makes of a value, and its count.
  mutating func apply(_ index: Int, _ value: [UInt8], _ dataClass: DataClass?, _ kind: DataKind?) -> Outcome {
    let rule = plan.rules[index]
    guard rule.action != .keep else { return .same }
    var action = rule.action
    var shown: [UInt8]?
    switch rule.action {
    case .null: break
    case .hash: shown = MaskedForm.hash(value, dataClass, hasher)
    case .partial:
      shown = MaskedForm.partial(value, dataClass, kind)
      if shown == nil { (action, shown) = (.redact, MaskedForm.mark(dataClass)) }
    case .redact, .keep: shown = MaskedForm.mark(dataClass)
    }
    tally.add(rule, dataClass, action)
    return shown.map { .replaced($0) } ?? .null
  }

  private static let marks = Set(
    [Redaction.mark, Redaction.encodedMark, "[redacted:value]"].map { Array($0.utf8) }
      + DataClass.allCases.map { MaskedForm.mark($0) })

  /// Whether a value was redacted before.
  static func isMark(_ bytes: [UInt8]) -> Bool { bytes.count <= 48 && marks.contains(bytes) }
}
