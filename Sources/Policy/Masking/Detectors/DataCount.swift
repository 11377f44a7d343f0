public import Bytes

/// How many values of each class there were, and how many of them differ: in bounded memory, whatever is fed.
///
/// Values are kept as the first 64 bits of a hash alone: of a keyed one if there is a case's key, so that what is kept tells
/// nothing without it.
public struct DataCount: Sendable {
  /// Different values that are kept of one class; with more the answer is "at least".
  public static let distinctLimit = 100_000

  /// How many, of one class.
  public struct Tally: Sendable, Equatable {
    /// Values, with those that came before.
    public var total = 0
    public var distinct = 0
    /// Whether there may be more different ones than `distinct`.
    public var isAtLeast = false
  }

  private let hasher: SecretHasher?
  private let limit: Int
  private var hashes: [DataClass: Set<UInt64>] = [:]
  private var totals: [DataClass: Int] = [:]
  private var overflows: Set<DataClass> = []

  /// - Parameter hasher: hashes under the key of a case; without it by SHA-256 alone, from which short numbers can be guessed.
  public init(hasher: SecretHasher? = nil) { self.init(hasher: hasher, limit: DataCount.distinctLimit) }

  init(hasher: SecretHasher?, limit: Int) { (self.hasher, self.limit) = (hasher, limit) }

  /// Adds what was found in `bytes`. What was found beyond the limit of the scan is not known by class: then every class that
  /// was found may have more.
  public mutating func add(_ detections: Detections, in bytes: Span<UInt8>) {
    for detection in detections.found { add(detection, in: bytes) }
    if detections.omittedCount > 0 { overflows.formUnion(detections.classes) }
  }

  public mutating func add(_ detection: Detection, in bytes: Span<UInt8>) {
    guard detection.range.lowerBound >= 0, detection.range.upperBound <= bytes.count else { return }
    add(detection.dataClass, value: bytes.extracting(detection.range))
  }

  /// Adds a value that is of a class by its column alone: a name, a diagnosis.
  public mutating func add(_ dataClass: DataClass, value: Span<UInt8>) {
    totals[dataClass, default: 0] += 1
    let hash = hash(DataCount.normalised(value, dataClass).span)
    if hashes[dataClass, default: []].contains(hash) { return }
    guard hashes[dataClass, default: []].count < limit else {
      overflows.insert(dataClass)
      return
    }
    hashes[dataClass, default: []].insert(hash)
  }

  /// Adds what another counted, which must have hashed alike.
  public mutating func merge(_ other: DataCount) {
    overflows.formUnion(other.overflows)
    for (dataClass, total) in other.totals { totals[dataClass, default: 0] += total }
    for (dataClass, more) in other.hashes {
      var all = hashes[dataClass] ?? []
      // In the order of the hashes, so that what is left out at the limit is the same whenever this is done.
      for hash in more.sorted() where !all.contains(hash) {
        guard all.count < limit else {
          overflows.insert(dataClass)
          break
        }
        all.insert(hash)
      }
      hashes[dataClass] = all
    }
  }

  public subscript(dataClass: DataClass) -> Tally {
    Tally(
      total: totals[dataClass] ?? 0, distinct: hashes[dataClass]?.count ?? 0, isAtLeast: overflows.contains(dataClass))
  }

  /// The classes of which there was any, in the order of `DataClass`.
  public var classes: [DataClass] { DataClass.allCases.filter { totals[$0] != nil } }

  /// How many people the values speak of: as many as the class has different values that tells most of them apart. Someone
  /// may have two addresses of mail, and someone else none; so it is an estimate.
  public var people: Tally {
    let tallies = DataClass.allCases.filter(\.tellsPeople).map { self[$0] }
    var most = tallies.max { $0.distinct < $1.distinct } ?? Tally()
    most.isAtLeast = tallies.contains(where: \.isAtLeast)
    return most
  }

  private func hash(_ value: Span<UInt8>) -> UInt64 {
    if let hasher { return UInt64(hasher.hash(value).dropFirst(5), radix: 16) ?? 0 }
    return SHA256.digest(of: value).bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// The same number is the same however it is written: without separators, addresses of mail in small letters.
  static func normalised(_ value: Span<UInt8>, _ dataClass: DataClass) -> [UInt8] {
    var plain: [UInt8] = []
    plain.reserveCapacity(value.count)
    for index in value.indices {
      let byte = value[index]
      switch dataClass {
      case .email: plain.append(ByteClass.isUpper(byte) ? byte | 0x20 : byte)
      case .phone, .paymentCard, .iban, .nationalID: if ByteClass.isAlphanumeric(byte) { plain.append(byte) }
      default: plain.append(byte)
      }
    }
    return plain
  }
}
