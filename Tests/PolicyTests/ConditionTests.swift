import Model
import Policy
import TestKit
import Testing

/// The conditions that look at what an action did, and to what.
@Suite struct ConditionTests {
  private func rule(
    _ when: String, then: String = "deny", facts: ActionFacts = ActionFacts(),
    _ change: (inout Action) -> Void = { _ in }
  ) throws -> Decision {
    let policy = try PolicyDocument.parse(
      yaml: "version: 1\nrules:\n  - { id: hit, when: { \(when) }, then: \(then) }\n", name: "p.yaml")
    let session = Session(
      id: "s", protocolName: "postgres", client: "10.1.2.3:4711", server: "db:5432", startedAt: .epoch, endedAt: .epoch)
    var action = Action(
      id: "s.1", sessionID: "s", sequence: 1, startedAt: .epoch, kind: "sql", verb: "UPDATE", text: "x", effect: .write,
      status: .ok)
    change(&action)
    return policy.decide(action, in: session, facts: facts)
  }

  @Test(arguments: [
    ("\"public.orders.*\"", "write column public.orders.total", true),
    ("\"*.orders\"", "write table public.orders", true),
    ("\"*.orders\"", "write table public.order_lines", false), ("orders", "write table public.orders", false),
    ("\"write table *\"", "read table orders", false), ("\"/etc/*\"", "write file /etc/passwd", true),
    ("\"/etc/*\"", "write file /srv/etc/passwd", false),
    ("\"https://shop.internal/*\"", "read url https://shop.internal/a", true),
    ("\"refs/heads/release*\"", "write ref refs/heads/release-4", true),
    ("\"*.internal\"", "execute shell web1.internal", true),
  ]) func `resources are named by globs of tables, columns, paths, addresses, refs and hosts`(
    _ glob: String, _ resource: String, _ isHit: Bool
  ) throws {
    let found = try #require(Resource(resource))
    #expect(try rule("resource: \(glob)") { $0.resources = [found] }.rule == (isHit ? "hit" : "default"))
  }

  @Test(arguments: [
    ("\"*file /srv/in/*\"", ["drop file /srv/in/a", "create file /srv/in/b"], true),
    ("\"*file /srv/in/*\"", ["drop file /srv/in/a", "create file /etc/b"], false),
    ("\"*file /srv/in/*\"", ["drop file /srv/in/a", "use role root"], false),
    ("orders", ["write table orders", "write column orders.total", "read column orders.id"], true),
    ("orders", ["write table orders", "read table customers"], false),
    ("orders", ["write table orders", "write column customers.email"], false),
    ("\"write table public.*\"", ["write table public.orders", "write column public.orders.id"], true),
    ("\"write table public.*\"", ["read table public.orders", "write table public.items"], false),
    ("[orders, payments]", ["write table orders", "write table payments"], true),
    ("orders", ["alter table orders", "rename column orders.a -> orders.b"], true),
    ("orders", ["alter table orders", "rename column orders.a -> items.b"], false),
    ("orders", ["write table orders", "write column total"], false),
    ("orders.total", ["write table orders", "write column orders.total"], false),
    (
      "\"write ref h/r refs/heads/topic/*\"", ["write ref h/r refs/heads/topic/a", "drop ref h/r refs/heads/main"],
      false
    ),
    ("orders", [], false),
  ]) func `a rule allows only what it names all of, and forbids and holds what it names any of`(
    _ glob: String, _ touched: [String], _ isAllowed: Bool
  ) throws {
    let found = touched.compactMap { Resource($0) }
    #expect(found.count == touched.count)
    #expect(
      try rule("resource: \(glob)", then: "allow") { $0.resources = found }.outcome
        == (isAllowed ? .allowed : .unapproved))
    for then in ["deny", "require-approval"] {
      #expect(
        try rule("resource: \(glob)", then: then) { $0.resources = found }.rule == (found.isEmpty ? "default" : "hit"))
    }
  }

  @Test func `a list of resources that may have been cut is allowed by no name`() throws {
    for count in [199, 200] {
      let found = (0..<count).map { Resource("write", "file", "/srv/in/\($0)") }
      #expect(
        try rule("resource: \"/srv/in/*\"", then: "allow") { $0.resources = found }.outcome
          == (count < 200 ? .allowed : .unapproved))
    }
  }

  @Test func `sudo of a read is a read, and a rule can see it`() throws {
    let reading = ShellClassifierTests.read("sudo ls /root")
    #expect(reading.classification.effect == .read)
    let rules = """
      version: 1
      rules:
        - { id: sudo, when: { resource: "use role *" }, then: require-approval }
        - { id: reads, when: { effect: read }, then: allow }
      """
    let policy = try PolicyDocument.parse(yaml: rules, name: "p.yaml")
    let session = Session(
      id: "s", protocolName: "ssh", client: "10.1.2.3:4711", server: "web:22", startedAt: .epoch, endedAt: .epoch)
    for (text, id) in [("sudo ls /root", "sudo"), ("su -c 'ls /root' bob", "sudo"), ("ls /root", "reads")] {
      let found = ShellClassifierTests.read(text).classification
      let action = Action(
        id: "s.1", sessionID: "s", sequence: 1, startedAt: .epoch, kind: "exec", verb: found.verb, text: text,
        resources: found.resources, effect: found.effect, status: .ok)
      #expect(policy.decide(action, in: session).rule == id, "\(text)")
    }
  }

  @Test func `rows, outcomes, transactions and filters`() throws {
    #expect(try rule("rows: { over: 10 }") { $0.rowCount = 11 }.rule == "hit")
    #expect(try rule("rows: { over: 10 }") { $0.rowCount = 10 }.rule == "default")
    #expect(try rule("rows: { over: 10 }").rule == "default")
    #expect(try rule("status: [error, denied]") { $0.status = .denied }.rule == "hit")
    #expect(try rule("status: [error, denied]").rule == "default")
    #expect(try rule("transaction: rolled-back") { $0.transaction = .rolledBack }.rule == "hit")
    #expect(try rule("transaction: rolled-back") { $0.transaction = .committed }.rule == "default")
    #expect(try rule("transaction: rolled-back").rule == "default")
    #expect(try rule("in-transaction: true") { $0.transaction = .undecided }.rule == "hit")
    #expect(try rule("in-transaction: true").rule == "default")
    #expect(try rule("in-transaction: false").rule == "hit")
    #expect(try rule("unfiltered: true") { $0.isUnfiltered = true }.rule == "hit")
    #expect(try rule("unfiltered: true").rule == "default")
    #expect(try rule("kind: copy, effect: write") { $0.kind = "copy" }.rule == "hit")
    #expect(try rule("protocol: http").rule == "default")
    #expect(try rule("verb: update").rule == "hit")
  }

  @Test func `statements of one request`() throws {
    #expect(try rule("statements: { over: 1 }", facts: ActionFacts(statementCount: 2)).outcome == .denied)
    #expect(try rule("statements: { over: 1 }", facts: ActionFacts(statementCount: 1)).rule == "default")
    let unknown = try rule("statements: { over: 1 }")
    #expect(unknown.outcome == .undecidable && unknown.reason.contains("how many statements"))
    #expect(try rule("statements: { over: 1 }", then: "allow").rule == "default")
    #expect(try rule("statements: { over: 1 }", then: "require-approval").outcome == .unapproved)
  }

  @Test func `classes of data that came back`() throws {
    func facts(_ classes: Set<DataClass>, doubt: String? = nil) -> ActionFacts {
      ActionFacts(returned: ReturnedClasses(classes, doubt: doubt))
    }
    let cards = "returns: [payment-card, iban]"
    #expect(try rule(cards, facts: facts([.paymentCard])).outcome == .denied)
    #expect(try rule(cards, facts: facts([.email])).rule == "default")
    // It was found, whatever else there may be.
    #expect(try rule(cards, facts: facts([.paymentCard], doubt: "cut")).outcome == .denied)
    let cut = try rule(cards, facts: facts([.email], doubt: "1 of 9 bytes were kept"))
    #expect(cut.outcome == .undecidable && cut.reason.contains("1 of 9 bytes were kept"))
    #expect(cut.reason.contains("payment-card or iban"))
    #expect(try rule(cards).outcome == .undecidable)
    // What is not known is never allowed.
    #expect(try rule("returns: none", then: "allow", facts: facts([])).outcome == .allowed)
    #expect(try rule("returns: none", then: "allow", facts: facts([], doubt: "cut")).outcome == .unapproved)
    #expect(try rule("returns: none", then: "allow", facts: facts([.email])).outcome == .unapproved)
    #expect(try rule("returns: none", then: "allow").outcome == .unapproved)
    #expect(try rule(cards, then: "allow", facts: facts([], doubt: "cut")).rule == "default")
    // The other conditions come first: what they rule out needs no look.
    #expect(try rule("kind: http, returns: [email]").rule == "default")
  }
}
