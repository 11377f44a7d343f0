@testable import Rehearsals

/// Whether a listener is strict, then keys that are typed into a shell, and when each side gets what the other sent.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzLines(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: size))
  FuzzedInput.lines(bytes)
  return 0
}
