import Bytes
import Model
import TestKit
import Testing

@testable import Streams

@Suite struct ReassemblerTests {
  /// Keeps what comes, in the order in which it comes.
  struct Recorder: StreamSink {
    var client: [UInt8] = []
    var server: [UInt8] = []
    var log: [String] = []
    var gaps: [(Direction, Gap)] = []
    var anomalies: [Anomaly] = []
    var flows: [Flow] = []
    var ends: [FlowEnd] = []

    mutating func open(_ flow: Flow) { flows.append(flow) }
    mutating func update(_ flow: Flow) { flows[Int(flow.id.number)] = flow }
    mutating func receive(_ bytes: Span<UInt8>, of flow: FlowID, from: Direction, at position: StreamPosition) {
      if from == .fromClient { client += bytes.array } else { server += bytes.array }
      log.append((from == .fromClient ? "c:" : "s:") + bytes.string)
    }
    mutating func skip(_ gap: Gap, of flow: FlowID, from: Direction, at position: StreamPosition) {
      gaps.append((from, gap))
      log.append("gap \(gap.byteCount)")
    }
    mutating func end(_ flow: FlowID, from: Direction, at position: StreamPosition) {}
    mutating func close(_ flow: FlowID, _ reason: FlowEnd, at position: StreamPosition) { ends.append(reason) }
    mutating func report(_ anomaly: Anomaly) { anomalies.append(anomaly) }
  }

  private func run(_ packets: [[UInt8]], limits: StreamLimits = StreamLimits()) -> (Recorder, StreamCounts) {
    var reassembler = Reassembler(limits: limits)
    var sink = Recorder()
    for (index, packet) in packets.enumerated() {
      let header = PacketHeader(
        source: 0, number: UInt64(index + 1), time: Timestamp(nanoseconds: Int64(index) * 1_000_000),
        linkType: .raw, capturedLength: packet.count, originalLength: packet.count)
      reassembler.receive(header, packet.span, into: &sink)
    }
    reassembler.finish(into: &sink)
    return (sink, reassembler.counts)
  }

  private func conversation(_ turns: Int, clientISN: UInt32 = 1000) -> PacketBuilder {
    var builder = PacketBuilder(clientISN: clientISN)
    builder.handshake()
    for turn in 0..<turns {
      builder.send(.fromClient, Array("question \(turn);".utf8))
      builder.send(.fromServer, Array("answer \(turn);".utf8))
    }
    builder.finish()
    return builder
  }

  @Test func `a handshake that turns the ends round does so for its own data too`() {
    var builder = PacketBuilder()
    builder.add(.fromClient, [], flags: .fin)
    builder.add(.fromServer, Array("opened with data".utf8), flags: .syn)
    let (sink, _) = run(builder.packets)
    #expect(sink.client == Array("opened with data".utf8))
    #expect(sink.server.isEmpty)
    #expect(sink.flows.first?.client.port == 5432)
  }

  @Test func `a whole connection comes in order and ends`() {
    let (sink, counts) = run(conversation(3).packets)
    #expect(
      sink.log == ["c:question 0;", "s:answer 0;", "c:question 1;", "s:answer 1;", "c:question 2;", "s:answer 2;"])
    #expect(sink.ends == [.finished])
    #expect(sink.flows[0].role == .handshake)
    #expect(sink.flows[0].client.description == "10.0.0.1:40000")
    #expect(counts.gaps == 0)
  }

  @Test func `sequence numbers wrap around`() {
    let (sink, _) = run(conversation(5, clientISN: .max - 10).packets)
    #expect(String(decoding: sink.client, as: UTF8.self) == (0..<5).map { "question \($0);" }.joined())
    #expect(sink.gaps.isEmpty)
  }

  @Test(arguments: 0..<40)
  func `reordering and repetition lose nothing and keep question before answer`(seed: UInt64) {
    print("seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    var packets = conversation(60).packets
    for index in packets.indices.dropFirst(4).dropLast(8) where Double.random(in: 0..<1, using: &generator) < 0.1 {
      packets.swapAt(index, min(index + Int.random(in: 1...5, using: &generator), packets.count - 6))
    }
    for index in packets.indices.reversed() where Double.random(in: 0..<1, using: &generator) < 0.05 {
      packets.insert(packets[index], at: index)
    }
    let (sink, counts) = run(packets)
    #expect(sink.gaps.isEmpty)
    #expect(counts.overlapConflicts == 0)
    #expect(sink.log.joined() == (0..<60).map { "c:question \($0);s:answer \($0);" }.joined())
  }

  @Test func `every lost segment is one gap of its size, and all else is there`() {
    let whole = conversation(20).packets
    for lost in 3..<(whole.count - 3) {
      var packets = whole
      let size = packets.remove(at: lost).count - 40
      let (sink, _) = run(packets)
      #expect(sink.gaps.count == 1, "packet \(lost)")
      #expect(sink.gaps.first?.1.byteCount == UInt64(size))
      #expect(
        sink.client.count + sink.server.count + size == (0..<20).reduce(0) { $0 + "question \($1);answer \($1);".count }
      )
    }
  }

  @Test func `a conflicting overlap keeps the first version and says so`() {
    var builder = PacketBuilder()
    builder.handshake()
    builder.send(.fromClient, Array("DROP TABLE t".utf8))
    builder.clientNext &-= 12
    builder.send(.fromClient, Array("SELECT 1    ".utf8))
    let (sink, counts) = run(builder.packets)
    #expect(String(decoding: sink.client, as: UTF8.self) == "DROP TABLE t")
    #expect(counts.overlapConflicts == 1)
    #expect(sink.anomalies.map(\.code) == ["tcp-overlap-conflict"])
    let first = SHA256.digest(of: "DROP TABLE t").hex
    #expect(sink.anomalies[0].detail.contains(first))
  }

  @Test func `a keep-alive probe adds nothing`() {
    var builder = PacketBuilder()
    builder.handshake()
    builder.clientNext &-= 1
    builder.add(.fromClient, [0], flags: .ack)
    builder.clientNext &+= 1
    builder.send(.fromClient, Array("data".utf8))
    let (sink, _) = run(builder.packets)
    #expect(String(decoding: sink.client, as: UTF8.self) == "data")
    #expect(sink.anomalies.isEmpty)
  }

  @Test func `the same ports used again are another flow`() {
    let packets = conversation(2).packets + conversation(2, clientISN: 900_000).packets
    let (sink, _) = run(packets)
    #expect(sink.flows.count == 2)
    #expect(sink.ends == [.finished, .finished])
  }

  @Test func `a capture that begins in the middle takes the known port for the server`() {
    let (sink, _) = run(Array(conversation(5).packets.dropFirst(5)))
    #expect(sink.flows[0].role == .inferred)
    #expect(sink.flows[0].server.port == 5432)
    #expect(sink.log.first == "c:question 1;")
  }

  @Test func `half a capture waits for nobody`() {
    let packets = conversation(5).packets.filter { $0[15] == 1 }
    let (sink, _) = run(packets)
    #expect(String(decoding: sink.client, as: UTF8.self) == (0..<5).map { "question \($0);" }.joined())
  }

  @Test func `bounds hold and are visible`() {
    var builder = PacketBuilder()
    builder.handshake()
    builder.clientNext &+= 100
    for _ in 0..<100 { builder.send(.fromClient, [UInt8](repeating: 0x61, count: 1000)) }
    var limits = StreamLimits()
    limits.flowBytes = 10_000
    limits.holePackets = .max
    limits.holeNanoseconds = .max
    let (sink, _) = run(builder.packets, limits: limits)
    #expect(sink.gaps.map(\.1) == [Gap(byteCount: 100, reason: .bound)])
    #expect(sink.client.count == 100_000)
  }

  @Test func `what is kept to compare with is bounded over all connections that are open at once`() throws {
    var limits = StreamLimits()
    limits.historyBytes = 4 << 10
    limits.totalHistoryBytes = 64 << 10
    var reassembler = TCPReassembler(limits: limits)
    var sink = Recorder()
    let piece = [UInt8](repeating: 0x41, count: 1_000)
    var most = 0
    var builders = (0..<200).map { PacketBuilder(clientPort: 20_000 + UInt16($0)) }
    for _ in 0..<40 {
      for index in builders.indices {
        builders[index].send(.fromClient, piece)
        let packet = try #require(builders[index].packets.last)
        var reader = ByteReader(packet.span.extracting(20..<packet.count))
        let segment = try TCPSegment(
          parsing: &reader, from: IPAddress(v4: 0x0a00_0001), to: IPAddress(v4: 0x0a00_0002))
        reassembler.receive(segment, piece.span, into: &sink)
        most = max(most, reassembler.heldHistory)
      }
    }
    #expect(sink.client.count == 200 * 40 * 1_000)
    // Of the part of each there may be twice as much before it is cut, and a piece; they began with more than that.
    #expect(most <= 3 * limits.totalHistoryBytes && most > limits.totalHistoryBytes / 2, "\(most)")
  }
}
