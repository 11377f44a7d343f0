import Foundation
import Model
import Reports
import TestKit
import Testing

@Suite struct ProvenanceReportTests {
  typealias Records = [String: [String: Any]]

  /// Of each relation: the arguments that it must have, and what they name (PROV-DM §5).
  private static let arguments: [String: [(name: String, kinds: Set<String>)]] = [
    "used": [("prov:activity", ["activity"]), ("prov:entity", ["entity"])],
    "wasGeneratedBy": [("prov:entity", ["entity"]), ("prov:activity", ["activity"])],
    "wasInvalidatedBy": [("prov:entity", ["entity"]), ("prov:activity", ["activity"])],
    "wasInformedBy": [("prov:informed", ["activity"]), ("prov:informant", ["activity"])],
    "wasInfluencedBy": [
      ("prov:influencee", ["activity", "entity", "agent"]), ("prov:influencer", ["activity", "entity", "agent"]),
    ],
    "wasAssociatedWith": [("prov:activity", ["activity"]), ("prov:agent", ["agent"])],
    "actedOnBehalfOf": [("prov:delegate", ["agent"]), ("prov:responsible", ["agent"])],
    "wasAttributedTo": [("prov:entity", ["entity"]), ("prov:agent", ["agent"])],
    "wasDerivedFrom": [("prov:generatedEntity", ["entity"]), ("prov:usedEntity", ["entity"])],
    "specializationOf": [("prov:specificEntity", ["entity"]), ("prov:generalEntity", ["entity"])],
  ]

  private func bytes(_ reading: MemoryCase, _ verdict: Verdict) throws -> [UInt8] {
    var buffer = ReportBuffer()
    try ProvenanceReport().write(reading, verdict: verdict, to: &buffer)
    return buffer.bytes
  }

  /// The bundle, after the rules that hold of any document were checked.
  private func bundle(_ reading: MemoryCase, _ verdict: Verdict) throws -> [String: Records] {
    let bytes = try bytes(reading, verdict)
    let document = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    #expect(Set(document.keys) == ["prefix", "entity", "bundle"])
    let prefixes = Set(try #require(document["prefix"] as? [String: String]).keys).union(["prov", "xsd"])
    let bundles = try #require(document["bundle"] as? [String: [String: Records]])
    #expect(bundles.count == 1)
    let bundle = try #require(bundles["case:bundle"])
    let outer = try #require(document["entity"] as? Records)
    #expect(outer.keys.elementsEqual(["case:bundle"]))
    var kinds: [String: String] = [:]
    for kind in ["entity", "activity", "agent"] {
      for name in (bundle[kind] ?? [:]).keys {
        // No name is two things (PROV-CONSTRAINTS, constraint 55).
        #expect(kinds.updateValue(kind, forKey: name) == nil, "\(name)")
        try check(name, prefixes)
      }
    }
    // A key that comes twice would be lost in reading.
    let text = String(decoding: bytes, as: UTF8.self)
    for name in kinds.keys { #expect(text.components(separatedBy: "\"\(name)\":{").count == 2, "\(name)") }
    for (relation, records) in bundle where !["entity", "activity", "agent"].contains(relation) {
      let wanted = try #require(Self.arguments[relation], "\(relation)")
      for (id, record) in records {
        #expect(id.hasPrefix("_:"))
        for argument in wanted {
          let name = try #require(record[argument.name] as? String, "\(relation) \(argument.name)")
          #expect(argument.kinds.contains(kinds[name] ?? "nothing"), "\(relation): \(name)")
        }
        for (name, value) in record {
          try check(name, prefixes)
          guard let typed = value as? [String: Any] else { continue }
          try check(try #require(typed["$"] as? String), prefixes)
        }
      }
    }
    try checkOrder(bundle)
    return bundle
  }

  private func check(_ name: String, _ prefixes: Set<String>) throws {
    let parts = name.split(separator: ":", maxSplits: 1)
    #expect(parts.count == 2 && prefixes.contains(String(parts[0])), "\(name)")
    #expect(
      try #/[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_-])?/#.wholeMatch(in: try #require(parts.last)) != nil, "\(name)")
  }

  /// One generation and one end of each state, none derived from a later one or from itself (constraints 24, 25, 50–52).
  private func checkOrder(_ bundle: [String: Records]) throws {
    for kind in ["wasGeneratedBy", "wasInvalidatedBy"] {
      let entities = (bundle[kind] ?? [:]).values.compactMap { $0["prov:entity"] as? String }
      #expect(Set(entities).count == entities.count, "\(kind)")
    }
    var sources: [String: [String]] = [:]
    for record in (bundle["wasDerivedFrom"] ?? [:]).values {
      let (made, from) = (record["prov:generatedEntity"] as? String ?? "", record["prov:usedEntity"] as? String ?? "")
      #expect(made != from)
      sources[made, default: []].append(from)
    }
    for start in sources.keys {
      var (reached, next): (Set<String>, [String]) = ([], sources[start] ?? [])
      while let name = next.popLast() {
        #expect(name != start, "a circle through \(start)")
        if reached.insert(name).inserted { next += sources[name] ?? [] }
      }
    }
    for record in (bundle["specializationOf"] ?? [:]).values {
      #expect(record["prov:specificEntity"] as? String != record["prov:generalEntity"] as? String)
    }
  }

  private func names(_ relation: Records?, _ first: String, _ second: String) -> Set<[String]> {
    Set((relation ?? [:]).values.map { [$0[first] as? String ?? "", $0[second] as? String ?? ""] })
  }

  @Test func `an action goes back to its call, its account, its agent and the person`() throws {
    let made = GraphCase()
    let bundle = try bundle(made.reading, made.verdict)
    let informed = try #require(
      bundle["wasInformedBy"]?.values.first { $0["prov:informed"] as? String == "case:ses-1.1" })
    #expect(informed["prov:informant"] as? String == "case:tcl-2")
    #expect(informed["exhibit:confidence"] as? Double == 0.98 && informed["exhibit:method"] as? String == "content")
    let agents = try #require(bundle["agent"])
    func agent(_ relation: String, _ activity: String, of key: String) -> String {
      bundle[relation]?.values.first { $0["prov:activity"] as? String == activity }?[key] as? String ?? ""
    }
    let account = agent("wasAssociatedWith", "case:ses-1.1", of: "prov:agent")
    #expect(agents[account]?["prov:label"] as? String == "svc")
    let delegations = names(bundle["actedOnBehalfOf"], "prov:delegate", "prov:responsible")
    let worker = agent("actedOnBehalfOf", "case:ses-1.1", of: "prov:responsible")
    let main = try #require(delegations.first { $0[0] == worker })[1]
    let person = try #require(delegations.first { $0[0] == main })[1]
    #expect(agents[person]?["prov:label"] as? String == "dana")
    #expect(names(bundle["used"], "prov:activity", "prov:entity").contains(["case:tcl-2", "case:prm-2"]))
    #expect(names(bundle["wasGeneratedBy"], "prov:entity", "prov:activity").contains(["case:prm-2", "case:tcl-1"]))
    #expect(names(bundle["wasAttributedTo"], "prov:entity", "prov:agent").contains(["case:prm-1", person]))
    #expect(names(bundle["wasInfluencedBy"], "prov:influencee", "prov:influencer") == [["case:ses-2.1", "case:prm-3"]])
  }

  @Test func `nothing is claimed of an agent where several remain`() throws {
    let made = GraphCase()
    let bundle = try bundle(made.reading, made.verdict)
    let candidates = (bundle["wasInformedBy"] ?? [:]).values.filter { $0["prov:informed"] as? String == "case:ses-1.2" }
    #expect(Set(candidates.compactMap { $0["prov:informant"] as? String }) == ["case:tcl-1", "case:tcl-3"])
    #expect(candidates.allSatisfy { $0["exhibit:ambiguous"] as? Bool == true })
    #expect(bundle["actedOnBehalfOf"]?.values.contains { $0["prov:activity"] as? String == "case:ses-1.2" } == false)
  }

  @Test func `each change of a table is a state of it, made from the one before`() throws {
    let made = GraphCase()
    let bundle = try bundle(made.reading, made.verdict)
    let revisions = (bundle["wasDerivedFrom"] ?? [:]).values.filter { $0["prov:type"] != nil }
    #expect(revisions.map { $0["prov:generatedEntity"] as? String } == ["case:ses-1.2-v1"])
    #expect(revisions.map { $0["prov:usedEntity"] as? String } == ["case:ses-1.1-v1"])
    let ends = names(bundle["wasInvalidatedBy"], "prov:entity", "prov:activity")
    #expect(ends == [["case:ses-1.2-v1", "case:ses-1.3"], ["case:ses-1.4-v1", "case:ses-1.4"]])
    // Made anew, it comes from nothing.
    #expect(revisions.allSatisfy { $0["prov:generatedEntity"] as? String != "case:ses-1.5-v1" })
    #expect(bundle["entity"]?["case:ses-1.5-v1"] != nil)
    // The same text is one thing, however often it was sent.
    let texts = (bundle["entity"] ?? [:]).values.filter { $0["prov:value"] as? String == "SELECT 1" }
    #expect(texts.count == 1)
  }

  @Test func `what failed or was undone made nothing`() throws {
    let demo = DemoCase()
    let bundle = try bundle(demo.reading, demo.verdict)
    let made = Set((bundle["wasGeneratedBy"] ?? [:]).values.compactMap { $0["prov:activity"] as? String })
    for action in demo.reading.storedActions {
      let lasts = action.isChange && action.status == .ok && !action.hasNoLastingEffect
      if !lasts { #expect(!made.contains("case:\(action.id)")) }
    }
    #expect(!made.isEmpty)
  }

  @Test func `hostile texts stay data, and the same case gives the same bytes`() throws {
    let made = GraphCase(HostileCase.hostile)
    _ = try bundle(made.reading, made.verdict)
    let hostile = HostileCase(HostileCase.hostile)
    let found = try bundle(hostile.reading, hostile.verdict)
    let told = hostile.reading.storedConversations.count + hostile.reading.storedCalls.count
    #expect(found["activity"]?.count == hostile.reading.storedActions.count + told + 2)
    #expect(try bytes(made.reading, made.verdict) == bytes(GraphCase(HostileCase.hostile).reading, made.verdict))
    let story = HTTPStory()
    _ = try bundle(story.story, story.verdict)
  }

  /// The package `prov`, where scripts/setup.sh --tests has put it.
  static let python: String? = {
    let environment = ProcessInfo.processInfo.environment
    let cache =
      environment["EXHIBIT_CACHE"] ?? (environment["XDG_CACHE_HOME"] ?? NSHomeDirectory() + "/.cache") + "/exhibit"
    let venv = environment["EXHIBIT_VENV"] ?? cache + "/venv"
    let packages = try? FileManager.default.contentsOfDirectory(atPath: venv + "/lib")
    let isThere = packages?.contains {
      FileManager.default.fileExists(atPath: "\(venv)/lib/\($0)/site-packages/prov/__init__.py")
    }
    return isThere == true ? venv + "/bin/python" : nil
  }()

  @Test(.enabled(if: python != nil, "no Python package prov here"))
  func `the Python package prov reads it, and loses nothing`() throws {
    let python = try #require(Self.python)
    for made in [GraphCase(), GraphCase(HostileCase.hostile)] {
      let bundle = try bundle(made.reading, made.verdict)
      try TemporaryFolder.with { folder in
        let (file, out) = (folder.appending(path: "prov.json"), folder.appending(path: "out"))
        try Data(bytes(made.reading, made.verdict)).write(to: file)
        _ = FileManager.default.createFile(atPath: out.path, contents: nil)
        let script = """
          import sys, warnings
          warnings.simplefilter("error")
          from prov.model import ProvDocument
          document = ProvDocument.deserialize(sys.argv[1])
          assert ProvDocument.deserialize(content=document.serialize()) == document
          document.unified()
          print(*[len(list(bundle.get_records())) for bundle in document.bundles])
          """
        let process = Process()
        process.setUnblocked(python, ["-c", script, file.path])
        process.standardOutput = try FileHandle(forWritingTo: out)
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        let told = String(decoding: try Data(contentsOf: out), as: UTF8.self)
        #expect(told == "\(bundle.values.reduce(0) { $0 + $1.count })\n")
      }
    }
  }
}
