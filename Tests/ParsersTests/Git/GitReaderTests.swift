import Bytes
import Model
import TestKit
import Testing

@testable import Parsers

/// Built packets: what real git sends rarely or never.
@Suite struct GitReaderTests {
  private let id = String(repeating: "a", count: 40)
  private let other = String(repeating: "b", count: 40)
  private let none = String(repeating: "0", count: 40)

  private func events(
    _ service: String, _ pieces: [(Direction, [UInt8])], source: (any ObjectSource)? = nil
  ) -> [ParserEvent] {
    var conversation = GitLab.Conversation(opening: "\(service) '/srv/r.git'")
    conversation.pieces = pieces.map { (direction: $0.0, bytes: $0.1) }
    return conversation.events(source: source)
  }

  private func advertisement(_ capabilities: String) -> [UInt8] {
    PacketWire.packet(Array("\(id) refs/heads/main\0\(capabilities)\n".utf8)) + PacketWire.flush
  }

  @Test func `packets are cut by their lengths, and what is none is said`() {
    var framing = PacketFraming()
    let bytes = Array("0006a\n0004000000010002000bfoobar\n0003".utf8)
    var index = 0
    var steps: [PacketFraming.Step] = []
    while index < bytes.count { steps.append(framing.next(bytes.span, &index)) }
    #expect(
      steps == [
        .packet(.data(Array("a\n".utf8))), .packet(.data([])), .packet(.flush), .packet(.delimiter),
        .packet(.responseEnd), .packet(.data(Array("foobar\n".utf8))), .bad(Array("0003".utf8)),
      ])
    for text in ["-001", "zzzz", "fff1", " 123"] {
      index = 0
      #expect(framing.next(Array(text.utf8).span, &index) == .bad(Array(text.utf8)))
    }
    index = 0
    #expect(framing.next(Array("PACK".utf8).span, &index) == .pack)
  }

  @Test func `a report of version 2 tells what the server made of a push`() throws {
    let command = PacketWire.packet(
      Array("\(none) \(id) refs/for/main\0report-status-v2 side-band-64k agent=git/2.45 session-id=c1".utf8))
    let report =
      PacketWire.line("unpack ok") + PacketWire.line("ok refs/for/main")
      + PacketWire.line("option refname refs/heads/main") + PacketWire.line("option forced-update") + PacketWire.flush
    var pack = PackBuilder(count: 0)
    let empty = pack.finish()
    pack = PackBuilder(count: 0)
    let found = events(
      "git-receive-pack",
      [
        (.fromServer, advertisement("report-status-v2 side-band-64k agent=forge/1 session-id=s1")),
        (.fromClient, command + PacketWire.flush + empty),
        (.fromServer, PacketWire.band(2, Array("Resolving\n".utf8))),
        (.fromServer, PacketWire.band(1, Array(report.prefix(11)))),
        (.fromServer, PacketWire.band(1, Array(report.dropFirst(11))) + PacketWire.flush),
      ])
    #expect(found.strange == [])
    let exchange = try #require(found.repositories.first)
    let update = try #require(exchange.updates.first)
    #expect(update.outcome == .ok)
    #expect(update.isForced == true)
    #expect(update.reportOptions == ["refname refs/heads/main", "forced-update"])
    #expect(exchange.messages?.bytes.span.string == "Resolving\n")
    #expect(exchange.clientSession == "c1")
    #expect(exchange.serverSession == "s1")
    #expect(exchange.serverAgent == "forge/1")
    #expect(exchange.pack?.isIntact == true)
    #expect(exchange.pack?.objectCount == 0)
  }

  @Test func `errors end it: an ERR packet, band 3, a report`() throws {
    let denied = events(
      "git-upload-pack", [(.fromServer, PacketWire.line("ERR access denied or repository not exported: /r"))])
    #expect(denied.repositories.first?.error == "access denied or repository not exported: /r")
    #expect(denied.repositories.first?.operation == .list)
    let failed = events(
      "git-upload-pack",
      [
        (.fromServer, advertisement("side-band-64k")),
        (.fromClient, PacketWire.line("want \(id) side-band-64k") + PacketWire.flush + PacketWire.line("done")),
        (.fromServer, PacketWire.line("NAK") + PacketWire.band(3, Array("out of memory\n".utf8))),
      ])
    #expect(failed.repositories.first?.error == "out of memory")
    #expect(failed.repositories.first?.wants == ["\(id) refs/heads/main"])
  }

  @Test func `version 2 with places for packs and wants by name`() throws {
    var pack = PackBuilder(count: 1)
    pack.add(.blob, Array("x".utf8))
    let request =
      PacketWire.line("command=fetch") + PacketWire.line("agent=git/2.45") + PacketWire.line("object-format=sha1")
      + PacketWire.delimiter + PacketWire.line("want-ref refs/heads/main") + PacketWire.line("packfile-uris https")
      + PacketWire.line("done") + PacketWire.flush
    let answer =
      PacketWire.line("wanted-refs") + PacketWire.line("\(id) refs/heads/main") + PacketWire.delimiter
      + PacketWire.line("packfile-uris") + PacketWire.line("\(other) https://cdn.example/p.pack") + PacketWire.delimiter
      + PacketWire.line("packfile") + PacketWire.band(1, pack.finish()) + PacketWire.flush
    let bundles = PacketWire.line("command=bundle-uri") + PacketWire.flush
    let found = events(
      "git-upload-pack",
      [
        (.fromServer, PacketWire.line("version 2") + PacketWire.line("fetch=packfile-uris") + PacketWire.flush),
        (.fromClient, bundles),
        (.fromServer, PacketWire.line("bundle.main.uri=https://cdn.example/b.bundle") + PacketWire.flush),
        (.fromClient, request), (.fromServer, answer), (.fromClient, PacketWire.flush),
      ])
    #expect(found.strange == [])
    #expect(found.repositories.count == 1)
    let exchange = try #require(found.repositories.first)
    #expect(exchange.version == 2)
    #expect(exchange.wants == ["\(id) refs/heads/main"])
    #expect(
      exchange.locations == ["bundle.main.uri=https://cdn.example/b.bundle", "\(other) https://cdn.example/p.pack"])
    #expect(exchange.arguments == ["bundle-uri", "want-ref refs/heads/main", "packfile-uris https"])
    #expect(exchange.pack?.blobCount == 1)
  }

  @Test func `a pack without side band is read`() {
    var pack = PackBuilder(count: 1)
    pack.add(.blob, Array("x".utf8))
    let found = events(
      "git-upload-pack",
      [
        (.fromServer, advertisement("multi_ack")),
        (.fromClient, PacketWire.line("want \(id) ofs-delta") + PacketWire.flush + PacketWire.line("done")),
        (.fromServer, PacketWire.line("NAK") + pack.finish()),
      ])
    #expect(found.strange == [])
    #expect(found.repositories.first?.pack?.isIntact == true)
  }

  @Test func `git over its own port is recognised by its first packet`() {
    let request = PacketWire.packet(Array("git-upload-pack /srv/r.git\0host=h\0\0version=1\0".utf8))
    func recognise(_ client: [UInt8], _ server: [UInt8] = []) -> Recognition {
      GitParser.recognize(Opening(fromClient: client.span, fromServer: server.span, isMidstream: false))
    }
    #expect(recognise(request) == .yes)
    for count in 1..<20 { #expect(recognise(Array(request.prefix(count))) == .undecided) }
    #expect(recognise(Array("GET / HTTP/1.1\r\n".utf8)) == .no)
    #expect(recognise(Array("003fgit-other /srv".utf8)) == .no)
    let answer = PacketWire.line("version 1") + advertisement("agent=git/2.45")
    for stride in [1, 5, 1000] {
      var parser = GitParser(options: GitLab.Conversation.options())
      var events: [ParserEvent] = []
      let position = StreamPosition(time: .epoch, origin: .unknown)
      for (direction, bytes) in [
        (Direction.fromClient, request), (.fromServer, answer), (.fromClient, PacketWire.flush),
      ] {
        var index = 0
        while index < bytes.count {
          let end = min(bytes.count, index + stride)
          parser.receive(bytes.span.extracting(index..<end), from: direction, at: position, into: &events)
          index = end
        }
      }
      parser.finish(at: position, into: &events)
      #expect(events.strange == [])
      #expect(events.repositories.first?.repository == "/srv/r.git")
      #expect(events.repositories.first?.version == 1)
      #expect(events.repositories.first?.operation == .list)
      #expect(events.exchanges.first?.requestByteCount == UInt64(request.count + 4))
    }
  }

  @Test func `trailers are those that git finds`() {
    func names(_ message: String) -> [String] { Trailers.read(message).map { "\($0.name)=\($0.value)" } }
    #expect(
      names("Subject\n\nBody.\n\nCo-authored-by: A <a@b>\nX-Y: long\n  folded\n") == [
        "Co-authored-by=A <a@b>", "X-Y=long folded",
      ])
    #expect(names("Subject: not one") == [])
    #expect(names("Subject\n\nA: b\nfree text\n") == [])
    #expect(names("Subject\n\nSigned-off-by: A <a@b>\nfree text\nmore\n") == ["Signed-off-by=A <a@b>"])
    #expect(names("Subject\n\nSee http://x/ for: more\n") == [])
    #expect(names("Subject\n\nA: 1\n\n# comment\n") == ["A=1"])
  }
}
