import Model

/// What a receiver says that it does with an entry of the list (`%i` of rsync(1), as bits).
struct RsyncChange {
  let bits: UInt16

  var isTime: Bool { bits & 1 << 3 != 0 }
  var isMode: Bool { bits & 1 << 4 != 0 }
  var isOwner: Bool { bits & (1 << 5 | 1 << 6) != 0 }
  private var isNew: Bool { bits & 1 << 13 != 0 }
  /// It is made there, of nothing or of what is there.
  private var isLocal: Bool { bits & 1 << 14 != 0 }

  /// Nil when nothing that counts is done: a folder's time follows from what is put into it.
  func verb(_ entry: RsyncEntry, isLink: Bool) -> FileOperation.Verb? {
    if isLocal {
      if entry.isFolder { return isNew ? .mkdir : isMode || isOwner ? .setstat : nil }
      if isLink { return .link }
      return entry.isLink ? .symlink : entry.isFile ? .copy : .put
    }
    return isMode || isOwner || isTime && !entry.isFolder ? .setstat : nil
  }
}
