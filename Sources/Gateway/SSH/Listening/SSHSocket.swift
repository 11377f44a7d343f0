import Glibc
import Model

/// What is asked of a connection's socket itself.
enum SSHSocket {
  /// Either end; nil for what is no connection of IP.
  static func endpoint(of descriptor: Int32, isPeer: Bool) -> Endpoint? {
    // Read by its bytes (ip(7), ipv6(7)): which module the members of its types belong to depends on what the compiler read before.
    var bytes = [UInt8](repeating: 0, count: 128)
    var length = socklen_t(bytes.count)
    let outcome = unsafe bytes.withUnsafeMutableBytes { buffer in
      let address = unsafe buffer.baseAddress?.assumingMemoryBound(to: sockaddr.self)
      return unsafe isPeer ? getpeername(descriptor, address, &length) : getsockname(descriptor, address, &length)
    }
    guard outcome == 0 else { return nil }
    let family = unsafe bytes.withUnsafeBytes { unsafe Int32($0.load(as: UInt16.self)) }
    func number(_ range: Range<Int>) -> UInt64 { bytes[range].reduce(0) { $0 << 8 | UInt64($1) } }
    let port = UInt16(truncatingIfNeeded: number(2..<4))
    switch family {
    case AF_INET: return Endpoint(address: IPAddress(v4: UInt32(truncatingIfNeeded: number(4..<8))), port: port)
    case AF_INET6: return Endpoint(address: IPAddress(v6High: number(8..<16), low: number(16..<24)), port: port)
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
