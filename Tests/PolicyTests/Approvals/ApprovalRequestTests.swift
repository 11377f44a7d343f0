import Model
import Policy
import TestKit
import Testing

@Suite struct ApprovalRequestTests {
  private var request: ApprovalRequest {
    ApprovalRequest(
      title: "Größere Bestellungen", requestedBy: "lin@shop.example", agent: "claude-code", reason: "OPS-1412: why",
      place: .init(target: "prod", protocolName: "postgres", server: "10.0.0.5:5432", database: "shop", user: "m"),
      uses: 2, decideBy: Timestamp(utc: "2026-11-20T09:00:00Z"), useFrom: Timestamp(utc: "2026-11-20T10:00:00Z"),
      useBy: Timestamp(utc: "2026-11-20T12:00:00Z") ?? .epoch, policySHA256: String(repeating: "a", count: 64),
      settings: ["options=-c search_path=app"],
      changes: [
        ApprovalChange(kind: "sql", text: "SELECT 1,\n  '| x'\n\n-- end\n, 2;", parameters: ["a\"b\\", nil, "é\n"]),
        ApprovalChange(kind: "sql", text: "UPDATE t SET a = 'é\u{202E}' WHERE b", rowsAtMost: 3),
        ApprovalChange(kind: "http", text: "POST https://shop/orders", bodySHA256: String(repeating: "b", count: 64)),
        ApprovalChange(kind: "sql", text: "DELETE FROM t WHERE id = 1", fingerprint: "0123456789abcdef"),
      ])
  }

  @Test func `what is written reads back as it was`() throws {
    let text = request.text
    let read = try ApprovalRequest(parsing: Array(text.utf8), file: "a.approval")
    #expect(read == request && read.text == text)
    // Nothing that hides is in the file; it stands there as its number.
    #expect(text.contains("\\u202e") && text.contains("| SELECT 1,\n|   '| x'\n| \n"))
    #expect(text.unicodeScalars.allSatisfy { $0.value == 10 || $0.value >= 32 && $0.value != 0x202E })
  }

  @Test func `a subject binds all that decides`() {
    let base = request
    var subjects: Set<String> = [base.subject(of: base.changes[0])]
    let changes: [(inout ApprovalRequest) -> Void] = [
      { $0.place.target = "stage" }, { $0.place.server = nil }, { $0.place.database = "x" }, { $0.place.user = nil },
      { $0.uses = 3 }, { $0.useBy = $0.useBy.adding(seconds: 1) }, { $0.useFrom = nil }, { $0.policySHA256 = nil },
      { $0.settings = [] }, { $0.agent = nil }, { $0.changes[0].text += " " }, { $0.changes[0].kind = "copy" },
      { $0.changes[0].parameters[1] = "" }, { $0.changes[0].rowsAtMost = 1 }, { $0.changes[0].fingerprint = "0" },
      { $0.changes[0].bodySHA256 = "0" }, { $0.place.protocolName = nil },
    ]
    for change in changes {
      var other = base
      change(&other)
      #expect(subjects.insert(other.subject(of: other.changes[0])).inserted)
    }
    // Title and reason are for people.
    var other = base
    other.title = "x"
    #expect(other.subject(of: other.changes[0]) == base.subject(of: base.changes[0]))
  }

  @Test func `no part of a file is a file`() {
    let bytes = Array(request.text.utf8)
    for count in bytes.indices {
      #expect(throws: ApprovalFileError.self, "\(count)") {
        try ApprovalRequest(parsing: Array(bytes[..<count]), file: "a.approval")
      }
    }
  }

  @Test func `any data can be approved of a COPY, and of nothing else`() throws {
    var any = request
    any.changes = [ApprovalChange(kind: "copy", text: "COPY t FROM STDIN", bodySHA256: ApprovalChange.anyBody)]
    #expect(any.text.contains("\nbody-sha256: any\n"))
    #expect(try ApprovalRequest(parsing: Array(any.text.utf8), file: "a.approval") == any)
    var none = any
    none.changes[0].bodySHA256 = nil
    #expect(any.subject(of: any.changes[0]) != none.subject(of: none.changes[0]))
    any.changes[0].kind = "http"
    let error = #expect(throws: ApprovalFileError.self) {
      try ApprovalRequest(parsing: Array(any.text.utf8), file: "a")
    }
    #expect("\(try #require(error))".contains("any data can be approved of a COPY and of a file alone"))
  }

  /// Title and reason may say something else: the signature is over them.
  @Test func `a byte that was changed is refused, or reads as what it says`() {
    let bytes = Array(request.text.utf8)
    for index in bytes.indices {
      for bit in [UInt8(1), 0x20, 0x80] {
        var changed = bytes
        changed[index] ^= bit
        guard let read = try? ApprovalRequest(parsing: changed, file: "a.approval") else { continue }
        #expect(Array(read.text.utf8) == changed, "byte \(index)")
        #expect(read != request, "byte \(index)")
      }
    }
  }

  @Test(arguments: [
    ("exhibit approval 2\n", "a:1: does not begin"), ("", "a:1: cut"), ("x\r\n", "a:1: has carriage returns"),
    ("exhibit approval 1\ntitle: a\n", "a:3: title and requested-by"),
    ("exhibit approval 1\ntitle: a\u{200B}\n", "a:2: title holds what cannot be seen"),
    ("exhibit approval 1\nuser: оmar\n", "a:2: user holds what cannot be seen"),
    ("exhibit approval 1\nuser: a\nuser: b\n", "a:3: user is given twice"),
    ("exhibit approval 1\nusr: a\n", "a:2: unknown line \"usr\""), ("exhibit approval 1\nx\n", "a:2: neither"),
  ]) func `what cannot be read is told with its line`(_ text: String, _ message: String) throws {
    let error = #expect(throws: ApprovalFileError.self) {
      try ApprovalRequest(parsing: Array(text.utf8), file: "a")
    }
    #expect("\(try #require(error))".hasPrefix(message), "\(String(describing: error))")
  }

  @Test func `a migration becomes what psql sends`() {
    var planner = ApprovalPlanner()
    planner.add(
      script: """
        -- why
        SET search_path = app; BEGIN;
        ALTER TABLE t ADD a int; SELECT 1;
        CREATE ROLE r PASSWORD 'hunter2';
        \\i other.sql
        COPY t FROM stdin;
        1
        \\.
        UPDATE t SET a = 1 -- all
        """, file: "m.sql")
    #expect(
      planner.changes.map(\.text) == [
        "SET search_path = app", "ALTER TABLE t ADD a int", "CREATE ROLE r PASSWORD [redacted]", "UPDATE t SET a = 1",
      ])
    #expect(planner.omissions.count == 2)
    #expect(planner.omissions.contains { $0.contains("\\i other.sql") })
    #expect(planner.omissions.contains { $0.contains("COPY t FROM stdin") })
  }

  @Test func `a rehearsal becomes what lasted of it`() {
    var planner = ApprovalPlanner()
    var actions = [
      ApprovalBench.action(
        "SET search_path = app", "SET", .session, resources: [Resource("alter", "setting", "search_path")]),
      ApprovalBench.action("INSERT INTO t VALUES ($1)", "INSERT", .write, parameters: #"["1"]"#),
      ApprovalBench.action("INSERT INTO t VALUES ($1)", "INSERT", .write, parameters: #"["x"]"#),
      ApprovalBench.action("UPDATE t SET a = 2", "UPDATE", .write),
      ApprovalBench.action("DROP TABLE t", "DROP", .schema),
    ]
    actions[2].status = .error
    actions[2].transaction = nil
    actions[4].transaction = .rolledBack
    for action in actions {
      planner.add(action, isNeeded: action.effect.isChange, facts: [], body: nil, limitsRows: false)
    }
    #expect(
      planner.changes.map(\.text) == ["SET search_path = app", "INSERT INTO t VALUES ($1)", "UPDATE t SET a = 2"])
    #expect(planner.changes.map(\.parameters) == [[], ["1"], []] && planner.omissions.isEmpty)
  }
}
