import Bytes

/// The Authentication… messages.
enum AuthenticationMessage {
  case ok
  /// A password as it is.
  case cleartext
  /// AuthenticationSASL: the mechanisms that the server offers, in its spelling.
  case sasl(mechanisms: [String])
  /// Any other method, by its name in pg_hba.conf.
  case method(String)
  /// AuthenticationGSSContinue, AuthenticationSASLContinue, AuthenticationSASLFinal.
  case step

  /// Mechanisms that are read of one list.
  private static let mechanismLimit = 20

  init(parsing reader: inout ByteReader) throws(DecodeError) {
    let code = try reader.readUInt32("authentication code")
    switch code {
    case 0: self = .ok
    case 2: self = .method("kerberos-v5")
    case 3: self = .cleartext
    case 4:
      try reader.skip(2, "salt")
      self = .method("crypt")
    case 5:
      try reader.skip(4, "salt")
      self = .method("md5")
    case 6: self = .method("scm-credential")
    case 7: self = .method("gss")
    case 9: self = .method("sspi")
    case 8, 11, 12:
      try reader.skip(reader.remaining)
      self = .step
    case 10:
      var names: [String] = []
      while let next = reader.peek(), next != 0 {
        guard names.count < AuthenticationMessage.mechanismLimit else {
          throw DecodeError(.overLimit, "SASL mechanisms", offset: reader.offset)
        }
        names.append(try reader.readCString("SASL mechanism").string)
      }
      try reader.skip(1, "end of the SASL mechanisms")
      self = .sasl(mechanisms: names)
    default:
      throw DecodeError(.outOfRange, "authentication code", offset: 0, expected: "0 to 12", found: "\(code)")
    }
  }
}
