import Bytes

/// Proves that a message begins at a place, by the lengths inside it.
enum SFTPBoundary {
  static func judge(
    _ bytes: Span<UInt8>, isRequest: Bool, isPending: (UInt32) -> Bool
  ) -> SSHBoundary.Judgement {
    var reader = ByteReader(bytes)
    guard let word = try? reader.readUInt32() else { return bytes.isEmpty || bytes[0] == 0 ? .undecided : .no }
    guard word >= 9, word <= SFTPLimits.searchedMessageLength else { return .no }
    let length = Int(word)
    guard let type = try? reader.readUInt8() else { return .undecided }
    guard isRequest ? isRequestType(type) : isReplyType(type) else { return .no }
    guard let id = try? reader.readUInt32() else { return .undecided }
    if !isRequest, !isPending(id) { return .no }
    if type == SFTPMessageType.attributes { return length >= 9 && length <= SFTPLimits.pathLength ? .yes : .no }
    guard let first = try? reader.readUInt32() else { return .undecided }
    let count = Int(first)
    switch type {
    case SFTPMessageType.data: return length == 9 + count ? .yes : .no
    case SFTPMessageType.status: return first < 32 && length <= SFTPLimits.pathLength ? .yes : .no
    case SFTPMessageType.handle: return length == 9 + count && count <= SFTPLimits.handleLength ? .yes : .no
    case SFTPMessageType.name: return count < length / 12 + 1 ? .yes : .no
    case SFTPMessageType.extendedReply: return length <= SFTPLimits.pathLength ? .yes : .no
    case SFTPMessageType.read: return length == 21 + count && count <= SFTPLimits.handleLength ? .yes : .no
    case SFTPMessageType.close, SFTPMessageType.fstat, SFTPMessageType.readdir:
      return length == 9 + count && count <= SFTPLimits.handleLength ? .yes : .no
    case SFTPMessageType.lstat, SFTPMessageType.stat, SFTPMessageType.opendir, SFTPMessageType.remove,
      SFTPMessageType.rmdir, SFTPMessageType.realpath, SFTPMessageType.readlink:
      return length == 9 + count && count <= SFTPLimits.pathLength ? .yes : .no
    case SFTPMessageType.write:
      guard count <= SFTPLimits.handleLength, length >= 21 + count else { return .no }
      guard (try? reader.skip(count + 8)) != nil, let data = try? reader.readUInt32() else { return .undecided }
      return length == 21 + count + Int(data) ? .yes : .no
    case SFTPMessageType.rename, SFTPMessageType.symlink:
      guard count <= SFTPLimits.pathLength, length >= 13 + count else { return .no }
      guard (try? reader.skip(count)) != nil, let second = try? reader.readUInt32() else { return .undecided }
      return length == 13 + count + Int(second) ? .yes : .no
    default: return count > 0 && count <= SFTPLimits.pathLength && length > 9 + count ? .yes : .no
    }
  }

  private static func isRequestType(_ type: UInt8) -> Bool { (3...20).contains(type) || type == 200 }
  private static func isReplyType(_ type: UInt8) -> Bool { (101...105).contains(type) || type == 201 }
}
