import Bytes
import Model

/// The streams of exec and attach: channels of a WebSocket, where one byte says which stream a message is of, or streams
/// of SPDY, which have their kinds already.
enum KubernetesStreams {
  /// How a program ended.
  struct End {
    /// Nil when it did not begin, or nobody could tell.
    var code: String?
    /// What the server says of a failure.
    var message: String?
  }

  /// The call with its messages as what was typed and shown, and how the program ended.
  static func decode(_ call: Call) -> (call: Call, end: End?) {
    if call.upgrade == "SPDY/3.1" { return decodeSPDY(call) }
    guard let records = call.records,
      let name = call.head.responseFields["sec-websocket-protocol"]
        ?? call.head.requestFields["sec-websocket-protocol"],
      name.contains("channel.k8s.io"),
      call.head.path.hasSuffix("/exec") || call.head.path.hasSuffix("/attach")
    else { return (call, nil) }
    let hasCloses = name.hasPrefix("v5.")
    let isCoded = name.hasPrefix("base64.")
    var builder = StreamRecordBuilder(limit: Int.max)
    var cursor = StreamRecordCursor(records.bytes)
    var end: End?
    while let record = try? cursor.next() {
      guard record.kind == .binary || record.kind == .text, let first = record.bytes.first else {
        builder.append(record)
        continue
      }
      let channel = isCoded ? Int(first) - 0x30 : Int(first)
      var content = Array(record.bytes.dropFirst())
      if isCoded { content = Base64.decode(String(decoding: content, as: UTF8.self)) ?? content }
      var kind = record.kind
      switch channel {
      case 0: kind = .input
      case 1: kind = .output
      case 2: kind = .errorOutput
      case 3:
        kind = .exit
        end = ending(content) ?? end
        if let code = end?.code { content = Array(code.utf8) }
      case 4:
        kind = .resize
        content = size(content) ?? content
      case 255 where hasCloses:
        // Version 5: the end of the stream whose channel follows, mostly that of the input.
        builder.append(StreamRecord(at: record.at, direction: record.direction, kind: .close, bytes: []))
        continue
      default: content = record.bytes
      }
      // Version 5 opens and closes streams with messages that hold nothing.
      if content.isEmpty { continue }
      builder.append(StreamRecord(at: record.at, direction: record.direction, kind: kind, bytes: content))
    }
    var call = call
    call.records = records.replacingBytes(builder.finish().bytes)
    return (call, end)
  }

  private static func decodeSPDY(_ call: Call) -> (call: Call, end: End?) {
    guard let records = call.records else { return (call, nil) }
    var builder = StreamRecordBuilder(limit: Int.max)
    var cursor = StreamRecordCursor(records.bytes)
    var end: End?
    while var record = try? cursor.next() {
      if record.kind == .resize { record.bytes = size(record.bytes) ?? record.bytes }
      if record.kind == .exit {
        // Before v4 the stream of errors holds words, and nothing when all went well.
        end = ending(record.bytes) ?? End(message: String(decoding: record.bytes.prefix(1024), as: UTF8.self))
        if let code = end?.code { record.bytes = Array(code.utf8) }
      }
      builder.append(record)
    }
    var call = call
    call.records = records.replacingBytes(builder.finish().bytes)
    return (call, end)
  }

  /// `80x24`; nil when it is no size.
  private static func size(_ bytes: [UInt8]) -> [UInt8]? {
    guard let size = JSONValue.document(in: bytes), let width = size["Width"]?.scalar,
      let height = size["Height"]?.scalar
    else { return nil }
    return Array("\(width)x\(height)".utf8)
  }

  /// Reads a `Status` of Kubernetes; nil when it is none.
  private static func ending(_ bytes: [UInt8]) -> End? {
    guard let status = JSONValue.document(in: bytes), let word = status["status"]?.string else { return nil }
    if word == "Success" { return End(code: "0") }
    let causes = status["details"]?["causes"]?.elements ?? []
    return End(
      code: causes.first { $0["reason"]?.string == "ExitCode" }?["message"]?.string, message: status["message"]?.string)
  }
}
