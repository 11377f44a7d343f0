import Bytes
import Model

/// The channels of exec and attach over a WebSocket: one byte says which stream a message is of.
enum KubernetesStreams {
  /// The call with its messages as what was typed and shown, and how the program ended.
  static func decode(_ call: Call) -> (call: Call, exit: String?) {
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
    var exit: String?
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
        let code = exitCode(content)
        exit = code ?? exit
        if let code { content = Array(code.utf8) }
      case 4:
        kind = .resize
        if let size = JSONValue.document(in: content), let width = size["Width"]?.scalar,
          let height = size["Height"]?.scalar
        {
          content = Array("\(width)x\(height)".utf8)
        }
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
    return (call, exit)
  }

  private static func exitCode(_ bytes: [UInt8]) -> String? {
    guard let status = JSONValue.document(in: bytes) else { return nil }
    if status["status"]?.string == "Success" { return "0" }
    let causes = status["details"]?["causes"]?.elements ?? []
    return causes.first { $0["reason"]?.string == "ExitCode" }?["message"]?.string
  }
}
