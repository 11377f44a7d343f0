import Bytes
import Glibc
public import SSHKeys

/// A connection to ssh-agent over its Unix socket, open as long as the object lives.
///
/// Each question is one message and each answer too; what is read is bounded in length and in time.
public final class AgentSocket {
  /// People look for a token, type a PIN and touch it.
  public static let defaultSecondsLimit = 120

  private let descriptor: Int32
  private let secondsLimit: Int

  /// Connects.
  ///
  /// - Parameters:
  ///   - path: As a rule what `SSH_AUTH_SOCK` says.
  ///   - secondsLimit: For each question until its answer is complete.
  /// - Throws: `AgentError` when nothing answers there.
  public init(path: String, secondsLimit: Int = AgentSocket.defaultSecondsLimit) throws(AgentError) {
    self.secondsLimit = secondsLimit
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    let room = MemoryLayout.size(ofValue: address.sun_path)
    guard !bytes.isEmpty, bytes.count < room, !bytes.contains(0) else {
      throw AgentError(code: .unreachable, detail: "path of ssh-agent must be 1 to \(room - 1) bytes: \(path)")
    }
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
    let opened = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Self.flags, 0)
    guard opened >= 0 else {
      throw AgentError(code: .unreachable, detail: "no socket for ssh-agent: \(Self.reason(errno))")
    }
    let length = socklen_t(MemoryLayout<sockaddr_un>.size)
    let status = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe connect(opened, $0, length) }
    }
    guard status == 0 else {
      let reason = Self.reason(errno)
      close(opened)
      throw AgentError(code: .unreachable, detail: "ssh-agent does not answer at \(path): \(reason)")
    }
    descriptor = opened
  }

  deinit { close(descriptor) }

  /// Not inherited by programs that are started, and no call waits by itself.
  private static let flags = Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)

  private static func reason(_ number: Int32) -> String {
    unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
  }

  /// The keys that the agent holds.
  ///
  /// - Throws: `AgentError`.
  public func identities() throws(AgentError) -> [AgentIdentity] {
    switch try ask(.identities) {
    case .identities(let identities): return identities
    case .failure: throw AgentError(code: .refused, detail: "ssh-agent does not list its keys; it may be locked")
    case .signature: throw AgentError(code: .malformed, detail: "ssh-agent answered something else")
    }
  }

  /// Has the agent sign, and checks what it signed.
  ///
  /// - Throws: `AgentError`; with `refused` when the agent does not have the key or someone said no.
  public func sign(_ request: SigningRequest) throws(AgentError) -> SSHSignature {
    let answer = try signature(.sign(request), by: request.key)
    do throws(SigningError) {
      return try request.signature(answer: answer)
    } catch {
      throw AgentError(code: .malformed, detail: "\(error)")
    }
  }

  /// Has the agent sign a certificate, and checks what it signed.
  ///
  /// - Throws: `AgentError`; with `refused` when the agent does not have the authority's key or someone said no.
  public func certify(_ draft: CertificateDraft) throws(AgentError) -> SSHPublicKey {
    let answer = try signature(.certify(draft), by: draft.authority)
    do throws(SigningError) {
      return try draft.certificate(answer: answer)
    } catch {
      throw AgentError(code: .malformed, detail: "\(error)")
    }
  }

  private func signature(_ request: AgentRequest, by key: SSHPublicKey) throws(AgentError) -> [UInt8] {
    switch try ask(request) {
    case .signature(let answer): return answer
    case .failure: throw AgentError(code: .refused, detail: "ssh-agent does not sign with \(key.fingerprint)")
    case .identities: throw AgentError(code: .malformed, detail: "ssh-agent answered something else")
    }
  }

  /// Sends one message and waits for the answer.
  ///
  /// - Throws: `AgentError`.
  public func ask(_ request: AgentRequest) throws(AgentError) -> AgentAnswer {
    let deadline = ContinuousClock.now + .seconds(secondsLimit)
    try send(request.bytes, until: deadline)
    let length = try receive(AgentMessage.lengthByteCount, until: deadline)
    let count: Int
    do throws(DecodeError) {
      count = try AgentAnswer.bodyLength(parsing: length.span)
    } catch {
      throw AgentError(code: .malformed, detail: "ssh-agent: \(error)")
    }
    let body = try receive(count, until: deadline)
    do throws(DecodeError) {
      return try AgentAnswer(body: body.span)
    } catch {
      throw AgentError(code: .malformed, detail: "ssh-agent: \(error)")
    }
  }

  private func send(_ bytes: [UInt8], until deadline: ContinuousClock.Instant) throws(AgentError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      try wait(for: POLLOUT, until: deadline)
      let count = unsafe rest.withUnsafeBytes { unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, sendFlags) }
      if count > 0 { rest = rest.dropFirst(count) } else { try check(errno) }
    }
  }

  /// An agent that is gone is an error here, not the end of the program.
  private var sendFlags: Int32 { Int32(MSG_NOSIGNAL) }

  private func receive(_ count: Int, until deadline: ContinuousClock.Instant) throws(AgentError) -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: min(count, 16 << 10))
    while bytes.count < count {
      try wait(for: POLLIN, until: deadline)
      let wanted = min(buffer.count, count - bytes.count)
      let got = unsafe buffer.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, wanted, 0) }
      if got > 0 {
        bytes += buffer.prefix(got)
      } else if got == 0 {
        throw AgentError(code: .disconnected, detail: "ssh-agent broke off")
      } else {
        try check(errno)
      }
    }
    return bytes
  }

  /// Passes over what only means: once more.
  private func check(_ number: Int32) throws(AgentError) {
    guard [EAGAIN, EINTR].contains(number) else {
      throw AgentError(code: .disconnected, detail: "ssh-agent broke off: \(Self.reason(number))")
    }
  }

  private func wait(for event: Int32, until deadline: ContinuousClock.Instant) throws(AgentError) {
    while true {
      let left = deadline - ContinuousClock.now
      guard left > .zero else {
        throw AgentError(code: .timedOut, detail: "ssh-agent did not answer within \(secondsLimit) s")
      }
      var entry = pollfd(fd: descriptor, events: Int16(truncatingIfNeeded: event), revents: 0)
      let nanoseconds = left.components.attoseconds / 1_000_000_000
      let count = unsafe poll(&entry, 1, left > .seconds(1) ? 1000 : Int32(clamping: nanoseconds / 1_000_000 + 1))
      if count > 0 { return }
      if count < 0 { try check(errno) }
    }
  }
}
