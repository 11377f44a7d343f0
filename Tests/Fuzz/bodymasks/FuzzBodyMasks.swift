import Bytes
import Policy

/// The first byte says of which form the rest is. In pieces it must give what it gives in one; and where ingest can know no more
/// than a stream, what ingest makes of the whole. A marked value in it must not come out.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzBodyMasks(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: size))
  guard bytes.count > 2 else { return 0 }
  let form = forms[Int(bytes[0]) % forms.count]
  let step = Int(bytes[1] % 16) + 1
  let body = Array(bytes.dropFirst(2))
  let whole = run(body, form, body.count)
  precondition(whole == run(body, form, step), "pieces give something else")
  guard let whole, form.codings.isEmpty else { return 0 }
  var mask = DataMask(plan, hasher: SecretHasher(key: [1]))
  switch form.mediaType {
  case "text/event-stream":
    // Ingest does not part lines at a CR, and looks only into text.
    if body.span.isUTF8, !body.contains(0x0D) { same(whole, mask.events(body)) }
  case "image/png": same(whole, mask.covered(body))
  case "application/grpc", "application/grpc-web-text": break
  // Ingest is given it as UTF-8.
  case "text/plain; charset=utf-16": break
  case let type?:
    guard body.span.isUTF8, !isDamagedJSON(body), !body.contains(0) else { break }
    same(whole, mask.body(body, mediaType: type))
  case nil: break
  }
  return 0
}

private let forms: [BodyMask.Form] =
  [
    "application/json", "text/plain", "application/x-www-form-urlencoded", "text/csv", "text/event-stream",
    "multipart/form-data; boundary=b", "image/png", "application/grpc", "application/grpc-web-text",
  ].map { BodyMask.Form(mediaType: $0) } + [
    BodyMask.Form(mediaType: nil), BodyMask.Form(mediaType: "text/plain", codings: ["gzip"]),
    BodyMask.Form(mediaType: "text/plain", codings: ["br"]), BodyMask.Form(mediaType: "text/plain", codings: ["zstd"]),
    BodyMask.Form(mediaType: "text/plain; charset=utf-16"),
  ]

private let plan: MaskingPlan = {
  let yaml = """
    version: 1
    masking:
      - { columns: ["*.ssn"], action: hash }
      - { detect: [email, phone, payment-card, iban, national-id, ip-address, jwt, cloud-key, private-key, password,
          high-entropy], action: redact }
    """
  guard let plan = try? PolicyDocument.parse(yaml: yaml, name: "p.yaml").masking else { fatalError("the policy") }
  return plan
}()

/// Nil where it cannot be masked.
private func run(_ body: [UInt8], _ form: BodyMask.Form, _ step: Int) -> [UInt8]? {
  do {
    var mask = try BodyMask(form, mask: DataMask(plan, hasher: SecretHasher(key: [1])))
    var out: [UInt8] = []
    var index = 0
    while index < body.count {
      let end = min(body.count, index + max(1, step))
      out += try mask.feed(body[index..<end].span)
      index = end
    }
    out += try mask.finish()
    return form.mediaType == "application/grpc-web-text" ? decoded(out) : out
  } catch {
    return nil
  }
}

/// Base 64 in parts, which end where a piece did.
private func decoded(_ text: [UInt8]) -> [UInt8] {
  var out: [UInt8] = []
  var (bits, count) = (UInt32(0), 0)
  let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  var padding = 0
  for byte in text {
    if let value = alphabet.firstIndex(of: byte) {
      bits = bits << 6 | UInt32(value)
    } else {
      (bits, padding) = (bits << 6, padding + 1)
    }
    count += 1
    guard count == 4 else { continue }
    for shift in [16, 8, 0].prefix(3 - padding) { out.append(UInt8(truncatingIfNeeded: bits >> UInt32(shift))) }
    (bits, count, padding) = (0, 0, 0)
  }
  return out
}

/// Of JSON that is damaged before it has names ingest knows in hindsight that it is none.
private func isDamagedJSON(_ body: [UInt8]) -> Bool {
  guard let first = body.first(where: { $0 > 0x20 && $0 < 0x80 }), first == 0x7B || first == 0x5B else { return false }
  return JSONValue.documents(in: body) == nil
}

private func same(_ out: [UInt8], _ ingested: [UInt8]) {
  precondition(
    out == ingested, "\(String(decoding: out, as: UTF8.self)) is not \(String(decoding: ingested, as: UTF8.self))")
}
