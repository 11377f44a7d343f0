import Bytes
import CZlib

/// Removes the compression of one gRPC message, in bounded memory.
public enum GRPCInflater {
  /// Why a message could not be decompressed.
  public struct Failure: Error, CustomStringConvertible {
    public var description: String
  }

  /// The message; no more than `limit` bytes of it.
  public static func inflate(_ bytes: Span<UInt8>, encoding: String, limit: Int) -> Result<[UInt8], Failure> {
    switch encoding {
    case "identity", "": return .success(bytes.array)
    // 32 added to the window bits: zlib tells gzip from its own format by the first bytes.
    case "gzip", "deflate": return inflate(bytes, limit: limit)
    default: return .failure(Failure(description: "a message compressed with \(encoding)"))
    }
  }

  private static func inflate(_ bytes: Span<UInt8>, limit: Int) -> Result<[UInt8], Failure> {
    var stream = unsafe z_stream()
    let size = unsafe Int32(MemoryLayout<z_stream>.size)
    guard unsafe inflateInit2_(&stream, 15 + 32, ZLIB_VERSION, size) == Z_OK else {
      return .failure(Failure(description: "zlib is out of memory"))
    }
    defer { unsafe _ = inflateEnd(&stream) }
    var out: [UInt8] = []
    var room = [UInt8](repeating: 0, count: 16 << 10)
    let status: Int32 = unsafe bytes.withUnsafeBufferPointer { input in
      unsafe stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
      unsafe stream.avail_in = UInt32(clamping: input.count)
      while true {
        let (code, count): (Int32, Int) = unsafe room.withUnsafeMutableBufferPointer { output in
          unsafe stream.next_out = output.baseAddress
          unsafe stream.avail_out = UInt32(clamping: output.count)
          let code = unsafe CZlib.inflate(&stream, Z_NO_FLUSH)
          return (code, unsafe output.count - Int(stream.avail_out))
        }
        out.append(contentsOf: room[..<min(count, limit - out.count)])
        if code != Z_OK || out.count >= limit { return code }
      }
    }
    // A stream that ends early, or that says more than is kept.
    guard status == Z_STREAM_END || out.count >= limit else {
      return .failure(Failure(description: "a compressed message is damaged"))
    }
    return .success(out)
  }
}
