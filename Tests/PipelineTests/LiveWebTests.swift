import Bytes
import Decryption
import Foundation
import Model
import Parsers
import TestKit
import Testing

@testable import Pipeline

/// curl, nginx and an application, captured: what we see beside what they say themselves.
@Suite(.serialized) struct LiveWebTests {
  private static var isPossible: Bool {
    let tools = ["/usr/sbin/nginx", "/usr/bin/curl", "/usr/bin/tcpdump"]
    return tools.allSatisfy { FileManager.default.isExecutableFile(atPath: $0) }
  }

  private static func record(into folder: URL) throws {
    let process = Process()
    let script = Checkout.root.appending(path: "Tests/Live/web.sh").path
    process.setUnblocked("/bin/bash", [script, folder.path])
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "Tests/Live/web.sh failed")
  }

  @Test(.enabled(if: isPossible, "no nginx, curl or tcpdump here"))
  func `every request, status, field and body is what client and server say`() throws {
    try TemporaryFolder.with { folder in
      try Self.record(into: folder)
      let account = try WebAccount(folder)
      var keys = KeyRing()
      let log = Array(try Data(contentsOf: folder.appending(path: "keys.log")))
      let reading = keys.add(log.span)
      #expect(reading.secretCount > 0)
      let evidence = try Evidence([folder.appending(path: "capture.pcap").path], keys: keys)
      #expect(evidence.gaps.isEmpty)
      #expect(evidence.anomalies.isEmpty, "\(evidence.anomalies.prefix(5))")

      // The application's account, connection by connection.
      let served = Dictionary(grouping: account.served, by: \.client)
      #expect(account.served.count >= 130)
      for (client, expected) in served.sorted(by: { $0.key < $1.key }) {
        // The port alone does not tell: two clients may have one port, each to another server.
        let flow = try #require(
          evidence.flows.values.first { $0.client.description == client && $0.server.port == account.shopPort })
        let seen = evidence.calls(flow.id).map(\.servedText)
        #expect(seen.count == expected.count, "\(client)")
        for (ours, theirs) in zip(seen, expected) { #expect(ours == theirs.text) }
      }

      // curl's account, call by call; the last where it followed a redirection.
      var compared = 0
      // What goes from nginx to the application bears the same mark.
      let all = evidence.flows.values.sorted { $0.id < $1.id }.flatMap { flow in
        evidence.calls(flow.id).map { (isBehind: flow.server.port == account.shopPort, call: $0) }
      }
      for theirs in account.called {
        let ours = try #require(
          all.last { isBehind, call in
            call.head.requestFields["x-case"] == theirs.name && isBehind == theirs.name.hasPrefix("direct-")
              && WebAccount.canonical(call.head.requestFields) == theirs.fields
          }?.call, "\(theirs)")
        #expect(ours.head.method == theirs.method)
        #expect(ours.head.target == theirs.target)
        #expect(ours.head.status == theirs.status)
        #expect(WebAccount.canonical(ours.head.responseFields) == theirs.responseFields)
        // curl leaves a content coding alone that it did not ask for, and a charset as it is; of HEAD it writes the head.
        if !["raw", "latin", "head"].contains(where: { theirs.name.hasSuffix("-" + $0) }) {
          #expect(ours.responseBody?.content.digest.hex ?? Digests.sha256([]) == theirs.body, "\(theirs.name)")
        }
        compared += 1
      }
      #expect(compared >= 130)
      print("\(account.served.count) requests equal the application's account, \(compared) equal curl's")
    }
  }
}
