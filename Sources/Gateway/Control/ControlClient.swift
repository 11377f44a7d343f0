public import Bytes
import Foundation

/// The other end of a gateway's socket: asks one thing and waits for the answer.
public struct ControlClient {
  /// Bytes of an answer.
  static let answerLimit = 32 << 20
  /// For an answer to be complete.
  static let patienceSeconds = 30

  /// A no of the gateway's, or no answer at all: one line.
  public struct Refusal: Error, Sendable, CustomStringConvertible {
    /// `missing`, `refused`, …; nil when it is not the gateway's.
    public var code: String?
    public var description: String
  }

  private let path: String

  public init(path: String) { self.path = path }

  /// Sends `{"ask":VERB, …}` and gives what the gateway answers.
  ///
  /// - Throws: `Refusal`.
  public func ask(_ verb: String, _ members: KeyValuePairs<String, String?> = [:]) throws -> JSONValue {
    var json = JSONWriter()
    json.object { json in
      json.member("ask", verb)
      for (name, value) in members { if let value { json.member(name, value) } }
    }
    json.newline()
    let line = try exchange(json.take())
    guard let answer = JSONValue.document(in: line), let isOK = answer["ok"]?.bool else {
      throw Refusal(description: "\(path): what answers there is no gateway")
    }
    guard isOK else {
      throw Refusal(code: answer["code"]?.string, description: answer["error"]?.string ?? "the gateway said no")
    }
    return answer
  }

  private func exchange(_ request: [UInt8]) throws -> [UInt8] {
    guard let address = UnixAddress(path) else {
      throw Refusal(description: "\(path): a socket's path has 1 to \(UnixAddress.pathLimit) bytes")
    }
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw Refusal(description: "no socket") }
    defer { close(descriptor) }
    guard address.connect(descriptor) == 0 else {
      let reason = unsafe String(cString: strerror(errno))
      throw Refusal(description: "\(path): no gateway answers there: \(reason); see socket in its configuration")
    }
    var limit = timeval(tv_sec: Self.patienceSeconds, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
    var rest = request[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes {
        unsafe send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { break }
      rest = rest.dropFirst(count)
    }
    return try receive(descriptor)
  }

  /// A line, without its end.
  private func receive(_ descriptor: Int32) throws -> [UInt8] {
    var line: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, $0.count, 0) }
      guard count > 0 else { throw Refusal(description: "\(path): the gateway did not answer") }
      let part = buffer.prefix(count)
      if let end = part.firstIndex(of: 0x0A) { return line + part[..<end] }
      line += part
      guard line.count <= Self.answerLimit else { throw Refusal(description: "\(path): an answer without an end") }
    }
  }
}
