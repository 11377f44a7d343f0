import Captures
import Model

/// The first byte chooses how the rest is read: its low bit as a stream, the next two the size of chunks, the others
/// how often it is given again with a byte changed, so that sources are merged.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  guard size > 1 else { return 0 }
  let input = unsafe Array(UnsafeBufferPointer(start: data, count: size))
  let bytes = Array(input.dropFirst())
  var options = CaptureOptions()
  options.archives.archiveAllowance = 8 << 20
  options.archives.memberAllowance = 1 << 20
  options.archives.expansionRatio = 20
  options.archives.memberCount = 100
  options.spoolByteCount = 8 << 20
  options.chunkByteCount = [1 << 20, 1, 7, 4096][Int(input[0] >> 1 & 3)]
  var inputs: [CaptureInput] = [
    input[0] & 1 == 0 ? .memory("memory", bytes) : .stream("stream", OnceSource(bytes))
  ]
  if input[0] & 8 != 0, let last = bytes.last { inputs.append(.memory("other", bytes.dropLast() + [last ^ 1])) }
  do {
    var set = try CaptureSet(inputs, options: options)
    var count: UInt64 = 0
    while try set.advance() {
      count += 1
      precondition(set.packet.count == set.header.capturedLength, "a packet has the length that it says")
      precondition(set.header.originalLength >= set.header.capturedLength, "no less was on the wire")
    }
    precondition(set.sources.reduce(0) { $0 + $1.packetCount } == count, "every packet is of a source")
    precondition(set.sources.allSatisfy { $0.packetCount == 0 || $0.digest != nil }, "what gave packets has a digest")
    _ = set.takeAnomalies()
  } catch let error as InputError {
    precondition(!error.description.contains("\n"), "an error is one line")
  } catch {
    preconditionFailure("only input errors are thrown")
  }
  return 0
}

/// Bytes that come once, in two pieces.
final class OnceSource: ByteSource {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  func read(into buffer: inout MutableSpan<UInt8>) throws(InputError) -> Int {
    let count = min(buffer.count, bytes.count - position, max(1, bytes.count / 2))
    for index in 0..<count { buffer[index] = bytes[position + index] }
    position += count
    return count
  }
}
