import Bytes

/// A text and signatures of it (C2SP signed-note).
///
/// ```
/// text, which ends with a line feed and may hold empty lines
/// (empty line, the last of the note)
/// — name base64
/// ```
public struct SignedNote: Hashable, Sendable {
  /// Bytes of a note: 16 signatures of 5 kB, the least that must be taken, and a text.
  public static let byteLimit = 256 << 10
  /// Signatures of one; 16 is the least that must be taken.
  public static let signatureLimit = 64

  /// With its last line feed.
  public let text: String
  public var signatures: [NoteSignature]

  public init(text: String, signatures: [NoteSignature]) {
    self.text = text
    self.signatures = signatures
  }

  /// Reads a note; what it gives is not yet verified.
  ///
  /// - Throws: `NoteError` for anything that the specification does not allow.
  public init(parsing bytes: [UInt8]) throws(NoteError) {
    guard bytes.count <= Self.byteLimit else { throw NoteError("a note of over \(Self.byteLimit >> 10) KiB") }
    guard !bytes.contains(where: { $0 < 0x20 && $0 != 0x0A }) else { throw NoteError("a control character in a note") }
    guard let whole = bytes.span.validString else { throw NoteError("a note that is no UTF-8") }
    guard let gap = Self.lastEmptyLine(bytes) else { throw NoteError("a note without signatures") }
    text = String(decoding: bytes[...gap], as: UTF8.self)
    guard whole.utf8.last == 0x0A else { throw NoteError("a note that does not end with a line feed") }
    let lines = bytes[(gap + 2)...].dropLast().split(separator: 0x0A, omittingEmptySubsequences: false)
    guard bytes.count > gap + 2, lines.count <= Self.signatureLimit else {
      throw NoteError("a note of no signature, or of over \(Self.signatureLimit)")
    }
    signatures = []
    for line in lines { signatures.append(try NoteSignature(line: Substring(String(decoding: line, as: UTF8.self)))) }
  }

  /// The index of the line feed before the last empty line.
  private static func lastEmptyLine(_ bytes: [UInt8]) -> Int? {
    var index = bytes.count - 2
    while index >= 0 {
      if bytes[index] == 0x0A, bytes[index + 1] == 0x0A { return index }
      index -= 1
    }
    return nil
  }

  /// The note as it is written.
  public var bytes: [UInt8] { Array((text + "\n" + signatures.map(\.line).joined()).utf8) }

  /// The keys among `keys` that signed the text; never empty.
  ///
  /// Signatures of other keys are passed over, even with the name or the id of one that is known.
  ///
  /// - Throws: `NoteError` when a known key's signature does not hold, two known keys have the same name and id, or none
  ///   of them signed.
  public func verified(by keys: [NoteKey]) throws(NoteError) -> [NoteKey] {
    var found: [NoteKey] = []
    for signature in signatures {
      let known = keys.filter { $0.name == signature.name && $0.id == signature.keyID }
      guard Set(known).count <= 1 else { throw NoteError("two keys that are known as \(signature.name)") }
      guard let key = known.first, !found.contains(key) else { continue }
      guard key.isSignature(signature.bytes, of: text) else {
        throw NoteError("a signature of \(key.name) that does not hold")
      }
      found.append(key)
    }
    guard !found.isEmpty else { throw NoteError("signed by no key that is known") }
    return found
  }
}
