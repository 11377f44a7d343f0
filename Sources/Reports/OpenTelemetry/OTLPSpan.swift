import Bytes
import Model

/// A span as OTLP has it (opentelemetry/proto/trace/v1).
struct OTLPSpan {
  /// The enumeration `SpanKind`.
  enum Kind: Int {
    case `internal` = 1
    case client = 3
  }

  /// The enumeration `StatusCode`.
  enum StatusCode: Int {
    case unset, ok, error
  }

  struct Link {
    var traceID: String
    var spanID: String
    var attributes = OTLPAttributes()
  }

  /// Characters of a name: it is for telling kinds of spans apart, not for their content.
  static let nameLimit = 200

  var traceID: String
  var spanID: String
  var parentID: String?
  var name: String
  var kind = Kind.internal
  var start: Timestamp
  var end: Timestamp
  var attributes = OTLPAttributes()
  var links: [Link] = []
  var status = StatusCode.unset
  var message: String?

  init(_ name: String, trace: String, span: String, parent: String?, from start: Timestamp, until end: Timestamp?) {
    self.name = String(name.prefix(Self.nameLimit))
    traceID = trace
    spanID = span
    parentID = parent
    // Times are unsigned; a capture whose clock stood before 1970 is at its beginning.
    self.start = max(start, .epoch)
    self.end = max(end ?? start, self.start)
  }

  /// Members in the order of the protocol's fields; numbers of 64 bits as strings, ids in hexadecimal.
  func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("traceId", traceID)
      json.member("spanId", spanID)
      if let parentID { json.member("parentSpanId", parentID) }
      json.member("name", name)
      json.member("kind", kind.rawValue)
      json.member("startTimeUnixNano", String(start.nanoseconds))
      json.member("endTimeUnixNano", String(end.nanoseconds))
      attributes.write(to: &json)
      if !links.isEmpty {
        json.key("links")
        json.array { json in
          for link in links {
            json.object { json in
              json.member("traceId", link.traceID)
              json.member("spanId", link.spanID)
              link.attributes.write(to: &json)
            }
          }
        }
      }
      json.key("status")
      json.object { json in
        if let message { json.member("message", message) }
        if status != .unset { json.member("code", status.rawValue) }
      }
    }
  }
}
