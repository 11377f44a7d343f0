/// A line of a note behind its text: `— <name> <base64 of key id and signature>`.
public struct NoteSignature: Hashable, Sendable {
  static let mark = "\u{2014} "

  public let name: String
  public let keyID: UInt32
  /// Behind the key id.
  public let bytes: [UInt8]

  init(name: String, keyID: UInt32, bytes: [UInt8]) {
    self.name = name
    self.keyID = keyID
    self.bytes = bytes
  }

  /// Takes a line without its line feed.
  init(line: Substring) throws(NoteError) {
    guard line.hasPrefix(Self.mark) else { throw NoteError("a line of signatures that does not begin with a dash") }
    let parts = line.dropFirst(Self.mark.count).split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 2, NoteName.isValid(parts[0]) else { throw NoteError("a signature without a name") }
    guard let blob = StandardBase64.decode(parts[1]), blob.count >= 5 else {
      throw NoteError("a signature that is no base64 of a key id and more")
    }
    name = String(parts[0])
    keyID = blob.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    bytes = Array(blob.dropFirst(4))
  }

  /// With its line feed.
  var line: String {
    let id = (0..<4).map { UInt8(truncatingIfNeeded: keyID >> UInt32(24 - 8 * $0)) }
    return "\(Self.mark)\(name) \(StandardBase64.encode(id + bytes))\n"
  }
}
