import Bytes

/// The Authentication… messages.
enum AuthenticationMessage {
  case ok
  /// A method by its name in pg_hba.conf; SASL mechanisms as the server offers them.
  case request(method: String, isCleartext: Bool)
  /// AuthenticationGSSContinue, AuthenticationSASLContinue, AuthenticationSASLFinal.
  case step

  init(parsing reader: inout ByteReader) throws(DecodeError) {
    let code = try reader.readUInt32("authentication code")
    switch code {
    case 0: self = .ok
    case 2: self = .request(method: "kerberos-v5", isCleartext: false)
    case 3: self = .request(method: "password", isCleartext: true)
    case 4: self = .request(method: "crypt", isCleartext: false)
    case 5: self = .request(method: "md5", isCleartext: false)
    case 6: self = .request(method: "scm-credential", isCleartext: false)
    case 7: self = .request(method: "gss", isCleartext: false)
    case 9: self = .request(method: "sspi", isCleartext: false)
    case 8, 11, 12: self = .step
    case 10:
      var names: [String] = []
      while let next = reader.peek(), next != 0, names.count < 20 {
        names.append(try reader.readCString("SASL mechanism").string.lowercased())
      }
      self = .request(method: names.joined(separator: "/"), isCleartext: false)
    default:
      throw DecodeError(.outOfRange, "authentication code", offset: 0, expected: "0 to 12", found: "\(code)")
    }
  }
}
