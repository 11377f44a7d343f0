import Foundation
import Glibc
import Model
import NIOCore
import Synchronization

/// A socket that clients connect to, looked after by a thread of its own.
final class SSHDoor: Sendable {
  let port: Int
  private let descriptor: Int32
  private let isClosed = Mutex(false)

  /// Listens. `take` owns the connections that it is given, and is not to wait.
  ///
  /// - Throws: `GatewayError` when nothing can listen there.
  init(_ place: SocketPlace, of listener: String, take: @escaping @Sendable (Int32) -> Void) throws {
    func fail(_ why: String) -> GatewayError { GatewayError("listener \(listener): \(place): \(why)") }
    let address: SocketAddress
    do { address = try SocketAddress.makeAddressResolvingHost(place.host, port: place.port) } catch {
      throw fail("\(error)")
    }
    let family = address.protocol == .inet6 ? AF_INET6 : AF_INET
    let descriptor = socket(family, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
    guard descriptor >= 0 else { throw fail(unsafe String(cString: strerror(errno))) }
    var isOn: Int32 = 1
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &isOn, socklen_t(MemoryLayout<Int32>.size))
    let isBound = unsafe address.withSockAddr { unsafe bind(descriptor, $0, socklen_t($1)) == 0 }
    guard isBound, listen(descriptor, 512) == 0 else {
      let why = unsafe String(cString: strerror(errno))
      Glibc.close(descriptor)
      throw fail(why)
    }
    self.descriptor = descriptor
    port = SSHSocket.endpoint(of: descriptor, isPeer: false).map { Int($0.port) } ?? place.port
    let thread = Thread { [self] in
      while !isClosed.withLock({ $0 }) {
        let connection = accept(descriptor, nil, nil)
        if connection >= 0 {
          take(connection)
        } else if errno != EINTR, errno != ECONNABORTED, !isClosed.withLock({ $0 }) {
          // Out of descriptors, as a rule: some will be free again.
          usleep(50_000)
        }
      }
      Glibc.close(descriptor)
    }
    thread.name = "exhibit-ssh-door"
    thread.start()
  }

  /// Takes no connection any more.
  func close() {
    let isFirst = isClosed.withLock { isClosed in
      defer { isClosed = true }
      return !isClosed
    }
    // Who waits in accept is woken by it.
    if isFirst { shutdown(descriptor, Int32(SHUT_RDWR)) }
  }
}
