import CSSH

/// Something that a client asks for, until it is answered. Used on its session's thread.
@safe final class LibsshMessage {
  /// A key that is shown, and whether a signature by it was given, which libssh has checked.
  struct ShownKey {
    var blob: [UInt8]
    var isProven: Bool
  }

  /// A connection that the target is to open.
  struct Destination {
    var host: String
    var port: Int
    var originator: String
    var originatorPort: Int
  }

  /// Where the target is to listen for the client.
  struct Place: Hashable {
    var host: String
    var port: Int

    var name: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
  }

  enum Ask {
    case service(String)
    case login(user: String, LoginMeans)
    case openSession
    case openForward(Destination)
    /// A connection came where the target listens for the client.
    case openForwarded(Destination)
    /// Of another kind: `x11`, agents, sockets of Unix, tunnels.
    case openOther
    case program(SSHProgram)
    case environment(name: [UInt8], value: [UInt8])
    case terminal(SSHTerminal)
    case window(SSHTerminal)
    case x11
    case otherRequest
    case listen(Place)
    case stopListening(Place)
    case otherGlobal
  }

  enum LoginMeans {
    case none
    case password([UInt8])
    case key(ShownKey)
    case other
  }

  private let pointer: OpaquePointer
  let ask: Ask

  init(_ pointer: OpaquePointer) {
    unsafe self.pointer = unsafe pointer
    ask = unsafe Self.read(pointer)
  }

  deinit { unsafe ssh_message_free(pointer) }

  // MARK: Reading

  private static func read(_ message: OpaquePointer) -> Ask {
    let kind = UInt32(bitPattern: unsafe ssh_message_type(message))
    let subkind = UInt32(bitPattern: unsafe ssh_message_subtype(message))
    switch kind {
    case SSH_REQUEST_SERVICE.rawValue: return .service(unsafe text(ssh_message_service_service(message)))
    case SSH_REQUEST_AUTH.rawValue:
      return .login(user: unsafe text(ssh_message_auth_user(message)), unsafe means(message, subkind))
    case SSH_REQUEST_CHANNEL_OPEN.rawValue:
      switch subkind {
      case SSH_CHANNEL_SESSION.rawValue: return .openSession
      case SSH_CHANNEL_DIRECT_TCPIP.rawValue: return .openForward(unsafe destination(message))
      case SSH_CHANNEL_FORWARDED_TCPIP.rawValue: return .openForwarded(unsafe destination(message))
      default: return .openOther
      }
    case SSH_REQUEST_CHANNEL.rawValue: return unsafe request(message, subkind)
    case SSH_REQUEST_GLOBAL.rawValue:
      let place = Place(
        host: unsafe text(ssh_message_global_request_address(message)),
        port: Int(unsafe ssh_message_global_request_port(message)))
      switch subkind {
      case SSH_GLOBAL_REQUEST_TCPIP_FORWARD.rawValue: return .listen(place)
      case SSH_GLOBAL_REQUEST_CANCEL_TCPIP_FORWARD.rawValue: return .stopListening(place)
      default: return .otherGlobal
      }
    default: return .otherGlobal
    }
  }

  private static func destination(_ message: OpaquePointer) -> Destination {
    Destination(
      host: unsafe text(ssh_message_channel_request_open_destination(message)),
      port: Int(unsafe ssh_message_channel_request_open_destination_port(message)),
      originator: unsafe text(ssh_message_channel_request_open_originator(message)),
      originatorPort: Int(unsafe ssh_message_channel_request_open_originator_port(message)))
  }

  private static func means(_ message: OpaquePointer, _ method: UInt32) -> LoginMeans {
    switch method {
    case SSH_AUTH_METHOD_NONE: return .none
    case SSH_AUTH_METHOD_PASSWORD: return .password(unsafe SSHText.bytes(ssh_message_auth_password(message)))
    case SSH_AUTH_METHOD_PUBLICKEY:
      guard let key = unsafe ssh_message_auth_pubkey(message), let blob = unsafe LibsshKey.blob(key) else {
        return .other
      }
      let state = unsafe ssh_message_auth_publickey_state(message)
      return .key(ShownKey(blob: blob, isProven: state == SSH_PUBLICKEY_STATE_VALID))
    default: return .other
    }
  }

  private static func request(_ message: OpaquePointer, _ kind: UInt32) -> Ask {
    switch kind {
    case SSH_CHANNEL_REQUEST_EXEC.rawValue:
      return .program(
        SSHProgram(kind: .exec, text: unsafe SSHText.bytes(ssh_message_channel_request_command(message))))
    case SSH_CHANNEL_REQUEST_SHELL.rawValue: return .program(SSHProgram(kind: .shell, text: []))
    case SSH_CHANNEL_REQUEST_SUBSYSTEM.rawValue:
      return .program(
        SSHProgram(kind: .subsystem, text: unsafe SSHText.bytes(ssh_message_channel_request_subsystem(message))))
    case SSH_CHANNEL_REQUEST_ENV.rawValue:
      return .environment(
        name: unsafe SSHText.bytes(ssh_message_channel_request_env_name(message)),
        value: unsafe SSHText.bytes(ssh_message_channel_request_env_value(message)))
    case SSH_CHANNEL_REQUEST_PTY.rawValue:
      var terminal = unsafe size(message)
      terminal.name = unsafe SSHText.bytes(ssh_message_channel_request_pty_term(message))
      return .terminal(terminal)
    case SSH_CHANNEL_REQUEST_WINDOW_CHANGE.rawValue: return .window(unsafe size(message))
    case SSH_CHANNEL_REQUEST_X11.rawValue: return .x11
    default: return .otherRequest
    }
  }

  private static func size(_ message: OpaquePointer) -> SSHTerminal {
    SSHTerminal(
      columns: UInt32(bitPattern: unsafe ssh_message_channel_request_pty_width(message)),
      rows: UInt32(bitPattern: unsafe ssh_message_channel_request_pty_height(message)))
  }

  private static func text(_ text: UnsafePointer<CChar>?) -> String {
    String(decoding: unsafe SSHText.bytes(text), as: UTF8.self)
  }

  // MARK: Answering

  /// Whether it was asked on that channel.
  func isOf(_ channel: LibsshChannel) -> Bool {
    unsafe ssh_message_channel_request_channel(pointer) == channel.pointer
  }

  /// Says no, in the way of what was asked; of a service it says yes, for there is no other answer.
  func refuse() { _ = unsafe ssh_message_reply_default(pointer) }

  func accept() { _ = unsafe ssh_message_channel_request_reply_success(pointer) }

  /// The target listens at that port.
  func acceptListening(at port: Int) {
    _ = unsafe ssh_message_global_request_reply_success(pointer, UInt16(clamping: port))
  }

  func acceptService() { _ = unsafe ssh_message_service_reply_success(pointer) }

  /// The key would do.
  func acceptKey() { _ = unsafe ssh_message_auth_reply_pk_ok_simple(pointer) }

  func acceptLogin() { _ = unsafe ssh_message_auth_reply_success(pointer, 0) }

  /// The channel that was asked for; nil when it cannot be made.
  func acceptOpening() -> LibsshChannel? {
    guard let channel = unsafe ssh_message_channel_request_open_reply_accept(pointer) else { return nil }
    return unsafe LibsshChannel(channel)
  }
}

/// What is to run in a channel.
struct SSHProgram {
  enum Kind {
    case exec
    case shell
    case subsystem
  }

  var kind: Kind
  /// The command line, or the subsystem's name; without NUL.
  var text: [UInt8]

  /// As it is shown and judged; what is no UTF-8 is replaced.
  var shown: String { String(decoding: text, as: UTF8.self) }
}

struct SSHTerminal {
  var name: [UInt8] = []
  var columns: UInt32
  var rows: UInt32
}
