import Bytes
import Model

/// Takes the secrets out of a call before anything else looks at it: what is derived of it later cannot hold them.
enum CallMask {
  /// The call without its secrets; their hashes are in `mask`.
  static func apply(to call: Call, _ mask: inout SecretMask) -> Call {
    var call = call
    let path = PercentCoding.decode(call.head.path)
    let isVault =
      call.head.requestFields["x-vault-token"] != nil || call.head.requestFields["x-vault-request"] != nil
    let isSealed = isVault || namesSecrets(path)
    var asked = SecretMask.Sealing(data: isSealed)
    asked.everything = isVault && !path.hasPrefix("/v1/sys/")
    call.head = request(call.head, &mask)
    call.requestBody = call.requestBody.map { body($0, asked, &mask) }
    mask.place = .answer
    call.head = response(call.head, &mask)
    call.responseBody = call.responseBody.map { body($0, SecretMask.Sealing(data: isSealed), &mask) }
    mask.place = nil
    call.records = call.records.map { records($0, &mask) }
    call.upgrade = call.upgrade.map { mask.text($0) }
    call.repository = call.repository.map { GitMask.apply(to: $0, &mask) }
    return sweep(call, mask)
  }

  /// Byte by byte: a search by characters is most of what masking a short call would cost.
  private static func namesSecrets(_ path: String) -> Bool {
    var rest = path.utf8[...]
    while let slash = rest.firstIndex(of: UInt8(ascii: "/")) {
      rest = rest[slash...]
      if rest.starts(with: "/secrets".utf8) { return true }
      rest = rest.dropFirst()
    }
    return false
  }

  // MARK: Head

  private static func request(_ head: CallHead, _ mask: inout SecretMask) -> CallHead {
    var head = head
    head.method = mask.text(head.method)
    head.target = target(head, &mask)
    if let authority = head.authority {
      let parts = authority.split(separator: "@", maxSplits: 1)
      if parts.count == 2 { mask.keep(parts[0].split(separator: ":", maxSplits: 1).last ?? "") }
      head.authority = mask.text(String(parts.last ?? ""))
    }
    head.requestFields = head.requestFields.map { field($0, &mask) }
    head.requestTrailers = head.requestTrailers.map { field($0, &mask) }
    return head
  }

  private static func response(_ head: CallHead, _ mask: inout SecretMask) -> CallHead {
    var head = head
    head.reason = mask.text(head.reason)
    head.responseFields = head.responseFields.map { field($0, &mask) }
    head.responseTrailers = head.responseTrailers.map { field($0, &mask) }
    return head
  }

  private static func target(_ head: CallHead, _ mask: inout SecretMask) -> String {
    let target = mask.url(head.target)
    // The path of an incoming webhook is all that it takes to use it.
    guard head.authority?.hasPrefix("hooks.slack.com") == true, target.hasPrefix("/services/") else { return target }
    return "/services/" + mask.hide(target.dropFirst("/services/".count))
  }

  private static let references: Set<String> = [
    "location", "content-location", "referer", "link", "refresh", "x-original-url", "x-rewrite-url", "x-forwarded-uri",
  ]

  private static func field(_ field: HeaderField, _ mask: inout SecretMask) -> HeaderField {
    let name = field.name.lowercased()
    return HeaderField(mask.text(field.name, readsNames: false), value(field.value, name, &mask))
  }

  private static func value(_ value: String, _ name: String, _ mask: inout SecretMask) -> String {
    switch name {
    case "authorization", "proxy-authorization": return asCredential(&mask) { credentials(value, &$0) }
    case "cookie":
      return value.split(separator: ";", omittingEmptySubsequences: false).map { pair in
        guard let equals = pair.firstIndex(of: "=") else { return mask.hide(pair) }
        return pair[...equals] + mask.hide(pair[pair.index(after: equals)...])
      }.joined(separator: ";")
    case "set-cookie":
      let end = value.firstIndex(of: ";") ?? value.endIndex
      guard let equals = value[..<end].firstIndex(of: "=") else { return mask.hide(value) }
      return value[...equals] + mask.hide(value[value.index(after: equals)..<end]) + mask.text(String(value[end...]))
    case "sec-websocket-protocol": return subprotocols(value, &mask)
    case "www-authenticate", "idempotency-key", "sec-websocket-key": return mask.text(value)
    case let name where references.contains(name): return mask.url(value)
    case let name where SecretNames.isSecret(name, in: .header):
      return value.isEmpty ? value : asCredential(&mask) { $0.hide(value) }
    default: return mask.text(value)
    }
  }

  /// In a request such a field is what it is allowed by.
  private static func asCredential(_ mask: inout SecretMask, _ body: (inout SecretMask) -> String) -> String {
    let place = mask.place
    defer { mask.place = place }
    mask.place = place ?? .credential
    return body(&mask)
  }

  /// Keeps the scheme, and of a signature everything but the signature itself.
  private static func credentials(_ value: String, _ mask: inout SecretMask) -> String {
    let parts = value.split(separator: " ", maxSplits: 1)
    guard parts.count == 2 else { return value.isEmpty ? value : mask.hide(value) }
    let scheme = parts[0].lowercased()
    if scheme.hasPrefix("aws4-"), let mark = value.firstRange(of: "Signature=") {
      let end = value[mark.upperBound...].firstIndex { $0 == "," || $0 == " " } ?? value.endIndex
      return value[..<mark.upperBound] + mask.hide(value[mark.upperBound..<end]) + value[end...]
    }
    guard SecretNames.schemes.contains(scheme) else {
      mask.keep(parts[1])
      return mask.hide(value)
    }
    if scheme == "basic", let basic = BasicCredentials(parts[1]) {
      mask.keep(basic.password)
      if basic.isKey { mask.keep(basic.user) }
    }
    return "\(parts[0]) \(mask.hide(parts[1]))"
  }

  /// Kubernetes takes a bearer token among the subprotocols.
  private static func subprotocols(_ value: String, _ mask: inout SecretMask) -> String {
    let mark = "base64url.bearer.authorization.k8s.io."
    return value.split(separator: ",", omittingEmptySubsequences: false).map { item in
      guard let found = item.firstRange(of: mark) else { return mask.text(String(item)) }
      return item[..<found.upperBound] + mask.hide(item[found.upperBound...])
    }.joined(separator: ",")
  }

  // MARK: Bodies

  private static func body(_ body: CallBody, _ sealing: SecretMask.Sealing, _ mask: inout SecretMask) -> CallBody {
    var body = body
    let bytes = body.content.bytes
    let media = (body.mediaType ?? "").lowercased()
    let isForm = media.hasPrefix("multipart/") || media.hasPrefix("application/x-www-form-urlencoded")
    let isSealed = sealing.data || sealing.everything || body.content.layout == .records
    guard isForm || isSealed || SecretTriggers.mayHold(bytes.span) else {
      body.mediaType = body.mediaType.map { mask.text($0) }
      return body
    }
    let masked: [UInt8]
    let first = bytes.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
    let isText = body.content.layout == .text
    if body.content.layout == .records {
      masked = records(body.content, &mask).bytes
    } else if let first, "{[\"".utf8.contains(first), let json = mask.json(bytes, sealing) {
      masked = json
    } else if media.hasPrefix("multipart/"), let ranges = MultipartSecrets.find(in: bytes, mediaType: body.mediaType) {
      masked = mask.replace(ranges, in: bytes, isText: isText)
    } else if media.hasPrefix("application/x-www-form-urlencoded"), isText {
      masked = Array(mask.form(String(decoding: bytes, as: UTF8.self)).utf8)
    } else if sealing.data || sealing.everything, !bytes.isEmpty {
      // A secret's content in a form that cannot be told apart.
      mask.keep(bytes, isKnownEverywhere: false)
      masked = Array(SecretMask.replacement.utf8)
    } else {
      masked = mask.bytes(bytes, isText: isText)
    }
    body.mediaType = body.mediaType.map { mask.text($0) }
    if masked != bytes { body.content = body.content.replacingBytes(masked) }
    return body
  }

  private static func records(_ payload: Payload, _ mask: inout SecretMask) -> Payload {
    rebuild(payload) { record in
      let isText = record.bytes.span.isUTF8
      if isText, let json = mask.json(record.bytes) { return json }
      return mask.bytes(record.bytes, isText: isText && record.kind != .message && record.kind != .binary)
    }
  }

  /// The payload with other bytes in its records. A record that is damaged ends it.
  static func rebuild(_ payload: Payload, _ change: (StreamRecord) -> [UInt8]) -> Payload {
    var cursor = StreamRecordCursor(payload.bytes)
    var builder = StreamRecordBuilder(limit: Int.max)
    var hasChanged = false
    while let found = try? cursor.next() {
      var record = found
      record.bytes = change(found)
      hasChanged = hasChanged || record.bytes != found.bytes
      builder.append(record)
    }
    let bytes = builder.finish().bytes
    return bytes == payload.bytes && !hasChanged ? payload : payload.replacingBytes(bytes)
  }

  // MARK: Everything once more

  private static func sweep(_ call: Call, _ mask: SecretMask) -> Call {
    var call = call
    let fields = { (fields: [HeaderField]) in fields.map { HeaderField(mask.sweep($0.name), mask.sweep($0.value)) } }
    call.head.method = mask.sweep(call.head.method)
    call.head.target = mask.sweep(call.head.target)
    call.head.authority = call.head.authority.map(mask.sweep)
    call.head.scheme = call.head.scheme.map(mask.sweep)
    call.upgrade = call.upgrade.map(mask.sweep)
    call.head.reason = mask.sweep(call.head.reason)
    call.head.requestFields = fields(call.head.requestFields)
    call.head.requestTrailers = fields(call.head.requestTrailers)
    call.head.responseFields = fields(call.head.responseFields)
    call.head.responseTrailers = fields(call.head.responseTrailers)
    let body = { (body: CallBody) in
      var body = body
      let swept = mask.sweep(body.content.bytes, isText: body.content.layout == .text)
      if swept != body.content.bytes { body.content = body.content.replacingBytes(swept) }
      body.mediaType = body.mediaType.map(mask.sweep)
      body.note = body.note.map(mask.sweep)
      return body
    }
    call.requestBody = call.requestBody.map(body)
    call.responseBody = call.responseBody.map(body)
    call.records = call.records.map { rebuild($0) { mask.sweep($0.bytes, isText: $0.bytes.span.isUTF8) } }
    return call
  }
}
