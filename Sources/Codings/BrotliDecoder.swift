import Bytes
import CBrotli

/// Brotli (RFC 7932). At damage it keeps to itself what it had not yet given; `ScoutedDecoder` sees to that.
@safe final class BrotliDecoder: ContentDecoder {
  private let state: OpaquePointer?
  private let block: UnsafeMutableBufferPointer<UInt8>
  private var isBroken = false
  private(set) var isComplete = false

  init() {
    unsafe state = BrotliDecoderCreateInstance(nil, nil, nil)
    unsafe block = .allocate(capacity: ContentLimits.blockLength)
    unsafe block.initialize(repeating: 0)
  }

  deinit {
    if let state = unsafe state { unsafe BrotliDecoderDestroyInstance(state) }
    unsafe block.deallocate()
  }

  func decode(_ input: Span<UInt8>, _ sink: (Span<UInt8>) -> Bool) -> Bool {
    guard !isBroken, let state = unsafe state else { return false }
    guard !input.isEmpty else { return true }
    // Nothing follows the end of the stream.
    guard !isComplete else { return fail() }
    return unsafe input.withUnsafeBufferPointer { source in
      var next = source.baseAddress
      var left = source.count
      while true {
        var out: UnsafeMutablePointer<UInt8>? = unsafe block.baseAddress
        var room = unsafe block.count
        let result = unsafe BrotliDecoderDecompressStream(state, &left, &next, &room, &out, nil)
        let count = unsafe block.count - room
        if count > 0 {
          let isWanted = unsafe sink(Span(_unsafeElements: UnsafeBufferPointer(rebasing: block[..<count])))
          guard isWanted else { return fail() }
        }
        switch result {
        case BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT: continue
        case BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT: return true
        case BROTLI_DECODER_RESULT_SUCCESS:
          isComplete = true
          return left == 0 || fail()
        default: return fail()
        }
      }
    }
  }

  private func fail() -> Bool {
    isBroken = true
    return false
  }
}
