import Bytes
import CZstd

/// Zstandard (RFC 8878), frame after frame.
@safe final class ZstdDecoder: ContentDecoder {
  private let context: OpaquePointer?
  private let block: UnsafeMutableBufferPointer<UInt8>
  private var isBroken = false
  /// Bytes of the frame that were given singly.
  private var headCount = 0
  private(set) var isComplete = false

  /// The longest frame header (RFC 8878 §3.1.1.1).
  private static let headerLength = 18

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
      var index = 0
      while index < source.count {
        // The header is given byte by byte: of a frame that is whole at once the library would give nothing when it is
        // damaged, and else what came before.
        let step = headCount < Self.headerLength ? 1 : source.count - index
        var piece = unsafe ZSTD_inBuffer(src: base + index, size: step, pos: 0)
        index += step
        headCount = min(headCount + step, Self.headerLength)
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
          if isComplete {
            headCount = 0
            // The next frame's header is given singly again.
            index -= unsafe piece.size - piece.pos
            break
          }
          isFull = unsafe count == block.count
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
