import Bytes
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

/// The APIs of AWS, told by their signature.
enum AWS: WebApplication {
  static func recognize(_ request: WebRequest) -> Bool { AWSSignature(request.call.head) != nil }

  private static let reading = [
    "Get", "List", "Describe", "Head", "BatchGet", "Query", "Scan", "Search", "Lookup", "Select", "Filter",
    "StartQuery",
    "TransactGet", "View", "Check",
  ]
  private static let handouts: Set<String> = [
    "GetSessionToken", "AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "GetFederationToken",
    "GetSecretValue", "BatchGetSecretValue", "GetPasswordData", "GetCredentials", "GetCredentialsForIdentity",
    "GetClusterCredentials", "GetAuthorizationToken", "GetRoleCredentials", "CreateAccessKey", "GetLoginProfile",
  ]
  private static let executing: Set<String> = [
    "Invoke", "InvokeAsync", "SendCommand", "StartSession", "ExecuteCommand", "StartExecution", "RunTask",
  ]

  static func parts(of request: WebRequest, in context: inout WebContext, _ sql: inout SQLClassifier) -> [CallPart] {
    guard let signature = AWSSignature(request.call.head) else { return [] }
    let service = signature.service
    let json = request.json
    let operation = operation(request, service)
    if operation.hasSuffix("ExecuteStatement"), service.hasPrefix("rds-data") || service.hasPrefix("redshift-data"),
      let text = (json?["sql"] ?? json?["Sql"])?.string
    {
      let parts = SQLInCalls.parts(text, nil, request, &context, &sql)
      if !parts.isEmpty { return parts }
    }
    var result = Classification(verb: "\(service):\(operation)", effect: effect(operation, service, request))
    result.fingerprint = "\(service):\(operation)"
    let access = result.effect == .read ? "read" : result.effect == .execute ? "execute" : "write"
    result.resources = [Resource(access, "aws", "\(service) \(signature.region) \(name(request, json, service))")]
    if service != "s3", !handouts.contains(operation) { result.note = "the effect is told by the operation's name" }
    var part = request.part(result)
    part.text = "\(service):\(operation) \(name(request, json, service))"
    if operation == "SendCommand", let commands = json?["Parameters"]?["commands"]?.elements {
      part.kind = "exec"
      part.text = commands.compactMap(\.string).joined(separator: "\n")
    }
    if let status = request.call.head.status, status >= 400 {
      part.code = request.answer?["__type"]?.string
      part.message = (request.answer?["message"] ?? request.answer?["Message"])?.string
    }
    return [part]
  }

  private static func effect(_ operation: String, _ service: String, _ request: WebRequest) -> Effect {
    if handouts.contains(operation) { return .privilege }
    if operation.hasPrefix("GetParameter"), service == "ssm", request.json?["WithDecryption"]?.bool == true {
      return .privilege
    }
    if executing.contains(operation) { return .execute }
    if operation.hasSuffix("ExecuteStatement") || operation.isEmpty { return .unknown }
    if reading.contains(where: { operation.hasPrefix($0) }) { return .read }
    return service == "iam" ? .privilege : .write
  }

  private static func operation(_ request: WebRequest, _ service: String) -> String {
    if let target = request.field("x-amz-target") { return String(target.split(separator: ".").last ?? "") }
    if let action = request.value("Action") ?? request.form.first(where: { $0.name == "Action" })?.value {
      return action
    }
    if service == "s3" { return object(request) }
    if service == "lambda", request.path.hasSuffix("/invocations") { return "Invoke" }
    if service == "rds-data" {
      switch request.segments.first {
      case "Execute": return "ExecuteStatement"
      case "BatchExecute": return "BatchExecuteStatement"
      default: break
      }
    }
    switch request.method {
    case "GET", "HEAD": return "Get"
    case "POST", "PUT", "PATCH", "DELETE": return request.method
    default: return ""
    }
  }

  private static func object(_ request: WebRequest) -> String {
    let isVirtual = request.host.contains(".s3.") || request.host.contains(".s3-")
    let hasKey = request.segments.count > (isVirtual ? 0 : 1)
    let has = { (name: String) in request.query.contains { $0.name == name } }
    switch request.method {
    case "GET": return hasKey ? "GetObject" : request.segments.isEmpty && !isVirtual ? "ListBuckets" : "ListObjectsV2"
    case "HEAD": return hasKey ? "HeadObject" : "HeadBucket"
    case "PUT": return has("partNumber") ? "UploadPart" : hasKey ? "PutObject" : "CreateBucket"
    case "DELETE": return has("uploadId") ? "AbortMultipartUpload" : hasKey ? "DeleteObject" : "DeleteBucket"
    case "POST":
      if has("delete") { return "DeleteObjects" }
      if has("uploads") { return "CreateMultipartUpload" }
      return has("uploadId") ? "CompleteMultipartUpload" : has("select") ? "SelectObjectContent" : "PostObject"
    default: return ""
    }
  }

  private static func name(_ request: WebRequest, _ json: JSONValue?, _ service: String) -> String {
    for key in [
      "SecretId", "Name", "TableName", "RoleArn", "FunctionName", "InstanceId", "QueueUrl", "TopicArn", "KeyId",
    ] {
      if let name = json?[key]?.string { return name }
      if let name = request.form.first(where: { $0.name == key })?.value { return name }
    }
    return request.host + request.path
  }
}
