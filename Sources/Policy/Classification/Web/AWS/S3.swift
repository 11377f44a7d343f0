import Bytes
import Model

/// What a request to S3 means: its operation, told by method, place and query, and the objects it touches.
struct S3 {
  /// The parts of a bucket or object that have operations of their own, by their word in the query.
  private static let aspects = [
    "accelerate": "AccelerateConfiguration", "acl": "Acl", "analytics": "AnalyticsConfiguration", "cors": "Cors",
    "encryption": "Encryption", "intelligent-tiering": "IntelligentTieringConfiguration",
    "inventory": "InventoryConfiguration", "legal-hold": "LegalHold", "lifecycle": "LifecycleConfiguration",
    "location": "Location", "logging": "Logging", "metrics": "MetricsConfiguration", "notification": "Notification",
    "object-lock": "LockConfiguration", "ownershipControls": "OwnershipControls", "policy": "Policy",
    "policyStatus": "PolicyStatus", "publicAccessBlock": "PublicAccessBlock", "replication": "Replication",
    "requestPayment": "RequestPayment", "retention": "Retention", "tagging": "Tagging", "torrent": "Torrent",
    "versioning": "Versioning", "website": "Website", "attributes": "Attributes",
  ]
  /// Those that say who may do what.
  private static let rights = ["Acl", "Policy", "PublicAccessBlock", "OwnershipControls"]

  let bucket: String
  let key: String
  var operation = ""
  var effect = Effect.unknown
  var resources: [Resource] = []

  init(_ request: WebRequest) {
    // `bucket.s3.region.amazonaws.com/key` or `s3.region.amazonaws.com/bucket/key`
    let host = request.host
    let mark = host.firstRange(of: ".s3.") ?? host.firstRange(of: ".s3-")
    let path = PercentCoding.decode(request.path.drop { $0 == "/" })
    if let mark {
      (bucket, key) = (String(host[..<mark.lowerBound]), path)
    } else {
      let parts = path.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
      (bucket, key) = (parts.first.map(String.init) ?? "", parts.count > 1 ? String(parts[1]) : "")
    }
    let asked = Set(request.query.map(\.name))
    let aspect = S3.aspects.first { asked.contains($0.key) }?.value
    operation = S3.operation(request, asked, aspect, hasBucket: !bucket.isEmpty, hasKey: !key.isEmpty)
    effect = S3.effect(operation)
    if effect != .read, aspect.map(S3.rights.contains) == true || operation == "CreateSession" { effect = .privilege }
    resources = touched(request)
  }

  private static func operation(
    _ request: WebRequest, _ asked: Set<String>, _ aspect: String?, hasBucket: Bool, hasKey: Bool
  ) -> String {
    let place = hasKey ? "Object" : "Bucket"
    if let aspect, let verb = ["GET": "Get", "PUT": "Put", "DELETE": "Delete"][request.method] {
      return verb + place + aspect
    }
    switch request.method {
    case "GET":
      if asked.contains("session") { return "CreateSession" }
      if asked.contains("uploads") { return "ListMultipartUploads" }
      if asked.contains("versions") { return "ListObjectVersions" }
      if asked.contains("uploadId") { return "ListParts" }
      if hasKey { return "GetObject" }
      return hasBucket ? asked.contains("list-type") ? "ListObjectsV2" : "ListObjects" : "ListBuckets"
    case "HEAD": return "Head" + place
    case "PUT":
      let isCopy = request.field("x-amz-copy-source") != nil
      if asked.contains("partNumber") { return isCopy ? "UploadPartCopy" : "UploadPart" }
      return hasKey ? isCopy ? "CopyObject" : "PutObject" : "CreateBucket"
    case "DELETE": return asked.contains("uploadId") ? "AbortMultipartUpload" : "Delete" + place
    case "POST":
      if asked.contains("delete") { return "DeleteObjects" }
      if asked.contains("uploads") { return "CreateMultipartUpload" }
      if asked.contains("restore") { return "RestoreObject" }
      if asked.contains("select") { return "SelectObjectContent" }
      return asked.contains("uploadId") ? "CompleteMultipartUpload" : "PostObject"
    default: return ""
    }
  }

  private static func effect(_ operation: String) -> Effect {
    if operation.isEmpty { return .unknown }
    return ["Get", "List", "Head", "Select"].contains { operation.hasPrefix($0) } ? .read : .write
  }

  private func touched(_ request: WebRequest) -> [Resource] {
    if operation == "DeleteObjects" {
      let text = request.call.requestBody?.content.bytes.span.string ?? ""
      let keys = XMLText.all("Key", in: text).map { Resource("drop", "object", "\(bucket)/\($0)") }
      return keys.isEmpty ? [Resource("write", "bucket", bucket)] : keys
    }
    let isDeletion = operation == "DeleteObject" || operation == "DeleteBucket"
    var access = effect == .read ? "read" : isDeletion ? "drop" : "write"
    if operation == "CreateBucket" { access = "create" }
    guard !bucket.isEmpty else { return [] }
    var found = [key.isEmpty ? Resource(access, "bucket", bucket) : Resource(access, "object", "\(bucket)/\(key)")]
    if let source = request.field("x-amz-copy-source") {
      let plain = PercentCoding.decode(source.prefix { $0 != "?" }.drop { $0 == "/" })
      found.append(Resource("read", "object", plain))
    }
    return found
  }
}
