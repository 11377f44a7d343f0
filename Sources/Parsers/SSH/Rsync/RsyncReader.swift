import Bytes
import Model

/// Reads what rsync moves through a channel, protocol 30 to 32, which only its source code defines: the sender's list of
/// files, and then each file that the receiver asked for.
///
/// A receiver acknowledges no file by itself: one that was sent whole is told as done, and the exit status of the command
/// is the verdict over all.
struct RsyncReader {
  private enum State {
    /// What both ends agree on; their bytes so far.
    case greeting
    case filters
    /// The folder that it is the list of; nil is the first.
    case list(Int?)
    case users
    case groups
    case items
    case tokens
    case literal(left: Int)
    case digest
    case done
    /// The order is lost.
    case opaque
  }

  private let options: ParserOptions
  private let channel: UInt32
  private let client: Direction
  private let command: RsyncCommand
  private let paths: RsyncPaths
  private var state = State.greeting
  private var greetings = SSHBoth<[UInt8]>([], [])
  private var frames = SSHBoth<RsyncFrames>(RsyncFrames(), RsyncFrames())
  private var terms: RsyncTerms?
  private var listReader: RsyncListReader?
  private var index = RsyncIndex()
  private var lists = RsyncLists(isIncremental: false)
  private var entries: [RsyncEntry] = []
  private var entryBytes = 0
  private var nameCount = 0
  private var doneCount = 0
  private var pending: [UInt8] = []
  private var current: RsyncTransfer?
  private var movedCount = 0
  private var removedCount = 0
  private var obstacle: String?

  /// Nil when its list cannot be read.
  init?(_ line: SSHCommandLine, options: ParserOptions, channel: UInt32, client: Direction) {
    guard let command = RsyncCommand(line), command.options.obstacle == nil else { return nil }
    self.command = command
    self.options = options
    self.channel = channel
    self.client = client
    paths = RsyncPaths(command)
  }

  private var sender: Direction { command.isSender ? client.reversed : client }

  mutating func receive(_ bytes: Span<UInt8>, _ envelope: SSHEnvelope, _ events: inout [ParserEvent]) {
    do throws(DecodeError) {
      switch state {
      case .opaque, .done: return
      case .greeting: try greet(bytes, envelope, &events)
      default: try receiveFrames(bytes, envelope, &events)
      }
    } catch {
      lose(error, envelope.begin, &events)
    }
  }

  // MARK: The beginning

  private mutating func greet(
    _ bytes: Span<UInt8>, _ envelope: SSHEnvelope, _ events: inout [ParserEvent]
  ) throws(DecodeError) {
    greetings[envelope.direction].append(contentsOf: bytes)
    let (ours, theirs) = (greetings[client], greetings[client.reversed])
    guard max(ours.count, theirs.count) <= RsyncLimits.greeting else {
      throw DecodeError(.overLimit, "greeting of rsync", offset: 0)
    }
    let terms: RsyncTerms
    do throws(DecodeError) {
      terms = try RsyncTerms(client: ours.span, server: theirs.span, command.options)
    } catch {
      guard error.code == .truncated else { throw error }
      return
    }
    self.terms = terms
    listReader = RsyncListReader(terms, command.options)
    lists = RsyncLists(isIncremental: terms.isIncremental)
    state = !command.isSender && command.options.hasReceiverFilters ? .filters : .list(nil)
    greetings = SSHBoth([], [])
    for (direction, rest) in [
      (client, ours.dropFirst(terms.clientLength)), (client.reversed, theirs.dropFirst(terms.serverLength)),
    ] {
      let rest = Array(rest)
      let own = SSHEnvelope(
        direction: direction, begin: envelope.begin, endTime: envelope.endTime, byteCount: envelope.byteCount)
      try receiveFrames(rest.span, own, &events)
    }
  }

  // MARK: Frames

  private mutating func receiveFrames(
    _ bytes: Span<UInt8>, _ envelope: SSHEnvelope, _ events: inout [ParserEvent]
  ) throws(DecodeError) {
    var data: [UInt8] = []
    var messages: [(kind: UInt8, bytes: [UInt8])] = []
    try frames[envelope.direction].receive(bytes, data: &data, messages: &messages)
    guard envelope.direction == sender else {
      // Only a receiver at the server removes there; it tells of it when it was asked to be verbose.
      guard !command.isSender else { return }
      for message in messages where message.kind == RsyncFrames.removed { remove(message.bytes, envelope, &events) }
      return
    }
    var bytes = pending
    pending = []
    bytes += data
    var offset = 0
    do throws(DecodeError) {
      while offset < bytes.count {
        if case .done = state { break }
        var reader = ByteReader(bytes.span.extracting(offset..<bytes.count))
        try step(&reader, envelope, &events)
        offset += reader.offset
      }
    } catch {
      // What is not whole yet is read again with what comes next.
      guard error.code == .truncated else { throw error }
    }
    if case .done = state { return }
    pending = Array(bytes[offset...])
  }

  /// Reads one thing; nothing of the state is changed when it is not whole.
  @_lifetime(reader: copy reader)
  private mutating func step(
    _ reader: inout ByteReader, _ envelope: SSHEnvelope, _ events: inout [ParserEvent]
  ) throws(DecodeError) {
    switch state {
    case .greeting, .done, .opaque: break
    case .filters:
      let count = try reader.readRsyncInt("filter length")
      guard (0...RsyncLimits.path * 2).contains(count) else {
        throw DecodeError(.outOfRange, "filter of rsync", offset: reader.offset, found: "\(count)")
      }
      try reader.skip(count, "filter")
      if count == 0 { state = .list(nil) }
    case .list(let folder): try readEntry(&reader, of: folder)
    case .users: try readName(&reader) { $0 = .groups }
    case .groups: try readName(&reader) { $0 = .items }
    case .items: try readItem(&reader, envelope, &events)
    case .tokens: try readToken(&reader)
    case .literal(let left):
      let piece = try reader.read(min(left, reader.remaining), "data")
      current?.add(piece)
      state = left == piece.count ? .tokens : .literal(left: left - piece.count)
    case .digest:
      try reader.skip(terms?.checksumLength ?? 16, "checksum")
      state = .items
      give(nil, envelope, &events)
    }
  }

  // MARK: Lists

  @_lifetime(reader: copy reader)
  private mutating func readEntry(_ reader: inout ByteReader, of folder: Int?) throws(DecodeError) {
    guard var next = listReader else { return }
    let entry = try next.read(&reader, after: entries, from: lists.nextStart)
    listReader = next
    if let entry {
      entryBytes += entry.name.count + (entry.target?.count ?? 0)
      guard lists.hasRoom(for: entries.count, entryBytes) else {
        throw DecodeError(.overLimit, "list of rsync", offset: reader.offset)
      }
      entries.append(entry)
      return
    }
    let whole = entries
    (entries, entryBytes) = ([], 0)
    lists.add(whole, of: folder)
    let isFirst = lists.listCount == 1
    let hasNames = isFirst && terms?.isIncremental == false && !command.options.isNumeric
    state = hasNames ? (command.options.hasUsers ? .users : command.options.hasGroups ? .groups : .items) : .items
  }

  /// One user or group; a number of 0 ends them.
  @_lifetime(reader: copy reader)
  private mutating func readName(_ reader: inout ByteReader, _ next: (inout State) -> Void) throws(DecodeError) {
    let number = try reader.readRsyncVarint("user or group")
    if number != 0 || terms?.namesRoot == true { try reader.skip(Int(reader.readUInt8("name")), "name") }
    nameCount += 1
    guard nameCount <= RsyncLimits.names else { throw DecodeError(.overLimit, "names of rsync", offset: reader.offset) }
    guard number == 0 else { return }
    next(&state)
    if case .groups = state, !command.options.hasGroups { state = .items }
  }

  // MARK: Files

  @_lifetime(reader: copy reader)
  private mutating func readItem(
    _ reader: inout ByteReader, _ envelope: SSHEnvelope, _ events: inout [ParserEvent]
  ) throws(DecodeError) {
    var next = index
    let number = try next.read(&reader)
    switch number {
    case RsyncIndex.done:
      doneCount += 1
      // One for each list but the last, and one for each of three phases.
      if doneCount < lists.listCount { lists.removeFirst() }
      if doneCount >= lists.listCount + 2 { state = .done }
    case RsyncIndex.lastList: break
    case ...RsyncIndex.list where terms?.isIncremental == true: state = .list(RsyncIndex.list - number)
    case 0...: try readFile(&reader, number, envelope, &events)
    default: throw DecodeError(.outOfRange, "number of rsync", offset: reader.offset, found: "\(number)")
    }
    index = next
  }

  @_lifetime(reader: copy reader)
  private mutating func readFile(
    _ reader: inout ByteReader, _ number: Int, _ envelope: SSHEnvelope, _ events: inout [ParserEvent]
  ) throws(DecodeError) {
    let flags = try reader.readUInt16("what changes", littleEndian: true)
    if flags & 1 << 11 != 0 { try reader.skip(1, "kind of basis") }
    let other = flags & 1 << 12 != 0 ? try reader.readRsyncText("name of basis") : nil
    let isMoved = flags & 1 << 15 != 0 && !command.options.isDryRun
    // Count, length and checksum length of blocks, length of the last.
    if isMoved { try reader.skip(16, "blocks") }
    guard let entry = lists.entry(number) else {
      throw DecodeError(.outOfRange, "number of rsync", offset: reader.offset, found: "\(number)")
    }
    if isMoved {
      current = RsyncTransfer(
        entry, begin: envelope.begin, isCompressed: command.options.isCompressed, options: options)
      state = .tokens
    } else if !command.isSender, !command.options.isDryRun {
      change(entry, RsyncChange(bits: flags), other, envelope, &events)
    }
  }

  /// A piece of a file, a block that was there, or the end.
  @_lifetime(reader: copy reader)
  private mutating func readToken(_ reader: inout ByteReader) throws(DecodeError) {
    guard command.options.isCompressed else {
      let token = try reader.readRsyncInt("token")
      guard token <= RsyncLimits.literal else {
        throw DecodeError(.outOfRange, "token of rsync", offset: reader.offset, found: "\(token)")
      }
      if token < 0 { current?.addBlock() }
      if token >= 0 { state = token == 0 ? .digest : .literal(left: token) }
      return
    }
    let flag = try reader.readUInt8("token")
    switch flag {
    case 0: state = .digest
    case 0x20, 0x21: try reader.skip(flag == 0x20 ? 4 : 6, "block")
    case 0x40..<0x80:
      let count = Int(flag & 0x3f) << 8 | Int(try reader.readUInt8("token"))
      if count > 0 { state = .literal(left: count) }
      return
    case 0x80..<0xc0: break
    case 0xc0...: try reader.skip(2, "blocks")
    default: throw DecodeError(.outOfRange, "token of rsync", offset: reader.offset, found: "\(flag)")
    }
    if flag != 0 { current?.addBlock() }
  }

  // MARK: What is told

  private mutating func give(_ reason: String?, _ envelope: SSHEnvelope?, _ events: inout [ParserEvent]) {
    guard var file = current else { return }
    current = nil
    movedCount += 1
    let path = paths.path(of: file.entry.name.span.string, isAlone: lists.isAlone)
    let operation = file.finished(path, isSender: command.isSender, channel: channel, isWhole: reason == nil)
    events.append(exchange(operation, from: file.begin, until: envelope?.endTime, file.literalCount, reason))
  }

  /// What the receiver, which is the server, made or set without being sent it.
  private mutating func change(
    _ entry: RsyncEntry, _ change: RsyncChange, _ other: String?, _ envelope: SSHEnvelope,
    _ events: inout [ParserEvent]
  ) {
    guard let verb = change.verb(entry, isLink: other != nil && command.options.hasHardLinks) else { return }
    let path = paths.path(of: entry.name.span.string)
    var operation = FileOperation(.rsync, verb, path: path.path, channel: channel)
    operation.outcome = .ok
    var notes = [path.note].compactMap(\.self)
    switch verb {
    case .symlink: operation.otherPath = entry.target?.span.string
    case .link: operation.otherPath = other.map { paths.path(of: $0).path }
    case .copy: notes.append("a copy or link of what the server had elsewhere")
    case .put: notes.append("a device, a socket or a pipe")
    case .setstat:
      var attributes = FileAttributes()
      if change.isMode { attributes.permissions = entry.mode }
      if change.isTime { attributes.modifiedAt = UInt32(exactly: entry.modifiedAt) }
      operation.attributes = attributes
      if change.isOwner { notes.append("its owner or group too") }
    default: break
    }
    operation.note = notes.isEmpty ? nil : notes.joined(separator: "; ")
    movedCount += 1
    events.append(exchange(operation, from: envelope.begin, until: envelope.endTime, 0, nil))
  }

  private mutating func remove(_ name: [UInt8], _ envelope: SSHEnvelope, _ events: inout [ParserEvent]) {
    // The name of a folder has a NUL behind it.
    let isFolder = name.last == 0
    let path = paths.path(of: (isFolder ? Array(name.dropLast()) : name).span.string)
    var operation = FileOperation(.rsync, isFolder ? .rmdir : .remove, path: path.path, channel: channel)
    operation.outcome = .ok
    operation.note = path.note
    movedCount += 1
    removedCount += 1
    events.append(exchange(operation, from: envelope.begin, until: envelope.endTime, 0, nil))
  }

  private func exchange(
    _ operation: FileOperation, from begin: StreamPosition, until end: Timestamp?, _ byteCount: UInt64,
    _ reason: String?
  ) -> ParserEvent {
    let isFromClient = sender == .fromClient
    return .exchange(
      Exchange(
        shape: .file(operation), startedAt: begin.time, endedAt: end, origin: begin.origin,
        requestByteCount: isFromClient ? byteCount : 0, responseByteCount: isFromClient ? 0 : byteCount,
        incompleteReason: reason))
  }

  // MARK: Loss and end

  private mutating func lose(_ error: DecodeError, _ position: StreamPosition, _ events: inout [ParserEvent]) {
    let isBegun = terms != nil
    obstacle = "\(error)"
    state = .opaque
    (pending, entries, greetings) = ([], [], SSHBoth([], []))
    give("malformed: \(error)", nil, &events)
    // Before that it may be another version, or a program that only has its name.
    guard isBegun else { return }
    events.append(
      .anomaly(
        Anomaly(
          "rsync-malformed", "channel \(channel): \(error)", origin: position.origin, flow: options.flow,
          time: position.time)))
  }

  /// Bytes of a direction may be missing: where the next frame begins is not known any more.
  mutating func skip(_ direction: Direction, at position: StreamPosition, _ events: inout [ParserEvent]) {
    switch state {
    case .opaque, .done: return
    default: break
    }
    state = .opaque
    (pending, entries) = ([], [])
    obstacle = "bytes from the \(direction.name) may be missing"
    give(obstacle, nil, &events)
  }

  /// The channel is over: gives what is left to say of it as a whole.
  mutating func finish(_ events: inout [ParserEvent]) -> RsyncSummary {
    if case .done = state {} else if obstacle == nil { obstacle = "the conversation has no end" }
    give(obstacle, nil, &events)
    return RsyncSummary(
      obstacle: obstacle, listedCount: lists.count, movedCount: movedCount, removedCount: removedCount)
  }
}

/// What was read of a conversation of rsync.
struct RsyncSummary {
  /// Why not all of it was read.
  var obstacle: String?
  var listedCount: Int
  var movedCount: Int
  var removedCount: Int
}
