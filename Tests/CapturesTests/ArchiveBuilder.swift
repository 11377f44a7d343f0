import CArchive

/// Builds archives with libarchive, in memory.
@safe final class ArchiveBuilder {
  enum Content {
    case bytes([UInt8])
    /// That many zero bytes.
    case zeros(Int)
    /// Bytes of which only the ranges are stored; zeros elsewhere.
    case sparse([UInt8], [Range<Int>])
  }

  enum Format { case tar, zip, sevenZip, cpio, raw }
  enum Filter: CaseIterable { case none, gzip, bzip2, xz, zstd, lz4, lzip, compress }

  private var output: [UInt8] = []

  static func make(_ format: Format, _ members: [(String, Content)]) -> [UInt8] { make(format, .none, members) }

  static func make(
    _ format: Format, _ filter: Filter, password: String? = nil, _ members: [(String, Content)]
  ) -> [UInt8] {
    let builder = ArchiveBuilder()
    guard let archive = unsafe archive_write_new() else { return [] }
    defer { unsafe archive_write_free(archive) }
    switch format {
    case .tar: unsafe archive_write_set_format_pax_restricted(archive)
    case .zip: unsafe archive_write_set_format_zip(archive)
    case .sevenZip: unsafe archive_write_set_format_7zip(archive)
    case .cpio: unsafe archive_write_set_format_cpio_newc(archive)
    case .raw: unsafe archive_write_set_format_raw(archive)
    }
    switch filter {
    case .none: unsafe archive_write_add_filter_none(archive)
    case .gzip: unsafe archive_write_add_filter_gzip(archive)
    case .bzip2: unsafe archive_write_add_filter_bzip2(archive)
    case .xz: unsafe archive_write_add_filter_xz(archive)
    case .zstd: unsafe archive_write_add_filter_zstd(archive)
    case .lz4: unsafe archive_write_add_filter_lz4(archive)
    case .lzip: unsafe archive_write_add_filter_lzip(archive)
    case .compress: unsafe archive_write_add_filter_compress(archive)
    }
    if let password {
      unsafe archive_write_set_options(archive, "zip:encryption=aes256")
      unsafe archive_write_set_passphrase(archive, password)
    }
    unsafe archive_write_set_bytes_in_last_block(archive, 1)
    let context = unsafe Unmanaged.passUnretained(builder).toOpaque()
    unsafe archive_write_open(
      archive, context, nil,
      { _, context, start, count in
        guard let context = unsafe context, let start = unsafe start else { return -1 }
        let builder = unsafe Unmanaged<ArchiveBuilder>.fromOpaque(context).takeUnretainedValue()
        unsafe builder.output.append(contentsOf: UnsafeRawBufferPointer(start: start, count: count))
        return count
      }, nil)
    for (name, content) in members { unsafe add(name, content, to: archive) }
    unsafe archive_write_close(archive)
    return builder.output
  }

  private static func add(_ name: String, _ content: Content, to archive: OpaquePointer) {
    guard let entry = unsafe archive_entry_new() else { return }
    defer { unsafe archive_entry_free(entry) }
    let count =
      switch content {
      case .bytes(let bytes), .sparse(let bytes, _): bytes.count
      case .zeros(let count): count
      }
    unsafe archive_entry_set_pathname_utf8(entry, name)
    unsafe archive_entry_set_filetype(entry, 0o100000)
    unsafe archive_entry_set_perm(entry, 0o644)
    unsafe archive_entry_set_size(entry, Int64(count))
    if case .sparse(_, let ranges) = content {
      for range in ranges { unsafe archive_entry_sparse_add_entry(entry, Int64(range.lowerBound), Int64(range.count)) }
    }
    unsafe archive_write_header(archive, entry)
    switch content {
    case .bytes(let bytes), .sparse(let bytes, _):
      _ = unsafe bytes.withUnsafeBytes { unsafe archive_write_data(archive, $0.baseAddress, $0.count) }
    case .zeros(let count):
      let block = [UInt8](repeating: 0, count: 1 << 20)
      var left = count
      while left > 0 {
        let part = min(left, block.count)
        _ = unsafe block.withUnsafeBytes { unsafe archive_write_data(archive, $0.baseAddress, part) }
        left -= part
      }
    }
  }
}
