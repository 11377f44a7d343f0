import Bytes
import Model
import Policy

private let token = Array("Zq7Planted0123456789".utf8)

private let types: [String?] = [
  "application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b", "text/xml",
  "application/grpc", nil, "application/graphql", "application/x-git-receive-pack-request",
]

/// NULs part the input: a byte of choices, method and target, fields a line each, both bodies, messages. Each byte 1 of
/// it becomes a token that the Authorization field holds as well, so that it must not be left anywhere.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  guard size > 1 else { return 0 }
  let input = unsafe Array(UnsafeBufferPointer(start: data, count: size))
  let choice = input[0]
  let parts = input.dropFirst().split(separator: 0, maxSplits: 4, omittingEmptySubsequences: false).map {
    $0.flatMap { $0 == 1 ? token : [$0] }
  }
  let text = { (index: Int) in
    index < parts.count ? String(decoding: parts[index], as: UTF8.self) : ""
  }
  let line = text(0).split(separator: " ", maxSplits: 1)
  var head = CallHead(version: "1.1", method: String(line.first ?? ""), target: String(line.last ?? ""))
  head.status = choice & 0x40 == 0 ? 200 : 400
  head.requestFields = text(1).split(separator: "\n").map { line in
    let pair = line.split(separator: ":", maxSplits: 1)
    return HeaderField(String(pair.first ?? ""), String((pair.last ?? "").drop { $0 == " " }))
  }
  head.requestFields.append(HeaderField("Authorization", "Bearer \(String(decoding: token, as: UTF8.self))"))
  head.authority = head.requestFields["host"]
  head.responseFields = head.requestFields
  var call = Call(head: head)
  let body = { (bytes: [UInt8], media: String?) -> CallBody in
    let isText = bytes.span.isUTF8
    return CallBody(
      content: Payload(layout: isText ? .text : .bytes, bytes: bytes), codedByteCount: UInt64(bytes.count),
      mediaType: media)
  }
  if parts.count > 2 { call.requestBody = body(parts[2], types[Int(choice & 7)]) }
  if parts.count > 3 { call.responseBody = body(parts[3], "application/json") }
  if parts.count > 4 {
    var records = StreamRecordBuilder()
    for (index, message) in parts[4].split(separator: 2).enumerated() {
      let kind = StreamRecord.Kind(rawValue: (choice >> 3) & 7) ?? .binary
      records.append(
        StreamRecord(
          at: .epoch, direction: index % 2 == 0 ? .fromClient : .fromServer, kind: kind, bytes: Array(message)))
    }
    call.records = records.finish()
    call.upgrade = "websocket"
  }
  var classifier = WebClassifier(secrets: SecretHasher(key: [UInt8](repeating: 7, count: 32)))
  var context = WebContext(server: "10.0.0.1:443", isSecure: true)
  for _ in 0..<2 {
    let found = classifier.parts(of: call, in: &context)
    precondition(!found.isEmpty)
    for part in found { precondition(texts(of: part).allSatisfy { !holds($0) }) }
  }
  return 0
}

/// Everything of a part that is stored.
private func texts(of part: CallPart) -> [[UInt8]] {
  let head = part.head
  let fields = head.requestFields + head.requestTrailers + head.responseFields + head.responseTrailers
  let result = part.classification
  let optionals = [
    part.parameters, part.code, part.message, head.scheme, head.authority, result.fingerprint, result.note,
    part.identity.user, part.identity.target, part.identity.application, part.requestBody?.mediaType,
    part.requestBody?.note, part.responseBody?.mediaType,
  ]
  let all =
    [part.kind, part.text, head.method, head.target, head.reason, result.verb] + optionals.compactMap { $0 }
    + fields.flatMap { [$0.name, $0.value] } + result.resources.map(\.description) + part.secretHashes
  let contents = [part.requestBody?.content.bytes, part.responseBody?.content.bytes, part.records?.bytes]
  return all.map { Array($0.utf8) } + contents.compactMap { $0 } + [part.searchText]
}

private func holds(_ bytes: [UInt8]) -> Bool {
  var position = 0
  while let hit = bytes.span.firstIndex(of: token[0], from: position) {
    if bytes[hit...].starts(with: token) { return true }
    position = hit + 1
  }
  return false
}
