import CSSH
import Glibc
import SSHKeys

/// One end of a connection over SSH, as libssh holds it. Used on the thread that made it.
@safe final class LibsshSession {
  let pointer: OpaquePointer

  private init() throws(SSHFault) {
    guard let made = unsafe ssh_new() else { throw SSHFault("out of memory") }
    unsafe pointer = unsafe made
    var readsFiles = false
    _ = unsafe ssh_options_set(made, SSH_OPTIONS_PROCESS_CONFIG, &readsFiles)
  }

  deinit { unsafe ssh_free(pointer) }

  // MARK: The server's end

  /// Of a socket that was accepted; from here on it is this session's to close.
  ///
  /// `seconds`: for the exchange of keys.
  /// - Throws: `SSHFault` when a key cannot be used or the client does not speak SSH.
  convenience init(accepted descriptor: Int32, hostKeys: [LibsshKey], seconds: Int64) throws(SSHFault) {
    var isTaken = false
    defer { if !isTaken { Glibc.close(descriptor) } }
    try self.init()
    guard let binding = unsafe ssh_bind_new() else { throw SSHFault("out of memory") }
    defer { unsafe ssh_bind_free(binding) }
    var readsFiles = false
    _ = unsafe ssh_bind_options_set(binding, SSH_BIND_OPTIONS_PROCESS_CONFIG, &readsFiles)
    for key in hostKeys {
      // The list takes the key over.
      guard let copy = unsafe ssh_key_dup(key.pointer) else { throw SSHFault("out of memory") }
      guard unsafe ssh_bind_options_set(binding, SSH_BIND_OPTIONS_IMPORT_KEY, UnsafeRawPointer(copy)) == SSH_OK else {
        unsafe ssh_key_free(copy)
        throw SSHFault("libssh does not take the host key")
      }
    }
    isTaken = true
    guard unsafe ssh_bind_accept_fd(binding, pointer, descriptor) == SSH_OK else {
      throw SSHFault(unsafe String(cString: ssh_get_error(UnsafeMutableRawPointer(binding))))
    }
    set(seconds: seconds)
    guard unsafe ssh_handle_key_exchange(pointer) == SSH_OK else {
      throw SSHFault("no keys were agreed on: \(problem)")
    }
    isBlocking = false
  }

  /// What the client may prove itself by.
  func allow(keys: Bool, passwords: Bool) {
    let methods = (keys ? SSH_AUTH_METHOD_PUBLICKEY : 0) | (passwords ? SSH_AUTH_METHOD_PASSWORD : 0)
    unsafe ssh_set_auth_methods(pointer, Int32(clamping: methods))
  }

  /// The next message that has come; nil when there is none.
  func nextMessage() -> LibsshMessage? {
    guard let message = unsafe ssh_message_get(pointer) else { return nil }
    return unsafe LibsshMessage(message)
  }

  /// `SSH-2.0-…`, of either end.
  var clientIdentification: String? { unsafe Self.text(ssh_get_clientbanner(pointer)) }
  var serverIdentification: String? { unsafe Self.text(ssh_get_serverbanner(pointer)) }

  // MARK: The client's end

  /// Connects to a target, makes sure that it is the one, and logs in.
  ///
  /// `socket`: one that leads there, and is this session's to close; nil to connect by itself.
  /// - Throws: `SSHFault` for a target that is not there, is another, or does not let the gateway in.
  convenience init(to target: SSHTarget, over socket: Int32? = nil, seconds: Int64) throws(SSHFault) {
    do { try self.init() } catch {
      if let socket { Glibc.close(socket) }
      throw error
    }
    if var socket { unsafe ssh_options_set(pointer, SSH_OPTIONS_FD, &socket) }
    var port = UInt32(clamping: target.place.port)
    var isOn: Int32 = 1
    set(SSH_OPTIONS_HOST, target.place.host)
    unsafe ssh_options_set(pointer, SSH_OPTIONS_PORT, &port)
    set(SSH_OPTIONS_USER, target.user)
    set(SSH_OPTIONS_KNOWNHOSTS, "/dev/null")
    set(SSH_OPTIONS_GLOBAL_KNOWNHOSTS, "/dev/null")
    set(SSH_OPTIONS_HOSTKEYS, target.hostKeyAlgorithms)
    unsafe ssh_options_set(pointer, SSH_OPTIONS_NODELAY, &isOn)
    set(seconds: seconds)
    guard unsafe ssh_connect(pointer) == SSH_OK else { throw SSHFault(problem) }
    var found: OpaquePointer?
    guard unsafe ssh_get_server_publickey(pointer, &found) == SSH_OK, let key = unsafe found else {
      throw SSHFault("it shows no host key")
    }
    let blob = unsafe LibsshKey.blob(key)
    unsafe ssh_key_free(key)
    guard let blob, target.hostKeys.contains(where: { $0.blob == blob }) else {
      throw SSHFault("its host key is none of those that it may have")
    }
    try logIn(to: target)
    isBlocking = false
  }

  private func logIn(to target: SSHTarget) throws(SSHFault) {
    let outcome: Int32
    switch target.credential {
    case .key(let file):
      let key = try LibsshKey(file: file)
      outcome = unsafe ssh_userauth_publickey(pointer, nil, key.pointer)
    case .password(let password): outcome = unsafe ssh_userauth_password(pointer, nil, password.value)
    }
    guard outcome == SSH_AUTH_SUCCESS.rawValue else {
      throw SSHFault("it does not let \(target.user) in: \(problem)")
    }
  }

  private func set(_ option: ssh_options_e, _ text: String) {
    _ = unsafe text.withCString { unsafe ssh_options_set(pointer, option, $0) }
  }

  private func set(seconds: Int64) {
    var seconds = Int(clamping: max(1, seconds))
    _ = unsafe ssh_options_set(pointer, SSH_OPTIONS_TIMEOUT, &seconds)
  }

  /// Asks the target to listen for the client, or to do so no more; to be called again while it is under way.
  func listen(_ place: LibsshMessage.Place, isEnd: Bool) -> LibsshChannel.Progress {
    let port = Int32(clamping: place.port)
    return LibsshChannel.Progress(
      unsafe isEnd
        ? ssh_channel_cancel_forward(pointer, place.host, port)
        : ssh_channel_listen_forward(pointer, place.host, port, nil))
  }

  // MARK: Both

  private var isBlocking: Bool {
    get { unsafe ssh_is_blocking(pointer) != 0 }
    set { unsafe ssh_set_blocking(pointer, newValue ? 1 : 0) }
  }

  var isConnected: Bool { unsafe ssh_is_connected(pointer) != 0 }
  var descriptor: Int32 { unsafe ssh_get_fd(pointer) }
  /// What libssh says went wrong last.
  var problem: String { unsafe String(cString: ssh_get_error(UnsafeMutableRawPointer(pointer))) }

  /// Sends what is left to be sent, for so many milliseconds, and says that it is over.
  func end(milliseconds: Int32) {
    if isConnected { _ = unsafe ssh_blocking_flush(pointer, milliseconds) }
    unsafe ssh_disconnect(pointer)
  }

  private static func text(_ text: UnsafePointer<CChar>?) -> String? {
    guard let text = unsafe text else { return nil }
    return unsafe String(cString: text)
  }
}

/// A key as libssh holds it.
@safe final class LibsshKey {
  let pointer: OpaquePointer

  /// Reads a private key without a passphrase.
  init(file: String) throws(SSHFault) {
    var made: OpaquePointer?
    let outcome = unsafe ssh_pki_import_privkey_file(file, nil, { _, _, _, _, _, _ in -1 }, nil, &made)
    guard outcome == SSH_OK, let key = unsafe made else { throw SSHFault("\(file): no private key that can be used") }
    unsafe pointer = unsafe key
  }

  deinit { unsafe ssh_key_free(pointer) }

  /// The wire form of a public key, or of a certificate of one.
  static func blob(_ key: OpaquePointer) -> [UInt8]? {
    var text: UnsafeMutablePointer<CChar>?
    guard unsafe ssh_pki_export_pubkey_base64(key, &text) == SSH_OK, let digits = unsafe text else { return nil }
    defer { unsafe ssh_string_free_char(digits) }
    return SSHText.decoded(base64: unsafe String(cString: digits))
  }
}
