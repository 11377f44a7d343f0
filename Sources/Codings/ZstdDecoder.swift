import Bytes
import CZstd

/// Zstandard (RFC 8878), frame after frame. At damage it keeps to itself what it had not yet given; `ScoutedDecoder` sees
/// to that.
@safe final class ZstdDecoder: ContentDecoder {
  private let context: OpaquePointer?
  private let block: UnsafeMutableBufferPointer<UInt8>
  private var isBroken = false
  /// Bytes of the frame's magic number that were seen to be right.
  private var magicCount = 0
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
    guard !input.isEmpty else { return true }
    return unsafe input.withUnsafeBufferPointer { source in
      var piece = unsafe ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
      var isFull = false
      while unsafe piece.pos < piece.size || isFull {
        guard unsafe isFrame(source[piece.pos...]) else { return fail() }
        var out = unsafe ZSTD_outBuffer(dst: block.baseAddress, size: block.count, pos: 0)
        let result = unsafe ZSTD_decompressStream(context, &out, &piece)
        let count = unsafe out.pos
        if count > 0 {
          let isWanted = unsafe sink(Span(_unsafeElements: UnsafeBufferPointer(rebasing: block[..<count])))
          guard isWanted else { return fail() }
        }
        if ZSTD_isError(result) != 0 { return fail() }
        isComplete = result == 0
        if isComplete { magicCount = 0 }
        isFull = unsafe count == block.count && !isComplete
      }
      return true
    }
  }

  /// Whether a frame goes on, or begins with the magic number of a frame or a skippable frame (RFC 8878 §3.1). The library
  /// reads formats from before the standard too, which are no content coding and stream in ways of their own.
  private func isFrame(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    for index in unsafe bytes.indices.prefix(4 - magicCount) {
      let byte = unsafe bytes[index]
      let isRight =
        switch magicCount {
        case 0: byte == 0x28 || byte & 0xF0 == 0x50
        case 1: byte == 0xB5 || byte == 0x2A
        case 2: byte == 0x2F || byte == 0x4D
        default: byte == 0xFD || byte == 0x18
        }
      guard isRight else { return false }
      magicCount += 1
    }
    return true
  }

  private func fail() -> Bool {
    isBroken = true
    return false
  }
}
