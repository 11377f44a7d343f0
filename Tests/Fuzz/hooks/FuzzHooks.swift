@testable import Rehearsals

/// The first byte says what the rest is: what an agent gives its hook, the agent's settings, or what comes at the gateway's socket.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzHooks(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: size))
  FuzzedInput.hooks(bytes)
  return 0
}
