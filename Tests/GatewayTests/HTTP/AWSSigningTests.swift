import Bytes
import Foundation
import Model
import Store
import TestKit
import Testing

@testable import Gateway

/// AWS's own library as the client, with keys of no worth; behind the gateway a mock whose signatures are those of that library.
@Suite(
  .enabled(
    if: FileManager.default.isExecutableFile(atPath: WebGateway.python), "scripts/setup.sh --tests was not run"))
struct AWSSigningTests {
  private static let secret = "wJalr/only+for+this+test"

  /// moto, behind one who computes each signature anew with botocore.
  private static let server = """
    import hashlib, io, sys, logging
    from botocore.auth import S3SigV4Auth, SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials
    from moto.server import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import make_server
    logging.getLogger("werkzeug").disabled = True
    app = DomainDispatcherApplication(create_backend_app)
    def wanted(env, body):
        said = env.get("HTTP_AUTHORIZATION", "")
        parts = dict(p.strip().split("=", 1) for p in said.split(" ", 1)[1].split(","))
        key, date, region, service, end = parts["Credential"].split("/")
        if key != "AKIAREAL" or env.get("HTTP_X_AMZ_SECURITY_TOKEN") != "session-of-the-gateway": return False
        names = parts["SignedHeaders"].split(";")
        if "host" not in names or "x-amz-security-token" not in names: return False
        headers = {}
        for name in names:
            variable = name.upper().replace("-", "_")
            headers[name] = env.get("HTTP_" + variable, env.get(variable, ""))
        content = headers.get("x-amz-content-sha256")
        if content and len(content) == 64 and content != hashlib.sha256(body).hexdigest(): return False
        request = AWSRequest(env["REQUEST_METHOD"], "http://" + env["HTTP_HOST"] + env["REQUEST_URI"], headers, body)
        request.context["timestamp"] = env["HTTP_X_AMZ_DATE"]
        auth = (S3SigV4Auth if service == "s3" else SigV4Auth)(
            Credentials("AKIAREAL", sys.argv[1], "session-of-the-gateway"), service, region)
        text = auth.string_to_sign(request, auth.canonical_request(request))
        return auth.signature(text, request) == parts["Signature"]
    def checked(env, start):
        body = env["wsgi.input"].read(int(env.get("CONTENT_LENGTH") or 0))
        env["wsgi.input"] = io.BytesIO(body)
        if not wanted(env, body):
            start("403 Forbidden", [("Content-Length", "9")])
            return [b"signature"]
        return app(env, start)
    server = make_server("127.0.0.1", 0, checked, threaded=True)
    print(server.server_port, flush=True)
    server.serve_forever()
    """

  private static let client = """
    import sys, boto3
    from botocore.config import Config
    from botocore.exceptions import ClientError
    endpoint, proxy = sys.argv[1:3]
    def make(service, **more):
        return boto3.client(service, region_name="eu-central-1", endpoint_url=endpoint, aws_access_key_id="AKIANOTHING",
            aws_secret_access_key="nothing", config=Config(proxies={"http": proxy}, retries={"max_attempts": 1}, **more))
    s3 = make("s3", s3={"addressing_style": "path"})
    s3.create_bucket(Bucket="orders", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    for key in ("a b+c/ü~'(1).txt", "plain", "dots/../x//y"):
        s3.put_object(Bucket="orders", Key=key, Body=b"content of " + key.encode(), Metadata={"who": "an  agent"})
    print(s3.get_object(Bucket="orders", Key="a b+c/ü~'(1).txt")["Body"].read().decode())
    print([o["Key"] for o in s3.list_objects_v2(Bucket="orders", Prefix="a b+", Delimiter="=")["Contents"]])
    s3.upload_fileobj(__import__("io").BytesIO(bytes(3 << 20)), "orders", "long")
    print(s3.head_object(Bucket="orders", Key="long")["ContentLength"])
    ddb = make("dynamodb")
    ddb.create_table(TableName="t", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}], BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}])
    ddb.put_item(TableName="t", Item={"id": {"S": "ü"}})
    print(ddb.scan(TableName="t")["Items"])
    sqs = make("sqs")
    queue = sqs.create_queue(QueueName="q")["QueueUrl"]
    print(make("sts").get_caller_identity()["Account"])
    print(len(make("iam").list_users()["Users"]), len(make("lambda").list_functions()["Functions"]))
    try: ddb.delete_table(TableName="t")
    except ClientError as error: print(error.response["ResponseMetadata"]["HTTPStatusCode"])
    """

  private func with(_ body: (WebGateway, _ server: Int) throws -> Void) throws {
    let (process, port) = try WebTarget.start(WebGateway.python, ["-c", Self.server, Self.secret])
    defer { process.terminate() }
    let policy = """
      version: 1
      rules: [{ id: no-tables-away, when: { verb: "dynamodb:DeleteTable" }, then: deny }]
      default: allow
      """
    let keys =
      "credential: { aws-access-key: AKIAREAL, secret-key-file: aws.secret, session-token-file: aws.session }"
    let gateway = try WebGateway(
      """
        - name: web
          protocol: http
          listen: 127.0.0.1:0
          authentication: password
          limits: { body-kib: 4096 }
          forward: { hosts: [{ url: "http://127.0.0.1:\(port)", \(keys) }] }
        - name: own
          protocol: http
          listen: 127.0.0.1:0
          authentication: password
          token-header: X-Gateway-Token
          limits: { body-kib: 1 }
          target: { name: storage, url: "http://127.0.0.1:\(port)", \(keys.dropLast()), region: us-east-1, service: s3 } }
      """, policy: policy, durability: "batched",
      files: ["aws.secret": Self.secret + "\n", "aws.session": "session-of-the-gateway\n"])
    try body(gateway, port)
  }

  @Test func `what the library asks with other keys is signed with the target's`() throws {
    try with { gateway, port in
      let proxy = "http://agent:\(gateway.token.secret)@127.0.0.1:\(gateway.port())"
      let output = try ScratchPostgres.run(
        "/usr/bin/timeout", ["120", WebGateway.python, "-c", Self.client, "http://127.0.0.1:\(port)", proxy])
      #expect(
        output.text == """
          content of a b+c/ü~'(1).txt
          ["a b+c/ü~'(1).txt"]
          3145728
          [{'id': {'S': 'ü'}}]
          123456789012
          0 0
          403

          """, "\(output.text)\(output.errors.suffix(1_500)) \(gateway.log.all.suffix(600))")
      try gateway.stop()
      let recorded = try gateway.recordedBytes()
      for secret in [Self.secret, "session-of-the-gateway", "AKIAREAL", gateway.token.secret] {
        #expect(recorded.firstRange(of: Data(secret.utf8)) == nil && !gateway.log.all.contains(secret), "\(secret)")
      }
      // Read as what it did, not as calls of HTTP.
      let found = try gateway.ingest()
      var verbs: Set<String> = []
      for session in try found.sessions() {
        try found.forEachAction(session: session.id) { verbs.insert($0.verb) }
      }
      #expect(
        verbs.isSuperset(of: ["s3:PutObject", "dynamodb:PutItem", "dynamodb:DeleteTable", "sts:GetCallerIdentity"]),
        "\(verbs)")
    }
  }

  @Test func `without a signature the configuration says what is asked, and what cannot be signed is refused`() throws {
    try with { gateway, port in
      func curl(_ path: String, _ arguments: String...) throws -> String {
        try WebGateway.curl(
          ["-w", " %{http_code}", "-H", "X-Gateway-Token: \(gateway.token.secret)"] + arguments
            + ["http://127.0.0.1:\(gateway.port(of: "own"))\(path)"]
        ).text
      }
      #expect(try curl("/made", "-X", "PUT").hasSuffix(" 200"))
      #expect(try curl("/made/a%20b?x-id=PutObject&b=1&a=x%20y", "-T", "/etc/hostname").hasSuffix(" 200"))
      let own = try String(contentsOfFile: "/etc/hostname", encoding: .utf8)
      #expect(try curl("/made/a%20b") == own + " 200")
      // A client's own scope goes before that of the configuration.
      let scope =
        "AWS4-HMAC-SHA256 Credential=A/20261122/eu-central-1/sts/aws4_request, SignedHeaders=host, Signature=0"
      #expect(
        try curl("/", "-H", "Authorization: \(scope)", "-d", "Action=GetCallerIdentity&Version=2011-06-15")
          .contains("123456789012"))
      let long = String(repeating: "a", count: 3_000)
      let none = try curl("/made/c", "-X", "PUT", "-d", long)
      #expect(none.hasSuffix(" 413") && none.contains("urn:exhibit:signature"), "\(none)")
      for (arguments, status, says) in [
        (["/made/c?X-Amz-Signature=00"], "400", "signed itself"), (["/made/%zz"], "400", "percent sign"),
        // What would be judged as one service and signed for another.
        (
          ["/made/c?X-Amz-Credential=A%2F20261122%2Fus-east-1%2Fsts%2Faws4_request", "-X", "DELETE"], "400",
          "signed itself"
        ),
        (
          ["/made/c", "-H", "Authorization: AWS4-ECDSA-P256-SHA256 Credential=A/20261122/sts/aws4_request"], "400",
          "none of version 4"
        ),
        (["/made/c", "-H", "Authorization: AWS4-HMAC-SHA256 Credential=A/1/r/sts/x"], "400", "none of version 4"),
        (["/made/c", "-H", "Authorization: \(scope)", "-H", "Authorization: Basic YQ=="], "400", "none of version 4"),
        (["/made/c", "-X", "DELETE", "-H", "Host: harmless.s3.amazonaws.com"], "421", "names a bucket"),
        (
          ["/made/c", "-X", "PUT", "-d", "a", "-H", "X-Amz-Content-Sha256: STREAMING-AWS4-HMAC-SHA256-PAYLOAD"], "400",
          "in chunks"
        ),
      ] {
        let answer = try WebGateway.curl(
          ["-w", " %{http_code}", "-H", "X-Gateway-Token: \(gateway.token.secret)"] + arguments.dropFirst()
            + ["http://127.0.0.1:\(gateway.port(of: "own"))\(arguments[0])"])
        #expect(answer.text.hasSuffix(" \(status)") && answer.text.contains(says), "\(answer.text)")
      }
      // The hash that a client states is believed, as the server holds the content against it.
      let hash = SHA256.digest(of: long).hex
      #expect(try curl("/made/c", "-X", "PUT", "-d", long, "-H", "X-Amz-Content-Sha256: \(hash)").hasSuffix(" 200"))
      #expect(
        try curl("/made/c", "-X", "PUT", "-d", "b" + long, "-H", "X-Amz-Content-Sha256: \(hash)").hasSuffix(" 403"))
      try gateway.stop()
    }
  }
}
