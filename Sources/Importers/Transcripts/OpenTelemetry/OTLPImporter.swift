import Bytes
import Model

/// OpenTelemetry's OTLP/JSON: spans and log records of agents, on lines or in one document, in any order.
struct OTLPImporter: TranscriptImporter {
  static let name = "otlp"
  /// Attributes of one record that are read.
  static let attributeLimit = 4_096

  private let file: TranscriptFile
  private var document = TranscriptDocument()

  init(_ file: TranscriptFile) { self.file = file }

  static func recognizes(_ head: TranscriptHead) -> Bool {
    guard let first = HeadJSON(head).first else { return false }
    return ["resourceSpans", "resourceLogs", "resource_spans", "resource_logs"].contains { first[$0]?.isArray == true }
  }

  mutating func receive(_ bytes: Span<UInt8>, into events: inout [ConversationEvent]) { document.receive(bytes) }

  mutating func finish(into events: inout [ConversationEvent]) {
    document.tellLimit(file, into: &events)
    var story = StepStory(Self.name, file)
    var position = 0
    var number: UInt64 = 0
    var lists = TranscriptDocument.ListCursor(["spans", "logRecords", "log_records"])
    while let list = lists.next(in: document, from: position) {
      let resource = Self.attributes(
        document.object("resource", from: position, to: list.open)?.list("attributes") ?? [])
      position = document.forEachRecord(from: list.open, file, into: &events) { record, _ in
        number += 1
        let origin = Origin(source: record.origin.source, packet: number, offset: record.origin.offset)
        let isLog = list.name != "spans"
        guard var told = isLog ? Self.log(record.value, origin) : Self.span(record.value, origin) else { return }
        told.resource = resource
        if let step = told.step { story.add(step) }
      }
    }
    document = TranscriptDocument()
    story.finish(into: &events)
  }

  private static func span(_ value: JSONValue, _ origin: Origin) -> TelemetryRecord? {
    guard let start = WrittenTime(value[member: "startTimeUnixNano"] ?? value[member: "start_time_unix_nano"])
    else { return nil }
    var record = TelemetryRecord(
      isLog: false, name: value[member: "name"]?.string ?? "", at: start.at,
      attributes: attributes(value.list("attributes")), origin: origin)
    record.endedAt = WrittenTime(value[member: "endTimeUnixNano"] ?? value[member: "end_time_unix_nano"])?.at
    record.traceID = (value[member: "traceId"] ?? value[member: "trace_id"])?.text
    record.spanID = (value[member: "spanId"] ?? value[member: "span_id"])?.text
    record.parentID = (value[member: "parentSpanId"] ?? value[member: "parent_span_id"])?.text
    // STATUS_CODE_ERROR is 2; some exporters write the enumeration's names.
    let code = value[member: "status"]?[member: "code"]?.scalar
    record.failed = code == "2" || code == "STATUS_CODE_ERROR" ? true : code == nil || code == "0" ? nil : false
    return record
  }

  private static func log(_ value: JSONValue, _ origin: Origin) -> TelemetryRecord? {
    let attributes = attributes(value.list("attributes"))
    // What the event says of its own time is finer than what the collector wrote.
    let times = [
      value[member: "timeUnixNano"], value[member: "time_unix_nano"], value[member: "observedTimeUnixNano"],
      value[member: "observed_time_unix_nano"],
    ]
    guard
      let at = attributes["event.timestamp"].flatMap({ WrittenTime($0) })
        ?? times.lazy.compactMap({ WrittenTime($0) }).first
    else { return nil }
    let body = value[member: "body"].map { text(of: $0) } ?? nil
    let named = value[member: "eventName"] ?? value[member: "event_name"]
    var record = TelemetryRecord(
      isLog: true, name: attributes["event.name"] ?? named?.text ?? body ?? "", at: at.at, attributes: attributes,
      origin: origin)
    record.traceID = (value[member: "traceId"] ?? value[member: "trace_id"])?.text
    record.spanID = (value[member: "spanId"] ?? value[member: "span_id"])?.text
    return record
  }

  private static func attributes(_ list: [JSONValue]) -> [String: String] {
    var found: [String: String] = [:]
    for attribute in list.prefix(attributeLimit) {
      guard let key = attribute[member: "key"]?.text, let value = attribute[member: "value"] else { continue }
      found[key] = text(of: value)
    }
    return found
  }

  /// An `AnyValue` as text: what is no scalar becomes JSON.
  private static func text(of value: JSONValue) -> String? {
    if let text = value[member: "stringValue"] ?? value[member: "string_value"] { return text.string }
    for name in ["intValue", "boolValue", "doubleValue", "int_value", "bool_value", "double_value", "bytesValue"] {
      if let found = value[member: name] { return found.scalar }
    }
    guard value[member: "arrayValue"] != nil || value[member: "kvlistValue"] != nil else { return nil }
    var json = JSONWriter()
    write(value, to: &json)
    return json.text
  }

  // Recursion ends at the scanner's limit of depth.
  private static func write(_ value: JSONValue, to json: inout JSONWriter) {
    if let array = value[member: "arrayValue"] {
      json.array { json in for element in array.list("values") { write(element, to: &json) } }
    } else if let list = value[member: "kvlistValue"] {
      json.object { json in
        for pair in list.list("values") {
          json.key(pair[member: "key"]?.string ?? "")
          if let value = pair[member: "value"] { write(value, to: &json) } else { json.null() }
        }
      }
    } else if let text = value[member: "stringValue"]?.string {
      json.value(text)
    } else if let number = (value[member: "intValue"] ?? value[member: "doubleValue"])?.scalar,
      JSONValue(number)?.isNumber == true
    {
      json.json(number)
    } else if let isTrue = value[member: "boolValue"]?.bool {
      json.value(isTrue)
    } else {
      json.null()
    }
  }
}

extension JSONValue {
  fileprivate var isNumber: Bool { if case .number = content { true } else { false } }
}
