import Bytes
import Model

/// Messages of SFTP version 3.
enum SFTPWire {
  static func message(_ type: UInt8, _ id: UInt32, _ rest: [UInt8]) -> [UInt8] {
    SSHWire.string([type] + SSHWire.number(id) + rest)
  }

  static func initialize(_ version: UInt32) -> [UInt8] { SSHWire.string([1] + SSHWire.number(version)) }
  static func version(_ version: UInt32, _ extensions: [(String, String)] = []) -> [UInt8] {
    SSHWire.string([2] + SSHWire.number(version) + extensions.flatMap { SSHWire.string($0.0) + SSHWire.string($0.1) })
  }

  static let noAttributes = SSHWire.number(0)

  static func open(_ id: UInt32, _ path: String, _ flags: UInt32) -> [UInt8] {
    message(3, id, SSHWire.string(path) + SSHWire.number(flags) + noAttributes)
  }

  static func close(_ id: UInt32, _ handle: String) -> [UInt8] { message(4, id, SSHWire.string(handle)) }
  static func read(_ id: UInt32, _ handle: String, _ offset: UInt64, _ count: UInt32) -> [UInt8] {
    message(5, id, SSHWire.string(handle) + SSHWire.number64(offset) + SSHWire.number(count))
  }
  static func write(_ id: UInt32, _ handle: String, _ offset: UInt64, _ bytes: [UInt8]) -> [UInt8] {
    message(6, id, SSHWire.string(handle) + SSHWire.number64(offset) + SSHWire.string(bytes))
  }
  static func path(_ type: UInt8, _ id: UInt32, _ path: String, _ rest: [UInt8] = []) -> [UInt8] {
    message(type, id, SSHWire.string(path) + rest)
  }
  static func extended(_ id: UInt32, _ name: String, _ rest: [UInt8]) -> [UInt8] {
    message(200, id, SSHWire.string(name) + rest)
  }

  static func status(_ id: UInt32, _ code: UInt32, _ text: String = "") -> [UInt8] {
    message(101, id, SSHWire.number(code) + SSHWire.string(text) + SSHWire.string(""))
  }
  static func handle(_ id: UInt32, _ handle: String) -> [UInt8] { message(102, id, SSHWire.string(handle)) }
  static func data(_ id: UInt32, _ bytes: [UInt8]) -> [UInt8] { message(103, id, SSHWire.string(bytes)) }
  static func names(_ id: UInt32, _ names: [String]) -> [UInt8] {
    message(
      104, id,
      SSHWire.number(UInt32(names.count))
        + names.flatMap { SSHWire.string($0) + SSHWire.string("-rw " + $0) + noAttributes })
  }
  static func attributes(_ id: UInt32, size: UInt64, permissions: UInt32) -> [UInt8] {
    message(105, id, SSHWire.number(5) + SSHWire.number64(size) + SSHWire.number(permissions))
  }
}

extension SSHConversation {
  /// A channel that speaks SFTP.
  static func sftp(server: String = "SSH-2.0-OpenSSH_9.2p1", version: UInt32 = 3) -> SSHConversation {
    var conversation = SSHConversation.session(server: server)
    conversation.openSession()
    conversation.client(SSHWire.ask(5, "subsystem", wantsReply: true, SSHWire.string("sftp")))
    conversation.server(SSHWire.yes(0))
    conversation.ask(SFTPWire.initialize(version))
    conversation.reply(SFTPWire.version(version, [("posix-rename@openssh.com", "1")]))
    return conversation
  }

  mutating func ask(_ messages: [UInt8]...) { for message in messages { client(SSHWire.data(5, message)) } }
  mutating func reply(_ messages: [UInt8]...) { for message in messages { server(SSHWire.data(0, message)) } }
}
