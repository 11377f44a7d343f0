/// A checkpoint and the note that it is the text of.
public struct SignedCheckpoint: Hashable, Sendable {
  public let checkpoint: Checkpoint
  public var note: SignedNote

  /// Reads a note; its signatures are not yet verified.
  ///
  /// - Throws: `NoteError`.
  public init(parsing bytes: [UInt8]) throws(NoteError) {
    note = try SignedNote(parsing: bytes)
    checkpoint = try Checkpoint(parsing: note.text)
  }

  /// Signs a checkpoint.
  ///
  /// - Throws: `NoteError` when libcrypto does not sign.
  public init(_ checkpoint: Checkpoint, by signer: NoteSigner) throws(NoteError) {
    self.checkpoint = checkpoint
    note = SignedNote(text: checkpoint.text, signatures: [try signer.sign(checkpoint.text)])
  }
}
