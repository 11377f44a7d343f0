import Bytes
import CZlib

/// Decompresses the payloads of one direction: one zlib stream, flushed at the end of each packet (RFC 4253 §6.2).
@safe final class PacketInflater {
  /// What one packet may become.
  static let payloadLimit = 1 << 20

  private let stream: UnsafeMutablePointer<z_stream>

  init?() {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    guard unsafe inflateInit_(stream, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size)) == Z_OK else {
      unsafe stream.deallocate()
      return nil
    }
  }

  deinit {
    _ = unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// Whether a payload begins a zlib stream; none of these bytes is a message number.
  static func isHeader(_ payload: Span<UInt8>) -> Bool {
    guard payload.count >= 2, payload[0] & 0x0f == 8, payload[0] >> 4 <= 7, payload[0] != 8 else { return false }
    return (Int(payload[0]) << 8 | Int(payload[1])) % 31 == 0 && payload[1] & 0x20 == 0
  }

  /// Writes the decompressed payload behind what `out` holds; false when it is damaged or too long.
  func inflate(_ payload: Span<UInt8>, into out: inout [UInt8]) -> Bool {
    let start = out.count
    guard let count = UInt32(exactly: payload.count) else { return false }
    return unsafe payload.withUnsafeBufferPointer { source in
      unsafe stream.pointee.next_in = unsafe UnsafeMutablePointer(mutating: source.baseAddress)
      unsafe stream.pointee.avail_in = count
      var room = max(256, payload.count * 3)
      while true {
        let before = out.count
        out.append(contentsOf: repeatElement(0, count: room))
        let result = unsafe out.withUnsafeMutableBufferPointer { target in
          unsafe stream.pointee.next_out = unsafe target.baseAddress.map { unsafe $0 + before }
          unsafe stream.pointee.avail_out = UInt32(room)
          return unsafe CZlib.inflate(stream, Z_SYNC_FLUSH)
        }
        let left = unsafe Int(stream.pointee.avail_out)
        out.removeLast(left)
        guard result == Z_OK || result == Z_BUF_ERROR, out.count - start <= Self.payloadLimit else { return false }
        if left > 0 { return unsafe stream.pointee.avail_in == 0 }
        room = min(room * 2, Self.payloadLimit)
      }
    }
  }
}
