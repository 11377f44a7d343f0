@testable import Rehearsals

/// The first byte says what the rest is: what a gateway's clients and its targets do by way of a relay, or the bytes that come to one end of
/// a relay's connection in the place of the other's.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRelays(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: size))
  FuzzedInput.relays(bytes)
  return 0
}
