/// What sort of sensitive data a value is: the words of `masking` in a policy file.
///
/// The first eleven are told from values by `Detector`; the others have no shape and are told from names of columns alone,
/// by `ColumnNames`.
public enum DataClass: String, CaseIterable, Sendable, Hashable {
  case email
  case phone
  case paymentCard = "payment-card"
  case iban
  /// A number that a state gave to a person: of social security, of taxes, of a register.
  case nationalID = "national-id"
  case ipAddress = "ip-address"
  case jwt
  /// A key or token of a service: of clouds, of forges, of payments, of chats.
  case cloudKey = "cloud-key"
  case privateKey = "private-key"
  /// A password, or the hash of one.
  case password
  /// A text that looks drawn at random, of no known shape.
  case highEntropy = "high-entropy"

  case name
  case address
  case dateOfBirth = "date-of-birth"
  case health
  case income
  case bankAccount = "bank-account"
  /// A passport or a driving licence.
  case identityDocument = "identity-document"
  /// What Article 9 of the GDPR names beside health: origin, belief, opinion, orientation, biometry.
  case specialCategory = "special-category"
  case location

  /// Whether values tell it; otherwise only the name of a column does.
  public var hasShape: Bool {
    switch self {
    case .email, .phone, .paymentCard, .iban, .nationalID, .ipAddress, .jwt, .cloudKey, .privateKey, .password,
      .highEntropy:
      true
    case .name, .address, .dateOfBirth, .health, .income, .bankAccount, .identityDocument, .specialCategory, .location:
      false
    }
  }

  /// Whether two different values mean two different people, as a rule: what `DataCount` counts people by.
  public var tellsPeople: Bool {
    switch self {
    case .email, .phone, .paymentCard, .iban, .nationalID: true
    default: false
    }
  }
}
