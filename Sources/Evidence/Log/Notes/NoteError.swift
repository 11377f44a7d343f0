/// Text that is no note, checkpoint, key or proof as C2SP specifies them. Says nothing of tampering by itself.
public struct NoteError: Error, Hashable, Sendable, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }
}
