import Bytes

/// The first byte of a message that a client sends (PostgreSQL documentation, Message Formats).
enum FrontendType {
  static let bind = UInt8(ascii: "B")
  static let close = UInt8(ascii: "C")
  static let copyData = UInt8(ascii: "d")
  static let copyDone = UInt8(ascii: "c")
  static let copyFail = UInt8(ascii: "f")
  static let describe = UInt8(ascii: "D")
  static let execute = UInt8(ascii: "E")
  static let flush = UInt8(ascii: "H")
  static let functionCall = UInt8(ascii: "F")
  static let parse = UInt8(ascii: "P")
  /// PasswordMessage, SASLInitialResponse, SASLResponse, GSSResponse.
  static let password = UInt8(ascii: "p")
  static let query = UInt8(ascii: "Q")
  static let sync = UInt8(ascii: "S")
  static let terminate = UInt8(ascii: "X")

  /// The largest length that the server accepts (SocketBackend in its source); nil for a type that does not exist.
  static func limit(_ type: UInt8) -> Int? {
    switch type {
    case query, parse, bind, functionCall, copyData: PostgresLimits.messageLength
    case execute, close, describe, copyFail, copyDone, sync, flush, terminate: PostgresLimits.smallMessageLength
    case password: PostgresLimits.authenticationLength
    default: nil
    }
  }

  /// Whether it has no body.
  static func isBare(_ type: UInt8) -> Bool { type == sync || type == flush || type == copyDone || type == terminate }
}

/// The first byte of a message that a server sends.
enum BackendType {
  static let authentication = UInt8(ascii: "R")
  static let backendKeyData = UInt8(ascii: "K")
  static let bindComplete = UInt8(ascii: "2")
  static let closeComplete = UInt8(ascii: "3")
  static let commandComplete = UInt8(ascii: "C")
  static let copyData = UInt8(ascii: "d")
  static let copyDone = UInt8(ascii: "c")
  static let copyInResponse = UInt8(ascii: "G")
  static let copyOutResponse = UInt8(ascii: "H")
  static let copyBothResponse = UInt8(ascii: "W")
  static let dataRow = UInt8(ascii: "D")
  static let emptyQueryResponse = UInt8(ascii: "I")
  static let errorResponse = UInt8(ascii: "E")
  static let functionCallResponse = UInt8(ascii: "V")
  static let negotiateProtocolVersion = UInt8(ascii: "v")
  static let noData = UInt8(ascii: "n")
  static let noticeResponse = UInt8(ascii: "N")
  static let notificationResponse = UInt8(ascii: "A")
  static let parameterDescription = UInt8(ascii: "t")
  static let parameterStatus = UInt8(ascii: "S")
  static let parseComplete = UInt8(ascii: "1")
  static let portalSuspended = UInt8(ascii: "s")
  static let readyForQuery = UInt8(ascii: "Z")
  static let rowDescription = UInt8(ascii: "T")

  /// The largest length that a server sends; nil for a type that does not exist.
  static func limit(_ type: UInt8) -> Int? {
    switch type {
    case dataRow, copyData, functionCallResponse, errorResponse, noticeResponse, notificationResponse, rowDescription:
      PostgresLimits.messageLength
    // Names and tags are short, but a value may be a whole search_path or a list of hosts.
    case parameterStatus, commandComplete, authentication, negotiateProtocolVersion: 1 << 20
    // 16-bit counts of 2 or 4 bytes each.
    case copyInResponse, copyOutResponse, copyBothResponse, parameterDescription: 1 << 19
    // Protocol 3.2: a secret of up to 256 bytes.
    case backendKeyData: 4 + 4 + 256
    case readyForQuery: 5
    case bindComplete, closeComplete, copyDone, emptyQueryResponse, noData, parseComplete, portalSuspended: 4
    default: nil
    }
  }
}

extension UInt8 {
  /// `'Q'`, or the number when it is no visible character.
  var letter: String {
    (0x21...0x7e).contains(self) ? "'\(String(UnicodeScalar(self)))'" : "0x\([self].hex)"
  }
}
