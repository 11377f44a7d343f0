import Bytes
import Model
import Parsers
import Testing

struct SCPTests {
  @Test func `a file is put, with its mode and times`() throws {
    var conversation = SSHConversation.running("scp -p -t -- '/tmp/a b'")
    conversation.reply([0])
    conversation.ask(Array("T1700000000 0 1700000001 0\n".utf8))
    conversation.reply([0])
    conversation.ask(Array("C0640 5 a b\n".utf8))
    conversation.reply([0])
    conversation.ask(Array("hello".utf8) + [0])
    conversation.reply([0])
    conversation.closeSession()
    let events = conversation.events()
    let file = try #require(events.files.first)
    #expect(events.files.count == 1)
    #expect(file.service == .scp && file.verb == .put)
    #expect(file.path == "/tmp/a b")
    #expect(file.outcome == .ok && file.isWholeFile && file.note == nil)
    #expect(file.content?.bytes == Array("hello".utf8))
    #expect(file.attributes?.permissions == 0o640)
    #expect(file.attributes?.modifiedAt == 1_700_000_000 && file.attributes?.accessedAt == 1_700_000_001)
    #expect(events.commands.map(\.text) == ["scp -p -t -- '/tmp/a b'"])
    #expect(events.commands.first?.input?.byteCount == 45)
    #expect(events.codes == [])
  }

  @Test func `folders are entered and left`() {
    var conversation = SSHConversation.running("scp -r -d -t /srv")
    conversation.reply([0])
    for line in ["D0755 0 top\n", "D0700 0 sub\n"] {
      conversation.ask(Array(line.utf8))
      conversation.reply([0])
    }
    conversation.ask(Array("C0644 0 empty\n".utf8))
    conversation.reply([0])
    conversation.ask([0])
    conversation.reply([0])
    conversation.ask(Array("E\n".utf8))
    conversation.reply([0])
    conversation.ask(Array("C0644 1 one\n".utf8))
    conversation.reply([0])
    conversation.ask([0x31, 0])
    conversation.reply([0])
    conversation.ask(Array("E\n".utf8))
    conversation.reply([0])
    let events = conversation.events()
    #expect(
      events.files.map { "\($0.verb) \($0.path) \($0.isWholeFile)" } == [
        "mkdir /srv/top false", "mkdir /srv/top/sub false", "put /srv/top/sub/empty true", "put /srv/top/one true",
      ])
    #expect(events.files.allSatisfy { $0.outcome == .ok })
  }

  @Test func `a file is got, and one that is missing fails`() {
    var conversation = SSHConversation.running("scp -f /etc/*.conf")
    conversation.ask([0])
    conversation.reply(Array("C0644 3 a.conf\n".utf8))
    conversation.ask([0])
    conversation.reply([1, 2, 3, 0])
    conversation.ask([0])
    conversation.reply([1] + Array("scp: /etc/b.conf: Permission denied\n".utf8))
    let events = conversation.events()
    #expect(events.files.map(\.path) == ["/etc/a.conf", "/etc/*.conf"])
    #expect(events.files.first?.isWholeFile == true && events.files.first?.readByteCount == 3)
    #expect(
      events.files.last?.outcome == .failed(code: "scp: error", message: "scp: /etc/b.conf: Permission denied"))
  }

  @Test func `a refused file is told and the next one is read`() {
    var conversation = SSHConversation.running("scp -d -t /x")
    conversation.reply([0])
    conversation.ask(Array("C0644 3 a\n".utf8))
    conversation.reply([1] + Array("scp: /x/a: Permission denied\n".utf8))
    conversation.ask(Array("C0644 1 b\n".utf8))
    conversation.reply([0])
    conversation.ask([0x41, 0])
    conversation.reply([0])
    let files = conversation.events().files
    #expect(files.map(\.path) == ["/x/a", "/x/b"])
    #expect(files.first?.outcome == .failed(code: "scp: error", message: "scp: /x/a: Permission denied"))
    #expect(files.last?.outcome == .ok)
  }

  @Test func `a target that may be a folder is said to be uncertain`() {
    var conversation = SSHConversation.running("scp -t /tmp/x")
    conversation.reply([0])
    conversation.ask(Array("C0644 0 y\n".utf8))
    conversation.reply([0])
    conversation.ask([0])
    conversation.reply([0])
    let file = conversation.events().files.first
    #expect(file?.path == "/tmp/x")
    #expect(file?.note == "sent as y; where the target is a folder, it is /tmp/x/y")
  }

  @Test func `what is no scp is an anomaly`() {
    var conversation = SSHConversation.running("scp -t /tmp/x")
    conversation.reply(Array("motd\n".utf8))
    conversation.ask(Array("X\n".utf8))
    #expect(conversation.events().codes == ["scp-malformed"])
  }
}
