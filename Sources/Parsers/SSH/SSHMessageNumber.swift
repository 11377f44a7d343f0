/// Message numbers (RFC 4250 §4.1.2).
enum SSHMessageNumber {
  static let disconnect: UInt8 = 1
  static let ignore: UInt8 = 2
  static let unimplemented: UInt8 = 3
  static let debug: UInt8 = 4
  static let serviceRequest: UInt8 = 5
  static let serviceAccept: UInt8 = 6
  /// RFC 8308 §2.3.
  static let extensionInfo: UInt8 = 7
  static let newCompress: UInt8 = 8
  static let kexInit: UInt8 = 20
  static let newKeys: UInt8 = 21
  static let authRequest: UInt8 = 50
  static let authFailure: UInt8 = 51
  static let authSuccess: UInt8 = 52
  static let authBanner: UInt8 = 53
  /// USERAUTH_PK_OK, PASSWD_CHANGEREQ, INFO_REQUEST, GSSAPI_RESPONSE: what it is depends on the method.
  static let authMethod60: UInt8 = 60
  /// USERAUTH_INFO_RESPONSE, GSSAPI_TOKEN.
  static let authMethod61: UInt8 = 61
  static let globalRequest: UInt8 = 80
  static let requestSuccess: UInt8 = 81
  static let requestFailure: UInt8 = 82
  static let channelOpen: UInt8 = 90
  static let channelOpenConfirmation: UInt8 = 91
  static let channelOpenFailure: UInt8 = 92
  static let channelWindowAdjust: UInt8 = 93
  static let channelData: UInt8 = 94
  static let channelExtendedData: UInt8 = 95
  static let channelEOF: UInt8 = 96
  static let channelClose: UInt8 = 97
  static let channelRequest: UInt8 = 98
  static let channelSuccess: UInt8 = 99
  static let channelFailure: UInt8 = 100

  /// Whether a number is assigned: transport, key exchange, authentication or connection.
  static func isKnown(_ number: UInt8) -> Bool {
    switch number {
    case 1...8, 20, 21, 30...49, 50...53, 60...66, 80...82, 90...100, 192: true
    default: false
    }
  }
}
