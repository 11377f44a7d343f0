import Bytes
import CZstd

/// Compresses payloads for the case file. Not safe to share between threads.
@safe final class ZstdCodec {
  /// Level 1: measured fast enough not to hold up an ingest.
  static let level: Int32 = 1

  private let compressor: OpaquePointer?
  private var buffer: [UInt8] = []

  init() { unsafe compressor = unsafe ZSTD_createCCtx() }
  deinit { _ = unsafe ZSTD_freeCCtx(compressor) }

  /// The frame for `bytes`; nil when zstd refuses (out of memory).
  func compress(_ bytes: [UInt8]) -> [UInt8]? {
    let bound = ZSTD_compressBound(bytes.count)
    if buffer.count < bound { buffer = [UInt8](repeating: 0, count: bound) }
    let count = unsafe buffer.withUnsafeMutableBytes { out in
      unsafe bytes.withUnsafeBytes { input in
        unsafe ZSTD_compressCCtx(
          compressor, out.baseAddress, out.count, input.baseAddress, input.count, ZstdCodec.level)
      }
    }
    guard ZSTD_isError(count) == 0 else { return nil }
    return Array(buffer.prefix(count))
  }

  /// Expands a frame whose content has `byteCount` bytes; nil when it is damaged or has another size.
  static func expand(_ frame: [UInt8], byteCount: Int) -> [UInt8]? {
    guard byteCount >= 0 else { return nil }
    var out = [UInt8](repeating: 0, count: byteCount)
    let count = unsafe out.withUnsafeMutableBytes { out in
      unsafe frame.withUnsafeBytes { input in
        unsafe ZSTD_decompress(out.baseAddress, out.count, input.baseAddress, input.count)
      }
    }
    guard ZSTD_isError(count) == 0, count == byteCount else { return nil }
    return out
  }
}
