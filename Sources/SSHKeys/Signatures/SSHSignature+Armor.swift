public import Bytes

/// The text form of a signature, a `.sig` file.
extension SSHSignature {
  private static let header = Array("-----BEGIN SSH SIGNATURE-----\n".utf8)
  private static let footer = Array("\n-----END SSH SIGNATURE-----".utf8)
  /// `ssh-keygen` breaks lines so; it reads any.
  private static let lineLength = 70
  /// Base64 of the longest blob, with line breaks after each character.
  public static let armorLimit = blobLimit * 3

  /// Reads the text form: the header's line is the first, what follows the footer is ignored, both as `ssh-keygen` does.
  ///
  /// - Throws: `DecodeError` for what `ssh-keygen -Y verify` refuses whatever the message is.
  public init(armored: [UInt8]) throws(DecodeError) {
    guard armored.count <= Self.armorLimit else {
      throw DecodeError(.overLimit, "armor", offset: 0, expected: "\(Self.armorLimit) bytes", found: "\(armored.count)")
    }
    guard armored.starts(with: Self.header) else {
      throw DecodeError(.mismatch, "armor header", offset: 0, expected: "-----BEGIN SSH SIGNATURE-----")
    }
    // The footer's line break is not the header's.
    let body = armored.dropFirst(Self.header.count)
    guard let end = TextPattern.end(of: Self.footer, in: body) else {
      throw DecodeError(.unterminated, "armor", offset: armored.count, expected: "-----END SSH SIGNATURE-----")
    }
    let text = body[..<(end - Self.footer.count)]
    guard !text.contains(0), let blob = Base64.decode(text) else {
      throw DecodeError(.notText, "armor", offset: Self.header.count, expected: "base64")
    }
    try self.init(blob: blob.span)
  }

  /// The text form, as `ssh-keygen` writes it.
  public var armored: String {
    var text = String(decoding: Self.header, as: UTF8.self)
    var rest = Substring(Base64.encode(blob))
    while !rest.isEmpty {
      text += rest.prefix(Self.lineLength)
      rest = rest.dropFirst(Self.lineLength)
      if !rest.isEmpty { text += "\n" }
    }
    return text + String(decoding: Self.footer, as: UTF8.self) + "\n"
  }
}
