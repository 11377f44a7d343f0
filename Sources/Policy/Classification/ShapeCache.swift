import Bytes
import Model

/// What was found out about the shapes of statements: traffic has few.
struct ShapeCache {
  /// Shapes remembered; beyond it all are forgotten, which costs time and no truth.
  static let limit = 20_000

  /// What is known of one shape.
  final class Entry {
    let shape: [UInt8]
    /// One for each statement of the text; nil when the effect depends on the constants.
    let classifications: [Classification]?
    /// Differs from that of every other shape that the cache ever had.
    fileprivate(set) var number: UInt64 = 0
    /// The form of a text that is one statement with constants.
    private(set) lazy var form: StatementForm? = classifications?.first.map {
      StatementForm(shape: String(decoding: shape, as: UTF8.self), classification: $0)
    }
    /// The form of the last text of this shape that had no constants; comments and blanks may differ.
    private var plain: StatementForm?

    init(shape: [UInt8], classifications: [Classification]?) {
      // With no more room than it needs.
      var own: [UInt8] = []
      own.append(contentsOf: shape)
      self.shape = own
      self.classifications = classifications
    }

    /// The form of a text that is one statement without constants.
    func plainForm(_ text: String, _ classification: Classification) -> StatementForm {
      if let plain, plain.shape == text { return plain }
      let form = StatementForm(shape: text, classification: classification)
      plain = form
      return form
    }
  }

  /// By hash; of two shapes with one hash the second is not remembered.
  private var entries: [UInt64: Entry] = [:]
  private var lastNumber: UInt64 = 0

  func entry(_ shape: [UInt8]) -> Entry? {
    guard let entry = entries[ShapeCache.hash(shape)], entry.shape == shape else { return nil }
    return entry
  }

  /// Remembers a shape that is not known.
  mutating func insert(_ entry: Entry) {
    if entries.count >= ShapeCache.limit { entries.removeAll(keepingCapacity: true) }
    let hash = ShapeCache.hash(entry.shape)
    guard entries[hash] == nil else { return }
    lastNumber += 1
    entry.number = lastNumber
    entries[hash] = entry
  }

  /// Seeded for each process, all bytes in one go: an array hashes its elements one by one.
  private static func hash(_ shape: [UInt8]) -> UInt64 {
    var hasher = Hasher()
    unsafe shape.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
    return UInt64(bitPattern: Int64(hasher.finalize()))
  }
}
