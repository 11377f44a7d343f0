import Bytes
import CArchive

/// Walks the members of an archive of any kind that libarchive reads, in one pass.
@safe final class ArchiveReader {
  struct Member {
    var path: String
    /// As the archive says, which may be wrong or absent.
    var size: Int64?
    var isEncrypted: Bool
    var isFile: Bool
  }

  /// Bytes handed to libarchive at once.
  private static let feedSize = 256 << 10

  private let archive: OpaquePointer
  private let feed: Feed

  /// What libarchive's read callback draws from.
  @safe private final class Feed {
    let source: any ByteSource
    var buffer: [UInt8]
    var count: UInt64 = 0
    var error: InputError?
    /// What libarchive holds on to until its next read.
    let memory: UnsafeMutableRawBufferPointer

    init(_ source: any ByteSource, size: Int) {
      self.source = source
      buffer = [UInt8](repeating: 0, count: size)
      unsafe memory = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
    }

    deinit { unsafe memory.deallocate() }

    func next() -> Int {
      do throws(InputError) {
        let got = try source.read(into: &buffer, at: 0, count: buffer.count)
        unsafe buffer.withUnsafeBytes {
          unsafe memory.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0.prefix(got)))
        }
        count += UInt64(got)
        return got
      } catch {
        self.error = error
        return -1
      }
    }
  }

  /// Bytes of the archive read so far.
  var packedBytes: UInt64 { feed.count }
  /// An error of the world under the archive.
  var inputError: InputError? { feed.error }

  /// Begins to read; nil when the bytes are no archive.
  init?(_ source: any ByteSource) {
    guard let archive = unsafe archive_read_new() else { return nil }
    unsafe self.archive = unsafe archive
    feed = Feed(source, size: ArchiveReader.feedSize)
    _ = unsafe archive_read_support_filter_all(archive)
    // Not all formats: libarchive takes any text for an mtree list of files.
    _ = unsafe archive_read_support_format_tar(archive)
    _ = unsafe archive_read_support_format_zip(archive)
    _ = unsafe archive_read_support_format_7zip(archive)
    _ = unsafe archive_read_support_format_cpio(archive)
    _ = unsafe archive_read_support_format_raw(archive)
    let context = unsafe Unmanaged.passUnretained(feed).toOpaque()
    let opened = unsafe archive_read_open(
      archive, context, nil,
      { _, context, block in
        guard let context = unsafe context else { return -1 }
        let feed = unsafe Unmanaged<Feed>.fromOpaque(context).takeUnretainedValue()
        let count = feed.next()
        unsafe block?.pointee = unsafe UnsafeRawPointer(feed.memory.baseAddress)
        return count
      }, nil)
    // Everything is set by now, so deinit frees what was opened.
    guard opened == ARCHIVE_OK || opened == ARCHIVE_WARN else { return nil }
  }

  deinit { _ = unsafe archive_read_free(archive) }

  /// The next member; nil at the end. `damage` says whether that is the true end.
  func next() -> Member? {
    var entry: OpaquePointer?
    let code = unsafe archive_read_next_header(archive, &entry)
    guard code == ARCHIVE_OK || code == ARCHIVE_WARN, let entry = unsafe entry else {
      if code != ARCHIVE_EOF { damage = errorText }
      return nil
    }
    let utf8 = unsafe archive_entry_pathname_utf8(entry).map { unsafe String(cString: $0) }
    let name = unsafe utf8 ?? archive_entry_pathname(entry).map { unsafe String(cString: $0) } ?? "?"
    return unsafe Member(
      path: name, size: archive_entry_size_is_set(entry) != 0 ? archive_entry_size(entry) : nil,
      isEncrypted: archive_entry_is_encrypted(entry) != 0, isFile: archive_entry_filetype(entry) == 0o100000)
  }

  private(set) var damage: String?

  /// Reads the member's next bytes; 0 at its end, nil when it cannot be read (`damage` says why).
  func read(into buffer: inout [UInt8], at offset: Int, count: Int) -> Int? {
    let got = unsafe buffer.withUnsafeMutableBytes { memory in
      unsafe archive_read_data(
        archive, memory.baseAddress.map { unsafe $0 + offset }, min(count, memory.count - offset))
    }
    guard got >= 0 else {
      damage = errorText
      return nil
    }
    return got
  }

  /// Whether the bytes are only compressed (`.pcap.gz`): one unnamed member.
  var isBareCompression: Bool {
    unsafe archive_format(archive) == ARCHIVE_FORMAT_RAW
  }

  /// Whether anything at all is packed: a raw format without a filter is a plain file.
  var isPlain: Bool {
    unsafe archive_format(archive) == ARCHIVE_FORMAT_RAW && archive_filter_count(archive) <= 1
  }

  private var errorText: String {
    unsafe archive_error_string(archive).map { unsafe String(cString: $0) } ?? "damaged"
  }
}
