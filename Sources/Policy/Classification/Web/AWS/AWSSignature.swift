import Model

/// The scope of an AWS signature, version 4.
public struct AWSSignature {
  public var accessKey: String
  public var region: String
  public var service: String

  init?(_ head: CallHead) { self.init(authorization: head.requestFields["authorization"], query: head.query) }

  /// Of the field `Authorization`, or of an address that is signed itself; nil where neither names one.
  public init?(authorization: String?, query: String?) {
    var credential: String?
    if let field = authorization, field.hasPrefix("AWS4-"), let mark = field.firstRange(of: "Credential=") {
      credential = String(field[mark.upperBound...].prefix { $0 != "," && $0 != " " })
    } else {
      credential = PercentCoding.pairs(query ?? "").first { $0.name == "X-Amz-Credential" }?.value
    }
    let parts = (credential ?? "").split(separator: "/")
    guard parts.count >= 5, parts.last == "aws4_request" else { return nil }
    accessKey = String(parts[0])
    region = String(parts[parts.count - 3])
    service = String(parts[parts.count - 2])
  }
}
