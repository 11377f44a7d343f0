import Bytes
import Foundation
import Model
import Pipeline
import Store
import TestKit
import Testing

@testable import Gateway

/// Of whose prompt requests come, by what the client says.
@Suite struct PromptContextTests {
  private static let first = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
  private static let second = "00-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-bbbbbbbbbbbbbbbb-00"

  @Test func `ids are taken by their form`() {
    let context = PromptContext(in: [
      "claude-code/3f1c9a0b-7d2e-4c55-9a0b-7d2e4c551234 toolu_01AbCdEfGh", "-c a.b=\(Self.first) -c c=\(Self.second)",
      "call_x psql something-long-that-is-none",
    ])
    #expect(context.traceparent == Self.first)
    #expect(context.ids == ["3f1c9a0b-7d2e-4c55-9a0b-7d2e4c551234", "toolu_01AbCdEfGh"])
    let zeros = "00-00000000000000000000000000000000-00f067aa0ba902b7-01"
    #expect(PromptContext(in: [zeros, Self.first.uppercased(), "psql", ""]).isEmpty)
    #expect(PromptContext.comments(in: "SELECT '/*' /*a*/ FROM b /* c */ -- /*") == ["' /*a", " c "])
    #expect(PromptContext(in: [String(repeating: "toolu_01AbCdEfGh ", count: 10_000)]).ids.count == 1)
  }

  @Test(.enabled(if: ScratchPostgres.isPresent))
  func `what the gateway tells of a request is what an ingest reads of it`() throws {
    let server = try ScratchPostgres()
    let gateway = try RunningGateway(server)
    let script = [
      "SELECT 1", "SELECT 2 /*traceparent='\(Self.second)',db_driver='x'*/",
      "SELECT 2 /*traceparent='\(Self.second)'*/",
      "SELECT 3", "SET application_name = 'claude-code/toolu_01SecondCall'", "SELECT 4",
      "/* call_abcdefgh1234 */ SELECT 5", "SET application_name = 'psql'", "SELECT 6",
    ]
    let output = try gateway.psql(
      script.flatMap { ["-c", $0] },
      ["PGAPPNAME": "agent toolu_01FirstCall1", "PGOPTIONS": "-c exhibit.trace=\(Self.first)"])
    #expect(output.status == 0, "\(output)")
    try gateway.stop()

    // As told inline.
    var told: [(offset: UInt64, context: PromptContext)] = []
    var opening: SessionOpening?
    for event in try Recording.events(gateway.segments) {
      if case .opening(let one) = event.event { opening = opening ?? one }
      if case .context(let one) = event.event { told.append((one.offset, one.context)) }
    }
    #expect(opening?.traceparent == Self.first && opening?.prompts == ["toolu_01FirstCall1"])
    #expect(
      told.map(\.context.traceparent) == [Self.second, Self.first, Self.first, nil, Self.first, Self.first])
    #expect(
      told.map(\.context.ids)
        == [[], ["toolu_01FirstCall1"], ["toolu_01SecondCall"], ["call_abcdefgh1234"], ["toolu_01SecondCall"], []])

    // As read of the bytes.
    let file = gateway.folder.appending(path: "case.exhibit").path
    let contents = try IngestTests().ingest([gateway.folder.appending(path: "recording").path], file)
    var actions: [Action] = []
    try contents.forEachAction(session: nil) { if $0.kind == "sql" { actions.append($0) } }
    #expect(actions.map(\.text).filter { $0.contains("SELECT") }.count == 7)
    var read: [PromptContext] = []
    for action in actions {
      let own = PromptContext(in: PromptContext.comments(in: action.text))
      let whole = PromptContext(in: [action.identity.application ?? "", "-c exhibit.trace=\(Self.first)"])
      let context = own.isEmpty ? whole : own
      if context != read.last { read.append(context) }
    }
    #expect(read.dropFirst().map { $0 } == told.map(\.context))
  }
}
