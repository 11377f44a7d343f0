import Bytes
import Model
import Testing

@testable import Policy

@Suite struct AWSTests {
  typealias Samples = WebClassifierTests

  @Test func `requests to S3 are operations on objects`() {
    let cases: [(String, String, String, Effect, [String])] = [
      ("GET", "/", "ListBuckets", .read, []),
      ("GET", "/b?list-type=2&prefix=x", "ListObjectsV2", .read, ["read bucket b"]),
      ("GET", "/b/a%20c/d", "GetObject", .read, ["read object b/a c/d"]),
      ("HEAD", "/b/k", "HeadObject", .read, ["read object b/k"]),
      ("PUT", "/b", "CreateBucket", .write, ["create bucket b"]),
      ("PUT", "/b/k?partNumber=1&uploadId=x", "UploadPart", .write, ["write object b/k"]),
      ("DELETE", "/b/k", "DeleteObject", .write, ["drop object b/k"]),
      ("PUT", "/b?policy", "PutBucketPolicy", .privilege, ["write bucket b"]),
      ("GET", "/b/k?acl", "GetObjectAcl", .read, ["read object b/k"]),
      ("PUT", "/b?versioning", "PutBucketVersioning", .write, ["write bucket b"]),
      ("POST", "/b/k?uploads", "CreateMultipartUpload", .write, ["write object b/k"]),
      ("BREW", "/b/k", "", .unknown, ["write object b/k"]),
    ]
    for (method, target, operation, effect, resources) in cases {
      let part = Samples.parts(Samples.call(method, target, [Samples.aws("s3")])).first
      #expect(part?.classification.verb == "s3:\(operation)")
      #expect(part?.classification.effect == effect, "\(operation)")
      #expect(part?.classification.resources.map(\.description) == resources)
    }
    var call = Samples.call("PUT", "/k", [Samples.aws("s3"), ("x-amz-copy-source", "/a/b%20c?versionId=1")])
    call.head.authority = "shop.s3.eu-west-1.amazonaws.com"
    let copy = Samples.parts(call).first
    #expect(copy?.text == "s3:CopyObject shop/k")
    #expect(copy?.classification.resources.map(\.description) == ["write object shop/k", "read object a/b c"])
  }

  @Test func `a batch of deletions names each object`() {
    let body =
      "<Delete><Object><Key>a/&amp;b</Key></Object><Object><Key>c</Key><VersionId>1</VersionId></Object></Delete>"
    let part = Samples.parts(Samples.call("POST", "/b?delete", [Samples.aws("s3")], body, media: "text/xml")).first
    #expect(part?.classification.resources.map(\.description) == ["drop object b/a/&b", "drop object b/c"])
    let cut = Samples.parts(Samples.call("POST", "/b?delete", [Samples.aws("s3")], "<Delete><Key>a", media: "text/xml"))
    #expect(cut.first?.classification.resources.map(\.description) == ["write bucket b"])
    #expect(cut.first?.classification.effect == .write)
  }

  @Test func `statements of the data APIs are classified with their parameters`() {
    let aws = { (service: String, target: String?, body: String, answer: String?) in
      let fields = [Samples.aws(service)] + (target.map { [("X-Amz-Target", $0)] } ?? [])
      let path =
        target == nil ? service == "rds-data" && body.contains("parameterSets") ? "/BatchExecute" : "/Execute" : "/"
      return Samples.parts(Samples.call("POST", path, fields, body, answer: answer))
    }
    let one = aws(
      "rds-data", nil,
      #"{"sql":"DELETE FROM t WHERE id = 7 AND a = :a","parameters":[{"name":"id","value":{"longValue":7}},{"name":"a","value":{"isNull":true}}]}"#,
      #"{"numberOfRecordsUpdated":3}"#)
    #expect(one.map(\.kind) == ["sql"])
    #expect(one.first?.parameters == #"["7",null]"#)
    #expect(one.first?.rowCount == 3)
    #expect(one.first?.classification.effect.isChange == true)
    let batch = aws(
      "rds-data", nil,
      #"{"sql":"INSERT INTO t VALUES (1)","parameterSets":[[{"name":"a","value":{"stringValue":"x"}}],[{"name":"a","value":{"stringValue":"y"}}]]}"#,
      nil)
    #expect(batch.map(\.parameters) == [#"["x"]"#, #"["y"]"#])
    let redshift = aws(
      "redshift-data", "RedshiftData.BatchExecuteStatement", #"{"Sqls":["SELECT 1","DROP TABLE t"]}"#, nil)
    #expect(redshift.map(\.classification.effect) == [.read, .schema])
    let dynamo = aws(
      "dynamodb", "DynamoDB_20120810.BatchExecuteStatement",
      #"{"Statements":[{"Statement":"SELECT * FROM \"Music\".\"i\" WHERE a=?","Parameters":[{"S":"x"}]},{"Statement":"DELETE FROM Music WHERE a='y'"},{"Statement":"?"}]}"#,
      nil)
    #expect(dynamo.map(\.classification.effect) == [.read, .write, .unknown])
    #expect(dynamo.first?.classification.resources.map(\.description) == ["read table Music"])
    #expect(dynamo.first?.parameters == #"["x"]"#)
    let many = aws(
      "rds-data", nil,
      "{\"sql\":\"SELECT 1\",\"parameterSets\":["
        + Array(repeating: #"[{"value":{"longValue":1}}]"#, count: 400).joined(separator: ",") + "]}",
      nil)
    #expect(many.count == 257)
    #expect(many.last?.classification.effect == .unknown)
  }

  @Test func `operations are judged by their names, with the exceptions known`() {
    let cases: [(String, String, String, Effect)] = [
      ("dynamodb", "DynamoDB_20120810.Query", #"{"TableName":"t"}"#, .read),
      ("dynamodb", "DynamoDB_20120810.PutItem", #"{"TableName":"t"}"#, .write),
      ("ssm", "AmazonSSM.GetParameter", #"{"Name":"p","WithDecryption":true}"#, .privilege),
      ("ssm", "AmazonSSM.GetParameter", #"{"Name":"p"}"#, .read),
      ("ssm", "AmazonSSM.SendCommand", #"{"Parameters":{"commands":["ls","id"]}}"#, .execute),
      ("kms", "TrentService.Decrypt", "{}", .privilege), ("x", "Svc.", "{}", .unknown),
    ]
    for (service, target, body, effect) in cases {
      let part = Samples.parts(Samples.call("POST", "/", [Samples.aws(service), ("X-Amz-Target", target)], body)).first
      #expect(part?.classification.effect == effect, "\(target)")
    }
    var call = Samples.call(
      "POST", "/", [Samples.aws("ec2")], "Action=TerminateInstances&Version=2016-11-15&InstanceId.1=i-1",
      media: "application/x-www-form-urlencoded",
      answer: "<Response><Errors><Error><Code>Unauthorized</Code><Message>no</Message></Error></Errors></Response>")
    call.head.status = 403
    let part = Samples.parts(call).first
    #expect(part?.text == "ec2:TerminateInstances i-1")
    #expect(part?.classification.effect == .write)
    #expect(part?.code == "Unauthorized")
    #expect(part?.message == "no")
    let lambda = Samples.parts(
      Samples.call("POST", "/2015-03-31/functions/f/invocations", [Samples.aws("lambda")], "{}"))
    #expect(lambda.first?.classification.resources.map(\.description) == ["execute aws lambda eu-west-1 f"])
  }
}
