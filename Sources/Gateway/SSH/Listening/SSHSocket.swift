import Glibc
import Model
import NIOCore

/// What is asked of a connection's socket itself.
enum SSHSocket {
  /// Either end; nil for what is no connection of IP.
  static func endpoint(of descriptor: Int32, isPeer: Bool) -> Endpoint? {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let outcome = unsafe withUnsafeMutablePointer(to: &storage) { place in
      unsafe place.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        unsafe isPeer ? getpeername(descriptor, address, &length) : getsockname(descriptor, address, &length)
      }
    }
    guard outcome == 0 else { return nil }
    switch Int32(storage.ss_family) {
    case AF_INET:
      let address = unsafe withUnsafePointer(to: &storage) { place in
        unsafe place.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { unsafe $0.pointee }
      }
      return Endpoint(SocketAddress(address, host: ""))
    case AF_INET6:
      let address = unsafe withUnsafePointer(to: &storage) { place in
        unsafe place.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { unsafe $0.pointee }
      }
      return Endpoint(SocketAddress(address, host: ""))
    default: return nil
    }
  }

  /// Writes at once, waits for nobody, and finds out when the other end is gone which did not say so (see `PeerProbes`).
  static func prepare(_ descriptor: Int32, probeSeconds: Int64) {
    let flags = fcntl(descriptor, F_GETFL)
    _ = fcntl(descriptor, F_SETFL, flags | O_NONBLOCK)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    let idle = Int32(clamping: min(max(1, probeSeconds), 32_000))
    set(descriptor, SOL_SOCKET, SO_KEEPALIVE, 1)
    set(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
    set(descriptor, Int32(IPPROTO_TCP), TCP_KEEPIDLE, idle)
    set(descriptor, Int32(IPPROTO_TCP), TCP_KEEPINTVL, max(1, idle / 3))
    set(descriptor, Int32(IPPROTO_TCP), TCP_KEEPCNT, 3)
    set(descriptor, Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, idle * 2_000)
  }

  private static func set(_ descriptor: Int32, _ level: Int32, _ name: Int32, _ value: Int32) {
    var value = value
    unsafe setsockopt(descriptor, level, name, &value, socklen_t(MemoryLayout<Int32>.size))
  }
}
