import Bytes
import CBrotli

/// Brotli (RFC 7932).
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
    return unsafe input.withUnsafeBufferPointer { source in
      guard let base = source.baseAddress else { return true }
      // A byte at a time: at damage the decoder keeps to itself what it had not yet given, and how much that is would
      // depend on how the content was cut.
      for index in 0..<source.count {
        if isComplete { return fail() }
        var next: UnsafePointer<UInt8>? = unsafe base + index
        var left = 1
        while true {
          var out: UnsafeMutablePointer<UInt8>? = unsafe block.baseAddress
          var room = unsafe block.count
          let result = unsafe BrotliDecoderDecompressStream(state, &left, &next, &room, &out, nil)
          let count = unsafe block.count - room
          if count > 0 {
            let isWanted = unsafe sink(Span(_unsafeElements: UnsafeBufferPointer(rebasing: block[..<count])))
            guard isWanted else { return fail() }
          }
          if result == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT { continue }
          if result == BROTLI_DECODER_RESULT_SUCCESS { isComplete = true }
          if result == BROTLI_DECODER_RESULT_ERROR { return fail() }
          break
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
