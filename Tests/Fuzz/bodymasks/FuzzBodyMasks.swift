import Bytes
import Policy

/// The first byte says of which form the rest is. In pieces it must give what it gives in one; and where ingest can know no more
/// than a stream, what ingest makes of the whole, or that with more of it masked: a stream looks at a text from a little before what
/// it has not given, and where the text is damaged it may find a value there that the whole says is none.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzBodyMasks(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: size))
  guard bytes.count > 2 else { return 0 }
  let form = forms[Int(bytes[0]) % forms.count]
  let step = Int(bytes[1] % 16) + 1
  let body = Array(bytes.dropFirst(2))
  let whole = run(body, form, body.count)
  let pieces = run(body, form, step)
  hold(whole == pieces, "pieces give something else", pieces ?? [], whole ?? [])
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

/// What the stream shows is what ingest shows; or it masked more, so that nothing is readable in it that ingest masks, and nothing
/// is lost in silence.
private func same(_ out: [UInt8], _ ingested: [UInt8]) {
  if out == ingested { return }
  let (shown, whole) = (Readable(out), Readable(ingested))
  hold(whole.holds(shown), "it shows what ingest masks", out, ingested)
  hold(shown.maskCount > whole.maskCount, "it changes what it does not mask", out, ingested)
}

private func hold(_ isTrue: Bool, _ what: String, _ out: [UInt8], _ ingested: [UInt8]) {
  guard !isTrue else { return }
  fatalError(
    "\(what)\n--- stream\n\(String(decoding: out, as: UTF8.self))\n--- ingest\n\(String(decoding: ingested, as: UTF8.self))\n---"
  )
}

/// What can be read in content that was masked: what stands between marks, hashes and stars.
private struct Readable {
  var pieces: [ArraySlice<UInt8>] = []
  var maskCount = 0

  init(_ bytes: [UInt8]) {
    var (start, index) = (0, 0)
    while index < bytes.count {
      let end = Self.markEnd(bytes, index)
      guard end > index else {
        index += 1
        continue
      }
      if index > start { pieces.append(bytes[start..<index]) }
      maskCount += bytes[index] == UInt8(ascii: "*") ? end - index : 1
      (start, index) = (end, end)
    }
    if start < bytes.count { pieces.append(bytes[start...]) }
  }

  /// `[redacted:email]`, `hmac:email:0123456789abcdef`, a star; in forms the colon is escaped.
  private static func markEnd(_ bytes: [UInt8], _ start: Int) -> Int {
    switch bytes[start] {
    case UInt8(ascii: "*"): return start + 1
    case UInt8(ascii: "["), UInt8(ascii: "h"): break
    default: return start
    }
    for (head, isMark) in [("[redacted:", true), ("[redacted%3A", true), ("hmac:", false), ("hmac%3A", false)]
    where bytes[start...].starts(with: head.utf8) {
      let word = start + head.utf8.count
      let end = bytes[word...].firstIndex { !(0x61...0x7A).contains($0) && $0 != UInt8(ascii: "-") } ?? bytes.count
      if isMark { return end < bytes.count && bytes[end] == UInt8(ascii: "]") ? end + 1 : start }
      return min(bytes.count, end + (head.hasSuffix(":") ? 17 : 19))
    }
    return start
  }

  /// Whether all that is readable in `other` is so here, in the same order.
  func holds(_ other: Readable) -> Bool {
    var (index, place) = (0, pieces.first?.startIndex ?? 0)
    for piece in other.pieces {
      while true {
        guard index < pieces.count else { return false }
        if let found = pieces[index][place...].firstRange(of: piece) {
          place = found.upperBound
          break
        }
        index += 1
        if index < pieces.count { place = pieces[index].startIndex }
      }
    }
    return true
  }
}
