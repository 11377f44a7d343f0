/// A piece of sensitive data: what it is, and where it stands.
public struct Detection: Sendable, Hashable {
  public let kind: DataKind
  /// Places of bytes in what was scanned.
  public let range: Range<Int>
  /// Whether a checksum, a telling name or a shape that nothing else has speaks for it; otherwise it is likely.
  public let isCertain: Bool

  public init(kind: DataKind, range: Range<Int>, isCertain: Bool) {
    (self.kind, self.range, self.isCertain) = (kind, range, isCertain)
  }

  public var dataClass: DataClass { kind.dataClass }

  /// Where two of the same certainty overlap, the one of the more telling class stays: the password of an address and the
  /// host behind it look like an address of mail.
  private var weight: Int {
    switch dataClass {
    case .privateKey: 5
    case .jwt, .cloudKey, .password: 4
    case .email, .paymentCard, .iban, .nationalID: 3
    case .phone, .ipAddress: 2
    default: 1
    }
  }

  /// Whether this one stays where both overlap: the more certain, the more telling, the longer.
  func outweighs(_ other: Detection) -> Bool {
    (isCertain ? 1 : 0, weight, range.count) > (other.isCertain ? 1 : 0, other.weight, other.range.count)
  }
}
