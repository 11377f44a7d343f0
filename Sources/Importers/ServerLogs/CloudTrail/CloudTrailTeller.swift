import Bytes
import Model

/// Records of CloudTrail (AWS CloudTrail User Guide, “CloudTrail record contents”): `{"Records":[…]}`, or one a line.
struct CloudTrailTeller: JSONLogTeller {
  static let name = "cloudtrail"
  static let listName = "Records"

  /// Services whose name in a signature is another than that of their records.
  private static let signed = [
    "rdsdata": "rds-data", "cloudwatch": "monitoring", "email": "ses", "redshiftdata": "redshift-data",
  ]
  /// What a call is about, by the names of its parameters.
  private static let names = [
    "bucketName", "secretId", "tableName", "functionName", "roleArn", "roleName", "userName", "keyId", "queueUrl",
    "topicArn", "clusterName", "streamName", "logGroupName", "dBInstanceIdentifier", "instanceId", "policyArn",
    "groupName", "name",
  ]

  init() {}

  static func isEntry(_ value: JSONValue) -> Bool {
    value[member: "eventVersion"]?.string != nil && value[member: "eventSource"]?.text != nil
      && value[member: "eventName"]?.text != nil && value[member: "eventTime"]?.text != nil
      && value[member: "userIdentity"]?.isObject == true
  }

  mutating func tell(
    _ value: JSONValue, _ origin: Origin, isCut: Bool, _ damage: inout ServerLogDamage,
    into events: inout [ServerLogEvent]
  ) {
    guard let source = value[member: "eventSource"]?.text, let name = value[member: "eventName"]?.text,
      let time = LogTime(iso: value[member: "eventTime"]?.string ?? "")
    else {
      damage.note("the record has no time", origin, into: &events)
      return
    }
    let isConsole = name == "ConsoleLogin"
    var record = ServerRecord(
      isConsole ? .login : .request, of: "http", at: time.at, precision: time.precision,
      text: Self.action(source, name), origin: origin)
    record.isCut = isCut
    if let address = value[member: "sourceIPAddress"]?.text { record.peer = .host(address, port: nil) }
    record.application = value[member: "userAgent"]?.text
    record.server = value[member: "tlsDetails"]?[member: "clientProvidedHostHeader"]?.text ?? source
    let identity = value[member: "userIdentity"]
    record.user =
      ["arn", "userName", "principalId", "invokedBy", "type"].lazy.compactMap {
        identity?[member: $0]?.text
      }.first
    // The signature of a request on the wire names the same key.
    record.sessionKey = identity?[member: "accessKeyId"]?.text
    record.nativeIDs = [value[member: "requestID"]?.text].compactMap { $0 }
    let parameters = value[member: "requestParameters"]
    record.target = Self.names.lazy.compactMap { parameters?[member: $0]?.text }.first
    record.code = value[member: "errorCode"]?.text
    let region = value[member: "awsRegion"]?.text
    record.message = [value[member: "errorMessage"]?.text, region].compactMap { $0 }.joined(separator: ", ")
    let isFailed = isConsole && value[member: "responseElements"]?[member: "ConsoleLogin"]?.string == "Failure"
    record.status = isFailed ? .error : Self.status(record.code)
    let sent = value[member: "additionalEventData"]?[member: "bytesTransferredOut"]?.scalar
    record.byteCount = sent.flatMap { Double($0) }.flatMap { UInt64(exactly: $0.rounded()) }
    events.append(.record(record))
  }

  /// `s3:GetObject`: the service as a signature names it, and the action as the API names it.
  private static func action(_ source: String, _ name: String) -> String {
    let host = source.removing(suffix: ".amazonaws.com") ?? source
    let service = signed[host] ?? host
    guard service == "lambda" else { return "\(service):\(name)" }
    // `GetFunction20150331v2` is version 2 of that day's API.
    var bare = name[...]
    if let mark = bare.lastIndex(of: "v"), bare[mark...].dropFirst().allSatisfy(\.isNumber), mark != bare.startIndex {
      bare = bare[..<mark]
    }
    let digits = bare.reversed().prefix { $0.isNumber }.count
    return "lambda:\(digits == 8 ? String(bare.dropLast(8)) : name)"
  }

  private static func status(_ code: String?) -> Action.Status {
    guard let code else { return .ok }
    let denials = [
      "AccessDenied", "Unauthorized", "Forbidden", "NotAuthorized", "InvalidClientTokenId", "SignatureDoesNot",
    ]
    return denials.contains { code.firstRange(of: $0) != nil } ? .denied : .error
  }
}
