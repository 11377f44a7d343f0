import Glibc

/// The checkpoints of a file, one after another, in bounded memory: a log's own list, a mirror's, a verifier's state, or
/// a single note.
final class CheckpointStream {
  private static let blockByteCount = 64 << 10

  /// As errors and verdicts name it.
  let name: String
  private let file: CInt
  private var list = NoteList()
  private var isAtEnd = false
  /// Whether the file ends within a note.
  private(set) var isTorn = false
  /// The one that `advance` came to; nil at the end.
  private(set) var current: SignedCheckpoint?

  /// - Throws: `EvidenceLogError` when the file is there and cannot be read; a missing one is empty.
  init(path: String, name: String) throws(EvidenceLogError) {
    self.name = name
    file = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    if file < 0, errno != ENOENT {
      if errno == ELOOP { throw EvidenceLogError(.damaged, path, "is a link") }
      throw LogFolder.failure(path)
    }
    isAtEnd = file < 0
  }

  deinit { if file >= 0 { close(file) } }

  /// Goes to the next checkpoint.
  ///
  /// - Throws: `NoteError` for one that is none, or is smaller than the one before; the file itself is `EvidenceLogError`.
  func advance() throws {
    let last = current?.checkpoint.size
    current = nil
    while true {
      if let note = try list.next() {
        current = try SignedCheckpoint(parsing: note)
        break
      }
      if isAtEnd {
        guard list.restCount > 0 else { break }
        // A file of a single note has no empty line behind it.
        current = try? SignedCheckpoint(parsing: list.takeRest())
        isTorn = current == nil
        break
      }
      list.append(try block())
    }
    if let last, let current, current.checkpoint.size < last {
      throw NoteError("a checkpoint of size \(current.checkpoint.size) behind one of size \(last)")
    }
  }

  private func block() throws(EvidenceLogError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Self.blockByteCount)
    while true {
      let file = file
      let got = unsafe bytes.withUnsafeMutableBytes { unsafe read(file, $0.baseAddress, $0.count) }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw LogFolder.failure(name) }
      if got == 0 { isAtEnd = true }
      return Array(bytes.prefix(got))
    }
  }
}
