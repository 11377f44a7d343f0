@testable import Rehearsals

/// The first byte says what the rest is: requests or responses that are read by themselves, or what a client, of HTTP/1 or HTTP/2, and a
/// target say to a gateway.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzHTTPListener(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: size))
  FuzzedInput.http(bytes)
  return 0
}
