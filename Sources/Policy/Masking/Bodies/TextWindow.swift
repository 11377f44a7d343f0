import Bytes

/// A text that comes in pieces: what was not judged yet, and a little before it that may tell what it is.
struct TextWindow: Sendable {
  /// Bytes before a value that may tell what it is.
  static let contextLength = 256
  /// Bytes that are read again so that reading begins at a break: what it finds then is what it would find from the beginning.
  static let contextLimit = 4_096
  /// Between two breaks that are remembered.
  private static let breakDistance = 32

  /// Up to where the text can be judged, and what was found before that.
  struct Judgement {
    var end: Int
    var claims: [DataMask.Claim]
    /// The end is a break.
    var isBreak = false
  }

  private let contextLimit: Int
  private(set) var bytes: [UInt8] = []
  /// Bytes at the beginning that were judged already and are only read.
  private(set) var given = 0
  /// Breaks before what was not judged, some of them.
  private var breaks: [Int] = []
  /// Up to here no break was found.
  private var searched = 0

  init(contextLimit: Int = TextWindow.contextLimit) { self.contextLimit = contextLimit }

  var openCount: Int { bytes.count - given }

  mutating func append(_ piece: Span<UInt8>) { bytes.append(contentsOf: piece) }

  /// Up to the last break; nil where there is no new one.
  mutating func judged(by mask: DataMask) -> Judgement? {
    let place = TextBreak.last(in: bytes.span, after: given, searched: searched)
    searched = bytes.count
    guard var end = place else { return nil }
    let claims = claims(mask)
    if let key = TextBreak.openKey(in: bytes.span, from: given), key < end { end = key }
    for claim in claims where claim.detection.range.contains(end) { end = claim.detection.range.lowerBound }
    guard end > given else { return nil }
    return Judgement(
      end: end, claims: claims.filter { $0.detection.range.upperBound <= end }, isBreak: end == place)
  }

  /// All of it after a pause; nil where more of a value may follow.
  func paused(by mask: DataMask) -> Judgement? {
    guard openCount > 0, TextBreak.isHarmless(bytes.span, from: given) else { return nil }
    return whole(by: mask)
  }

  /// All of it, as if nothing followed.
  func whole(by mask: DataMask) -> Judgement { Judgement(end: bytes.count, claims: claims(mask)) }

  /// All but the last bytes, in which a value may go on; not within a value, and behind a blank if there is one near.
  func forced(by mask: DataMask, holding valueLimit: Int) -> Judgement {
    let claims = claims(mask)
    let end = end(claims, valueLimit)
    return Judgement(end: end, claims: claims.filter { $0.detection.range.upperBound <= end })
  }

  /// What is before `end` was judged; gives how many bytes went.
  mutating func give(to end: Int, isBreak: Bool) -> Int {
    if isBreak, end - (breaks.last ?? 0) >= Self.breakDistance { breaks.append(end) }
    let latest = end - Self.contextLength
    var gone = breaks.last { $0 <= latest } ?? 0
    if end - gone > contextLimit { gone = latest }
    bytes.removeFirst(gone)
    given = end - gone
    searched = max(given, searched - gone)
    breaks = breaks.compactMap { $0 > gone ? $0 - gone : nil }
    return gone
  }

  private func claims(_ mask: DataMask) -> [DataMask.Claim] {
    mask.claims(bytes).filter { $0.detection.range.upperBound > given }
  }

  private func end(_ claims: [DataMask.Claim], _ valueLimit: Int) -> Int {
    var end = bytes.count - valueLimit
    if let key = TextBreak.openKey(in: bytes.span, from: given), key > given { end = min(end, key) }
    for claim in claims where claim.detection.range.contains(end) { end = claim.detection.range.lowerBound }
    let floor = max(given, end - Self.contextLength / 2)
    var cut = end
    while cut > floor, bytes[cut - 1] > 0x20 { cut -= 1 }
    if cut > floor, !claims.contains(where: { $0.detection.range.contains(cut) }) { end = cut }
    if end > given { return end }
    // A value that takes all that is held is given out whole.
    return claims.first { $0.detection.range.upperBound > given }?.detection.range.upperBound ?? bytes.count
  }
}
