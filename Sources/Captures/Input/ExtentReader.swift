import Bytes

/// Counts what was read of the inputs, for a progress bar.
final class ReadMeter {
  var count: UInt64 = 0
}

/// Reads random-access bytes from the start to the end, and elsewhere on request.
final class ExtentReader: ByteSource {
  private let bytes: any RandomAccessBytes
  private let meter: ReadMeter?
  private(set) var offset: UInt64 = 0
  /// Bytes read so far, those read twice counted twice.
  private(set) var readCount: UInt64 = 0

  init(_ bytes: any RandomAccessBytes, meter: ReadMeter? = nil) {
    self.bytes = bytes
    self.meter = meter
  }

  var byteCount: UInt64 { bytes.byteCount }

  func read(into buffer: inout MutableSpan<UInt8>) throws(InputError) -> Int {
    let count = try bytes.read(at: offset, into: &buffer)
    offset += UInt64(count)
    readCount += UInt64(count)
    meter?.count += UInt64(count)
    return count
  }

  func seek(to target: UInt64) { offset = target }

  func release() { bytes.release() }
}

/// Bytes that were read ahead, then the rest of their source.
final class PrefixedSource: ByteSource {
  private let prefix: [UInt8]
  private var position = 0
  private let rest: any ByteSource

  init(_ prefix: [UInt8], then rest: any ByteSource) {
    self.prefix = prefix
    self.rest = rest
  }

  func read(into buffer: inout MutableSpan<UInt8>) throws(InputError) -> Int {
    guard position < prefix.count else { return try rest.read(into: &buffer) }
    let count = copy(prefix, from: position, to: &buffer)
    position += count
    return count
  }
}

/// The first bytes of a source, up to `limit`, its end or its failure.
func readHead(of source: any ByteSource, limit: Int) -> (bytes: [UInt8], failure: InputError?) {
  var head: [UInt8] = []
  var block = [UInt8](repeating: 0, count: limit)
  while head.count < limit {
    // No more than is asked for: what is read beyond would be lost.
    block.removeLast(block.count - (limit - head.count))
    var space = block.mutableSpan
    do throws(InputError) {
      let count = try source.read(into: &space)
      guard count > 0 else { break }
      head.append(contentsOf: block.span.extracting(0..<count))
    } catch {
      return (head, error)
    }
  }
  return (head, nil)
}
