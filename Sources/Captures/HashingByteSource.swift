import Bytes

/// Passes bytes on and hashes them on the way.
final class HashingByteSource: ByteSource {
  private let source: any ByteSource
  private let hash: any ContentHash

  init(_ source: any ByteSource, _ hash: any ContentHash) {
    self.source = source
    self.hash = hash
  }

  func read(into buffer: inout [UInt8], at offset: Int, count: Int) throws(InputError) -> Int {
    let got = try source.read(into: &buffer, at: offset, count: count)
    if got > 0 { hash.update(buffer, offset..<(offset + got)) }
    return got
  }

  /// Reads what is left; the digest covers everything then.
  func drain() throws(InputError) -> Digest {
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    while try read(into: &buffer, at: 0, count: buffer.count) > 0 {}
    return hash.finish()
  }
}
