import CSSH

/// A channel of a session, as libssh holds it, and what came in it. Used on its session's thread.
@safe final class LibsshChannel {
  /// What came, in order.
  enum Arrival {
    case data([UInt8], isError: Bool)
    case signal([UInt8])
    case exitStatus(Int32)
    case exitSignal(SSHExitSignal)
  }

  /// How far a request is that the other end has to answer.
  enum Progress {
    case done
    case underWay
    case failed

    init(_ outcome: Int32) {
      self =
        switch outcome {
        case SSH_OK: .done
        case SSH_AGAIN: .underWay
        default: .failed
        }
    }
  }

  /// Bytes that one reading takes out of libssh's buffers.
  private static let blockLength = 64 << 10

  let pointer: OpaquePointer
  private let callbacks: UnsafeMutablePointer<ssh_channel_callbacks_struct>
  private var data: [Arrival] = []
  /// What came besides, and is told behind the data.
  private var others: [Arrival] = []
  /// The other end has closed it.
  private var isClosedByPeer = false
  /// The client offered its authentication agent so many times, and nobody took note yet.
  private var agentOffers = 0
  /// Whether bytes are taken. libssh keeps what is not, and lets the other end send no more than a window of it.
  var isOpenForData = true
  /// libssh keeps bytes that were not taken.
  private var hasLeftovers = false
  private var isReleased = false

  init(_ pointer: OpaquePointer) {
    unsafe self.pointer = unsafe pointer
    unsafe callbacks = .allocate(capacity: 1)
    unsafe callbacks.initialize(to: ssh_channel_callbacks_struct())
    unsafe callbacks.pointee.size = MemoryLayout<ssh_channel_callbacks_struct>.size
    unsafe callbacks.pointee.userdata = Unmanaged.passUnretained(self).toOpaque()
    unsafe callbacks.pointee.channel_data_function = { _, _, data, count, isError, user in
      guard let channel = unsafe LibsshChannel.from(user) else { return 0 }
      return unsafe channel.take(data, count, isError: isError != 0)
    }
    unsafe callbacks.pointee.channel_signal_function = { _, _, name, user in
      unsafe LibsshChannel.from(user)?.others.append(.signal(SSHText.bytes(name)))
    }
    unsafe callbacks.pointee.channel_exit_status_function = { _, _, status, user in
      unsafe LibsshChannel.from(user)?.others.append(.exitStatus(status))
    }
    unsafe callbacks.pointee.channel_exit_signal_function = { _, _, name, core, message, language, user in
      let signal = unsafe SSHExitSignal(
        name: SSHText.bytes(name), hasDumpedCore: core != 0, message: SSHText.bytes(message),
        language: SSHText.bytes(language))
      unsafe LibsshChannel.from(user)?.others.append(.exitSignal(signal))
    }
    unsafe callbacks.pointee.channel_auth_agent_req_function = { _, _, user in
      unsafe LibsshChannel.from(user)?.agentOffers += 1
    }
    unsafe callbacks.pointee.channel_close_function = { _, _, user in
      unsafe LibsshChannel.from(user)?.isClosedByPeer = true
    }
    _ = unsafe ssh_set_channel_callbacks(pointer, callbacks)
  }

  /// One that is to be opened.
  convenience init?(of session: LibsshSession) {
    guard let made = unsafe ssh_channel_new(session.pointer) else { return nil }
    unsafe self.init(made)
  }

  deinit {
    // Its memory is the session's from here on.
    if !isReleased { _ = unsafe ssh_remove_channel_callbacks(pointer, callbacks) }
    unsafe callbacks.deallocate()
  }

  /// Gives it back to libssh, which frees it when the other end has closed it too.
  func release() {
    guard !isReleased else { return }
    _ = unsafe ssh_remove_channel_callbacks(pointer, callbacks)
    unsafe ssh_channel_free(pointer)
    isReleased = true
  }

  /// Its session is gone, and it with it.
  func forget() { isReleased = true }

  private static func from(_ user: UnsafeMutableRawPointer?) -> LibsshChannel? {
    guard let user = unsafe user else { return nil }
    return unsafe Unmanaged<LibsshChannel>.fromOpaque(user).takeUnretainedValue()
  }

  // MARK: What comes

  private func take(_ data: UnsafeMutableRawPointer?, _ count: UInt32, isError: Bool) -> Int32 {
    guard isOpenForData, let data = unsafe data, let length = Int32(exactly: count) else {
      hasLeftovers = true
      return 0
    }
    self.data.append(.data(unsafe Array(UnsafeRawBufferPointer(start: data, count: Int(length))), isError: isError))
    return length
  }

  /// Takes what came out of here.
  func takeArrivals() -> [Arrival] {
    drain()
    var all: [Arrival] = []
    swap(&all, &data)
    // What is said behind data waits for it.
    guard !hasLeftovers, !others.isEmpty else { return all }
    defer { others = [] }
    return all + others
  }

  /// Whether the client offered its agent since this was asked last.
  func takeAgentOffer() -> Bool {
    defer { agentOffers = 0 }
    return agentOffers > 0
  }

  /// Reads all that libssh kept: then the other end is told to send more.
  private func drain() {
    guard hasLeftovers, isOpenForData else { return }
    hasLeftovers = false
    var block = [UInt8](repeating: 0, count: Self.blockLength)
    for isError in [false, true] {
      while case let count = unsafe ssh_channel_read_nonblocking(
        pointer, &block, UInt32(Self.blockLength), isError ? 1 : 0), count > 0
      {
        data.append(.data(Array(block.prefix(Int(count))), isError: isError))
      }
    }
  }

  private var isEmpty: Bool { !hasLeftovers && data.isEmpty && others.isEmpty }
  /// The other end sends no more, and all of it was taken.
  var isAtEnd: Bool {
    guard isEmpty else { return false }
    return isClosedByPeer ? true : unsafe ssh_channel_is_eof(pointer) != 0
  }
  /// The other end has closed it, and all that it sent was taken.
  var isClosed: Bool { isEmpty && isClosedByPeer }

  // MARK: What goes

  /// Bytes that the other end takes now.
  var room: Int { Int(unsafe ssh_channel_window_size(pointer)) }

  /// Sends of the bytes from `start` on what has room.
  ///
  /// - Returns: how many went; nil when none ever will.
  func write(_ bytes: [UInt8], from start: Int, isError: Bool) -> Int? {
    guard !isClosedByPeer else { return nil }
    let count = min(bytes.count - start, room)
    guard count > 0 else { return 0 }
    let sent = unsafe bytes.withUnsafeBytes { buffer in
      let place = unsafe buffer.baseAddress?.advanced(by: start)
      return unsafe isError
        ? ssh_channel_write_stderr(pointer, place, UInt32(clamping: count))
        : ssh_channel_write(pointer, place, UInt32(clamping: count))
    }
    return sent < 0 ? nil : Int(sent)
  }

  func sendEOF() { _ = unsafe ssh_channel_send_eof(pointer) }
  func send(exitStatus: Int32) { _ = unsafe ssh_channel_request_send_exit_status(pointer, exitStatus) }

  func send(_ signal: SSHExitSignal) {
    _ = unsafe ssh_channel_request_send_exit_signal(
      pointer, SSHText.terminated(signal.name), signal.hasDumpedCore ? 1 : 0, SSHText.terminated(signal.message),
      SSHText.terminated(signal.language))
  }

  func send(signal name: [UInt8]) { _ = unsafe ssh_channel_request_send_signal(pointer, SSHText.terminated(name)) }

  func send(window: SSHTerminal) {
    _ = unsafe ssh_channel_change_pty_size(pointer, Int32(clamping: window.columns), Int32(clamping: window.rows))
  }

  /// Says that it is over; to be called again while it is under way.
  func close() -> Progress { progress(unsafe ssh_channel_close(pointer)) }

  // MARK: What is asked of the other end. Each is called again until it is no longer under way.

  func openSession() -> Progress { progress(unsafe ssh_channel_open_session(pointer)) }

  func open(_ destination: LibsshMessage.Destination) -> Progress {
    progress(
      unsafe ssh_channel_open_forward(
        pointer, destination.host, Int32(clamping: destination.port), destination.originator,
        Int32(clamping: destination.originatorPort)))
  }

  /// Offers the client a connection that came at the target.
  func open(arrived destination: LibsshMessage.Destination) -> Progress {
    progress(
      unsafe ssh_channel_open_reverse_forward(
        pointer, destination.host, Int32(clamping: destination.port), destination.originator,
        Int32(clamping: destination.originatorPort)))
  }

  func request(_ program: SSHProgram) -> Progress {
    let text = SSHText.terminated(program.text)
    switch program.kind {
    case .exec: return progress(unsafe ssh_channel_request_exec(pointer, text))
    case .shell: return progress(unsafe ssh_channel_request_shell(pointer))
    case .subsystem: return progress(unsafe ssh_channel_request_subsystem(pointer, text))
    }
  }

  func request(_ terminal: SSHTerminal) -> Progress {
    progress(
      unsafe ssh_channel_request_pty_size(
        pointer, SSHText.terminated(terminal.name), Int32(clamping: terminal.columns), Int32(clamping: terminal.rows)))
  }

  func request(environment name: [UInt8], _ value: [UInt8]) -> Progress {
    progress(unsafe ssh_channel_request_env(pointer, SSHText.terminated(name), SSHText.terminated(value)))
  }

  private func progress(_ outcome: Int32) -> Progress { Progress(outcome) }
}

/// That a program was ended by a signal (RFC 4254 §6.10).
struct SSHExitSignal {
  /// Without `SIG`.
  var name: [UInt8]
  var hasDumpedCore: Bool
  var message: [UInt8]
  var language: [UInt8]
}
