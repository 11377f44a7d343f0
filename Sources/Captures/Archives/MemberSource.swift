/// A member of an archive: read from the archive while that stands at it, and from where it was put aside afterwards.
final class MemberSource: ByteSource {
  private enum Rest {
    case live(EntrySource)
    case aside(ExtentReader)
    case over
  }

  private let head: [UInt8]
  private var position = 0
  private var rest: Rest
  private let path: String

  init(head: [UInt8], rest: EntrySource, path: String) {
    self.head = head
    self.rest = .live(rest)
    self.path = path
  }

  func read(into buffer: inout MutableSpan<UInt8>) throws(InputError) -> Int {
    if position < head.count {
      let count = copy(head, from: position, to: &buffer)
      position += count
      return count
    }
    switch rest {
    case .live(let source): return try source.read(into: &buffer)
    case .aside(let source): return try source.read(into: &buffer)
    case .over: return 0
    }
  }

  /// Bytes of the file that was given for each byte of this so far, while it is read from the archive.
  var costShare: Double {
    guard case .live(let source) = rest else { return 1 }
    return source.costShare
  }

  /// Puts what was not read yet into `spool`, so that the archive can move on.
  func putAside(_ spool: SpoolFile) throws(InputError) {
    guard case .live(let source) = rest else { return }
    rest = source.isOver ? .over : .aside(ExtentReader(try spool.append(source, path: path)))
  }

  /// Ends it here.
  func abandon() {
    position = head.count
    rest = .over
  }
}
