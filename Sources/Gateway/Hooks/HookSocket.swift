import Bytes
import Foundation
public import Model

/// Tells a running gateway what an agent does, within a time that nobody notices.
public struct HookSocket: Sendable {
  /// What an agent waits at most.
  public static let limitMilliseconds: Int32 = 50
  private static let answerLimit = 4_096

  /// Why the gateway does not know of it; one line.
  public struct Failure: Error, CustomStringConvertible {
    public let description: String
  }

  private let path: String
  private let limit: Int32

  /// - Parameters:
  ///   - path: The gateway's socket.
  ///   - limit: Milliseconds for all of it: connecting, sending, the answer.
  public init(path: String, limit: Int32 = HookSocket.limitMilliseconds) {
    self.path = path
    self.limit = limit
  }

  /// Returns when the gateway's recorder has taken the event over.
  ///
  /// - Throws: `Failure` when it has not, or nobody knows.
  public func tell(_ event: AgentEvent) throws(Failure) {
    let end = DispatchTime.now().uptimeNanoseconds + UInt64(max(0, limit)) * 1_000_000
    let descriptor = socket(
      AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
    guard descriptor >= 0, let address = UnixAddress(path) else {
      if descriptor >= 0 { close(descriptor) }
      throw Failure(description: "\(path): a socket's path has 1 to \(UnixAddress.pathLimit) bytes")
    }
    defer { close(descriptor) }
    guard address.connect(descriptor) == 0 else {
      throw Failure(description: "\(path): no gateway answers there: \(unsafe String(cString: strerror(errno)))")
    }
    try send(Array("{\"ask\":\"agent\",\"event\":".utf8) + event.members + Array("}\n".utf8), descriptor, end)
    let answer = try receive(descriptor, end)
    guard JSONValue.document(in: answer)?["ok"]?.bool == true else {
      throw Failure(description: "\(path): the gateway did not take it")
    }
  }

  private func send(_ bytes: [UInt8], _ descriptor: Int32, _ end: UInt64) throws(Failure) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes {
        unsafe Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else {
        guard errno == EAGAIN else { throw Failure(description: "\(path): the gateway went away") }
        try wait(descriptor, Int16(POLLOUT), end)
      }
    }
  }

  private func receive(_ descriptor: Int32, _ end: UInt64) throws(Failure) -> [UInt8] {
    var line: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: Self.answerLimit)
    while line.count < Self.answerLimit {
      try wait(descriptor, Int16(POLLIN), end)
      let count = unsafe buffer.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, $0.count, 0) }
      guard count > 0 else { throw Failure(description: "\(path): the gateway did not answer") }
      let part = buffer.prefix(count)
      if let last = part.firstIndex(of: 0x0A) { return line + part[..<last] }
      line += part
    }
    throw Failure(description: "\(path): an answer without an end")
  }

  private func wait(_ descriptor: Int32, _ events: Int16, _ end: UInt64) throws(Failure) {
    let now = DispatchTime.now().uptimeNanoseconds
    var poll = pollfd(fd: descriptor, events: events, revents: 0)
    guard now < end, unsafe Foundation.poll(&poll, 1, Int32((end - now) / 1_000_000)) > 0 else {
      throw Failure(description: "\(path): the gateway did not answer within \(limit) ms")
    }
  }
}
