import Glibc

/// The end of a file of checkpoints.
struct HistoryFile {
  /// As much of its end as holds a whole note.
  private static let windowByteCount = 2 * SignedNote.byteLimit

  private let folder: LogFolder
  private let name: String

  init(_ folder: LogFolder, name: String = LogFolder.historyName) {
    self.folder = folder
    self.name = name
  }

  /// The last whole note, after what a crash left of another behind it was cut off; nil when there is none.
  func readLast() throws(EvidenceLogError) -> [UInt8]? {
    let (last, tornAt) = try last()
    if let tornAt { try folder.truncate(name, to: tornAt) }
    return last
  }

  /// The last whole note, and where half a one stands behind it.
  func last() throws(EvidenceLogError) -> (note: [UInt8]?, tornAt: Int?) {
    guard let (bytes, start) = try window() else { return (nil, nil) }
    var list = NoteList()
    list.append(Array(bytes.dropFirst(start > 0 ? Self.noteStart(in: bytes) : 0)))
    var last: [UInt8]?
    do throws(NoteError) {
      while let note = try list.next() { last = note }
    } catch {
      throw EvidenceLogError(.damaged, folder.place(name), "\(error)")
    }
    return (last, list.restCount > 0 ? start + bytes.count - list.restCount : nil)
  }

  /// The end of the file, and where it begins.
  private func window() throws(EvidenceLogError) -> (bytes: [UInt8], start: Int)? {
    let place = folder.place(name)
    let file = unsafe open(place, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard file >= 0 else {
      if errno == ENOENT { return nil }
      throw LogFolder.failure(place)
    }
    defer { close(file) }
    let end = Int(lseek(file, 0, SEEK_END))
    let start = max(0, end - Self.windowByteCount)
    var bytes = [UInt8](repeating: 0, count: max(0, end - start))
    var filled = 0
    while filled < bytes.count {
      let got = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe pread(file, buffer.baseAddress?.advanced(by: filled), buffer.count - filled, off_t(start + filled))
      }
      if got < 0, errno == EINTR { continue }
      guard got > 0 else { throw LogFolder.failure(place) }
      filled += got
    }
    return (bytes, start)
  }

  /// Behind the first line of signatures that an empty line follows.
  private static func noteStart(in bytes: [UInt8]) -> Int {
    let mark = Array(NoteSignature.mark.utf8)
    var lineStart = 0
    var isSigned = false
    for index in bytes.indices where bytes[index] == 0x0A {
      if index == lineStart, isSigned { return index + 1 }
      isSigned = bytes[lineStart..<index].starts(with: mark)
      lineStart = index + 1
    }
    return bytes.count
  }
}
