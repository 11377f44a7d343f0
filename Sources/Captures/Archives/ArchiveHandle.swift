import CArchive

/// Entries one after another, and the bytes of the one at which it stands.
protocol EntryReading: AnyObject {
  /// Reads no more after a failure.
  var isBroken: Bool { get }

  /// Moves to the next entry, over what is left of this one; nil at the end.
  func nextEntry() throws(InputError) -> ArchiveHandle.Entry?

  /// The next bytes of the entry; 0 at its end.
  func read(into buffer: inout MutableSpan<UInt8>) throws(InputError) -> Int
}

/// One archive or compressed stream as libarchive reads it, from front to back.
@safe final class ArchiveHandle: EntryReading {
  /// What to expect: nothing else is tried, so that nothing exotic is recognised in hostile bytes.
  enum Form: Hashable {
    case compressed(Content.Compression)
    case container(Content.Container)
  }

  struct Entry {
    /// As the archive has it; nil where it has none.
    var name: String?
    /// As the archive says, which may be wrong.
    var byteCount: UInt64?
    /// A file with bytes of its own: no folder, link or device.
    var isFile: Bool
    var isEncrypted: Bool
  }

  /// Bytes kept of a name.
  static let nameLimit = 4096

  private let archive: OpaquePointer
  /// Bytes of the entry that libarchive holds until it is asked for more, and their place in the entry.
  private var blockStart: UnsafeRawPointer?
  private var blockOffset: Int64 = 0
  private var blockEnd: Int64 = 0
  /// Bytes of the entry given so far.
  private var position: Int64 = 0
  private let feed: ArchiveFeed
  private let path: String
  private(set) var isBroken = false
  private var isOpen = false

  init(_ form: Form, input: any ByteSource, path: String) throws(InputError) {
    guard let archive = unsafe archive_read_new() else {
      throw InputError(.readFailed, path: path, reason: "libarchive is out of memory")
    }
    unsafe self.archive = unsafe archive
    self.path = path
    feed = ArchiveFeed(input)
    switch form {
    case .compressed(let compression):
      unsafe ArchiveHandle.allow(compression, archive)
      unsafe archive_read_support_format_raw(archive)
      unsafe archive_read_support_format_empty(archive)
    case .container(let container):
      unsafe ArchiveHandle.allow(container, archive)
    }
    unsafe feed.attach(to: archive)
    guard unsafe archive_read_open1(archive) == ARCHIVE_OK else { throw failure() }
    isOpen = true
  }

  deinit { unsafe archive_read_free(archive) }

  private static func allow(_ compression: Content.Compression, _ archive: OpaquePointer) {
    switch compression {
    case .gzip: unsafe archive_read_support_filter_gzip(archive)
    case .bzip2: unsafe archive_read_support_filter_bzip2(archive)
    case .xz: unsafe archive_read_support_filter_xz(archive)
    case .zstd: unsafe archive_read_support_filter_zstd(archive)
    case .lz4: unsafe archive_read_support_filter_lz4(archive)
    case .lzip: unsafe archive_read_support_filter_lzip(archive)
    case .compress: unsafe archive_read_support_filter_compress(archive)
    }
  }

  private static func allow(_ container: Content.Container, _ archive: OpaquePointer) {
    switch container {
    case .tar:
      unsafe archive_read_support_format_tar(archive)
      unsafe archive_read_set_format_option(archive, "tar", "read_concatenated_archives", "1")
    case .zip: unsafe archive_read_support_format_zip(archive)
    case .sevenZip: unsafe archive_read_support_format_7zip(archive)
    case .cpio: unsafe archive_read_support_format_cpio(archive)
    }
  }

  func nextEntry() throws(InputError) -> Entry? {
    (position, blockOffset, blockEnd) = (0, 0, 0)
    unsafe blockStart = nil
    var entry: OpaquePointer?
    switch unsafe archive_read_next_header(archive, &entry) {
    case ARCHIVE_OK, ARCHIVE_WARN:
      guard let entry = unsafe entry else { return nil }
      return unsafe ArchiveHandle.describe(entry)
    case ARCHIVE_EOF: return nil
    default:
      isBroken = true
      throw failure()
    }
  }

  private static func describe(_ entry: OpaquePointer) -> Entry {
    let type = unsafe UInt32(archive_entry_filetype(entry)) & 0o170000
    let isLink = unsafe archive_entry_hardlink(entry) != nil
    let size = unsafe archive_entry_size_is_set(entry) != 0 ? archive_entry_size(entry) : -1
    return unsafe Entry(
      name: name(of: entry), byteCount: UInt64(exactly: size), isFile: (type == 0o100000 || type == 0) && !isLink,
      isEncrypted: archive_entry_is_data_encrypted(entry) != 0)
  }

  private static func name(of entry: OpaquePointer) -> String? {
    guard let name = unsafe archive_entry_pathname_utf8(entry) ?? archive_entry_pathname(entry) else { return nil }
    var bytes: [UInt8] = []
    while bytes.count < nameLimit, unsafe name[bytes.count] != 0 {
      bytes.append(UInt8(bitPattern: unsafe name[bytes.count]))
    }
    return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
  }

  /// Block by block: `archive_read_data` would throw away what it has got before a failure.
  func read(into buffer: inout MutableSpan<UInt8>) throws(InputError) -> Int {
    while position == blockEnd {
      var start: UnsafeRawPointer?
      var count = 0
      var offset: Int64 = 0
      let result = unsafe archive_read_data_block(archive, &start, &count, &offset)
      if result == ARCHIVE_EOF { return 0 }
      guard result == ARCHIVE_OK || result == ARCHIVE_WARN else {
        if result == ARCHIVE_FATAL { isBroken = true }
        throw failure()
      }
      let end = offset.addingReportingOverflow(Int64(count))
      guard offset >= position, !end.overflow else {
        isBroken = true
        throw InputError(.archiveDamaged, path: path, reason: "the archive is damaged (sparse blocks out of order)")
      }
      unsafe blockStart = start
      (blockOffset, blockEnd) = (offset, end.partialValue)
    }
    let count = unsafe buffer.withUnsafeMutableBufferPointer { target in unsafe copyBlock(to: target) }
    position += Int64(count)
    return count
  }

  /// What the archive says is at `position`: zeros before the block, then the block.
  private func copyBlock(to target: UnsafeMutableBufferPointer<UInt8>) -> Int {
    guard let to = target.baseAddress else { return 0 }
    if position < blockOffset {
      let count = Int(min(Int64(target.count), blockOffset - position))
      unsafe to.update(repeating: 0, count: count)
      return count
    }
    let count = Int(min(Int64(target.count), blockEnd - position))
    guard let start = unsafe blockStart, count > 0 else { return 0 }
    let from = unsafe start.advanced(by: Int(position - blockOffset)).assumingMemoryBound(to: UInt8.self)
    unsafe to.update(from: from, count: count)
    return count
  }

  /// What libarchive, or the source that it reads from, complains of.
  private func failure() -> InputError {
    if let failure = feed.failure { return failure }
    // Asked of an archive that could not be opened, libarchive 3.6.2 jumps into nowhere.
    if isOpen, unsafe archive_read_has_encrypted_entries(archive) == 1 {
      return InputError(
        .encryptedMember, path: path, reason: "the archive is encrypted", advice: InputError.unpackFirst)
    }
    var reason = "the archive is damaged"
    if let text = unsafe archive_error_string(archive) { reason += " (" + (unsafe String(cString: text)) + ")" }
    return InputError(.archiveDamaged, path: path, reason: reason)
  }
}
