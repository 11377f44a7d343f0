/// Message numbers of RFC 4250 §4.1 that the transport looks at.
enum SSHMessageNumber {
  static let disconnect: UInt8 = 1
  static let keyExchangeInit: UInt8 = 20
  static let newKeys: UInt8 = 21
  /// 30 to 49 belong to the key exchange method.
  static let method: ClosedRange<UInt8> = 30...49

  /// Numbers that a packet may begin with: RFC 4250 §4.1, RFC 8308, PING and PONG of OpenSSH, local extensions.
  static func isPlausible(_ number: UInt8) -> Bool {
    switch number {
    case 1...8, 20, 21, 30...49, 50...53, 60...79, 80...82, 90...100, 192...255: true
    default: false
    }
  }
}
