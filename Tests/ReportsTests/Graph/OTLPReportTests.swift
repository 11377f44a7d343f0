import Foundation
import Model
import Reports
import TestKit
import Testing

@Suite struct OTLPReportTests {
  /// A span as a reader of OTLP/JSON has it.
  struct Span {
    var json: [String: Any]

    subscript(name: String) -> String? { json[name] as? String }
    var key: String { "\(self["traceId"] ?? "")/\(self["spanId"] ?? "")" }
    var parent: String? { self["parentSpanId"].map { "\(self["traceId"] ?? "")/\($0)" } }
    var attributes: [String: String] { Self.attributes(json) }
    var links: [[String: Any]] { json["links"] as? [[String: Any]] ?? [] }
    var status: Int? { (json["status"] as? [String: Any])?["code"] as? Int }

    static func attributes(_ json: [String: Any]) -> [String: String] {
      var found: [String: String] = [:]
      for attribute in json["attributes"] as? [[String: Any]] ?? [] {
        guard let key = attribute["key"] as? String, let value = attribute["value"] as? [String: Any] else { continue }
        #expect(found[key] == nil, "\(key) twice")
        #expect(value.count == 1)
        found[key] = value.values.first.map { "\($0)" }
      }
      return found
    }
  }

  private func bytes(_ reading: MemoryCase, _ verdict: Verdict) throws -> [UInt8] {
    var buffer = ReportBuffer()
    try OTLPReport().write(reading, verdict: verdict, to: &buffer)
    return buffer.bytes
  }

  /// All spans, after what holds of any file was checked.
  private func spans(_ reading: MemoryCase, _ verdict: Verdict) throws -> [Span] {
    var spans: [Span] = []
    for line in try bytes(reading, verdict).split(separator: 0x0A) {
      let object = try #require(try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any])
      #expect(object.keys.elementsEqual(["resourceSpans"]))
      let resources = try #require(object["resourceSpans"] as? [[String: Any]])
      for resource in resources {
        let told = try #require(resource["resource"] as? [String: Any])
        #expect(Span.attributes(told)["service.name"]?.isEmpty == false)
        for scope in try #require(resource["scopeSpans"] as? [[String: Any]]) {
          spans += try #require(scope["spans"] as? [[String: Any]]).map { Span(json: $0) }
        }
      }
    }
    let hexadecimal = CharacterSet(charactersIn: "0123456789abcdef")
    let keys = Set(spans.map(\.key))
    #expect(keys.count == spans.count)
    for span in spans {
      for (name, count) in [("traceId", 32), ("spanId", 16)] {
        let id = try #require(span[name])
        #expect(
          id.count == count && id.unicodeScalars.allSatisfy { hexadecimal.contains($0) } && id.contains { $0 != "0" })
      }
      if let parent = span.parent {
        #expect(keys.contains(parent), "\(span["name"] ?? "") \(span.attributes["exhibit.action.id"] ?? "")")
      }
      let (start, end) = (try #require(span["startTimeUnixNano"]), try #require(span["endTimeUnixNano"]))
      #expect(try #require(UInt64(start)) <= #require(UInt64(end)))
      for link in span.links where Span.attributes(link)["exhibit.link"] != "traceparent" {
        #expect(keys.contains(Span(json: link).key))
      }
    }
    // No circles: every span ends at one without a parent.
    let parents = Dictionary(uniqueKeysWithValues: spans.map { ($0.key, $0.parent) })
    for span in spans {
      var (current, steps) = (span.key, 0)
      while let next = parents[current] ?? nil, steps < 100 { (current, steps) = (next, steps + 1) }
      #expect(steps < 100)
    }
    return spans
  }

  private func tree() throws -> [String: Span] {
    let made = GraphCase()
    var byID: [String: Span] = [:]
    for span in try spans(made.reading, made.verdict) {
      let told = span.attributes
      let id =
        told["exhibit.action.id"] ?? (span["name"]?.hasPrefix("execute_tool") == true ? told["exhibit.call.id"] : nil)
        ?? (span["name"]?.hasPrefix("prompt") == true ? told["exhibit.prompt.id"] : nil)
        ?? told["exhibit.session.id"] ?? told["exhibit.conversation.id"]
      byID[try #require(id)] = span
    }
    return byID
  }

  @Test func `conversations hold prompts, prompts calls, and calls what they did`() throws {
    let spans = try tree()
    for (child, parent) in [
      ("prm-1", "cnv-1"), ("tcl-1", "prm-1"), ("cnv-2", "tcl-1"), ("prm-2", "cnv-2"), ("tcl-2", "prm-2"),
      ("ses-1.1", "tcl-2"), ("ses-2.1", "prm-3"), ("ses-2.2", "tcl-3"), ("ses-1.3", "cnv-1"),
    ] {
      #expect(spans[child]?.parent == spans[parent]?.key, "\(child) below \(parent)")
    }
    #expect(spans["cnv-1"]?.parent == nil && spans["cnv-3"]?.parent == nil)
    #expect(Set(["cnv-1", "cnv-2", "ses-1.1"].map { spans[$0]?["traceId"] }).count == 1)
    #expect(spans["cnv-3"]?["traceId"] != spans["cnv-1"]?["traceId"])
    // Two lines of one session: the one at the top has the session's id.
    #expect(spans["tcl-1"]?.attributes["gen_ai.conversation.id"] == "native-1")
    #expect(spans["tcl-2"]?.attributes["gen_ai.conversation.id"] == "cnv-2")
  }

  @Test func `what is not decided is a link, and what is nobody's has a trace of its session`() throws {
    let spans = try tree()
    let ambiguous = try #require(spans["ses-1.2"])
    #expect(ambiguous.parent == spans["ses-1"]?.key)
    #expect(ambiguous.attributes["exhibit.attribution.ambiguous"] == "1")
    #expect(ambiguous.attributes["exhibit.attribution.confidence"] == nil)
    let candidates = ambiguous.links.filter { Span.attributes($0)["exhibit.link"] == "candidate" }
    #expect(candidates.map { Span(json: $0).key } == [spans["tcl-1"]?.key, spans["tcl-3"]?.key])
    #expect(candidates.map { Span.attributes($0)["exhibit.attribution.confidence"] } == ["0.5", "0.4"])
    let foreign = try #require(ambiguous.links.first { Span.attributes($0)["exhibit.link"] == "traceparent" })
    #expect(Span(json: foreign).key == "4bf92f3577b34da6a3ce929d0e0e4736/00f067aa0ba902b7")
    #expect(spans["ses-1.4"]?.parent == spans["ses-1"]?.key && spans["ses-1.4"]?.links.isEmpty == true)
    // A session without actions is told; one all of whose actions go back to prompts needs no trace.
    #expect(spans["ses-3"] != nil && spans["ses-2"] != nil)
    let via = try #require(spans["ses-2.2"]?.links.first)
    #expect(Span(json: via).key == spans["ses-2.1"]?.key)
  }

  @Test func `the conventions' names are used`() throws {
    let spans = try tree()
    let call = try #require(spans["tcl-3"])
    #expect(call["name"] == "execute_tool shell" && call.status == 2 && call.json["kind"] as? Int == 1)
    #expect(call.attributes["gen_ai.operation.name"] == "execute_tool")
    #expect(call.attributes["gen_ai.tool.call.id"] == "toolu_tcl-3" && call.attributes["process.exit.code"] == "2")
    #expect(spans["tcl-1"]?.status == 1 && spans["tcl-4"]?.status == nil)
    let prompt = try #require(spans["prm-1"]?.attributes["gen_ai.input.messages"])
    #expect(prompt == #"[{"role":"user","parts":[{"type":"text","content":"add the column"}]}]"#)
    let action = try #require(spans["ses-1.1"])
    #expect(action["name"] == "ALTER TABLE public.t" && action.json["kind"] as? Int == 3)
    #expect(action.attributes["db.system.name"] == "postgresql" && action.attributes["db.namespace"] == "shop")
    #expect(action.attributes["db.query.text"] == "ALTER TABLE t ADD c text")
    #expect(action.attributes["server.address"] == "fd00::5" && action.attributes["server.port"] == "5432")
    #expect(action.attributes["exhibit.attribution.method"] == "content")
    #expect(action.attributes["exhibit.decision"] == "unapproved")
    let failed = try #require(spans["ses-2.3"])
    #expect(failed.status == 2 && failed.attributes["error.type"] == "42703")
    #expect(failed.attributes["db.response.status_code"] == "42703")
  }

  @Test func `the same case gives the same bytes, and ids do not depend on what else is there`() throws {
    let (one, two) = (GraphCase(), GraphCase())
    #expect(try bytes(one.reading, one.verdict) == bytes(two.reading, two.verdict))
    let before = try #require(try tree()["tcl-2"]?.key)
    one.reading.storedConversations.removeAll { $0.id == "cnv-3" }
    #expect(try spans(one.reading, one.verdict).contains { $0.key == before })
  }

  @Test func `hostile texts and forged parents stay data`() throws {
    let made = GraphCase(HostileCase.hostile)
    // A circle of conversations, one of calls, and parents that are not there.
    for index in made.reading.storedConversations.indices where made.reading.storedConversations[index].id == "cnv-1" {
      made.reading.storedConversations[index].parentID = "cnv-2"
    }
    for (index, other) in [(0, 3), (3, 0)] {
      let call = made.reading.storedCalls[other]
      made.reading.storedCalls[index].parentCall = CallPlace(
        id: call.id, conversation: call.conversation, at: call.at ?? .epoch)
    }
    made.reading.storedPrompts[2].conversation = "cnv-none"
    let found = try spans(made.reading, made.verdict)
    #expect(found.count >= 20)
    let text = try #require(
      found.first { $0.attributes["exhibit.action.id"] == "ses-1.1" }?.attributes["db.query.text"])
    #expect(text == "ALTER TABLE t ADD c text" + HostileCase.hostile)
    let hostile = HostileCase(HostileCase.hostile)
    #expect(try !spans(hostile.reading, hostile.verdict).isEmpty)
  }

  @Test func `a plain case is one trace a session`() throws {
    let demo = DemoCase()
    let found = try spans(demo.reading, demo.verdict)
    let sessions = demo.reading.storedSessions.count
    #expect(found.count == demo.reading.storedActions.count + sessions)
    #expect(Set(found.compactMap { $0["traceId"] }).count == sessions)
    let story = HTTPStory()
    let requests = try spans(story.story, story.verdict).filter { $0.attributes["exhibit.action.kind"] == "http" }
    let urls = Set(requests.compactMap { $0.attributes["url.full"] })
    #expect(urls.contains { $0.hasPrefix("https://shop.internal/") })
    for request in requests {
      let method = try #require(request.attributes["http.request.method"])
      #expect(request["name"] == (method == "_OTHER" ? "HTTP" : method))
      #expect((method == "_OTHER") == (request.attributes["http.request.method_original"] != nil))
    }
    #expect(Set(requests.compactMap { $0["name"] }).isSuperset(of: ["GET", "POST", "DELETE"]))
  }

  @Test(arguments: [
    ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", 1),
    ("/*traceparent='00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'*/", 1),
    ("00-00000000000000000000000000000000-00f067aa0ba902b7-01", 0),
    ("00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01", 0),
    ("ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", 0),
    ("00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01", 0),
    ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more", 0),
    ("01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-beef", 1),
    ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b", 0), ("", 0),
  ]) func `a context is taken as the specification has it`(text: String, count: Int) throws {
    let made = GraphCase()
    for index in made.reading.storedActions.indices where made.reading.storedActions[index].id == "ses-1.4" {
      made.reading.storedActions[index].identity.application = text
    }
    let span = try spans(made.reading, made.verdict).first { $0.attributes["exhibit.action.id"] == "ses-1.4" }
    #expect(span?.links.count == count)
  }
}
