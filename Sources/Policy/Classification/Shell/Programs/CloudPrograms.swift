import Model

/// Clouds and what provisions them.
enum CloudPrograms {
  /// `aws s3 cp`, `aws ec2 describe-instances`: judged as calls of the API are.
  private static let aws: ShellProgram.Judge = { invocation, run in
    let arguments = ShellArguments(
      invocation.arguments,
      taking: AWSOptions.taking)
    let words = arguments.operands.map(\.text)
    guard words.count > 1 else {
      return ShellJudgement("aws \(words.first ?? "")", words.first == "help" || words.isEmpty ? .read : .unknown)
    }
    let (service, action) = (words[0], words[1])
    var judgement = ShellJudgement("aws \(service) \(action)", .unknown)
    let rest = Array(arguments.operands.dropFirst(2))
    if service == "s3" {
      func add(_ access: String, _ value: ShellValue) {
        let text = value.text
        if text.hasPrefix("s3://") {
          judgement.add(access, text.dropFirst(5).contains("/") ? "object" : "bucket", String(text.dropFirst(5)))
        } else if text != "-" {
          judgement.add(access, "file", run.path(value))
        }
      }
      switch action {
      case "ls", "presign":
        judgement.effect = .read
        for value in rest { add("read", value) }
        if action == "presign" { judgement.effect = .privilege }
      case "rm", "rb":
        judgement.effect = .write
        for value in rest { add("drop", value) }
      case "mb", "website":
        judgement.effect = .write
        for value in rest { add("create", value) }
      case "cp", "mv", "sync":
        judgement.effect = .transfer
        for value in rest.dropLast() { add(action == "mv" ? "drop" : "read", value) }
        if let last = rest.last { add("write", last) }
        if arguments.has("--delete") { judgement.note("deletes what the source does not have") }
      default: break
      }
      if arguments.has("--dryrun") { judgement.effect = .read }
      return judgement
    }
    if service == "configure" {
      judgement.effect = ["list", "get", "list-profiles"].contains(action) ? .read : .session
      if action == "set", rest.count > 1, ShellSecrets.isSecret(variable: rest[0].text) { run.hide(rest[1]) }
      return judgement
    }
    if service == "sso" || service == "login" { return ShellJudgement("aws \(service) \(action)", .session) }
    let operation = action.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    if action == "wait" {
      judgement.effect = .read
    } else if service == "logs", ["tail", "filter-log-events"].contains(action) {
      judgement.effect = .read
    } else if AWS.handouts.contains(operation) {
      judgement.effect = .privilege
    } else if AWS.executing.contains(operation) || action == "ssh" || service == "ecs" && action == "execute-command" {
      judgement.effect = .execute
    } else if AWS.reading.contains(where: { operation.hasPrefix($0) }) {
      judgement.effect = .read
    } else {
      judgement.effect = service == "iam" ? .privilege : .write
    }
    if operation.hasPrefix("GetParameter"), arguments.has("--with-decryption") { judgement.effect = .privilege }
    if operation.hasSuffix("ExecuteStatement") {
      judgement.effect = .unknown
      if let sql = arguments.value("--sql", "--statement") { run.statements(sql, program: "aws", &judgement) }
    }
    judgement.note("the effect is told by the operation's name")
    let access = judgement.effect == .read ? "read" : judgement.effect == .execute ? "execute" : "write"
    let name = arguments.options.first { AWSOptions.names.contains($0.name) }?.value?.text ?? rest.first?.text ?? "*"
    judgement.add(access, "aws", "\(service) \(arguments.value("--region")?.text ?? "*") \(name)")
    if arguments.has("--dry-run") { judgement.effect = .read }
    return judgement
  }

  private enum AWSOptions {
    static let names: Set<String> = [
      "--secret-id", "--name", "--table-name", "--role-arn", "--function-name", "--instance-id", "--instance-ids",
      "--target", "--queue-url", "--topic-arn",
      "--key-id", "--user-name", "--role-name", "--policy-arn", "--group-name", "--cluster-name", "--cluster",
      "--stream-name", "--log-group-name",
      "--db-instance-identifier", "--bucket", "--stack-name", "--repository-name",
    ]
    static let taking =
      names.map { String($0.dropFirst(2)) }.sorted().joined(separator: " ")
      + " region profile output query endpoint-url filters filter key body payload sql statement document-name parameters comment max-items starting-token "
      + "page-size cli-input-json include exclude acl storage-class content-type expires-in policy-document assume-role-policy-document value type services "
      + "task task-definition container command desired-count tags image-id count instance-type names start-time end-time filter-pattern attributes since"
  }

  /// `gcloud compute instances list`, `az vm list`: the word that acts tells.
  private static let byVerb: ShellProgram.Judge = { invocation, run in
    let arguments = ShellArguments(
      invocation.arguments,
      taking:
        "project zone region format filter account configuration g resource-group n name subscription o output query p u location l s file-name "
        + "cluster command limit flags-file type display-name role member tenant image env-vars-file app a team org size token scope environment"
    )
    let words = arguments.operands.map(\.text)
    var judgement = ShellJudgement(([invocation.name] + words.prefix(3)).joined(separator: " "), .unknown)
    let reads: Set<String> = [
      "list", "describe", "show", "get", "info", "version", "help", "get-value", "read", "tail", "logs", "ls", "cat",
      "status", "log", "whoami", "search", "lookup",
      "get-iam-policy", "list-tags", "outputs", "diff", "regions", "docs", "validate", "check", "inspect", "current",
      "view", "config:get", "ps", "domains", "releases",
    ]
    let privileges: Set<String> = [
      "add-iam-policy-binding", "set-iam-policy", "remove-iam-policy-binding", "print-access-token",
      "print-identity-token", "get-access-token", "get-credentials",
      "access", "assignment", "reset-credentials", "credential", "download-key",
    ]
    let executes: Set<String> = [
      "ssh", "exec", "run", "invoke", "run-command", "call", "connect", "shell", "scp", "trigger", "console",
    ]
    let writes: Set<String> = [
      "create", "delete", "update", "set", "deploy", "add", "remove", "start", "stop", "restart", "reset", "resize",
      "enable", "disable", "import", "export", "patch", "apply", "destroy",
      "up", "down", "publish", "promote", "rollback", "scale", "submit", "cp", "rm", "mv", "mb", "rb", "rsync", "sync",
      "launch", "purge", "put", "install", "link", "unset", "rename",
      "attach", "detach", "move", "copy", "upload", "init", "build", "release", "destroy-all", "refresh", "cancel",
      "new", "env", "secrets", "secret", "redeploy", "alias", "dev", "serve",
    ]
    let own = words.prefix(5)
    if own.isEmpty {
      judgement.effect = .read
    } else if own.contains(where: { ["auth", "login", "logout", "configure", "init"].contains($0) }),
      !own.contains(where: { privileges.contains($0) })
    {
      judgement.effect = own.contains("list") || own.contains("status") || own.contains("whoami") ? .read : .session
    } else if let verb = own.last(where: {
      reads.contains($0) || privileges.contains($0) || executes.contains($0) || writes.contains($0)
    }) {
      judgement.effect =
        privileges.contains(verb)
        ? .privilege : executes.contains(verb) ? .execute : writes.contains(verb) ? .write : .read
      if own.contains("iam") || own.contains("role"), judgement.effect == .write { judgement.effect = .privilege }
      judgement.note("the effect is told by the operation's name")
    } else {
      judgement.note("\(invocation.name) \(words.prefix(3).joined(separator: " ")) is not known")
    }
    if !own.isEmpty {
      judgement.add(
        judgement.effect == .read ? "read" : "write", "cloud",
        ([invocation.name] + words.prefix(4)).joined(separator: " "))
    }
    return judgement
  }

  static let all: [ShellProgram] = [
    ShellProgram("aws", aws),
    ShellProgram(
      "gcloud az gsutil bq doctl heroku flyctl fly vercel netlify railway render wrangler firebase supabase eksctl ibmcloud oci linode-cli hcloud scw cf "
        + "serverless sls sam cdk amplify eb copilot nomad consul pulumi sentry-cli stripe", byVerb),
    Subcommands.program(
      "terraform tofu terragrunt", taking: "var var-file target chdir backend-config out state lock parallelism",
      isLong: true,
      [
        .init(
          .read,
          "plan show output validate fmt-check state+list state+show version providers graph console workspace+list workspace+show metadata test"
        ),
        .init(
          .write,
          "apply destroy import taint untaint refresh state+mv state+rm state+push state+replace-provider force-unlock workspace+new workspace+delete",
          "infrastructure"),
        .init(.write, "init fmt get workspace+select"), .init(.session, "login logout"),
      ]),
    ShellProgram(
      "ansible ansible-playbook ansible-pull salt puppet chef-client", .execute, .all("execute", "program"),
      taking: "i m a u e t l f b inventory extra-vars limit tags skip-tags become-user"
    ).reading("--check --syntax-check --list-hosts --list-tasks"),
    ShellProgram("ansible-vault sops age rage", .privilege, .all("alter", "file"), taking: "o r i", note: "secrets"),
    ShellProgram("ansible-galaxy", .write), ShellProgram("ansible-lint tflint tfsec checkov", .read),
    Subcommands.program(
      "vault op bw lastpass pass keyring security", taking: "address namespace field format vault",
      [
        .init(
          .read, "status version list kv+list secrets+list auth+list policy+list ls item+list vault+list find-identity"),
        .init(
          .privilege,
          "read get kv+get item+get unwrap token+create token+lookup policy+write policy+read write kv+put kv+patch delete kv+delete operator+init operator+unseal show insert edit rm "
            + "find-generic-password add-generic-password secrets+enable auth+enable item+create generate document+get inject run",
          "secret"),
        .init(.session, "login logout signin signout unlock lock sync"),
      ]),
  ]
}
