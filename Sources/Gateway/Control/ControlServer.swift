import Bytes
import Dispatch
import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// The gateway's own socket on this machine, for those who decide: `exhibit approvals`, a page, an agent's hook.
final class ControlServer: Sendable {
  /// Connections at once.
  static let connectionLimit = 32

  private let verbs: [String: any ControlVerb]
  private let connections = Mutex(0)
  /// Runs what reads files and verifies signatures, not where sessions are served.
  typealias Run = @Sendable (_ work: @escaping @Sendable () -> Void) -> Void
  private let run: Run
  let path: String
  /// The socket's file, once it is there.
  private let file = Mutex<ino_t?>(nil)

  convenience init(_ core: GatewayCore, path: String) {
    let queue = DispatchQueue(label: "exhibit-control", attributes: .concurrent)
    self.init(core, path: path) { work in queue.async { work() } }
  }

  init(_ core: GatewayCore, path: String, run: @escaping Run) {
    (self.path, self.run) = (path, run)
    verbs = Dictionary(uniqueKeysWithValues: ControlCatalog.verbs.map { ($0.name, $0.init(core)) })
  }

  /// Takes a connection; false when there are too many.
  func enter() -> Bool {
    connections.withLock { count in
      guard count < ControlServer.connectionLimit else { return false }
      count += 1
      return true
    }
  }

  func leave() { connections.withLock { $0 -= 1 } }

  func answer(_ line: [UInt8], _ done: @escaping @Sendable (ControlAnswer) -> Void) {
    run { [verbs] in
      guard let request = JSONValue.document(in: line), request.isObject, let name = request["ask"]?.string else {
        return done(ControlAnswer(.malformed, "a request is one JSON object with the member ask"))
      }
      guard let verb = verbs[name] else {
        let known = verbs.keys.sorted().joined(separator: ", ")
        return done(ControlAnswer(.unknownVerb, "what can be asked for is \(known)"))
      }
      verb.answer(request, done)
    }
  }

  // MARK: Listening

  func start(on group: any EventLoopGroup) throws -> any Channel {
    let descriptor = try bound()
    return try ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 16)
      .childChannelOption(.autoRead, value: false)
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(ControlSide(self))
        }
      }
      .withBoundSocket(descriptor).wait()
  }

  /// A socket that is its owner's alone before anybody can connect to it.
  func bound() throws -> Int32 {
    try removeStale()
    let descriptor = socket(
      AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
    guard descriptor >= 0, let address = UnixAddress(path) else {
      if descriptor >= 0 { close(descriptor) }
      throw GatewayError("socket: \(path): no socket, or its path is too long")
    }
    guard address.bind(descriptor) == 0, unsafe chmod(path, 0o600) == 0 else {
      let reason = unsafe String(cString: strerror(errno))
      close(descriptor)
      throw GatewayError("socket: \(path): \(reason)")
    }
    file.withLock { $0 = Self.file(path) }
    return descriptor
  }

  /// What is there; nil for what is no socket.
  private static func file(_ path: String) -> ino_t? {
    var status = stat()
    guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else { return nil }
    return status.st_ino
  }

  /// One that a gateway left behind is taken away; one that answers, and what is no socket, is not.
  private func removeStale() throws {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFSOCK else { throw GatewayError("socket: \(path): is there, and is no socket") }
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    defer { close(descriptor) }
    if let address = UnixAddress(path), address.connect(descriptor) == 0 {
      throw GatewayError("socket: \(path): another gateway answers there")
    }
    unsafe unlink(path)
  }

  /// Takes the socket away, unless another stands in its place.
  func remove() {
    guard let own = file.withLock({ $0 }), own == Self.file(path) else { return }
    unsafe unlink(path)
  }
}
