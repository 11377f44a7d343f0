import Bytes
import Model

/// What the server answers.
extension SFTPReader {
  @_lifetime(reader: copy reader)
  mutating func takeReply(
    _ type: UInt8, _ id: UInt32, _ reader: inout ByteReader, _ envelope: SFTPEnvelope, _ events: inout [ParserEvent]
  ) throws(DecodeError) {
    guard let request = pending.removeValue(forKey: id) else {
      if loss == nil { report("sftp-unexpected-reply", "an answer to no request: id \(id)", envelope.begin, &events) }
      return
    }
    switch request.kind {
    case .open(let path, let flags, let attributes):
      guard type == SFTPMessageType.handle else {
        var operation = FileOperation(.sftp, SFTPOpenFile.verb(opening: flags), path: path, channel: channel)
        operation.attributes = attributes
        return try tell(&operation, type, &reader, request, envelope, &events)
      }
      try opened(path, flags, attributes, isFolder: false, &reader, request, envelope, &events)
    case .openFolder(let path):
      guard type == SFTPMessageType.handle else {
        var operation = FileOperation(.sftp, .list, path: path, channel: channel)
        return try tell(&operation, type, &reader, request, envelope, &events)
      }
      try opened(path, 0, nil, isFolder: true, &reader, request, envelope, &events)
    case .close(let handle): try closed(handle, type, &reader, request, envelope, &events)
    case .read(let handle, let offset): try takeRead(handle, offset, type, &reader, envelope, &events)
    case .write(let handle):
      count(envelope, of: handle)
      let (code, message) = try status(type, &reader)
      if code != SFTPStatus.ok { open[handle]?.fail(code, message) }
    case .readFolder(let handle): try takeNames(handle, type, &reader, envelope)
    case .fstat(let handle, var operation):
      if type == SFTPMessageType.attributes {
        var peek = ByteReader(reader.rest)
        if let size = try? FileAttributes(parsing: &peek).size { open[handle]?.knownSize = size }
      }
      try tell(&operation, type, &reader, request, envelope, &events)
    case .fsetstat(let handle, var operation):
      if let size = operation.attributes?.size {
        var peek = ByteReader(reader.rest)
        if let found = try? status(type, &peek), found.0 == SFTPStatus.ok { open[handle]?.setSize = size }
      }
      try tell(&operation, type, &reader, request, envelope, &events)
    case .simple(var operation): try tell(&operation, type, &reader, request, envelope, &events)
    }
  }

  /// A handle was given.
  @_lifetime(reader: copy reader)
  private mutating func opened(
    _ path: String, _ flags: UInt32, _ attributes: FileAttributes?, isFolder: Bool, _ reader: inout ByteReader,
    _ request: SFTPRequest, _ envelope: SFTPEnvelope, _ events: inout [ParserEvent]
  ) throws(DecodeError) {
    let handle = try reader.readString("handle").array
    guard handle.count <= SFTPLimits.handleLength, open.count < SFTPLimits.openFiles || open[handle] != nil else {
      return report("sftp-open-limit", "more open files than are followed: \(path)", envelope.begin, &events)
    }
    if var earlier = open[handle] {
      earlier.incompleteReason = earlier.incompleteReason ?? "its end was not captured"
      tell(&earlier, endedAt: nil, &events)
    }
    var file = SFTPOpenFile(
      path: path, flags: flags, isFolder: isFolder, begin: request.begin, requestByteCount: UInt64(request.byteCount),
      options: options)
    file.attributes = attributes
    file.responseByteCount = UInt64(envelope.byteCount)
    file.firstResponseAt = envelope.begin.time
    file.lastAt = envelope.endTime
    open[handle] = file
  }

  @_lifetime(reader: copy reader)
  private mutating func closed(
    _ handle: [UInt8], _ type: UInt8, _ reader: inout ByteReader, _ request: SFTPRequest, _ envelope: SFTPEnvelope,
    _ events: inout [ParserEvent]
  ) throws(DecodeError) {
    guard var file = open.removeValue(forKey: handle) else { return }
    file.requestByteCount += UInt64(request.byteCount)
    file.responseByteCount += UInt64(envelope.byteCount)
    defer { tell(&file, endedAt: envelope.endTime, &events) }
    let (code, message) = try status(type, &reader)
    if code != SFTPStatus.ok { file.fail(code, message) }
  }

  @_lifetime(reader: copy reader)
  private mutating func takeRead(
    _ handle: [UInt8], _ offset: UInt64, _ type: UInt8, _ reader: inout ByteReader, _ envelope: SFTPEnvelope,
    _ events: inout [ParserEvent]
  ) throws(DecodeError) {
    remember(handle, envelope, &events)
    count(envelope, of: handle)
    if type == SFTPMessageType.data {
      let data = try reader.readString("data")
      var budget = budget
      open[handle]?.read.add(data, at: offset, budget: &budget)
      self.budget = budget
      return
    }
    let (code, message) = try status(type, &reader)
    if code == SFTPStatus.endOfFile {
      // Clients read ahead: the first place that is past the end is the end.
      let known = open[handle]?.endOfFile ?? .max
      open[handle]?.endOfFile = min(known, offset)
    } else {
      open[handle]?.fail(code, message)
    }
  }

  @_lifetime(reader: copy reader)
  private mutating func takeNames(
    _ handle: [UInt8], _ type: UInt8, _ reader: inout ByteReader, _ envelope: SFTPEnvelope
  ) throws(DecodeError) {
    count(envelope, of: handle)
    guard type == SFTPMessageType.name else {
      let (code, message) = try status(type, &reader)
      if code != SFTPStatus.endOfFile, code != SFTPStatus.ok { open[handle]?.fail(code, message) }
      return
    }
    guard var file = open.removeValue(forKey: handle) else { return }
    defer { open[handle] = file }
    let count = try reader.readUInt32("name count")
    var read: UInt32 = 0
    while read < count {
      let line = SFTPReader.line(try reader.readText("filename"))
      _ = try reader.readString("longname")
      _ = try FileAttributes(parsing: &reader)
      file.names.append(line.span)
      file.nameCount += 1
      read += 1
    }
  }

  /// A name on a line of its own; what would end the line is shown as a picture of it.
  private static func line(_ name: String) -> [UInt8] {
    let shown =
      name.utf8.contains { $0 < 0x20 }
      ? name.map { $0.isNewline ? "\u{2424}" : $0 }.reduce(into: "") { $0.append($1) } : name
    return Array(shown.utf8) + [0x0a]
  }

  private mutating func count(_ envelope: SFTPEnvelope, of handle: [UInt8]) {
    open[handle]?.responseByteCount += UInt64(envelope.byteCount)
    open[handle]?.lastAt = envelope.endTime
  }

  /// SSH_FXP_STATUS; servers of version 3 may leave the message out.
  @_lifetime(reader: copy reader)
  private func status(_ type: UInt8, _ reader: inout ByteReader) throws(DecodeError) -> (UInt32, String) {
    guard type == SFTPMessageType.status else {
      throw DecodeError(.mismatch, "reply type", offset: reader.offset, expected: "101", found: "\(type)")
    }
    let code = try reader.readUInt32("status code")
    return (code, (try? reader.readText("error message")) ?? "")
  }

  // MARK: What is told

  /// An operation of one request and its answer.
  @_lifetime(reader: copy reader)
  private func tell(
    _ operation: inout FileOperation, _ type: UInt8, _ reader: inout ByteReader, _ request: SFTPRequest,
    _ envelope: SFTPEnvelope, _ events: inout [ParserEvent]
  ) throws(DecodeError) {
    defer {
      tell(
        operation, from: request.begin, firstResponseAt: envelope.begin.time, endedAt: envelope.endTime,
        requestByteCount: UInt64(request.byteCount), responseByteCount: UInt64(envelope.byteCount), reason: nil, &events
      )
    }
    switch type {
    case SFTPMessageType.status:
      let (code, message) = try status(type, &reader)
      operation.outcome = code == SFTPStatus.ok ? .ok : .failed(code: SFTPStatus.name(code), message: message)
    case SFTPMessageType.attributes:
      operation.attributes = try FileAttributes(parsing: &reader)
      operation.outcome = .ok
    case SFTPMessageType.name:
      // REALPATH and READLINK are answered with one name.
      guard try reader.readUInt32("name count") > 0 else { return }
      operation.content = Payload(layout: .text, bytes: Array(try reader.readText("filename").utf8))
      operation.outcome = .ok
    default: operation.outcome = .ok
    }
  }

  /// A handle's operation is over.
  mutating func tell(_ file: inout SFTPOpenFile, endedAt: Timestamp?, _ events: inout [ParserEvent]) {
    let operation = file.operation(channel: channel, budget: &budget)
    tell(
      operation, from: file.begin, firstResponseAt: file.firstResponseAt, endedAt: endedAt,
      requestByteCount: file.requestByteCount, responseByteCount: file.responseByteCount,
      reason: file.incompleteReason, &events)
  }

  /// A request whose answer did not come.
  mutating func giveUp(_ request: SFTPRequest, _ reason: String, _ events: inout [ParserEvent]) {
    let operation: FileOperation
    switch request.kind {
    case .open(let path, let flags, let attributes):
      var opening = FileOperation(.sftp, SFTPOpenFile.verb(opening: flags), path: path, channel: channel)
      opening.attributes = attributes
      operation = opening
    case .openFolder(let path): operation = FileOperation(.sftp, .list, path: path, channel: channel)
    case .fstat(_, let asked), .fsetstat(_, let asked), .simple(let asked): operation = asked
    case .close(let handle):
      // The file is told all the same.
      guard var file = open.removeValue(forKey: handle) else { return }
      file.incompleteReason = file.incompleteReason ?? reason
      return tell(&file, endedAt: nil, &events)
    case .read(let handle, _), .write(let handle), .readFolder(let handle):
      let known = open[handle]?.incompleteReason
      open[handle]?.incompleteReason = known ?? reason
      return
    }
    tell(
      operation, from: request.begin, firstResponseAt: nil, endedAt: nil, requestByteCount: UInt64(request.byteCount),
      responseByteCount: 0, reason: reason, &events)
  }
}
