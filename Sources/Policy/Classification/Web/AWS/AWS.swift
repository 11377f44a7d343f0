import Bytes
import Model

/// The APIs of AWS, told by their signature.
enum AWS: WebApplication {
  static func recognize(_ request: WebRequest) -> Bool { AWSSignature(request.call.head) != nil }

  static let reading = [
    "Get", "List", "Describe", "Head", "BatchGet", "Query", "Scan", "Search", "Lookup", "Select", "Filter",
    "StartQuery",
    "TransactGet", "View", "Check",
  ]
  /// What gives credentials, or the content of secrets, into the caller's hands.
  static let handouts: Set<String> = [
    "AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "BatchGetSecretValue", "CreateAccessKey",
    "CreateServiceSpecificCredential", "Decrypt", "GenerateDataKey", "GenerateDataKeyPair", "GetAuthorizationToken",
    "GetClusterCredentials", "GetClusterCredentialsWithIAM", "GetCredentials", "GetCredentialsForIdentity",
    "GetFederationToken", "GetLoginProfile", "GetOpenIdToken", "GetPasswordData", "GetRoleCredentials",
    "GetSecretValue", "GetSessionToken", "GetWorkloadIdentityToken",
  ]
  static let executing: Set<String> = [
    "Invoke", "InvokeAsync", "SendCommand", "StartSession", "ExecuteCommand", "StartExecution", "RunTask",
  ]

  static func parts(of request: WebRequest, in context: inout WebContext, _ sql: inout SQLClassifier) -> [CallPart] {
    guard let signature = AWSSignature(request.call.head) else { return [] }
    let service = signature.service
    let object = service == "s3" || service == "s3express" ? S3(request) : nil
    let operation = object?.operation ?? operation(request, service)
    var parts = AWSStatements.parts(operation, service, request, &context, &sql)
    if parts.isEmpty { parts = [part(operation, signature, object, request)] }
    guard let status = request.call.head.status, status >= 400 else { return parts }
    let (code, message) = failure(request)
    return parts.map { part in
      var part = part
      (part.code, part.message) = (code, message)
      return part
    }
  }

  private static func part(
    _ operation: String, _ signature: AWSSignature, _ object: S3?, _ request: WebRequest
  ) -> CallPart {
    let service = signature.service
    let name = name(request, service)
    var result = Classification(verb: "\(service):\(operation)", effect: .unknown)
    result.effect = object?.effect ?? effect(operation, service, request)
    result.fingerprint = "\(service):\(operation)"
    let access = result.effect == .read ? "read" : result.effect == .execute ? "execute" : "write"
    result.resources = object?.resources ?? [Resource(access, "aws", "\(service) \(signature.region) \(name)")]
    if service == "iam", operation.hasPrefix("Attach") {
      let policy =
        request.form.first { $0.name == "PolicyArn" }?.value ?? request.query.first { $0.name == "PolicyArn" }?.value
      if let policy { result.resources.append(Resource("grant", "policy", policy)) }
    }
    if object == nil, !handouts.contains(operation) { result.note = "the effect is told by the operation's name" }
    if request.value("X-Amz-Credential") != nil { result.note = "the URL is signed: whoever has it can use it" }
    var part = request.part(result)
    let shown = object.map { $0.bucket + ($0.key.isEmpty ? "" : "/\($0.key)") } ?? name
    part.text = "\(service):\(operation) \(shown)".trimming(\.isWhitespace)
    switch operation {
    case "SendCommand":
      guard let commands = request.json?["Parameters"]?["commands"]?.elements else { break }
      part.kind = "exec"
      part.text = commands.compactMap(\.string).joined(separator: "\n")
    case "ExecuteCommand":
      part.kind = "exec"
      part.text = request.json?["command"]?.string ?? part.text
    case "ListObjectsV2", "ListObjects":
      let text = request.call.responseBody?.content.bytes.span.string ?? ""
      part.rowCount = XMLText.first("KeyCount", in: text).flatMap { UInt64($0) }
    case "Query", "Scan": part.rowCount = request.answer?["Count"]?.scalar.flatMap { UInt64($0) }
    default: break
    }
    return part
  }

  /// Code and message of an error, in JSON or XML.
  private static func failure(_ request: WebRequest) -> (code: String?, message: String?) {
    if let answer = request.answer {
      let type = answer["__type"] ?? answer["code"] ?? answer["Code"]
      let code = type?.string?.split(separator: "#").last.map(String.init) ?? request.errorType
      return (code, (answer["message"] ?? answer["Message"])?.string)
    }
    let text = request.call.responseBody?.content.bytes.span.string ?? ""
    return (XMLText.first("Code", in: text) ?? request.errorType, XMLText.first("Message", in: text))
  }

  private static func effect(_ operation: String, _ service: String, _ request: WebRequest) -> Effect {
    if operation.hasPrefix("GetParameter"), service == "ssm", request.json?["WithDecryption"]?.bool == true {
      return .privilege
    }
    if operation == "Invoke", request.field("x-amz-invocation-type") == "DryRun" { return .read }
    return effect(ofOperation: operation, service)
  }

  /// By the names alone, as a log of calls has them.
  static func effect(ofOperation operation: String, _ service: String) -> Effect {
    if handouts.contains(operation) { return .privilege }
    if executing.contains(operation) { return .execute }
    if service == "rds-data", operation.hasSuffix("Transaction") { return .session }
    if operation.hasSuffix("ExecuteStatement") || operation.isEmpty { return .unknown }
    if reading.contains(where: { operation.hasPrefix($0) }) { return .read }
    return service == "iam" ? .privilege : .write
  }

  private static func operation(_ request: WebRequest, _ service: String) -> String {
    if let target = request.field("x-amz-target") {
      return String(target.split(separator: ".", omittingEmptySubsequences: false).last ?? "")
    }
    // The Query protocol names operation and version, in the query or a form.
    let pairs = request.query + request.form
    if pairs.contains(where: { $0.name == "Version" }), let action = pairs.first(where: { $0.name == "Action" })?.value
    {
      return action
    }
    if service == "lambda", request.path.hasSuffix("/invocations") { return "Invoke" }
    if service == "rds-data" {
      switch request.segments.first {
      case "Execute": return "ExecuteStatement"
      case "BatchExecute": return "BatchExecuteStatement"
      case "ExecuteSql": return "ExecuteSql"
      case "BeginTransaction", "CommitTransaction", "RollbackTransaction": return request.segments.first ?? ""
      default: break
      }
    }
    switch request.method {
    case "GET", "HEAD": return "Get"
    case "POST", "PUT", "PATCH", "DELETE": return request.method
    default: return ""
    }
  }

  private static let names = [
    "SecretId", "Name", "TableName", "RoleArn", "FunctionName", "InstanceId", "InstanceIds", "Target", "QueueUrl",
    "TopicArn", "KeyId", "UserName", "RoleName", "PolicyArn", "GroupName", "ClusterName", "StreamName", "logGroupName",
    "DBInstanceIdentifier", "BucketName", "clusterArn", "cluster",
  ]

  /// What the call is about: a name in its parameters, of a function in its path, or the URL.
  private static func name(_ request: WebRequest, _ service: String) -> String {
    let form = request.form
    for key in names {
      if let value = request.json?[key], let name = value.string ?? value.elements.first?.string { return name }
      // Lists of the Query protocol are numbered: `InstanceId.1=…`
      if let name = (form + request.query).first(where: { $0.name == key || $0.name == "\(key).1" })?.value {
        return name
      }
    }
    if service == "lambda", let mark = request.segments.firstIndex(of: "functions"), mark + 1 < request.segments.count {
      return request.segments[mark + 1]
    }
    return request.host + request.path
  }
}

extension WebRequest {
  /// The kind of error that AWS names in a field: `ThrottlingException:http://…`.
  fileprivate var errorType: String? {
    call.head.responseFields["x-amzn-errortype"].map { String($0.prefix { $0 != ":" }) }
  }
}
