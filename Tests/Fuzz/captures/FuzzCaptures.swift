import Bytes
import Captures
import Foundation
import Model

/// The first byte says whether the input is read with small or large chunks; the rest is the file.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzCaptures(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  guard size > 1 else { return 0 }
  let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: size))
  let path = "/tmp/exhibit-fuzz-\(getpid())"
  guard FileManager.default.createFile(atPath: path, contents: Data(bytes.dropFirst())) else { return 0 }
  var options = CaptureOptions()
  options.chunkSize = bytes[0] & 1 == 0 ? 7 : 1 << 16
  options.expansionFloor = 1 << 20
  options.spoolLimit = 16 << 20
  do {
    var captures = try CaptureSet(inputs: [path], options: options)
    var packets = 0
    while try captures.next({ header, packet in precondition(header.capturedLength == packet.count) }) { packets += 1 }
    _ = captures.takeAnomalies()
    let counted = captures.sources.reduce(0) { $0 + Int($1.packetCount) }
    precondition(counted == packets, "the sources count other packets than were given")
  } catch {
    // An input that cannot be used is an answer.
  }
  return 0
}
