import Bytes

/// Messages of SSH as they are sent with cipher `none`.
enum SSHWire {
  static func packet(_ payload: [UInt8]) -> [UInt8] {
    // RFC 4253 §6: a whole number of blocks of eight, and at least four bytes of padding.
    var padding = 8 - (payload.count + 5) % 8
    if padding < 4 { padding += 8 }
    var writer = ByteWriter()
    writer.write(UInt32(1 + payload.count + padding))
    writer.write(UInt8(padding))
    writer.write(payload)
    writer.write([UInt8](repeating: 0xA5, count: padding))
    return writer.bytes
  }

  static func string(_ bytes: [UInt8]) -> [UInt8] {
    var writer = ByteWriter()
    writer.write(UInt32(bytes.count))
    writer.write(bytes)
    return writer.bytes
  }

  static func string(_ text: String) -> [UInt8] { string(Array(text.utf8)) }

  static func number(_ value: UInt32) -> [UInt8] {
    var writer = ByteWriter()
    writer.write(value)
    return writer.bytes
  }

  static func number64(_ value: UInt64) -> [UInt8] {
    var writer = ByteWriter()
    writer.write(value)
    return writer.bytes
  }

  // MARK: Authentication

  static func request(_ user: String, _ method: String, _ rest: [UInt8] = []) -> [UInt8] {
    packet([50] + string(user) + string("ssh-connection") + string(method) + rest)
  }

  static func password(_ user: String, _ secret: String) -> [UInt8] { request(user, "password", [0] + string(secret)) }

  static func publicKey(_ user: String, _ blob: [UInt8], algorithm: String, isSigned: Bool) -> [UInt8] {
    request(
      user, "publickey",
      [isSigned ? 1 : 0] + string(algorithm) + string(blob) + (isSigned ? string([1, 2, 3]) : []))
  }

  static func failure(_ methods: String, isPartial: Bool = false) -> [UInt8] {
    packet([51] + string(methods) + [isPartial ? 1 : 0])
  }

  static let success = packet([52])

  /// A key of 32 equal bytes.
  static func ed25519(_ byte: UInt8) -> [UInt8] {
    string("ssh-ed25519") + string([UInt8](repeating: byte, count: 32))
  }

  // MARK: The connection

  static func global(_ name: String, wantsReply: Bool, _ rest: [UInt8] = []) -> [UInt8] {
    packet([80] + string(name) + [wantsReply ? 1 : 0] + rest)
  }

  static func open(
    _ type: String, _ sender: UInt32, window: UInt32 = 2_097_152, maximum: UInt32 = 32_768, _ rest: [UInt8] = []
  ) -> [UInt8] {
    packet([90] + string(type) + number(sender) + number(window) + number(maximum) + rest)
  }

  static func confirm(
    _ recipient: UInt32, _ sender: UInt32, window: UInt32 = 2_097_152, maximum: UInt32 = 32_768
  ) -> [UInt8] {
    packet([91] + number(recipient) + number(sender) + number(window) + number(maximum))
  }

  static func refuse(_ recipient: UInt32, _ code: UInt32, _ text: String) -> [UInt8] {
    packet([92] + number(recipient) + number(code) + string(text) + string(""))
  }

  static func adjust(_ recipient: UInt32, _ count: UInt32) -> [UInt8] {
    packet([93] + number(recipient) + number(count))
  }

  static func data(_ recipient: UInt32, _ bytes: [UInt8]) -> [UInt8] {
    packet([94] + number(recipient) + string(bytes))
  }
  static func data(_ recipient: UInt32, _ text: String) -> [UInt8] { data(recipient, Array(text.utf8)) }

  static func errors(_ recipient: UInt32, _ text: String) -> [UInt8] {
    packet([95] + number(recipient) + number(1) + string(text))
  }

  static func end(_ recipient: UInt32) -> [UInt8] { packet([96] + number(recipient)) }
  static func close(_ recipient: UInt32) -> [UInt8] { packet([97] + number(recipient)) }

  static func ask(_ recipient: UInt32, _ name: String, wantsReply: Bool = true, _ rest: [UInt8] = []) -> [UInt8] {
    packet([98] + number(recipient) + string(name) + [wantsReply ? 1 : 0] + rest)
  }

  static func exec(_ recipient: UInt32, _ command: String) -> [UInt8] { ask(recipient, "exec", string(command)) }
  static func yes(_ recipient: UInt32) -> [UInt8] { packet([99] + number(recipient)) }
  static func no(_ recipient: UInt32) -> [UInt8] { packet([100] + number(recipient)) }

  static func exit(_ recipient: UInt32, _ status: UInt32) -> [UInt8] {
    ask(recipient, "exit-status", wantsReply: false, number(status))
  }

  private static func ask(_ recipient: UInt32, _ name: String, _ rest: [UInt8]) -> [UInt8] {
    ask(recipient, name, wantsReply: true, rest)
  }

  static func terminal(_ recipient: UInt32, _ name: String, _ columns: UInt32, _ rows: UInt32, modes: [UInt8])
    -> [UInt8]
  {
    ask(
      recipient, "pty-req", wantsReply: true,
      string(name) + number(columns) + number(rows) + number(0) + number(0) + string(modes))
  }

  static func resize(_ recipient: UInt32, _ columns: UInt32, _ rows: UInt32) -> [UInt8] {
    ask(recipient, "window-change", wantsReply: false, number(columns) + number(rows) + number(0) + number(0))
  }
}
