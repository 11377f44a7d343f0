import Bytes

/// A text that comes in pieces: what was not judged yet, and a little before it that may tell what it is.
struct TextWindow: Sendable {
  /// Bytes before a value that may tell what it is.
  static let contextLength = 256

  /// Up to where the text can be judged, and what was found before that.
  struct Judgement {
    var end: Int
    var claims: [DataMask.Claim]
  }

  private(set) var bytes: [UInt8] = []
  /// Bytes at the beginning that were judged already and are only read.
  private(set) var given = 0
  /// Up to here no break was found.
  private var searched = 0

  var openCount: Int { bytes.count - given }

  mutating func append(_ piece: Span<UInt8>) { bytes.append(contentsOf: piece) }

  /// Up to the last break; nil where there is no new one.
  mutating func judged(by mask: DataMask) -> Judgement? {
    let place = TextBreak.last(in: bytes.span, after: given, searched: searched)
    searched = bytes.count
    guard var end = place else { return nil }
    let claims = claims(mask)
    for claim in claims where claim.detection.range.contains(end) { end = claim.detection.range.lowerBound }
    if let key = TextBreak.openKey(in: bytes.span, from: given), key < end { end = key }
    return end > given ? Judgement(end: end, claims: claims.filter { $0.detection.range.upperBound <= end }) : nil
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
  mutating func give(to end: Int) -> Int {
    let keep = max(0, end - Self.contextLength)
    bytes.removeFirst(keep)
    given = end - keep
    searched = max(given, searched - keep)
    return keep
  }

  private func claims(_ mask: DataMask) -> [DataMask.Claim] {
    mask.claims(bytes).filter { $0.detection.range.upperBound > given }
  }

  private func end(_ claims: [DataMask.Claim], _ valueLimit: Int) -> Int {
    var end = bytes.count - valueLimit
    for claim in claims where claim.detection.range.contains(end) { end = claim.detection.range.lowerBound }
    if let key = TextBreak.openKey(in: bytes.span, from: given), key > given { end = min(end, key) }
    let floor = max(given, end - Self.contextLength / 2)
    var cut = end
    while cut > floor, bytes[cut - 1] > 0x20 { cut -= 1 }
    if cut > floor, !claims.contains(where: { $0.detection.range.contains(cut) }) { end = cut }
    if end > given { return end }
    // A value that takes all that is held is given out whole.
    return claims.first { $0.detection.range.upperBound > given }?.detection.range.upperBound ?? bytes.count
  }
}
