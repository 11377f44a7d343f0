import Bytes
import Model
import Policy

/// Keys of AWS, and signatures by them (Signature Version 4; AWS's "Create a signed AWS API request").
struct AWSCredential: Sendable {
  /// What is signed with: the service in a region.
  struct Scope: Sendable, Hashable {
    var region: String
    var service: String

    /// Nil unless both are plain words.
    init?(region: String, service: String) {
      guard [region, service].allSatisfy({ Self.isWord($0) }) else { return nil }
      (self.region, self.service) = (region, service)
    }

    private static func isWord(_ text: String) -> Bool {
      !text.isEmpty && text.utf8.count <= 64
        && text.utf8.allSatisfy { byte in
          switch byte {
          case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F, 0x2E: true
          default: false
          }
        }
    }
  }

  var accessKey: String
  var secretKey: Secret
  /// Of keys that are good for a while.
  var sessionToken: Secret?
  /// For requests that no client signed.
  var scope: Scope?

  /// The fields of a request with its signature, `Host` among them.
  ///
  /// What the client's own `Authorization`, by whatever keys, names is what was judged; nothing else is signed.
  ///
  /// - Throws: `HTTPFault` for what cannot be signed anew.
  func sign(_ request: AWSRequest, _ authorization: [String], at time: Timestamp) throws(HTTPFault) -> [WireField] {
    guard let scope = try scope(of: request, authorization) ?? scope else {
      throw HTTPFault(400, "the request is not signed, so its region and service are not known; sign it, with any keys")
    }
    let stamp = Self.stamp(time)
    let content = try request.contentHash()
    var fields = request.fields
    fields.append(WireField("X-Amz-Date", stamp))
    if let sessionToken { fields.append(WireField("X-Amz-Security-Token", sessionToken.value)) }
    // Its own service signs it, and leaves the path as it is.
    let isStorage = scope.service == "s3" || scope.service == "s3-object-lambda" || scope.service == "s3express"
    if isStorage, !fields.contains(where: { $0.key == "x-amz-content-sha256" }) {
      fields.append(WireField("X-Amz-Content-Sha256", content))
    }
    let signed = fields.filter { Self.isSigned($0.key) }
    let names = Set(signed.map(\.key)).sorted()
    let canonical = [
      request.method, try request.canonicalPath(isOnce: isStorage), try request.canonicalQuery(),
      names.map { name in "\(name):\(Self.value(of: name, in: signed))\n" }.joined(), names.joined(separator: ";"),
      content,
    ].joined(separator: "\n")
    let place = "\(stamp.prefix(8))/\(scope.region)/\(scope.service)/aws4_request"
    let text = "AWS4-HMAC-SHA256\n\(stamp)\n\(place)\n\(SHA256.digest(of: canonical).hex)"
    guard let signature = signature(of: text, place) else { throw HTTPFault(500, "the request could not be signed") }
    fields.append(
      WireField(
        "Authorization",
        "AWS4-HMAC-SHA256 Credential=\(accessKey)/\(place), SignedHeaders=\(names.joined(separator: ";")), Signature=\(signature)"
      ))
    return fields
  }

  /// As the classification reads it.
  private func scope(of request: AWSRequest, _ authorization: [String]) throws(HTTPFault) -> Scope? {
    guard AWSSignature(authorization: nil, query: request.query) == nil else {
      throw HTTPFault(400, "an address that is signed itself is not signed anew")
    }
    guard let text = authorization.first else { return nil }
    guard authorization.count == 1, text.hasPrefix("AWS4-HMAC-SHA256 "),
      let signature = AWSSignature(authorization: text, query: nil),
      let scope = Scope(region: signature.region, service: signature.service)
    else { throw HTTPFault(400, "the signature in Authorization is none of version 4") }
    return scope
  }

  private func signature(of text: String, _ place: String) -> String? {
    var key: [UInt8]? = Array("AWS4\(secretKey.value)".utf8)
    for part in place.split(separator: "/") { key = key.flatMap { PasswordHashing.hmac($0, Array(part.utf8)) } }
    return key.flatMap { PasswordHashing.hmac($0, Array(text.utf8)) }
      .map { $0.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() }
  }

  /// What must be signed, and what a service may act on; what stands between may change others.
  private static func isSigned(_ name: String) -> Bool {
    name == "host" || name == "content-type" || name == "content-md5" || name.hasPrefix("x-amz-")
  }

  /// All values of a field, white space in them told once.
  private static func value(of name: String, in fields: [WireField]) -> String {
    fields.filter { $0.key == name }
      .map { $0.text.split(whereSeparator: { $0 == " " || $0 == "\t" }).joined(separator: " ") }.joined(separator: ",")
  }

  /// `20261122T233000Z`.
  private static func stamp(_ time: Timestamp) -> String {
    time.formatted(fractionDigits: 0).filter { $0 != "-" && $0 != ":" }
  }
}
