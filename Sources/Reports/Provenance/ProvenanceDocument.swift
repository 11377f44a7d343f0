import Bytes
import Model

/// Writes PROV-JSON (W3C Member Submission of 24 April 2013) section by section, in bounded memory.
struct ProvenanceDocument<Sink: ReportSink> {
  private static var batch: Int { 1 << 16 }

  private var sink: Sink
  private var json = JSONWriter()
  /// The section that is open; sections without records are left out.
  private var section: String?
  private var wanted: String?
  private var count = 0

  init(_ sink: Sink) { self.sink = sink }

  mutating func write(_ body: (inout JSONWriter) -> Void) { body(&json) }

  /// What follows are records of this kind: `entity`, `used`, …; each kind comes once.
  mutating func begin(_ section: String) {
    end()
    wanted = section
  }

  /// Ends the open section.
  mutating func end() {
    if section != nil { json.endObject() }
    (section, wanted, count) = (nil, nil, 0)
  }

  /// An element with its name.
  mutating func element(_ name: String, _ attributes: (inout ProvenanceAttributes) -> Void) throws {
    open()
    json.key(name)
    try write(attributes)
  }

  /// A relation, which has no name that anything else would use.
  mutating func relation(_ attributes: (inout ProvenanceAttributes) -> Void) throws {
    open()
    count += 1
    json.key("_:\(section ?? "")\(count)")
    try write(attributes)
  }

  private mutating func open() {
    guard let wanted else { return }
    json.key(wanted)
    json.beginObject()
    (section, self.wanted) = (wanted, nil)
  }

  private mutating func write(_ attributes: (inout ProvenanceAttributes) -> Void) throws {
    var found = ProvenanceAttributes()
    attributes(&found)
    found.write(to: &json)
    if json.bytes.count >= Self.batch { try sink.append(json.take()) }
  }

  mutating func finish() throws -> Sink {
    try sink.append(json.take())
    return sink
  }
}
