import Foundation

/// A client of HTTP byte for byte, for what no ordinary one does.
final class RawWeb {
  private let descriptor: Int32

  init(port: Int) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(clamping: port)).bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = unsafe withUnsafeBytes(of: &address) { bytes in
      unsafe connect(descriptor, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), size)
    }
    guard result == 0 else { throw WebTarget.Failure(description: "cannot connect: \(errno)") }
    wait(20)
  }

  deinit { close(descriptor) }

  /// How long `receive` waits.
  func wait(_ seconds: Int) {
    var limit = timeval(tv_sec: seconds, tv_usec: 0)
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  }

  func send(_ text: String) { send(Array(text.utf8)) }

  func send(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let sent = unsafe rest.withUnsafeBytes {
        unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard sent > 0 else { return }
      rest = rest.dropFirst(sent)
    }
  }

  func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// Some bytes; nothing at the end, or when none come.
  func receive() -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = unsafe bytes.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, $0.count, 0) }
    return Array(bytes.prefix(max(0, count)))
  }

  /// Everything up to the end of the connection.
  func rest() -> String {
    var all: [UInt8] = []
    while case let more = receive(), !more.isEmpty { all += more }
    return String(decoding: all, as: UTF8.self)
  }

  /// Bytes until they hold a text.
  func receive(until text: String) -> String {
    var all: [UInt8] = []
    while !String(decoding: all, as: UTF8.self).contains(text) {
      let more = receive()
      guard !more.isEmpty else { break }
      all += more
    }
    return String(decoding: all, as: UTF8.self)
  }
}
