/// What a line of an SSH key log holds of one key exchange.
///
///     <cookie of either KEXINIT, 32 digits> SHARED_SECRET <content of K>
///     <cookie> PRIVATE_KEY <ephemeral private key>
///     <cookie> <ephemeral private key>
enum ExchangeSecret: Sendable, Hashable {
  /// K: the content of an `mpint`, or of a `string` where the method has K as one.
  case shared([UInt8])
  /// The private key of the end whose cookie it is.
  case ephemeral([UInt8])

  /// Numbers of 15 thousand bits, beyond any group in use.
  static let byteLimit = 1920

  static func isCookie(_ field: String) -> Bool {
    field.utf8.count == 32 && [UInt8](hex: field[...]) != nil
  }

  /// Whether the line is one of an SSH key log.
  static func isLine(_ line: String) -> Bool {
    parse(line.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)) != nil
  }

  static func parse(_ fields: [String]) -> (cookie: [UInt8], secret: ExchangeSecret)? {
    guard (2...3).contains(fields.count), let last = fields.last, fields[0].utf8.count == 32,
      let cookie = [UInt8](hex: fields[0][...]), let bytes = [UInt8](hex: last[...]), !bytes.isEmpty,
      bytes.count <= byteLimit
    else { return nil }
    if fields.count == 2 { return (cookie, .ephemeral(bytes)) }
    switch fields[1] {
    case "SHARED_SECRET": return (cookie, .shared(bytes))
    case "PRIVATE_KEY": return (cookie, .ephemeral(bytes))
    default: return nil
    }
  }
}
