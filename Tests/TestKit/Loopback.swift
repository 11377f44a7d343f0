import Foundation

/// Sockets on 127.0.0.1. Here, where nothing else of C that has the addresses of sockets is imported: which module the
/// compiler takes them from depends on what it read before.
public enum Loopback {
  public struct Failure: Error, CustomStringConvertible { public var description: String }

  /// A socket that is connected to a port; the caller closes it.
  public static func connect(to port: Int) throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = address(port)
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = unsafe withUnsafeBytes(of: &address) { bytes in
      unsafe Foundation.connect(descriptor, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), size)
    }
    guard result == 0 else {
      close(descriptor)
      throw Failure(description: "cannot connect: \(errno)")
    }
    return descriptor
  }

  /// A socket that listens on a port that was free; the caller closes it.
  public static func listen(queue: Int32 = 8) throws -> (descriptor: Int32, port: Int) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = address(0)
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = unsafe withUnsafeMutableBytes(of: &address) { bytes in
      let pointer = unsafe bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self)
      return unsafe bind(descriptor, pointer, size) == 0 && Foundation.listen(descriptor, queue) == 0
        && getsockname(descriptor, pointer, &size) == 0
    }
    guard isBound else {
      close(descriptor)
      throw Failure(description: "cannot listen: \(errno)")
    }
    return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
  }

  /// A port where nobody listens now; another may take it before it is used.
  public static func freePort() throws -> Int {
    let (descriptor, port) = try listen()
    close(descriptor)
    return port
  }

  private static func address(_ port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(clamping: port)).bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return address
  }
}
