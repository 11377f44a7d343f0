import Bytes

/// What a browser had a token sign in place of the message (OpenSSH PROTOCOL.u2f, "WebAuthn signatures"; W3C Web
/// Authentication §5.8.1): an object in JSON that has the message as its challenge.
struct WebAuthnUse: Hashable, Sendable {
  /// `AT` and `ED` of the authenticator's flags (§6.1).
  private static let hasCredential: UInt8 = 0x40
  private static let hasExtensions: UInt8 = 0x80

  /// The page's, as `https://gateway.example`.
  let origin: String
  /// JSON, as the browser wrote it.
  let clientData: [UInt8]
  /// Of the authenticator, in CBOR; as a rule none.
  let extensions: [UInt8]

  init(origin: String, clientData: [UInt8], extensions: [UInt8] = []) {
    (self.origin, self.clientData, self.extensions) = (origin, clientData, extensions)
  }

  init(parsing reader: inout ByteReader) throws(DecodeError) {
    origin = try reader.readSSHText("origin")
    clientData = try reader.readSSHString("client data").array
    extensions = try reader.readSSHString("extensions").array
  }

  func write(to writer: inout ByteWriter) {
    writer.writeSSHString(origin)
    writer.writeSSHString(clientData)
    writer.writeSSHString(extensions)
  }

  /// Whether the browser says that it asked for the message to be signed, and on that page. Browsers write these three members first and in
  /// this order (§5.8.1.1), and as OpenSSH has it nothing else is taken.
  func isOver(_ message: [UInt8], flags: UInt8) -> Bool {
    guard !origin.contains("\""), flags & Self.hasCredential == 0,
      (flags & Self.hasExtensions == 0) == extensions.isEmpty
    else { return false }
    let challenge = Base64.encode(message, isPadded: false)
      .replacing("+", with: "-").replacing("/", with: "_")
    let start = #"{"type":"webauthn.get","challenge":"\#(challenge)","origin":"\#(origin)""#
    return clientData.starts(with: start.utf8)
  }
}
