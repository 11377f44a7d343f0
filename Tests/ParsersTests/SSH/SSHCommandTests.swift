import Bytes
import Model
import TestKit
import Testing

@testable import Parsers

struct SSHCommandTests {
  @Test func `a command has its input, output, errors and status`() throws {
    var conversation = SSHConversation.running("wc -l; exit 3")
    conversation.client(SSHWire.data(5, "one\n"), SSHWire.data(5, "two\n"), SSHWire.end(5))
    conversation.server(SSHWire.data(0, "2\n"), SSHWire.errors(0, "oh\n"))
    conversation.closeSession(status: 3)
    let events = conversation.events()
    let command = try #require(events.commands.first)
    #expect(events.commands.count == 1)
    #expect(command.kind == .exec)
    #expect(command.text == "wc -l; exit 3")
    #expect(command.exit == .status(3))
    #expect(command.input?.byteCount == 8)
    #expect(command.input?.digest == SHA256.digest(of: "one\ntwo\n"))
    #expect(command.output?.digest == SHA256.digest(of: "2\n"))
    #expect(command.errorOutput?.digest == SHA256.digest(of: "oh\n"))
    let texts = try #require(command.records).recordTexts.dropFirst().map {
      $0.split(separator: " ").dropFirst().joined(separator: " ")
    }
    #expect(
      texts == [
        #"fromClient input "one\n""#, #"fromClient input "two\n""#, #"fromServer output "2\n""#,
        #"fromServer errorOutput "oh\n""#, #"fromServer exit "3""#,
      ])
    let exchange = try #require(events.exchanges.last)
    #expect(exchange.incompleteReason == nil)
    #expect(exchange.requestByteCount > 0 && exchange.responseByteCount > 0)
    #expect(events.codes == [])
  }

  @Test func `a shell has its terminal, modes, variables and sizes`() throws {
    var conversation = SSHConversation.session()
    conversation.openSession()
    conversation.client(
      SSHWire.ask(5, "env", wantsReply: false, SSHWire.string("LANG") + SSHWire.string("C.UTF-8")),
      SSHWire.terminal(5, "xterm", 80, 24, modes: [53, 0, 0, 0, 1, 3, 0, 0, 0, 127, 0, 9, 9]),
      SSHWire.ask(5, "auth-agent-req@openssh.com"), SSHWire.ask(5, "x11-req"), SSHWire.ask(5, "shell"))
    conversation.server(SSHWire.yes(0), SSHWire.yes(0), SSHWire.no(0), SSHWire.yes(0))
    conversation.server(SSHWire.data(0, "$ "))
    conversation.client(SSHWire.resize(5, 132, 50), SSHWire.data(5, "exit\r"))
    conversation.server(
      SSHWire.ask(
        0, "exit-signal", wantsReply: false,
        SSHWire.string("HUP") + [0] + SSHWire.string("gone") + SSHWire.string("")))
    conversation.closeSession(status: nil)
    let events = conversation.events()
    let command = try #require(events.commands.first)
    #expect(command.kind == .shell)
    #expect(command.terminal == TerminalRequest(name: "xterm", columns: 80, rows: 24, modes: [53: 1, 3: 127]))
    #expect(command.environment == [HeaderField("LANG", "C.UTF-8")])
    #expect(command.isAgentForwarded)
    #expect(!command.isX11Forwarded)
    #expect(command.exit == .signal("HUP", message: "gone", dumpedCore: false))
    #expect(command.records?.recordTexts.contains { $0.contains(#"resize "132x50""#) } == true)
    #expect(events.codes == [])
  }

  @Test func `data of one packet of the capture is one record`() throws {
    var conversation = SSHConversation.running("cat")
    conversation.client(SSHWire.data(5, "a") + SSHWire.data(5, "b") + SSHWire.data(5, "c"))
    conversation.closeSession()
    let records = try #require(conversation.events().commands.first?.records)
    #expect(records.recordTexts.count == 3)
    #expect(records.recordTexts[1].hasSuffix(#"input "abc""#))
  }

  @Test func `a refused subsystem is told and another program may follow`() {
    var conversation = SSHConversation.session()
    conversation.openSession()
    conversation.client(SSHWire.ask(5, "subsystem", wantsReply: true, SSHWire.string("netconf")))
    conversation.server(SSHWire.no(0))
    conversation.client(SSHWire.exec(5, "true"))
    conversation.server(SSHWire.yes(0))
    conversation.closeSession()
    let events = conversation.events()
    #expect(events.commands.map(\.text) == ["netconf", "true"])
    #expect(events.commands.map(\.isRefused) == [true, false])
    #expect(events.codes == [])
  }

  @Test func `a second program on a channel is an anomaly and is not hidden`() {
    var conversation = SSHConversation.running("true")
    conversation.client(SSHWire.exec(5, "rm -rf /"))
    conversation.server(SSHWire.no(0))
    conversation.closeSession()
    let events = conversation.events()
    #expect(events.commands.map(\.text) == ["true", "rm -rf /"])
    #expect(events.commands.map(\.isRefused) == [false, true])
    #expect(events.codes == ["ssh-second-program"])
  }

  @Test func `channels are interleaved and numbered in the order of opening`() {
    var conversation = SSHConversation.session()
    for number: UInt32 in 0..<3 {
      conversation.client(SSHWire.open("session", 10 + number))
      conversation.server(SSHWire.confirm(10 + number, number))
      conversation.client(SSHWire.exec(number, "echo \(number)"))
    }
    for number: UInt32 in [2, 0, 1] {
      conversation.server(SSHWire.yes(10 + number), SSHWire.data(10 + number, "\(number)"), SSHWire.close(10 + number))
      conversation.client(SSHWire.close(number))
    }
    let commands = conversation.events().commands
    #expect(commands.map(\.channel) == [2, 0, 1])
    #expect(commands.map(\.text) == ["echo 2", "echo 0", "echo 1"])
    #expect(commands.map { $0.output?.digest } == ["2", "0", "1"].map { SHA256.digest(of: $0) })
  }

  @Test func `data beyond the window and the packet size are anomalies`() {
    var conversation = SSHConversation.session()
    conversation.client(SSHWire.open("session", 0, window: 10, maximum: 8))
    conversation.server(SSHWire.confirm(0, 5))
    conversation.client(SSHWire.exec(5, "cat"))
    conversation.server(SSHWire.yes(0), SSHWire.data(0, "12345678"))
    conversation.server(SSHWire.data(0, "123"))
    conversation.client(SSHWire.adjust(0, 5), SSHWire.adjust(5, .max), SSHWire.adjust(5, .max))
    conversation.server(SSHWire.data(0, "123456789"), SSHWire.end(0), SSHWire.data(0, "x"))
    conversation.closeSession()
    let codes = conversation.events().codes
    #expect(
      codes == [
        "ssh-window-exceeded", "ssh-unknown-channel", "ssh-window-overflow", "ssh-channel-packet-too-large",
        "ssh-data-after-end",
      ])
  }

  @Test func `what is open at the end is told as incomplete`() {
    var conversation = SSHConversation.running("sleep 60")
    conversation.server(SSHWire.data(0, "x"))
    let exchange = conversation.events().exchanges.last
    #expect(exchange?.incompleteReason == "the connection ended before the channel was closed")
  }

  @Test func `a lost confirmation is inferred when it can only be one channel's`() {
    var conversation = SSHConversation.running("echo hi")
    conversation.server(SSHWire.data(0, "hi\n"))
    conversation.closeSession()
    let index = conversation.pieces.firstIndex {
      $0.direction == .fromServer && $0.bytes.count > 5 && $0.bytes[5] == 91
    }
    if let index { conversation.pieces[index].isLost = true }
    let events = conversation.events()
    #expect(events.commands.map(\.text) == ["echo hi"])
    #expect(events.commands.first?.output?.byteCount == 3)
    #expect(events.codes == ["ssh-gap"])
  }

  @Test func `signals, breaks and keep-alives are noted`() {
    var conversation = SSHConversation.running("sleep 60")
    conversation.client(
      SSHWire.ask(5, "signal", wantsReply: false, SSHWire.string("TERM")),
      SSHWire.ask(5, "break", wantsReply: true, SSHWire.number(500)))
    conversation.server(SSHWire.yes(0))
    conversation.client(SSHWire.global("keepalive@openssh.com", wantsReply: true))
    conversation.server(SSHWire.packet([82]))
    conversation.closeSession()
    let events = conversation.events()
    #expect(events.markers.map(\.text) == ["TERM to channel 0", "500 ms on channel 0"])
    #expect(events.parameters["ssh.client-keepalives"] == "1")
    #expect(events.codes == [])
  }

  @Test(arguments: [
    ("git-upload-pack '/srv/a b.git'", "git-upload-pack", "/srv/a b.git"),
    ("git upload-pack /a", "git-upload-pack", "/a"),
    ("/usr/bin/git-receive-pack '~/x'\\''y'", "git-receive-pack", "~/x'y"),
  ])
  func `a service of git is known by its command line`(_ line: String, _ service: String, _ repository: String) {
    let found = SSHCommandLine(line)?.gitService
    #expect(found?.service == service)
    #expect(found?.repository == repository)
  }

  @Test func `rsync is known by its command line, and its files are not guessed`() {
    var conversation = SSHConversation.running("rsync --server --sender -logDtpre.iLsfxCIvu . /srv/a /srv/b\\ c")
    conversation.closeSession(status: 23)
    let files = conversation.events().files
    #expect(files.map { "\($0.service) \($0.verb) \($0.path)" } == ["rsync get /srv/a", "rsync get /srv/b c"])
    #expect(files.allSatisfy { $0.outcome == .failed(code: "exit 23", message: "") && $0.note != nil })
  }

  @Test(arguments: ["scp -t /x; rm -rf /", "scp -t $(x)", "scp -t 'x", "a | b", ""])
  func `a line of more than one command is no simple command`(_ line: String) { #expect(SSHCommandLine(line) == nil) }
}
