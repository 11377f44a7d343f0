import Bytes
import Model
import Policy
import Testing

/// Secrets of transcripts never reach the case.
@Suite struct ConversationMaskTests {
  private let hasher = SecretHasher(key: [7, 7, 7])
  private let secret = "hunter2-Zq81xT0v"

  private func prompt(_ text: String, in conversation: String = "cnv-a", context: String? = nil) -> ConversationEvent {
    let at = Timestamp(nanoseconds: 1)
    var prompt = Prompt(
      conversationID: conversation, ordinal: 1, kind: .human, text: text, at: at, seenAt: at, origin: .unknown)
    prompt.context = context
    return .prompt(prompt)
  }

  private func call(
    _ command: String, arguments: String? = nil, result: String? = nil, in conversation: String = "cnv-a"
  ) -> ConversationEvent {
    var call = ToolCall(
      nativeID: "toolu_1", conversationID: conversation, ordinal: 1, tool: "Bash",
      arguments: arguments ?? "{\"command\":\(JSONWriter.quoted(command))}", seenAt: Timestamp(nanoseconds: 1),
      origin: .unknown)
    call.command = arguments == command ? call.arguments : command
    call.result = result
    return .toolCall(call)
  }

  /// All that an event tells, in one text.
  private func told(_ event: ConversationEvent) -> String {
    switch event {
    case .prompt(let prompt): prompt.text + "\n" + (prompt.context ?? "")
    case .toolCall(let call): [call.command, call.arguments, call.result ?? ""].joined(separator: "\n")
    case .completion(let completion): completion.text + "\n" + completion.reasoning
    case .conversation, .anomaly: ""
    }
  }

  @Test func `a password in the environment of a command is in none of its texts, and told once by its hash`() {
    var mask = ConversationMask(secrets: hasher)
    let (event, hashes) = mask.mask(call("PGPASSWORD=\(secret) psql -c 'SELECT 1'", result: "using \(secret)"))
    #expect(!told(event).contains(secret), "\(told(event))")
    #expect(told(event).contains("SELECT 1"))
    #expect(told(event).contains("[redacted]"))
    let bytes = Array(secret.utf8)
    #expect(hashes == [hasher.hash(bytes.span)])
    // Known now: it is taken out of what follows, and not told again.
    let (later, again) = mask.mask(prompt("why does \(secret) not work?", context: "it is \(secret)"))
    #expect(!told(later).contains(secret), "\(told(later))")
    #expect(again.isEmpty)
  }

  @Test func `what is secret in one conversation says nothing of another`() {
    var mask = ConversationMask(secrets: hasher)
    _ = mask.mask(call("PGPASSWORD=\(secret) psql"))
    let (event, hashes) = mask.mask(prompt("the word \(secret)", in: "cnv-b"))
    #expect(told(event).contains(secret))
    #expect(hashes.isEmpty)
  }

  @Test func `secrets of arguments that are JSON, of results and of answers are known by names and shapes`() {
    var mask = ConversationMask(secrets: hasher)
    let arguments = "{\"url\":\"https://shop.internal/login\",\"password\":\"\(secret)\"}"
    let (fetched, hashes) = mask.mask(call(arguments, arguments: arguments))
    #expect(!told(fetched).contains(secret), "\(told(fetched))")
    #expect(hashes.count == 1)
    let token = "ghp_" + String(repeating: "a1B2", count: 9)
    let (shown, _) = mask.mask(call("cat .env", result: "GITHUB_TOKEN=\(token)\n"))
    #expect(!told(shown).contains(token), "\(told(shown))")
    var completion = Completion(
      nativeID: nil, conversationID: "cnv-a", ordinal: 2, text: "The token is \(token).",
      at: Timestamp(nanoseconds: 2), status: .complete, origin: .unknown)
    completion.reasoning = "I saw \(token) and \(secret)."
    let (answer, _) = mask.mask(.completion(completion))
    #expect(!told(answer).contains(token) && !told(answer).contains(secret), "\(told(answer))")
  }

  @Test func `an address in JSON may have its slashes escaped`() {
    var mask = ConversationMask(secrets: hasher)
    let arguments = "{\"at\":\"postgres:\\/\\/shop:\(secret)@db.internal\\/shop\"}"
    let (event, hashes) = mask.mask(call(arguments, arguments: arguments))
    #expect(!told(event).contains(secret), "\(told(event))")
    #expect(hashes.count == 1)
  }

  @Test(arguments: [
    "ALTER ROLE app PASSWORD '%'", "SELECT 1; ALTER ROLE app PASSWORD '%'", "ALTERED ROLE app PASSWORD '%'",
    "CREATE USER a WITH LOGIN PASSWORD '%' VALID UNTIL '2027-01-01'; SELECT 2",
  ])
  func `statements that a command sends lose their passwords, whatever else they do`(_ statement: String) {
    var mask = ConversationMask(secrets: hasher)
    let command = "psql -d shop -c \"\(statement.replacing("%", with: secret))\""
    let (event, hashes) = mask.mask(call(command))
    #expect(!told(event).contains(secret), "\(told(event))")
    #expect(told(event).contains(statement.prefix { $0 != "%" }))
    let bytes = Array(secret.utf8)
    #expect(hashes.contains(hasher.hash(bytes.span)))
  }

  @Test func `what holds no secret stays as it is`() {
    var mask = ConversationMask(secrets: hasher)
    let events = [
      prompt("Fraud wants a risk score on every order.", context: "<cwd>/home/ci/shop</cwd>"),
      call("psql -c \"SELECT count(*) FROM orders\"", result: " count \n-------\n    41\n(1 row)"),
      .conversation(Conversation(id: "cnv-a", startedAt: Timestamp(nanoseconds: 1), origin: .unknown)),
    ]
    for event in events {
      let (masked, hashes) = mask.mask(event)
      #expect(masked == event)
      #expect(hashes.isEmpty)
    }
  }

  @Test func `more conversations than are remembered are masked all the same`() {
    var mask = ConversationMask(secrets: hasher)
    for number in 0..<600 {
      let (event, hashes) = mask.mask(call("PGPASSWORD=\(secret)\(number) psql", in: "cnv-\(number)"))
      #expect(!told(event).contains(secret), "\(told(event))")
      #expect(hashes.count == 1)
    }
  }
}
