import Model

/// The scope of an AWS signature, version 4.
struct AWSSignature {
  var accessKey: String
  var region: String
  var service: String

  init?(_ head: CallHead) {
    var credential: String?
    if let field = head.requestFields["authorization"], field.hasPrefix("AWS4-"),
      let mark = field.firstRange(of: "Credential=")
    {
      credential = String(field[mark.upperBound...].prefix { $0 != "," && $0 != " " })
    } else {
      credential = PercentCoding.pairs(head.query ?? "").first { $0.name == "X-Amz-Credential" }?.value
    }
    let parts = (credential ?? "").split(separator: "/")
    guard parts.count >= 5, parts.last == "aws4_request" else { return nil }
    accessKey = String(parts[0])
    region = String(parts[parts.count - 3])
    service = String(parts[parts.count - 2])
  }
}
