import Bytes
import Model

/// Rebuilds the files of a channel that speaks the old protocol of scp, which only its source code defines.
///
/// The source sends lines, each answered by the sink with a byte (0 accepted, 1 error, 2 fatal error, these two with a line
/// of text):
///
///     T<mtime> 0 <atime> 0      times of what comes next
///     C<mode> <size> <name>     a file; after the answer its bytes and a 0
///     D<mode> 0 <name>          a folder is entered
///     E                         and left
struct SCPReader {
  private enum State {
    case line
    /// A file's bytes that are still to come; it begins only when the sink has accepted it.
    case data(left: UInt64)
    /// The byte that says how reading the file went.
    case status
    /// The order is lost.
    case opaque
  }

  /// What the sink answers next.
  private enum Awaited {
    case nothing
    case header
    case folder
    case end
  }

  /// A line of the protocol, at most: a path component and some numbers.
  static let lineLength = 8 << 10
  /// Answers that are awaited; the protocol has one at a time.
  static let awaitedCount = 64

  private let options: ParserOptions
  private let channel: UInt32
  private let client: Direction
  /// Which end sends the files.
  private let source: Direction
  private var paths: SCPPaths
  private var state = State.line
  private var line: [UInt8] = []
  private var lineBegin = StreamPosition(time: .epoch, origin: .unknown)
  private var answer: [UInt8] = []
  /// The sink begins with an answer to nothing.
  private var awaited: [Awaited] = [.nothing]
  private var current: SCPFile?
  private var folders: [SCPFile] = []
  private var times: (modified: UInt32, accessed: UInt32)?
  private var isReported = false

  /// Nil when the line does not run scp as one end of a copy.
  init?(_ command: SSHCommandLine, options: ParserOptions, channel: UInt32, client: Direction) {
    guard command.program == "scp" else { return nil }
    var flags = Set<Character>()
    var arguments: [String] = []
    var isPastOptions = false
    for word in command.words.dropFirst() {
      if !isPastOptions, word == "--" {
        isPastOptions = true
      } else if !isPastOptions, word.hasPrefix("-"), word.count > 1 {
        flags.formUnion(word.dropFirst())
      } else {
        arguments.append(word)
      }
    }
    let isSink = flags.contains("t")
    guard isSink != flags.contains("f"), !arguments.isEmpty else { return nil }
    self.options = options
    self.channel = channel
    self.client = client
    source = isSink ? client : client.reversed
    paths = SCPPaths(isSink: isSink, arguments: arguments, isTargetFolder: flags.contains("d"))
  }

  mutating func receive(_ bytes: Span<UInt8>, _ envelope: SSHEnvelope, _ events: inout [ParserEvent]) {
    if envelope.direction == source {
      receiveSource(bytes, envelope, &events)
    } else {
      receiveSink(bytes, envelope, &events)
    }
  }

  // MARK: The source

  private mutating func receiveSource(
    _ bytes: Span<UInt8>, _ envelope: SSHEnvelope, _ events: inout [ParserEvent]
  ) {
    var index = 0
    while index < bytes.count {
      switch state {
      case .opaque: return
      case .data(let left):
        let count = min(bytes.count - index, Int(clamping: left))
        current?.add(bytes.extracting(index..<(index + count)), envelope)
        index += count
        state = left - UInt64(count) == 0 ? .status : .data(left: left - UInt64(count))
      case .status where bytes[index] == 0:
        index += 1
        current?.sourceByteCount += 1
        state = .line
        expect(.end)
      case .status, .line:
        // A byte of its own says that all is well, where it answers an answer.
        if line.isEmpty, bytes[index] == 0 {
          index += 1
          continue
        }
        if line.isEmpty { lineBegin = envelope.begin }
        let end = bytes.firstIndex(of: 0x0a, from: index)
        let stop = end ?? bytes.count
        guard line.count + stop - index <= SCPReader.lineLength else {
          return lose("a line of more than \(SCPReader.lineLength.description) bytes", envelope.begin, &events)
        }
        line.append(contentsOf: bytes.extracting(index..<stop))
        index = stop
        guard end != nil else { return }
        index += 1
        let whole = line
        line = []
        take(whole.span, envelope, &events)
      }
    }
  }

  private mutating func take(_ line: Span<UInt8>, _ envelope: SSHEnvelope, _ events: inout [ParserEvent]) {
    guard !line.isEmpty else { return lose("an empty line", lineBegin, &events) }
    let rest = line.extracting(1..<line.count).string
    if case .status = state {
      // The source could not read the file to its end; the bytes it sent instead do not count.
      state = .line
      current?.fail(line[0], rest)
      return expect(.end)
    }
    switch line[0] {
    case UInt8(ascii: "T"):
      let numbers = rest.split(separator: " ").compactMap { Int64($0) }
      guard numbers.count == 4 else { return lose("T\(rest)", lineBegin, &events) }
      times = (UInt32(truncatingIfNeeded: numbers[0]), UInt32(truncatingIfNeeded: numbers[2]))
      expect(.nothing)
    case UInt8(ascii: "C"), UInt8(ascii: "D"):
      guard let header = SCPHeader(rest) else { return lose(line.string, lineBegin, &events) }
      let isFolder = line[0] == UInt8(ascii: "D")
      let verb: FileOperation.Verb = isFolder ? (paths.isSink ? .mkdir : .list) : (paths.isSink ? .put : .get)
      let (path, note) = paths.path(of: header.name)
      var operation = FileOperation(.scp, verb, path: path, channel: channel)
      var attributes = FileAttributes()
      attributes.permissions = header.mode
      attributes.size = isFolder ? nil : header.size
      attributes.modifiedAt = times?.modified
      attributes.accessedAt = times?.accessed
      operation.attributes = attributes
      operation.note = note
      times = nil
      let file = SCPFile(
        operation, begin: lineBegin, lineByteCount: line.count + 1, size: header.size, options: options)
      if isFolder {
        folders.append(file)
        paths.enter(path)
        expect(.folder)
      } else {
        if let earlier = current { give(earlier, "no answer was captured", &events) }
        current = file
        state = header.size == 0 ? .status : .data(left: header.size)
        expect(.header)
      }
    case UInt8(ascii: "E"):
      guard paths.leave() else { return lose("a folder is left that was not entered", lineBegin, &events) }
      expect(.nothing)
    case 1, 2:
      // What the source could not read at all.
      let path = paths.arguments.count == 1 ? paths.arguments[0] : rest
      var operation = FileOperation(.scp, paths.isSink ? .put : .get, path: path, channel: channel)
      operation.outcome = .failed(code: SCPFile.code(line[0]), message: rest)
      let file = SCPFile(
        operation, begin: lineBegin, lineByteCount: line.count + 1, size: 0, options: options)
      give(file, nil, &events)
    default: lose(line.string, lineBegin, &events)
    }
  }

  private mutating func expect(_ answer: Awaited) {
    if awaited.count < SCPReader.awaitedCount { awaited.append(answer) }
  }

  // MARK: The sink

  private mutating func receiveSink(
    _ bytes: Span<UInt8>, _ envelope: SSHEnvelope, _ events: inout [ParserEvent]
  ) {
    var index = 0
    while index < bytes.count {
      if case .opaque = state { return }
      if answer.isEmpty, bytes[index] == 0 {
        index += 1
        takeAnswer(0, "", envelope, &events)
        continue
      }
      if answer.isEmpty, bytes[index] > 2 {
        return lose("the sink answers with \(bytes[index])", envelope.begin, &events)
      }
      let end = bytes.firstIndex(of: 0x0a, from: index)
      let stop = end ?? bytes.count
      guard answer.count + stop - index <= SCPReader.lineLength else {
        return lose("an answer of more than \(SCPReader.lineLength.description) bytes", envelope.begin, &events)
      }
      answer.append(contentsOf: bytes.extracting(index..<stop))
      index = stop
      guard end != nil else { return }
      index += 1
      let whole = answer
      answer = []
      takeAnswer(whole[0], whole.span.extracting(1..<whole.count).string, envelope, &events)
    }
  }

  private mutating func takeAnswer(
    _ code: UInt8, _ text: String, _ envelope: SSHEnvelope, _ events: inout [ParserEvent]
  ) {
    let subject = awaited.isEmpty ? Awaited.nothing : awaited.removeFirst()
    switch subject {
    case .nothing:
      guard code != 0 else { return }
      // An error before anything was sent: the target cannot be written, the file not be read.
      let path = paths.arguments.first ?? ""
      var operation = FileOperation(.scp, paths.isSink ? .put : .get, path: path, channel: channel)
      operation.outcome = .failed(code: SCPFile.code(code), message: text)
      var file = SCPFile(operation, begin: envelope.begin, lineByteCount: 0, size: 0, options: options)
      file.answered(text.utf8.count, envelope)
      give(file, nil, &events)
      // The sink goes on with what it can; the next answer is again to nothing that was sent.
      if awaited.isEmpty { awaited = [.nothing] }
    case .header:
      current?.answered(1 + text.utf8.count, envelope)
      guard code != 0, var file = current else { return }
      file.fail(code, text)
      if file.isUntouched {
        // The file is refused, so its bytes do not come.
        current = nil
        state = .line
        give(file, nil, &events)
      } else {
        current = file
      }
    case .folder:
      guard var folder = folders.popLast() else { return }
      folder.answered(1 + text.utf8.count, envelope)
      if code != 0 {
        folder.fail(code, text)
        _ = paths.leave()
      } else {
        folder.operation.outcome = .ok
      }
      give(folder, nil, &events)
    case .end:
      guard var file = current else { return }
      current = nil
      file.answered(1 + text.utf8.count, envelope)
      if code != 0 { file.fail(code, text) }
      give(file, nil, &events)
    }
  }

  // MARK: Loss and end

  private mutating func lose(_ what: String, _ position: StreamPosition, _ events: inout [ParserEvent]) {
    state = .opaque
    flush("malformed: \(what)", &events)
    guard !isReported else { return }
    isReported = true
    events.append(
      .anomaly(
        Anomaly(
          "scp-malformed", "channel \(channel): \(what.prefix(200))", origin: position.origin, flow: options.flow,
          time: position.time)))
  }

  /// Bytes of a direction may be missing: where the next line begins is not known any more.
  mutating func skip(_ direction: Direction, at position: StreamPosition, _ events: inout [ParserEvent]) {
    if case .opaque = state { return }
    state = .opaque
    flush("bytes from the \(direction.name) may be missing", &events)
  }

  mutating func finish(at position: StreamPosition, _ events: inout [ParserEvent]) {
    flush("the channel ended before it was whole", &events)
  }

  private mutating func flush(_ reason: String, _ events: inout [ParserEvent]) {
    for folder in folders { give(folder, reason, &events) }
    folders = []
    if let file = current { give(file, reason, &events) }
    current = nil
  }

  private func give(_ file: SCPFile, _ reason: String?, _ events: inout [ParserEvent]) {
    var file = file
    let isFromClient = source == .fromClient
    let operation = file.finished(isComplete: reason == nil, isSink: paths.isSink)
    events.append(
      .exchange(
        Exchange(
          shape: .file(operation), startedAt: file.begin.time, firstResponseAt: file.firstAnswerAt,
          endedAt: reason == nil ? file.lastAt : nil, origin: file.begin.origin,
          requestByteCount: isFromClient ? file.sourceByteCount : file.sinkByteCount,
          responseByteCount: isFromClient ? file.sinkByteCount : file.sourceByteCount, incompleteReason: reason)))
  }
}
