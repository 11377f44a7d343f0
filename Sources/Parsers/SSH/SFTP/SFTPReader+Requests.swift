import Bytes
import Model

/// What the client asks.
extension SFTPReader {
  @_lifetime(reader: copy reader)
  mutating func takeRequest(
    _ type: UInt8, _ id: UInt32, _ reader: inout ByteReader, _ envelope: SFTPEnvelope, _ events: inout [ParserEvent]
  ) throws(DecodeError) {
    guard let kind = try request(type, &reader, envelope, &events) else {
      return report("sftp-unknown-message", "message \(type) of the client", envelope.begin, &events)
    }
    // A limit of ours, and of every server.
    guard pending.count < SFTPLimits.pendingRequests || pending[id] != nil else {
      return report("sftp-request-limit", "more requests wait than are remembered", envelope.begin, &events)
    }
    if let earlier = pending[id] {
      if loss == nil { report("sftp-request-id-reused", "id \(id) is in use", envelope.begin, &events) }
      giveUp(earlier, loss ?? "no answer was captured", &events)
    }
    pending[id] = SFTPRequest(kind: kind, begin: envelope.begin, byteCount: envelope.byteCount)
  }

  /// What a message of the client asks; nil for one of another type.
  @_lifetime(reader: copy reader)
  mutating func request(
    _ type: UInt8, _ reader: inout ByteReader, _ envelope: SFTPEnvelope, _ events: inout [ParserEvent]
  ) throws(DecodeError) -> SFTPRequest.Kind? {
    switch type {
    case SFTPMessageType.open:
      let path = try reader.readText("filename")
      let flags = try reader.readUInt32("pflags")
      let attributes = try FileAttributes(parsing: &reader)
      return .open(path: path, flags: flags, attributes.isEmpty ? nil : attributes)
    case SFTPMessageType.opendir: return .openFolder(path: try reader.readText("path"))
    case SFTPMessageType.close: return .close(handle: try readHandle(&reader))
    case SFTPMessageType.read:
      let handle = try readHandle(&reader)
      count(envelope, of: handle)
      let offset = try reader.readUInt64("offset")
      _ = try reader.readUInt32("length")
      return .read(handle: handle, offset: offset)
    case SFTPMessageType.write:
      let handle = try readHandle(&reader)
      let offset = try reader.readUInt64("offset")
      let data = try reader.readString("data")
      remember(handle, envelope, &events)
      count(envelope, of: handle)
      // Written in the order of sending; a refusal is told with the operation.
      var budget = budget
      open[handle]?.written.add(data, at: offset, budget: &budget)
      self.budget = budget
      return .write(handle: handle)
    case SFTPMessageType.readdir:
      let handle = try readHandle(&reader)
      count(envelope, of: handle)
      return .readFolder(handle: handle)
    case SFTPMessageType.fstat:
      let handle = try readHandle(&reader)
      return .fstat(handle: handle, FileOperation(.sftp, .stat, path: path(of: handle), channel: channel))
    case SFTPMessageType.lstat, SFTPMessageType.stat: return try simple(.stat, &reader)
    case SFTPMessageType.setstat: return try setting(.setstat, path: try reader.readText("path"), &reader)
    case SFTPMessageType.fsetstat:
      let handle = try readHandle(&reader)
      guard case .simple(let operation) = try setting(.setstat, path: path(of: handle), &reader) else { return nil }
      return .fsetstat(handle: handle, operation)
    case SFTPMessageType.mkdir: return try setting(.mkdir, path: try reader.readText("path"), &reader)
    case SFTPMessageType.remove: return try simple(.remove, &reader)
    case SFTPMessageType.rmdir: return try simple(.rmdir, &reader)
    case SFTPMessageType.realpath: return try simple(.realpath, &reader)
    case SFTPMessageType.readlink: return try simple(.readlink, &reader)
    case SFTPMessageType.rename: return try pair(.rename, &reader, isSwapped: false)
    // The link, and what it points to; OpenSSH has them the other way round.
    case SFTPMessageType.symlink: return try pair(.symlink, &reader, isSwapped: hasSwappedSymlinks)
    case SFTPMessageType.extended: return try extended(&reader)
    default: return nil
    }
  }

  @_lifetime(reader: copy reader)
  private func simple(_ verb: FileOperation.Verb, _ reader: inout ByteReader) throws(DecodeError) -> SFTPRequest.Kind {
    .simple(FileOperation(.sftp, verb, path: try reader.readText("path"), channel: channel))
  }

  @_lifetime(reader: copy reader)
  private func setting(
    _ verb: FileOperation.Verb, path: String, _ reader: inout ByteReader
  ) throws(DecodeError) -> SFTPRequest.Kind {
    var operation = FileOperation(.sftp, verb, path: path, channel: channel)
    let attributes = try FileAttributes(parsing: &reader)
    operation.attributes = attributes.isEmpty ? nil : attributes
    return .simple(operation)
  }

  @_lifetime(reader: copy reader)
  private func pair(
    _ verb: FileOperation.Verb, _ reader: inout ByteReader, isSwapped: Bool
  ) throws(DecodeError) -> SFTPRequest.Kind {
    let first = try reader.readText("path")
    let second = try reader.readText("other path")
    var operation = FileOperation(.sftp, verb, path: isSwapped ? second : first, channel: channel)
    operation.otherPath = isSwapped ? first : second
    return .simple(operation)
  }

  /// OpenSSH's PROTOCOL §4.
  @_lifetime(reader: copy reader)
  private mutating func extended(_ reader: inout ByteReader) throws(DecodeError) -> SFTPRequest.Kind {
    let name = try reader.readText("extended request")
    switch name {
    case "posix-rename@openssh.com": return try pair(.rename, &reader, isSwapped: false)
    // The existing file and its new name.
    case "hardlink@openssh.com": return try pair(.link, &reader, isSwapped: true)
    case "statvfs@openssh.com": return try simple(.statvfs, &reader)
    case "expand-path@openssh.com": return try simple(.realpath, &reader)
    case "home-directory":
      return .simple(FileOperation(.sftp, .realpath, path: "~\(try reader.readText("user name"))", channel: channel))
    case "limits@openssh.com": return .simple(FileOperation(.sftp, .inquire, path: name, channel: channel))
    case "users-groups-by-id@openssh.com":
      for _ in 0..<2 { _ = try reader.readString("ids") }
      return .simple(FileOperation(.sftp, .inquire, path: name, channel: channel))
    case "fstatvfs@openssh.com":
      return .simple(FileOperation(.sftp, .statvfs, path: path(of: try readHandle(&reader)), channel: channel))
    case "fsync@openssh.com":
      return .simple(FileOperation(.sftp, .fsync, path: path(of: try readHandle(&reader)), channel: channel))
    case "lsetstat@openssh.com": return try setting(.setstat, path: try reader.readText("path"), &reader)
    case "copy-data":
      let source = try readHandle(&reader)
      try reader.skip(16, "offset and length")
      let target = try readHandle(&reader)
      var operation = FileOperation(.sftp, .copy, path: path(of: source), channel: channel)
      operation.otherPath = path(of: target)
      operation.note = "copied on the server; the bytes did not cross the wire"
      var budget = budget
      open[target]?.written.give(up: "the server copied into it", &budget)
      self.budget = budget
      return .simple(operation)
    default:
      return .simple(FileOperation(.sftp, .other, path: name, channel: channel))
    }
  }

  @_lifetime(reader: copy reader)
  private func readHandle(_ reader: inout ByteReader) throws(DecodeError) -> [UInt8] {
    let handle = try reader.readString("handle")
    guard handle.count <= SFTPLimits.handleLength else {
      throw DecodeError(.overLimit, "handle", offset: reader.offset, found: "\(handle.count) bytes")
    }
    return handle.array
  }

  /// The path that a handle stands for; a name for it when its opening was not captured.
  func path(of handle: [UInt8]) -> String { open[handle]?.path ?? "(handle \(handle.hex))" }

  /// A handle whose opening was not captured is a file all the same.
  mutating func remember(_ handle: [UInt8], _ envelope: SFTPEnvelope, _ events: inout [ParserEvent]) {
    guard open[handle] == nil, open.count < SFTPLimits.openFiles else { return }
    if loss == nil { report("sftp-unknown-handle", "handle \(handle.hex)", envelope.begin, &events) }
    var file = SFTPOpenFile(
      path: path(of: handle), flags: 0, isFolder: false, begin: envelope.begin, requestByteCount: 0,
      options: options)
    file.incompleteReason = "its opening was not captured"
    open[handle] = file
  }

  private mutating func count(_ envelope: SFTPEnvelope, of handle: [UInt8]) {
    open[handle]?.requestByteCount += UInt64(envelope.byteCount)
    open[handle]?.lastAt = envelope.endTime
  }
}
