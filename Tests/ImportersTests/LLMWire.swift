import Bytes
import Model

@testable import Importers

/// Server-sent events with these data.
func serverEvents(_ datas: [String]) -> String { datas.map { "data: \($0)\n\n" }.joined() }

/// A payload of records.
func records(_ all: [(at: Int64, Direction, StreamRecord.Kind, String)], limit: Int = 1 << 20) -> Payload {
  var builder = StreamRecordBuilder(limit: limit)
  for (at, direction, kind, text) in all {
    builder.append(
      StreamRecord(at: Timestamp(nanoseconds: at), direction: direction, kind: kind, bytes: Array(text.utf8)))
  }
  return builder.finish()
}

/// A payload of which only the first bytes were kept.
func cut(_ text: String, to count: Int) -> Payload {
  var builder = PayloadBuilder(layout: .text, limit: count)
  builder.append(Array(text.utf8).span)
  return builder.finish()
}

/// A message of AWS's binary event stream.
func awsMessage(_ headers: [(String, String)], _ payload: String) -> [UInt8] {
  func word(_ value: Int) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) } }
  var fields: [UInt8] = []
  for (name, value) in headers {
    fields += [UInt8(truncatingIfNeeded: name.utf8.count)] + Array(name.utf8) + [7]
    fields += word(value.utf8.count).suffix(2) + Array(value.utf8)
  }
  var message = word(16 + fields.count + payload.utf8.count) + word(fields.count)
  message += word(Int(CRC32.of(message.span)))
  message += fields + Array(payload.utf8)
  message += word(Int(CRC32.of(message.span)))
  return message
}

/// A call whose answer is a binary event stream.
func awsCall(_ path: String, _ request: String, _ answer: [UInt8]) -> Call {
  var call = call(path, request, "")
  call.responseBody = CallBody(
    content: Payload(layout: .bytes, bytes: answer), codedByteCount: UInt64(answer.count),
    mediaType: "application/vnd.amazon.eventstream")
  return call
}

func base64(_ text: String) -> String {
  let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
  let bytes = Array(text.utf8)
  var out = ""
  for start in stride(from: 0, to: bytes.count, by: 3) {
    let group = bytes[start..<min(start + 3, bytes.count)]
    var bits = group.reduce(0) { $0 << 8 | Int($1) }
    bits <<= (3 - group.count) * 8
    for index in 0...group.count { out.append(digits[(bits >> (18 - index * 6)) & 63]) }
    out += String(repeating: "=", count: 3 - group.count)
  }
  return out
}
