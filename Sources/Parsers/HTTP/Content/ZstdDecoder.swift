import Bytes
import CZstd

/// Zstandard (RFC 8878), frame after frame.
@safe final class ZstdDecoder: ContentDecoder {
  private let context: OpaquePointer?
  private let block: UnsafeMutableBufferPointer<UInt8>
  private var isBroken = false
  private(set) var isComplete = false

  init() {
    unsafe context = ZSTD_createDCtx()
    unsafe block = .allocate(capacity: ContentLimits.blockLength)
    unsafe block.initialize(repeating: 0)
    if let context = unsafe context {
      _ = unsafe ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, ContentLimits.zstdWindowLog)
    }
  }

  deinit {
    unsafe ZSTD_freeDCtx(context)
    unsafe block.deallocate()
  }

  func decode(_ input: Span<UInt8>, _ sink: (Span<UInt8>) -> Bool) -> Bool {
    guard !isBroken, let context = unsafe context else { return false }
    return unsafe input.withUnsafeBufferPointer { source in
      guard let base = source.baseAddress else { return true }
      // A byte at a time: at damage the library keeps to itself what it had not yet given, and how much that is would
      // depend on how the content was cut.
      for index in 0..<source.count {
        var piece = unsafe ZSTD_inBuffer(src: base + index, size: 1, pos: 0)
        var isFull = false
        while unsafe piece.pos < piece.size || isFull {
          var out = unsafe ZSTD_outBuffer(dst: block.baseAddress, size: block.count, pos: 0)
          let result = unsafe ZSTD_decompressStream(context, &out, &piece)
          let count = unsafe out.pos
          if count > 0 {
            let isWanted = unsafe sink(Span(_unsafeElements: UnsafeBufferPointer(rebasing: block[..<count])))
            guard isWanted else { return fail() }
          }
          if ZSTD_isError(result) != 0 { return fail() }
          isComplete = result == 0
          isFull = unsafe count == block.count && !isComplete
        }
      }
      return true
    }
  }

  private func fail() -> Bool {
    isBroken = true
    return false
  }
}
