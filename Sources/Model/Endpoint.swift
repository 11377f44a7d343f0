/// One end of a flow: address and port.
public struct Endpoint: Hashable, Sendable, Comparable {
  public var address: IPAddress
  public var port: UInt16

  public init(address: IPAddress, port: UInt16) {
    self.address = address
    self.port = port
  }

  public static func < (left: Endpoint, right: Endpoint) -> Bool {
    (left.address, left.port) < (right.address, right.port)
  }
}

extension Endpoint: CustomStringConvertible {
  /// `192.0.2.1:5432` or `[2001:db8::1]:5432`.
  public var description: String {
    address.isIPv4 ? "\(address):\(port)" : "[\(address)]:\(port)"
  }
}
