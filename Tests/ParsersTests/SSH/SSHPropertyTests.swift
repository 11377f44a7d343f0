import Bytes
import Model
import Parsers
import TestKit
import Testing

/// What holds for every conversation, however it is cut, damaged or cut short.
struct SSHPropertyTests {
  struct Sample: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let conversation: @Sendable () -> SSHConversation
  }

  static let samples: [Sample] = [
    Sample(testDescription: "authentication") {
      var conversation = SSHConversation.beginning()
      conversation.client(SSHWire.request("ada", "none"))
      conversation.server(SSHWire.packet([53] + SSHWire.string("hello") + SSHWire.string("")))
      conversation.server(SSHWire.failure("publickey"))
      conversation.client(SSHWire.publicKey("ada", SSHWire.ed25519(2), algorithm: "ssh-ed25519", isSigned: false))
      conversation.server(SSHWire.packet([60] + SSHWire.string("ssh-ed25519") + SSHWire.string(SSHWire.ed25519(2))))
      conversation.client(SSHWire.publicKey("ada", SSHWire.ed25519(2), algorithm: "ssh-ed25519", isSigned: true))
      conversation.server(SSHWire.success)
      return conversation
    },
    Sample(testDescription: "a shell") {
      var conversation = SSHConversation.session()
      conversation.openSession()
      conversation.client(SSHWire.terminal(5, "xterm", 80, 24, modes: [53, 0, 0, 0, 1, 0]), SSHWire.ask(5, "shell"))
      conversation.server(SSHWire.yes(0), SSHWire.yes(0), SSHWire.data(0, "$ "))
      conversation.client(SSHWire.data(5, "ls\r"), SSHWire.resize(5, 90, 30))
      conversation.server(SSHWire.data(0, "a  b\r\n"), SSHWire.errors(0, "x"), SSHWire.adjust(0, 100))
      conversation.closeSession()
      return conversation
    },
    Sample(testDescription: "forwardings") {
      var conversation = SSHConversation.session()
      let rest = SSHWire.string("h") + SSHWire.number(80) + SSHWire.string("o") + SSHWire.number(1)
      conversation.client(SSHWire.open("direct-tcpip", 0, rest), SSHWire.open("direct-tcpip", 1, rest))
      conversation.server(SSHWire.confirm(0, 8), SSHWire.confirm(1, 9))
      conversation.client(SSHWire.data(8, "first"), SSHWire.data(9, "second"))
      conversation.server(SSHWire.data(1, "2"), SSHWire.data(0, "1"), SSHWire.close(0))
      conversation.client(
        SSHWire.close(8), SSHWire.global("tcpip-forward", wantsReply: true, SSHWire.string("") + SSHWire.number(0)))
      conversation.server(SSHWire.packet([81] + SSHWire.number(4_000)))
      return conversation
    },
    Sample(testDescription: "SFTP") {
      var conversation = SSHConversation.sftp()
      conversation.ask(SFTPWire.path(16, 1, "."), SFTPWire.open(2, "/x", 1))
      conversation.reply(SFTPWire.names(1, ["/home"]) + SFTPWire.handle(2, "h1"))
      conversation.ask(SFTPWire.read(3, "h1", 0, 5), SFTPWire.read(4, "h1", 5, 5))
      conversation.reply(SFTPWire.data(4, [6, 7, 8]), SFTPWire.data(3, [1, 2, 3, 4, 5]))
      conversation.ask(SFTPWire.close(5, "h1"), SFTPWire.open(6, "/y", 0x1a))
      conversation.reply(SFTPWire.status(5, 0), SFTPWire.handle(6, "h2"))
      conversation.ask(SFTPWire.write(7, "h2", 0, [UInt8](repeating: 65, count: 100)), SFTPWire.close(8, "h2"))
      conversation.reply(SFTPWire.status(7, 0), SFTPWire.status(8, 0))
      conversation.closeSession()
      return conversation
    },
    Sample(testDescription: "scp") {
      var conversation = SSHConversation.running("scp -r -d -t /srv")
      conversation.reply([0])
      conversation.ask(Array("D0755 0 d\n".utf8))
      conversation.reply([0])
      conversation.ask(Array("C0640 5 a\n".utf8))
      conversation.reply([0])
      conversation.ask(Array("hello".utf8) + [0])
      conversation.reply([0])
      conversation.ask(Array("E\n".utf8))
      conversation.reply([0])
      conversation.closeSession()
      return conversation
    },
  ]

  @Test(arguments: samples)
  func `the same comes out however the bytes are cut`(_ sample: Sample) {
    let conversation = sample.conversation()
    let whole = conversation.events().dump
    #expect(conversation.events(.everyByte).dump == whole)
    let seed = UInt64.random(in: 0...UInt64.max)
    #expect(conversation.events(.random(seed: seed)).dump == whole, "seed \(seed)")
    for size in [1, 7, 64, 1_000] {
      let recut = conversation.recut(size)
      #expect(recut.events(.everyByte).dump == recut.events().dump, "cut every \(size) bytes")
    }
  }

  @Test(arguments: samples)
  func `every prefix is read without a crash`(_ sample: Sample) {
    let conversation = sample.conversation()
    for count in 0...conversation.byteCount { _ = conversation.events(upTo: count) }
  }

  @Test(arguments: samples)
  func `a gap at any packet is said, and pieces cut otherwise give the same`(_ sample: Sample) {
    let conversation = sample.conversation()
    for index in conversation.pieces.indices {
      var damaged = conversation
      damaged.pieces[index].isLost = true
      let events = damaged.events()
      #expect(events.codes.contains("ssh-gap"))
      #expect(damaged.events(.everyByte).dump == events.dump, "piece \(index)")
      // The conversation is found again: no byte is left over.
      #expect(!events.codes.contains("ssh-opaque"))
    }
  }

  @Test(arguments: samples)
  func `a gap at any byte is survived`(_ sample: Sample) {
    let recut = sample.conversation().recut(23)
    for index in recut.pieces.indices {
      var damaged = recut
      damaged.pieces[index].isLost = true
      #expect(damaged.events(.everyByte).dump == damaged.events().dump, "piece \(index)")
    }
  }

  @Test(arguments: samples)
  func `bytes that were changed are survived`(_ sample: Sample) {
    let conversation = sample.conversation()
    let seed = UInt64.random(in: 0...UInt64.max)
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<400 {
      var damaged = conversation
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let piece = Int.random(in: 0..<damaged.pieces.count, using: &generator)
        let byte = Int.random(in: 0..<damaged.pieces[piece].bytes.count, using: &generator)
        damaged.pieces[piece].bytes[byte] = UInt8.random(in: 0...255, using: &generator)
      }
      #expect(damaged.events(.everyByte).dump == damaged.events().dump, "seed \(seed)")
    }
  }

  @Test func `a conversation is known by its identification`() {
    func answer(_ client: String, _ server: String) -> Recognition {
      let (one, two) = (Array(client.utf8), Array(server.utf8))
      let (clientSpan, serverSpan) = (one.span, two.span)
      return SSHParser.recognize(Opening(fromClient: clientSpan, fromServer: serverSpan, isMidstream: false))
    }
    #expect(answer("SSH-2.0-x\r\n", "") == .yes)
    #expect(answer("", "SSH-2.0-x\r\n") == .yes)
    #expect(answer("", "welcome\r\nSSH-1.99-x\r\n") == .yes)
    #expect(answer("SS", "") == .undecided)
    #expect(answer("SSH-1.5-x\r\n", "SSH-1.5-y\r\n") == .no)
    #expect(answer("GET / HTTP/1.1\r\n", "SSH-2.0-x\r\n") == .no)
    #expect(answer("GET / HTTP/1.1\r\n", "HTTP/1.1 200 OK\r\n") == .no)
  }

  @Test func `a search through bytes without a packet ends`() {
    var conversation = SSHConversation.session()
    conversation.client([UInt8](repeating: 0xFF, count: 1 << 20))
    for _ in 0..<3 { conversation.client([UInt8](repeating: 0, count: 1 << 20)) }
    let events = conversation.events()
    #expect(events.codes == ["ssh-malformed", "ssh-opaque"])
    #expect(events.opaques.map(\.clientByteCount) == [4 << 20])
  }

  @Test func `a lost boundary is found again inside a stream`() throws {
    var conversation = SSHConversation.running("cat")
    for index in 0..<20 { conversation.server(SSHWire.data(0, "block \(index)\n")) }
    conversation.closeSession()
    // A capture of the clear bytes loses the end of one packet and the beginning of the next.
    var recut = conversation.recut(50)
    let middle = recut.pieces.count - 8
    recut.pieces[middle].isLost = true
    let events = recut.events()
    #expect(events.codes.filter { $0 == "ssh-gap" }.count == 1)
    let command = try #require(events.commands.first)
    #expect(command.exit == .status(0))
    #expect(command.output.map { $0.byteCount > 100 } == true)
  }
}
