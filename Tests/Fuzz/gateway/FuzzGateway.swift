/// The input is one of LoginRehearsal's.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzGateway(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  LoginRehearsal.run(unsafe Array(UnsafeBufferPointer(start: data, count: size)))
  return 0
}
