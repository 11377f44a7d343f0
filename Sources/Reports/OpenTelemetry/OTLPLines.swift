import Bytes

/// Writes spans as lines of JSON, each a `TracesData` with one resource, as the file exporter does.
struct OTLPLines<Sink: ReportSink> {
  /// Spans and bytes of a line, about: collectors refuse messages of more than 4 MiB.
  static var spanLimit: Int { 512 }
  static var byteLimit: Int { 1 << 20 }

  private var sink: Sink
  private var json = JSONWriter()
  private var resource: Resource?
  private var spanCount = 0

  /// What told of the spans.
  struct Resource: Hashable {
    /// The agent's program; of what captures show, Exhibit's.
    var service: String
    var version: String?
    var caseName: String
  }

  init(_ sink: Sink) { self.sink = sink }

  mutating func write(_ span: OTLPSpan, of resource: Resource) throws {
    if resource != self.resource || spanCount == Self.spanLimit || json.bytes.count > Self.byteLimit { try endLine() }
    if self.resource == nil { begin(resource) }
    span.write(to: &json)
    spanCount += 1
  }

  private mutating func begin(_ resource: Resource) {
    self.resource = resource
    json.beginObject()
    json.key("resourceSpans")
    json.beginArray()
    json.beginObject()
    json.key("resource")
    json.object { json in
      var attributes = OTLPAttributes()
      attributes.set("service.name", resource.service)
      attributes.set("service.version", resource.version)
      attributes.set("exhibit.case", resource.caseName)
      attributes.write(to: &json)
    }
    json.key("scopeSpans")
    json.beginArray()
    json.beginObject()
    json.key("scope")
    json.object { json in
      json.member("name", "exhibit")
    }
    json.key("spans")
    json.beginArray()
  }

  private mutating func endLine() throws {
    guard resource != nil else { return }
    json.endArray()
    json.endObject()
    json.endArray()
    json.endObject()
    json.endArray()
    json.endObject()
    json.newline()
    try sink.append(json.take())
    (resource, spanCount) = (nil, 0)
  }

  /// Ends the last line and gives the sink back.
  mutating func finish() throws -> Sink {
    try endLine()
    return sink
  }
}
