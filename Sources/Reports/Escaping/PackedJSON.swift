import CZlib
import Replay

/// A data block of a page, packed: DEFLATE (RFC 1951, no header) in base64 (RFC 4648 §4), which no HTML parser can misread.
///
/// `base64 -d | python3 -c 'import sys, zlib; sys.stdout.buffer.write(zlib.decompress(sys.stdin.buffer.read(), -15))'` gives
/// the JSON again.
struct PackedJSON {
  let base64: String

  /// Nil where zlib has no memory for it.
  init?(_ json: ScriptJSON) {
    guard let packed = Self.deflate(json.bytes) else { return nil }
    base64 = packed.base64
  }

  private static func deflate(_ bytes: [UInt8]) -> [UInt8]? {
    guard let length = UInt32(exactly: bytes.count) else { return nil }
    var stream = unsafe z_stream()
    let level: CInt = 6
    let rawWindow: CInt = -15
    guard
      unsafe deflateInit2_(
        &stream, level, Z_DEFLATED, rawWindow, 9, Z_DEFAULT_STRATEGY, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size))
        == Z_OK
    else { return nil }
    defer { unsafe deflateEnd(&stream) }
    let room = unsafe Int(deflateBound(&stream, UInt(length)))
    guard let space = UInt32(exactly: room) else { return nil }
    let packed = unsafe [UInt8](unsafeUninitializedCapacity: room) { output, count in
      let result = unsafe bytes.withUnsafeBufferPointer { input in
        unsafe stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        unsafe stream.avail_in = length
        unsafe stream.next_out = output.baseAddress
        unsafe stream.avail_out = space
        return unsafe CZlib.deflate(&stream, Z_FINISH)
      }
      count = result == Z_STREAM_END ? room - (unsafe Int(stream.avail_out)) : 0
    }
    return packed.isEmpty ? nil : packed
  }
}
