import Bytes
import Model

/// A handle, from the request that opened it to the one that closes it: one operation.
struct SFTPOpenFile {
  let path: String
  let flags: UInt32
  let isFolder: Bool
  let begin: StreamPosition
  var firstResponseAt: Timestamp?
  var lastAt: Timestamp
  var requestByteCount: UInt64
  var responseByteCount: UInt64 = 0
  var attributes: FileAttributes?
  /// Size as the server told it of this handle.
  var knownSize: UInt64?
  /// Size that the client gave it, last of all.
  var setSize: UInt64?
  /// Where the server said that the file ends.
  var endOfFile: UInt64?
  var read: SFTPTransfer
  var written: SFTPTransfer
  /// Names of a folder.
  var names: PayloadBuilder
  var nameCount = 0
  var failure: FileOperation.Outcome?
  var incompleteReason: String?
  var notes: [String] = []

  init(
    path: String, flags: UInt32, isFolder: Bool, begin: StreamPosition, requestByteCount: UInt64, options: ParserOptions
  ) {
    self.path = path
    self.flags = flags
    self.isFolder = isFolder
    self.begin = begin
    self.requestByteCount = requestByteCount
    lastAt = begin.time
    read = SFTPTransfer(options)
    written = SFTPTransfer(options)
    names = PayloadBuilder(layout: .text, limit: options.bodyLimit, held: options.held)
  }

  mutating func fail(_ code: UInt32, _ message: String) {
    if failure == nil { failure = .failed(code: SFTPStatus.name(code), message: message) }
  }

  mutating func note(_ text: String) { if !notes.contains(text), notes.count < 8 { notes.append(text) } }

  /// What an OPEN with such flags asks for, before anything moved.
  static func verb(opening flags: UInt32) -> FileOperation.Verb {
    let wants = (flags & SFTPOpenFlag.read != 0, flags & SFTPOpenFlag.write != 0)
    return wants == (true, true) ? .edit : wants.1 ? .put : .get
  }

  /// Nothing is left of what was there before: it was emptied or new, or cut where the writing ended.
  private var isMadeAnew: Bool {
    flags & (SFTPOpenFlag.truncate | SFTPOpenFlag.exclusive) != 0 || setSize == written.end
  }

  /// The operation as it is told.
  mutating func operation(channel: UInt32, budget: inout Int) -> FileOperation {
    if isFolder {
      var operation = FileOperation(.sftp, .list, path: path, channel: channel)
      operation.content = names.finish()
      return told(&operation)
    }
    let verb: FileOperation.Verb
    switch (read.byteCount > 0, written.byteCount > 0) {
    case (true, true): verb = .edit
    case (true, false): verb = .get
    case (false, true): verb = .put
    case (false, false):
      // An empty file moved: read to its end at once, or made anew and nothing written.
      if endOfFile != nil {
        verb = .get
      } else {
        verb = flags & SFTPOpenFlag.write != 0 && isMadeAnew ? .put : failure != nil ? Self.verb(opening: flags) : .open
      }
    }
    var operation = FileOperation(.sftp, verb, path: path, channel: channel)
    operation.readByteCount = read.byteCount
    operation.writtenByteCount = written.byteCount
    switch verb {
    case .get:
      let isContiguous = read.isContiguous
      operation.content = read.finish(&budget)
      operation.isWholeFile = isContiguous && failure == nil && (endOfFile == read.end || knownSize == read.end)
      if !isContiguous, let trouble = read.trouble {
        note("\(trouble): content is what was read in order from offset 0")
      } else if !operation.isWholeFile {
        note("read in part: \(read.end.grouped)\(knownSize.map { " of \($0.grouped)" } ?? "") bytes from offset 0")
      }
    case .put:
      let (isContiguous, isMadeAnew) = (written.isContiguous, isMadeAnew)
      operation.content = written.finish(&budget)
      operation.isWholeFile = isContiguous && failure == nil && isMadeAnew && flags & SFTPOpenFlag.append == 0
      if !isContiguous, let trouble = written.trouble {
        note("\(trouble): content is what was written in order from offset 0")
      } else if !isMadeAnew {
        note("the file was not emptied before")
      }
    case .edit:
      _ = read.finish(&budget)
      operation.content = written.byteCount > 0 ? written.finish(&budget) : nil
      note("read and written through one handle: content is what was written in order from offset 0")
    default:
      if flags & SFTPOpenFlag.create != 0 { note("created where it did not exist") }
    }
    return told(&operation)
  }

  private func told(_ operation: inout FileOperation) -> FileOperation {
    operation.attributes = attributes
    operation.outcome = failure ?? (incompleteReason == nil ? .ok : .unknown)
    if !notes.isEmpty { operation.note = notes.joined(separator: "; ") }
    return operation
  }
}
