/// The keys that may sign a log one after another, each vouched for by a root key that lies elsewhere.
///
/// For each epoch there is a note, signed by the root key:
///
/// ```
/// exhibit epoch key v1
/// origin of the log
/// number, from 1
/// vkey, whose name is the origin
/// ```
///
/// The private key of an epoch is erased when the next begins, so that who takes the machine later cannot sign for what
/// was before.
public struct EpochKeys: Sendable {
  static let heading = "exhibit epoch key v1"
  /// Keys of a log.
  public static let countLimit = 10_000
  /// Beside the checkpoint.
  static let fileName = "epochs"

  public let root: NoteKey
  /// Of epoch 1, 2, …
  public let keys: [NoteKey]
  /// As they stand in the file.
  let notes: [SignedNote]

  /// Takes the notes of all epochs in their order.
  ///
  /// - Throws: `NoteError` when one is not signed by `root`, is of another log or out of order, or a key comes twice.
  public init(_ notes: [SignedNote], root: NoteKey, origin: String) throws(NoteError) {
    guard !notes.isEmpty, notes.count <= Self.countLimit else {
      throw NoteError("no epochs, or over \(Self.countLimit)")
    }
    var keys: [NoteKey] = []
    for (index, note) in notes.enumerated() {
      _ = try note.verified(by: [root])
      let lines = note.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      guard lines.count == 5, lines[4].isEmpty, lines[0] == Self.heading, lines[1] == origin,
        DecimalText.number(lines[2]) == UInt64(index + 1)
      else { throw NoteError("epoch \(index + 1): not the note of that epoch of \(origin)") }
      let key = try NoteKey(parsing: lines[3])
      guard key.name == origin, key.kind == .ed25519, key != root, !keys.contains(key) else {
        throw NoteError("epoch \(index + 1): a key of another name, the root's own, or one that was there before")
      }
      keys.append(key)
    }
    self.notes = notes
    self.root = root
    self.keys = keys
  }

  /// Reads the file: notes, each with an empty line behind it.
  ///
  /// - Throws: `NoteError`.
  public init(parsing bytes: [UInt8], root: NoteKey, origin: String) throws(NoteError) {
    var list = NoteList()
    list.append(bytes)
    var notes: [SignedNote] = []
    while let note = try list.next() { notes.append(try SignedNote(parsing: note)) }
    guard list.restCount == 0 else { throw NoteError("a list of epochs that ends within one") }
    try self.init(notes, root: root, origin: origin)
  }

  /// The note of an epoch.
  ///
  /// - Throws: `NoteError` when libcrypto does not sign.
  public static func note(epoch: UInt64, key: NoteKey, by root: NoteSigner) throws(NoteError) -> SignedNote {
    let text = "\(heading)\n\(key.name)\n\(epoch)\n\(key)\n"
    return SignedNote(text: text, signatures: [try root.sign(text)])
  }

  /// As they are written to the file.
  public static func bytes(of notes: [SignedNote]) -> [UInt8] { notes.flatMap { $0.bytes + [0x0A] } }

  /// The epoch of a key, from 1.
  func number(of key: NoteKey) -> UInt64? { keys.firstIndex(of: key).map { UInt64($0) + 1 } }

  /// The key of an epoch.
  func key(of epoch: UInt64) -> NoteKey? {
    guard epoch > 0, let index = Int(exactly: epoch - 1), index < keys.count else { return nil }
    return keys[index]
  }
}
