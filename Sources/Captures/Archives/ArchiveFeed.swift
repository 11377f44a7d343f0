import CArchive
import Glibc

/// What libarchive reads from: its callbacks end here.
@safe final class ArchiveFeed {
  static let blockByteCount = 256 << 10

  private let source: any ByteSource
  /// The same source where it can be read anywhere.
  private let seekable: ExtentReader?
  private let block: UnsafeMutableBufferPointer<UInt8>
  /// Why the source ended early.
  private(set) var failure: InputError?

  init(_ source: any ByteSource) {
    self.source = source
    seekable = source as? ExtentReader
    unsafe block = .allocate(capacity: ArchiveFeed.blockByteCount)
    unsafe block.initialize(repeating: 0)
  }

  deinit { unsafe block.deallocate() }

  /// Makes `archive` read from here; the feed must outlive it.
  func attach(to archive: OpaquePointer) {
    unsafe archive_read_set_callback_data(archive, Unmanaged.passUnretained(self).toOpaque())
    unsafe archive_read_set_read_callback(archive) { _, context, start in
      guard let feed = unsafe ArchiveFeed.from(context) else { return -1 }
      return unsafe feed.fill(start)
    }
    guard seekable != nil else { return }
    unsafe archive_read_set_skip_callback(archive) { _, context, count in
      unsafe ArchiveFeed.from(context)?.skip(count) ?? 0
    }
    unsafe archive_read_set_seek_callback(archive) { _, context, offset, origin in
      unsafe ArchiveFeed.from(context)?.seek(offset, origin) ?? Int64(ARCHIVE_FATAL)
    }
  }

  private static func from(_ context: UnsafeMutableRawPointer?) -> ArchiveFeed? {
    guard let context = unsafe context else { return nil }
    return unsafe Unmanaged<ArchiveFeed>.fromOpaque(context).takeUnretainedValue()
  }

  private func fill(_ start: UnsafeMutablePointer<UnsafeRawPointer?>?) -> Int {
    do throws(InputError) {
      var space = unsafe MutableSpan(_unsafeElements: block)
      let count = try source.read(into: &space)
      unsafe start?.pointee = UnsafeRawPointer(block.baseAddress)
      return count
    } catch {
      failure = error
      return -1
    }
  }

  private func skip(_ count: Int64) -> Int64 {
    guard let seekable, let wanted = UInt64(exactly: count) else { return 0 }
    let left = seekable.byteCount > seekable.offset ? seekable.byteCount - seekable.offset : 0
    let skipped = min(wanted, left)
    seekable.seek(to: seekable.offset + skipped)
    return Int64(skipped)
  }

  private func seek(_ offset: Int64, _ origin: CInt) -> Int64 {
    guard let seekable else { return Int64(ARCHIVE_FATAL) }
    let base: Int64? =
      switch origin {
      case SEEK_SET: 0
      case SEEK_CUR: Int64(exactly: seekable.offset)
      case SEEK_END: Int64(exactly: seekable.byteCount)
      default: nil
      }
    guard let base else { return Int64(ARCHIVE_FATAL) }
    let (target, overflow) = base.addingReportingOverflow(offset)
    guard !overflow, let place = UInt64(exactly: target) else { return Int64(ARCHIVE_FATAL) }
    seekable.seek(to: place)
    return target
  }
}
