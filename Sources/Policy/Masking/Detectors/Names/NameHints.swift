/// What a name says of its value: a bit for each thing that a name can say.
struct NameHints: OptionSet, Sendable, Hashable {
  let rawValue: UInt64

  private static func bit(_ place: UInt64) -> NameHints { NameHints(rawValue: 1 << place) }

  // Classes with a shape
  static let email = bit(0)
  static let phone = bit(1)
  static let card = bit(2)
  static let iban = bit(3)
  static let ip = bit(4)
  static let password = bit(5)
  /// A key, a token, a secret.
  static let secret = bit(6)
  /// Together with `secret`: an AWS secret access key, an Azure account key.
  static let aws = bit(7)
  static let azureAccount = bit(8)

  // Classes that only names tell
  static let name = bit(9)
  static let address = bit(10)
  static let dateOfBirth = bit(11)
  static let health = bit(12)
  static let income = bit(13)
  static let bankAccount = bit(14)
  static let document = bit(15)
  static let special = bit(16)
  static let location = bit(17)

  // What speaks against a finding
  /// An order, an invoice, a parcel, a time: a number that is none of a person.
  static let business = bit(18)
  /// A version or a release.
  static let version = bit(19)
  /// A digest, an id, a cursor: drawn at random, and no secret.
  static let identifier = bit(20)
  /// `name` by itself.
  static let bareName = bit(21)
  /// A table of people.
  static let people = bit(22)

  /// The word says nothing by itself, and with those behind it something.
  static let begins = bit(63)

  // Numbers of persons
  /// A number of a person of no said country.
  static let anyNational = bit(24)
  static let usSSN = bit(25)
  static let gbNINO = bit(26)
  static let gbNHS = bit(27)
  static let deSteuerID = bit(28)
  static let frNIR = bit(29)
  static let esDNI = bit(30)
  static let itCodiceFiscale = bit(31)
  static let nlBSN = bit(32)
  static let beNRN = bit(33)
  static let plPESEL = bit(34)
  static let sePersonnummer = bit(35)
  static let fiHETU = bit(36)
  static let dkCPR = bit(37)
  static let noFodselsnummer = bit(38)
  static let chAHV = bit(39)
  static let ptNIF = bit(40)
  static let iePPS = bit(41)
  static let czRodneCislo = bit(42)
  static let roCNP = bit(43)
  static let trKimlik = bit(44)
  static let brCPF = bit(45)
  static let mxCURP = bit(46)
  static let caSIN = bit(47)
  static let auTFN = bit(48)
  static let inAadhaar = bit(49)
  static let cnResidentID = bit(50)
  static let krRRN = bit(51)
  static let zaID = bit(52)

  /// Some number of a person.
  static let national = NameHints(rawValue: (1 << 53) - (1 << 24))

  /// Classes, in the order of `DataClass`.
  var classes: [DataClass] {
    DataClass.allCases.filter { one in
      switch one {
      case .email: contains(.email)
      case .phone: contains(.phone)
      case .paymentCard: contains(.card)
      case .iban: contains(.iban)
      case .nationalID: !isDisjoint(with: .national)
      case .ipAddress: contains(.ip)
      case .password: contains(.password)
      // Of a column that is called `api_key` nobody knows whose key it holds.
      case .highEntropy: contains(.secret)
      case .jwt, .cloudKey, .privateKey: false
      case .name: contains(.name)
      case .address: contains(.address)
      case .dateOfBirth: contains(.dateOfBirth)
      case .health: contains(.health)
      case .income: contains(.income)
      case .bankAccount: contains(.bankAccount)
      case .identityDocument: contains(.document)
      case .specialCategory: contains(.special)
      case .location: contains(.location)
      }
    }
  }
}
