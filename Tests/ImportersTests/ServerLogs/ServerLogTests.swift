import Foundation
import Model
import TestKit
import Testing

@testable import Importers

/// What each format tells.
@Suite struct ServerLogTests {
  private static let modified = Timestamp(utc: "2026-01-01T00:10:00Z")

  @Test(arguments: ServerLogSamples.all.indices)
  func `every sample is of its format and of no other`(_ index: Int) {
    let sample = ServerLogSamples.all[index]
    let bytes = Array(sample.text.utf8)
    let head = TranscriptHead(bytes: bytes, isWhole: true, path: "x")
    #expect(ServerLogReader.formats(of: head) == [sample.format])
    #expect(!TranscriptReader.recognizes(head))
    let reading = ServerLogReading(bytes, modifiedAt: Self.modified)
    #expect(!reading.records.isEmpty)
    let damage = reading.anomalies.filter { $0.code == "server-log-line-damaged" }.map(\.detail)
    #expect(damage.isEmpty, "\(damage)")
  }

  @Test func `csvlog tells statements, values, errors and sessions`() throws {
    let reading = ServerLogReading(ServerLogSamples.postgresCSV)
    #expect(
      reading.records.map(\.line) == [
        "connection - ok - ", "login - ok - ",
        "request simple ok - SELECT 'a\n2026-05-06 07:08:09.120 CEST,\"b\",",
        "request execute ok - SELECT $1, $2", "request error error 22P02 SELECT $1, $2", "disconnection - ok - ",
      ])
    let records = reading.records
    #expect(records[3].parameters == ["it's, $2 = ", nil])
    #expect(records[3].at.description == "2026-05-06T05:08:09.130000000Z")
    #expect(records[3].precision == 1_000_000)
    #expect(records[3].peer == .host("10.0.0.7", port: 40022))
    #expect(records[3].sessionKey == "69fa0001.29")
    #expect(records[5].duration == 900_000_000)
    #expect(records.map(\.origin.packet) == [1, 2, 3, 5, 6, 8])
  }

  @Test func `jsonlog and text tell durations, errors and calls`() {
    let json = ServerLogReading(ServerLogSamples.postgresJSON).records
    #expect(
      json.map(\.line) == [
        "request simple ok - SELECT 'a\n\"b\"'", "request fastpath ok - lo_open", "request error error 42601 selec",
      ])
    #expect(json[0].isEnd && json[0].duration == 1_250_000)
    #expect(json[2].peer == .local)
    let text = ServerLogReading(ServerLogSamples.postgresText).records
    #expect(
      text.map(\.line) == [
        "request simple ok - SELECT 'a\n2026-05-06 07:08:09 EST [41]: user=ann,db=shop,app=psql,client=10.0.0.7 LOG:  statement: no\n'",
        "request simple error - SELECT 1/0",
      ])
    #expect(text[0].duration == 2_500_000 && !text[0].isEnd)
    #expect(text[0].at.description == "2026-05-06T12:08:09.000000000Z")
    #expect(text[1].message == "division by zero")
  }

  @Test func `what only pgaudit tells is one record for a statement`() {
    let lines = [
      "AUDIT: SESSION,1,1,READ,SELECT,TABLE,public.t,SELECT 1,<none>",
      "AUDIT: OBJECT,1,2,READ,SELECT,TABLE,public.u,SELECT 1,<none>",
      "AUDIT: SESSION,2,1,READ,SELECT,,,SELECT 1,<none>", "AUDIT: SESSION,3,1,READ,SELECT,,,SELECT 2; SELECT 3,<none>",
      "AUDIT: SESSION,4,1,READ,SELECT,,,SELECT 2; SELECT 3,<none>",
      "AUDIT: SESSION,5,1,WRITE,INSERT,,,\"INSERT INTO t VALUES ($1, \"\"b\"\")\",\"7,x\"",
      "AUDIT: SESSION,6,1,MISC,SET,,,<not logged>,<none>",
    ]
    let text = lines.map { "2026-05-06 07:08:09.100 UTC [41] ann@shop LOG:  \($0)\n" }.joined()
    let records = ServerLogReading(text).records
    #expect(
      records.map(\.line) == [
        "request audit ok - SELECT 1", "request audit ok - SELECT 1", "request audit ok - SELECT 2; SELECT 3",
        "request audit ok - INSERT INTO t VALUES ($1, \"b\")", "request audit ok - ",
      ])
    #expect(records[0].message == "AUDIT SESSION READ SELECT TABLE public.t")
    #expect(records[3].parameters == ["7", "x"] && records[4].isCut)
  }

  @Test func `a zone of several meanings is told once`() {
    let text = ServerLogSamples.postgresText.split(separator: " EST ").joined(separator: " CST ")
    let codes = ServerLogReading(text).anomalies.map(\.code.name)
    #expect(codes == ["server-log-time-zone"])
  }

  @Test func `syslog tells what sshd, sudo and HAProxy say`() {
    let reading = ServerLogReading(ServerLogSamples.syslog, modifiedAt: Self.modified)
    #expect(
      reading.records.map(\.line) == [
        "connection - ok - ", "login - ok - ", "command - ok - shell on pts/0", "command - ok - subsystem sftp",
        "command - ok - command", "command - ok - /bin/backup --all", "disconnection - ok - ", "login - error - ",
        "login - error - ", "disconnection - ok - ", "command - ok - /usr/bin/printf a\tb and more",
        "command - denied - /bin/sh", "connection - ok - ",
      ])
    let records = reading.records
    #expect(records[0].at.description == "2025-12-31T23:59:59.000000000Z")
    #expect(records[0].server == "10.0.0.1:22")
    #expect(records[1].message == "publickey ED25519-CERT SHA256:abc ID ann@corp (serial 7) CA RSA SHA256:def")
    #expect(records[1].at.description == "2026-01-01T00:00:00.000000000Z")
    #expect(records[2..<7].allSatisfy { $0.sessionKey == "bastion/200" && $0.user == "ann" })
    #expect(records.map(\.isCut).filter { $0 }.count == 1)
    #expect(records[6].message == "Received disconnect from 10.0.0.7 port 40022:11: disconnected by user")
    #expect(records[7].user == "from from" && records[8].user == "from from")
    #expect(records[10].target == "root" && records[10].user == "ann")
    #expect(records[12].protocolName == "tcp" && records[12].duration == 5_007_000_000)
    #expect(reading.anomalies.map(\.code.name) == ["server-log-time-zone"])
    #expect(ServerLogReading(ServerLogSamples.syslog).anomalies.map(\.code.name).contains("server-log-year"))
  }

  @Test func `modern times of syslog and the journal have their zone`() {
    let records = ServerLogReading(ServerLogSamples.modernSyslog).records
    #expect(
      records.map(\.line) == [
        "login - error - ", "disconnection - ok - ", "request - ok 200 GET /x?q=\"",
      ])
    #expect(records[0].peer == .host("2001:db8::7", port: 40022))
    #expect(
      records.map(\.at.description) == [
        "2026-05-06T05:08:09.123456000Z", "2026-05-06T05:08:10.500000000Z", "2026-05-06T05:08:10.500000000Z",
      ])
    let journal = ServerLogReading(ServerLogSamples.journalJSON).records
    #expect(journal.map(\.line) == ["login - ok - ", "disconnection - ok - "])
    let export = ServerLogReading(ServerLogSamples.journalExport).records
    #expect(export.map(\.line) == ["command - ok - /bin/echo\na", "login - ok - "])
  }

  @Test func `the log of sudo's recordings tells the command and its end`() {
    let records = ServerLogReading(ServerLogSamples.sudoIOLog).records
    #expect(records.map(\.line) == ["command - error 3 /usr/bin/systemctl restart shop"])
    #expect(records.first?.at.nanoseconds == 1_778_044_089_123_456_789)
  }

  @Test func `access logs tell requests as they were sent`() {
    let combined = ServerLogReading(ServerLogSamples.combined).records
    #expect(
      combined.map(\.line) == [
        "request - ok 200 GET /a?q=\"b\"", "request - error 400 \u{16}\u{3}\u{1}", "request - denied 403 POST /login",
        "request - error 502 GET /",
      ])
    #expect(combined[0].peer == .host("10.0.0.7", port: 40022))
    #expect(combined[0].duration == 125_000_000 && combined[0].nativeIDs == ["7f0e"] && combined[0].isEnd)
    #expect(combined[0].at.nanoseconds == 1_778_044_089_250_000_000 && combined[0].byteCount == 612)
    #expect(combined[3].target == "shop.internal:443" && combined[3].duration == 5_000_000)
    let envoy = ServerLogReading(ServerLogSamples.envoy).records
    #expect(envoy.map(\.line) == ["request - ok 200 GET /a", "request - error 503 GET /b"])
    #expect(envoy[0].duration == 3_000_000 && !envoy[0].isEnd && envoy[0].target == "shop.internal")
    #expect(envoy[1].peer == .host("10.0.0.7", port: 40022))
    let haproxy = ServerLogReading(ServerLogSamples.haproxy).records
    #expect(
      haproxy.map(\.line) == [
        "request - ok 200 GET /index.html", "request - incomplete - <BADREQ>", "connection - ok - ",
      ])
    #expect(haproxy[0].duration == 109_000_000)
    let nginx = ServerLogReading(ServerLogSamples.nginxJSON).records
    #expect(nginx.map(\.line) == ["request - ok 200 GET /a%20b", "request - error 500 POST /c"])
    #expect(nginx[0].duration == 125_000_000 && nginx[0].peer == .host("10.0.0.7", port: 40022))
    let json = ServerLogReading(ServerLogSamples.envoyJSON).records
    #expect(json.map(\.line) == ["request - denied 401 GET /a"])
    #expect(json[0].duration == 12_000_000 && !json[0].isEnd)
  }

  @Test func `audits tell one record for a request`() {
    let reading = ServerLogReading(ServerLogSamples.kubernetes)
    #expect(
      reading.records.map(\.line) == [
        "request - ok 200 GET /api/v1/namespaces/shop/pods?limit=5", "request - incomplete - GET /api/v1/watch",
      ])
    #expect(reading.records[0].nativeIDs == ["a1"] && reading.records[0].duration == 100_000_000)
    #expect(reading.records[0].peer == .host("10.0.0.7", port: nil))
    let list = ServerLogReading(ServerLogSamples.kubernetesList).records
    #expect(list.map(\.line) == ["request - denied 403 DELETE /apis/apps/v1/namespaces/shop/deployments/web"])
    #expect(list[0].user == "ann")
    #expect(list[0].message == "delete, apps/deployments/web, by admin, Forbidden")
    let trail = ServerLogReading(ServerLogSamples.cloudTrail).records
    #expect(trail.map(\.line) == ["request - ok - s3:PutObject", "request - denied AccessDenied lambda:GetFunction"])
    #expect(trail[0].target == "shop" && trail[0].sessionKey == "AKIAEXAMPLE" && trail[0].byteCount == 12)
    #expect(trail[0].nativeIDs == ["R1"])
    let lines = ServerLogReading(ServerLogSamples.cloudTrailLines).records
    #expect(lines.map(\.line) == ["request - ok - kms:Decrypt", "login - error - signin:ConsoleLogin"])
  }
}
