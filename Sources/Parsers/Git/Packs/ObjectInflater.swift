import Bytes
import CZlib

/// Inflates one object after the other of a pack (zlib, RFC 1950), and says where each ends.
@safe final class ObjectInflater {
  enum Step {
    case more
    case end
    case failed
  }

  private let stream: UnsafeMutablePointer<z_stream>
  private let block: UnsafeMutableBufferPointer<UInt8>
  private let isStarted: Bool

  init() {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    unsafe block = .allocate(capacity: GitLimits.blockLength)
    unsafe block.initialize(repeating: 0)
    isStarted = unsafe inflateInit_(stream, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size)) == Z_OK
  }

  deinit {
    if isStarted { unsafe inflateEnd(stream) }
    unsafe stream.deallocate()
    unsafe block.deallocate()
  }

  func reset() { if isStarted { unsafe inflateReset(stream) } }

  /// Inflates from `index` on, which moves to behind what was used. `sink` says whether to go on.
  func inflate(_ input: Span<UInt8>, _ index: inout Int, _ sink: (Span<UInt8>) -> Bool) -> Step {
    guard isStarted else { return .failed }
    let rest = input.extracting(index..<input.count)
    var used = 0
    let step: Step = unsafe rest.withUnsafeBufferPointer { source in
      unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
      unsafe stream.pointee.avail_in = UInt32(clamping: source.count)
      defer {
        used = unsafe source.count - Int(stream.pointee.avail_in)
        unsafe stream.pointee.next_in = nil
        unsafe stream.pointee.avail_in = 0
      }
      while true {
        unsafe stream.pointee.next_out = block.baseAddress
        unsafe stream.pointee.avail_out = UInt32(clamping: block.count)
        let result = unsafe CZlib.inflate(stream, Z_NO_FLUSH)
        let count = unsafe block.count - Int(stream.pointee.avail_out)
        if count > 0 {
          guard unsafe sink(Span(_unsafeElements: UnsafeBufferPointer(rebasing: block[..<count]))) else {
            return .failed
          }
        }
        switch result {
        case Z_STREAM_END: return .end
        case Z_OK: if unsafe stream.pointee.avail_in == 0 && count < block.count { return .more }
        case Z_BUF_ERROR: return .more
        default: return .failed
        }
      }
    }
    index += used
    return step
  }
}
