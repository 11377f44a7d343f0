import Foundation

/// The address of a socket in the file system.
struct UnixAddress {
  /// Bytes of a path, without its end (unix(7): 108 with it).
  static let pathLimit = 107

  private var address = sockaddr_un()

  /// Nil when the path is empty or too long.
  init?(_ path: String) {
    let bytes = Array(path.utf8)
    guard (1...Self.pathLimit).contains(bytes.count), !bytes.contains(0) else { return nil }
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
  }

  func bind(_ descriptor: Int32) -> Int32 { unsafe call { unsafe Foundation.bind(descriptor, $0, $1) } }
  func connect(_ descriptor: Int32) -> Int32 { unsafe call { unsafe Foundation.connect(descriptor, $0, $1) } }

  private func call(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
    unsafe withUnsafePointer(to: address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
  }
}
