import Bytes

/// Reads entries of rsync's lists: each says only what differs from the one before, over all lists of a connection.
struct RsyncListReader {
  /// What an entry's flags say.
  private struct Flags {
    let bits: Int
    var isSameMode: Bool { bits & 1 << 1 != 0 }
    var isSameUser: Bool { bits & 1 << 3 != 0 }
    var isSameGroup: Bool { bits & 1 << 4 != 0 }
    var isNameShared: Bool { bits & 1 << 5 != 0 }
    var isNameLong: Bool { bits & 1 << 6 != 0 }
    var isSameTime: Bool { bits & 1 << 7 != 0 }
    var isSameMajor: Bool { bits & 1 << 8 != 0 }
    var isLinked: Bool { bits & 1 << 9 != 0 }
    var hasUserName: Bool { bits & 1 << 10 != 0 }
    var hasGroupName: Bool { bits & 1 << 11 != 0 }
    var isFirstLink: Bool { bits & 1 << 12 != 0 }
    var hasNanoseconds: Bool { bits & 1 << 13 != 0 }
    var isSameAccessTime: Bool { bits & 1 << 14 != 0 }
  }

  private let terms: RsyncTerms
  private let options: RsyncOptions
  private var name: [UInt8] = []
  private var modifiedAt: Int64 = 0
  private var mode: UInt32 = 0

  init(_ terms: RsyncTerms, _ options: RsyncOptions) {
    self.terms = terms
    self.options = options
  }

  /// The next entry.
  ///
  /// - Parameters:
  ///   - reader: at its flags.
  ///   - list: the entries of this list so far.
  ///   - start: the number of its first.
  /// - Returns: nil at the end of the list.
  /// - Throws: `truncated` when it is not whole yet; other codes when it is no entry.
  @_lifetime(reader: copy reader)
  mutating func read(
    _ reader: inout ByteReader, after list: [RsyncEntry], from start: Int
  ) throws(DecodeError) -> RsyncEntry? {
    guard let flags = try flags(&reader) else { return nil }
    let shared = flags.isNameShared ? Int(try reader.readUInt8("shared length")) : 0
    let count = flags.isNameLong ? try reader.readRsyncVarint("name length") : Int(try reader.readUInt8("name length"))
    guard shared <= name.count, (0...RsyncLimits.path).contains(count) else {
      throw DecodeError(.outOfRange, "name of rsync", offset: reader.offset, found: "\(shared) and \(count)")
    }
    name = try name.prefix(shared) + reader.read(count, "name").array
    guard !name.isEmpty, name.count <= RsyncLimits.path, !name.contains(0) else {
      throw DecodeError(.outOfRange, "name of rsync", offset: reader.offset, found: "\(name.count) bytes")
    }
    var entry = RsyncEntry(name: RsyncEntry.clean(name))
    if options.hasHardLinks, flags.isLinked, !flags.isFirstLink {
      let first = try reader.readRsyncVarint("first of the links")
      guard first >= 0, first < start + list.count else {
        throw DecodeError(.outOfRange, "link of rsync", offset: reader.offset, found: "\(first)")
      }
      if first >= start {
        // All of it is the first's.
        let other = list[first - start]
        (entry.size, entry.mode, entry.modifiedAt, entry.target) = (
          other.size, other.mode, other.modifiedAt, other.target
        )
        (mode, modifiedAt) = (other.mode, other.modifiedAt)
        return entry
      }
    }
    try attributes(&reader, flags, &entry)
    return entry
  }

  @_lifetime(reader: copy reader)
  private func flags(_ reader: inout ByteReader) throws(DecodeError) -> Flags? {
    if terms.hasWideFlags {
      let bits = try reader.readRsyncVarint("flags")
      guard bits == 0 else { return Flags(bits: bits) }
      _ = try reader.readRsyncVarint("errors of the list")
      return nil
    }
    var bits = Int(try reader.readUInt8("flags"))
    guard bits != 0 else { return nil }
    if bits & 4 != 0 { bits |= Int(try reader.readUInt8("flags")) << 8 }
    // An end that tells of errors.
    guard bits == 4 | 1 << 12 else { return Flags(bits: bits) }
    _ = try reader.readRsyncVarint("errors of the list")
    return nil
  }

  @_lifetime(reader: copy reader)
  private mutating func attributes(
    _ reader: inout ByteReader, _ flags: Flags, _ entry: inout RsyncEntry
  ) throws(DecodeError) {
    let size = try reader.readRsyncLong(3, "size")
    guard size >= 0 else { throw DecodeError(.outOfRange, "size of rsync", offset: reader.offset, found: "\(size)") }
    if !flags.isSameTime { modifiedAt = try reader.readRsyncLong(4, "time") }
    if flags.hasNanoseconds { _ = try reader.readRsyncVarint("nanoseconds") }
    if !flags.isSameMode { mode = try reader.readUInt32("mode", littleEndian: true) }
    (entry.size, entry.mode, entry.modifiedAt) = (UInt64(size), mode, modifiedAt)
    if options.hasAccessTimes, !entry.isFolder, !flags.isSameAccessTime {
      _ = try reader.readRsyncLong(4, "access time")
    }
    if options.hasUsers, !flags.isSameUser {
      _ = try reader.readRsyncVarint("user")
      if flags.hasUserName { try reader.skip(Int(reader.readUInt8("user name")), "user name") }
    }
    if options.hasGroups, !flags.isSameGroup {
      _ = try reader.readRsyncVarint("group")
      if flags.hasGroupName { try reader.skip(Int(reader.readUInt8("group name")), "group name") }
    }
    if options.hasDevices && entry.isDevice || options.hasSpecials && entry.isSpecial && terms.version < 31 {
      if !flags.isSameMajor { _ = try reader.readRsyncVarint("major") }
      _ = try reader.readRsyncVarint("minor")
      entry.size = 0
    }
    if options.hasLinks, entry.isLink {
      let count = try reader.readRsyncVarint("target length")
      guard (0...RsyncLimits.path).contains(count) else {
        throw DecodeError(.outOfRange, "link of rsync", offset: reader.offset, found: "\(count)")
      }
      entry.target = try reader.read(count, "target").array
    }
    if options.hasChecksums, entry.isFile { try reader.skip(terms.listChecksumLength, "checksum") }
  }
}
