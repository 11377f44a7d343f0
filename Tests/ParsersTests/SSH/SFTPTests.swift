import Bytes
import Model
import Parsers
import TestKit
import Testing

struct SFTPTests {
  private static let content = (0..<1_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }

  @Test func `a file is read out of order and is whole`() throws {
    var conversation = SSHConversation.sftp()
    conversation.ask(SFTPWire.open(1, "/etc/x", 1))
    conversation.reply(SFTPWire.handle(1, "h"))
    conversation.ask(
      SFTPWire.read(2, "h", 0, 400), SFTPWire.read(3, "h", 400, 400), SFTPWire.read(4, "h", 800, 400),
      SFTPWire.read(5, "h", 1_000, 400))
    conversation.reply(
      SFTPWire.data(4, Array(Self.content[800..<1_000])), SFTPWire.status(5, 1),
      SFTPWire.data(2, Array(Self.content[..<400])),
      SFTPWire.data(3, Array(Self.content[400..<800])))
    conversation.ask(SFTPWire.close(6, "h"))
    conversation.reply(SFTPWire.status(6, 0))
    conversation.closeSession()
    let events = conversation.events()
    let file = try #require(events.files.first)
    #expect(events.files.count == 1)
    #expect(file.verb == .get)
    #expect(file.path == "/etc/x")
    #expect(file.outcome == .ok)
    #expect(file.content?.bytes == Self.content)
    #expect(file.isWholeFile)
    #expect(file.readByteCount == 1_000)
    #expect(file.note == nil)
    // The command itself has totals and no records of the bytes.
    let command = try #require(events.commands.first)
    #expect(command.kind == .subsystem)
    #expect(command.output.map { $0.byteCount > 1_000 } == true)
    #expect(command.records?.recordTexts.count == 2)
    #expect(events.codes == [])
    #expect(events.parameters["sftp.version"] == "3")
  }

  @Test(arguments: [(size: UInt32(1_000), isWhole: true), (size: 1_200, isWhole: false)])
  func `a file that was not emptied is whole when it is cut where writing ended`(size: UInt32, isWhole: Bool) {
    var conversation = SSHConversation.sftp()
    conversation.ask(SFTPWire.open(1, "/tmp/y", 0x0a))
    conversation.reply(SFTPWire.handle(1, "h"))
    conversation.ask(SFTPWire.write(2, "h", 0, Self.content))
    conversation.reply(SFTPWire.status(2, 0))
    let size = SSHWire.number(1) + SSHWire.number(0) + SSHWire.number(size)
    conversation.ask(SFTPWire.message(10, 3, SSHWire.string("h") + size))
    conversation.reply(SFTPWire.status(3, 0))
    conversation.ask(SFTPWire.close(4, "h"))
    conversation.reply(SFTPWire.status(4, 0))
    let files = conversation.events().files
    #expect(files.map(\.verb) == [.setstat, .put])
    #expect(files.last?.isWholeFile == isWhole)
    #expect((files.last?.note == nil) == isWhole)
  }

  @Test func `a file is written, cut at the limit, and its digest is that of all`() throws {
    var conversation = SSHConversation.sftp()
    conversation.ask(SFTPWire.open(1, "/tmp/y", 0x1a))
    conversation.reply(SFTPWire.handle(1, "h"))
    conversation.ask(
      SFTPWire.write(2, "h", 0, Array(Self.content[..<500])), SFTPWire.write(3, "h", 500, Array(Self.content[500...])))
    conversation.reply(SFTPWire.status(2, 0), SFTPWire.status(3, 0))
    conversation.ask(SFTPWire.close(4, "h"))
    conversation.reply(SFTPWire.status(4, 0))
    let file = try #require(conversation.events(bodyLimit: 100).files.first)
    #expect(file.verb == .put)
    #expect(file.isWholeFile)
    #expect(file.content?.bytes == Array(Self.content[..<100]))
    #expect(file.content?.byteCount == 1_000)
    #expect(file.content?.digest == SHA256.digest(of: Self.content.span))
    #expect(file.writtenByteCount == 1_000)
  }

  @Test func `a write that fails is the outcome, and nothing is whole`() throws {
    var conversation = SSHConversation.sftp()
    conversation.ask(SFTPWire.open(1, "/full", 0x1a))
    conversation.reply(SFTPWire.handle(1, "h"))
    conversation.ask(SFTPWire.write(2, "h", 0, [1, 2, 3]), SFTPWire.close(3, "h"))
    conversation.reply(SFTPWire.status(2, 4, "No space left"), SFTPWire.status(3, 0))
    let file = try #require(conversation.events().files.first)
    #expect(file.outcome == .failed(code: "SSH_FX_FAILURE", message: "No space left"))
    #expect(!file.isWholeFile)
  }

  @Test func `a range read twice is said and is no whole file`() throws {
    var conversation = SSHConversation.sftp()
    conversation.ask(SFTPWire.open(1, "/x", 1))
    conversation.reply(SFTPWire.handle(1, "h"))
    conversation.ask(SFTPWire.read(2, "h", 0, 3), SFTPWire.read(3, "h", 1, 3), SFTPWire.close(4, "h"))
    conversation.reply(SFTPWire.data(2, [1, 2, 3]), SFTPWire.data(3, [2, 3, 4]), SFTPWire.status(4, 0))
    let file = try #require(conversation.events().files.first)
    #expect(!file.isWholeFile)
    #expect(file.content?.bytes == [1, 2, 3])
    #expect(file.note?.contains("a range moved twice") == true)
  }

  @Test func `one block in the middle is a part`() throws {
    var conversation = SSHConversation.sftp()
    conversation.ask(SFTPWire.open(1, "/x", 1))
    conversation.reply(SFTPWire.handle(1, "h"))
    conversation.ask(SFTPWire.read(2, "h", 500, 3), SFTPWire.close(4, "h"))
    conversation.reply(SFTPWire.data(2, [1, 2, 3]), SFTPWire.status(4, 0))
    let file = try #require(conversation.events().files.first)
    #expect(!file.isWholeFile)
    #expect(file.readByteCount == 3)
    #expect(file.content?.byteCount == 0)
    #expect(file.note?.contains("a block is missing at offset 0") == true)
  }

  @Test func `a folder is one list`() throws {
    var conversation = SSHConversation.sftp()
    conversation.ask(SFTPWire.path(11, 1, "/srv"))
    conversation.reply(SFTPWire.handle(1, "d"))
    conversation.ask(SFTPWire.message(12, 2, SSHWire.string("d")), SFTPWire.message(12, 3, SSHWire.string("d")))
    conversation.reply(SFTPWire.names(2, [".", "a", "b c"]), SFTPWire.status(3, 1))
    conversation.ask(SFTPWire.close(4, "d"))
    conversation.reply(SFTPWire.status(4, 0))
    let events = conversation.events()
    #expect(events.files.map(\.verb) == [.list])
    #expect(events.files.first?.path == "/srv")
    #expect(events.files.first?.content?.bytes.text == ".\na\nb c\n")
    #expect(events.files.first?.outcome == .ok)
  }

  @Test func `every other operation is told once`() {
    var conversation = SSHConversation.sftp()
    let mode = SSHWire.number(4) + SSHWire.number(0o755)
    conversation.ask(
      SFTPWire.path(17, 1, "/a"), SFTPWire.path(7, 2, "/missing"), SFTPWire.path(9, 3, "/a", mode),
      SFTPWire.path(14, 4, "/d", mode), SFTPWire.path(15, 5, "/d"), SFTPWire.path(13, 6, "/a"),
      SFTPWire.path(18, 7, "/a", SSHWire.string("/b")), SFTPWire.path(19, 8, "/l"), SFTPWire.path(16, 9, "."),
      SFTPWire.extended(10, "posix-rename@openssh.com", SSHWire.string("/c") + SSHWire.string("/e")),
      SFTPWire.extended(11, "hardlink@openssh.com", SSHWire.string("/old") + SSHWire.string("/new")),
      SFTPWire.extended(12, "statvfs@openssh.com", SSHWire.string("/")),
      SFTPWire.extended(13, "lsetstat@openssh.com", SSHWire.string("/a") + mode),
      SFTPWire.extended(14, "expand-path@openssh.com", SSHWire.string("~")),
      SFTPWire.extended(15, "limits@openssh.com", []), SFTPWire.extended(16, "home-directory", SSHWire.string("ada")),
      SFTPWire.path(20, 17, "target", SSHWire.string("/link")))
    conversation.reply(
      SFTPWire.attributes(1, size: 42, permissions: 0o100644), SFTPWire.status(2, 2, "No such file"))
    for id: UInt32 in 3...7 { conversation.reply(SFTPWire.status(id, 0)) }
    conversation.reply(SFTPWire.names(8, ["target"]), SFTPWire.names(9, ["/home/ada"]))
    for id: UInt32 in [10, 11, 13, 17] { conversation.reply(SFTPWire.status(id, 0)) }
    conversation.reply(SFTPWire.names(14, ["/home/ada"]), SFTPWire.message(201, 12, []), SFTPWire.message(201, 15, []))
    conversation.reply(SFTPWire.names(16, ["/home/ada"]))
    let events = conversation.events()
    let texts = events.files.map { file in
      "\(file.verb.rawValue) \(file.path) \(file.otherPath ?? "-") \(file.content?.bytes.text ?? "-")"
    }
    #expect(
      texts == [
        "stat /a - -", "stat /missing - -", "setstat /a - -", "mkdir /d - -", "rmdir /d - -", "remove /a - -",
        "rename /a /b -", "readlink /l - target", "realpath . - /home/ada", "rename /c /e -", "link /new /old -",
        "setstat /a - -", "symlink /link target -", "realpath ~ - /home/ada", "statvfs / - -",
        "inquire limits@openssh.com - -", "realpath ~ada - /home/ada",
      ])
    #expect(events.files.first?.attributes?.size == 42)
    #expect(events.files[1].outcome == .failed(code: "SSH_FX_NO_SUCH_FILE", message: "No such file"))
    #expect(events.codes == [])
  }

  @Test func `a link's arguments are those of the draft where nobody is OpenSSH`() {
    var conversation = SSHConversation.sftp(server: "SSH-2.0-Other_1")
    conversation.pieces[0].bytes = Array("SSH-2.0-Another_1\r\n".utf8)
    conversation.ask(SFTPWire.path(20, 17, "/link", SSHWire.string("target")))
    conversation.reply(SFTPWire.status(17, 0))
    #expect(conversation.events().files.map(\.path) == ["/link"])
  }

  @Test func `an opening that fails is told with what it was for`() {
    var conversation = SSHConversation.sftp()
    conversation.ask(SFTPWire.open(1, "/shadow", 1), SFTPWire.open(2, "/ro", 0x1a), SFTPWire.path(11, 3, "/root"))
    for id: UInt32 in 1...3 { conversation.reply(SFTPWire.status(id, 3, "Permission denied")) }
    let files = conversation.events().files
    #expect(files.map(\.verb) == [.get, .put, .list])
    #expect(files.allSatisfy { $0.outcome == .failed(code: "SSH_FX_PERMISSION_DENIED", message: "Permission denied") })
  }

  @Test func `a file that only appears by its handle after a gap is told as incomplete`() throws {
    var conversation = SSHConversation.sftp()
    conversation.ask(SFTPWire.open(1, "/x", 0x1a))
    conversation.reply(SFTPWire.handle(1, "h"))
    conversation.ask(SFTPWire.write(2, "h", 0, [1, 2, 3]), SFTPWire.close(3, "h"))
    conversation.reply(SFTPWire.status(2, 0), SFTPWire.status(3, 0))
    let opening = try #require(conversation.pieces.firstIndex { $0.bytes.text.contains("/x") })
    conversation.pieces[opening].isLost = true
    let events = conversation.events()
    #expect(events.files.map(\.path) == ["(handle 68)"])
    #expect(events.exchanges.first { if case .file = $0.shape { true } else { false } }?.incompleteReason != nil)
  }

  @Test func `another version is not looked into, and is said`() {
    var conversation = SSHConversation.sftp(version: 6)
    conversation.ask(SFTPWire.open(1, "/x", 1))
    let events = conversation.events()
    #expect(events.files.isEmpty)
    #expect(events.codes == ["sftp-version"])
  }

  @Test func `a length that cannot be ends the reading`() {
    var conversation = SSHConversation.sftp()
    conversation.ask(SSHWire.number(.max) + [1, 2, 3])
    conversation.closeSession()
    let events = conversation.events()
    #expect(events.codes == ["sftp-malformed"])
    #expect(events.commands.count == 1)
  }
}
