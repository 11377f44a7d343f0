import Bytes
import Foundation
import TestKit
import Testing

@testable import Gateway

/// HTTP and SSH behind a relay.
@Suite struct RelayedServiceTests {
  @Test func `HTTP goes over the relay, in the clear and within TLS of its own`() throws {
    let plant = try RelayPlant()
    let authority = try OpenSSLAuthority()
    for isSecure in [false, true] {
      let server = try WebTarget(
        certificate: isSecure ? try authority.issue("web", names: "DNS:web.test", usage: "serverAuth") : nil)
      let tls = isSecure ? ", tls: { authority: web.ca, name: web.test }" : ""
      let gateway = try WebGateway(
        WebGateway.reverse(
          "http\(isSecure ? "s" : "")://127.0.0.1:\(server.port)", target: "relay: plant-a\(tls)"),
        files: plant.files.merging(["web.ca": authority.certificate]) { $1 }, more: plant.lines())
      let before = try gateway.curl("/bytes/10", ["-o", "/dev/null", "-w", "%{http_code}"])
      #expect(before.text == "502", "\(before)")
      let relay = try plant.relay(to: gateway, targets: ["127.0.0.1:\(server.port)"])
      let got = try gateway.curl("/bytes/3000000", ["-o", "/dev/null", "-w", "%{http_code} %{size_download}"])
      #expect(got.text == "200 3000000", "\(got) \(gateway.log.all)")
      let file = plant.folder.appending(path: "upload").path
      try Data(repeating: 7, count: 500_000).write(to: URL(filePath: file))
      let sent = try gateway.curl(
        "/status/201", ["--data-binary", "@\(file)", "-o", "/dev/null", "-w", "%{http_code}"])
      #expect(sent.text == "201", "\(sent)")
      relay.stop()
      #expect(RelayPlant.eventually { gateway.gateway.core.relays.lines.isEmpty })
      #expect(try gateway.curl("/bytes/10", ["-o", "/dev/null", "-w", "%{http_code}"]).text == "502")
      try gateway.stop()
      server.stop()
    }
  }

  @Test(.enabled(if: NginxTarget.isPossible, "no nginx here"))
  func `HTTP 2 goes over the relay, many streams at a time`() throws {
    let plant = try RelayPlant()
    let authority = try OpenSSLAuthority()
    let server = try NginxTarget(try authority.issue("web", names: "DNS:web.test", usage: "serverAuth"))
    for (port, isSecure) in [(server.clear, false), (server.secure, true)] {
      let how = isSecure ? "tls: { authority: web.ca, name: web.test }" : "http2: true"
      let gateway = try WebGateway(
        WebGateway.reverse(
          "http\(isSecure ? "s" : "")://127.0.0.1:\(port)", "http2: true", target: "relay: plant-a, \(how)"),
        files: plant.files.merging(["web.ca": authority.certificate]) { $1 }, more: plant.lines())
      let before = try gateway.curl("/told", ["--http2-prior-knowledge", "-o", "/dev/null", "-w", "%{http_code}"])
      #expect(before.text == "502", "\(before)")
      let relay = try plant.relay(to: gateway, targets: ["127.0.0.1:\(port)"])
      let told = try gateway.curl("/told", ["--http2-prior-knowledge", "-w", "%{http_version}"])
      #expect(told.text.hasPrefix("HTTP/2.0 GET ") && told.text.hasSuffix("2"), "\(told) \(gateway.log.all)")
      let many = try gateway.curl(
        "/big?[1-20]",
        [
          "--http2-prior-knowledge", "-Z", "--parallel-immediate", "-o", "/dev/null", "-w",
          "%{http_code} %{size_download}\n",
        ])
      let lines = many.text.split(separator: "\n")
      #expect(lines.count == 20 && lines.allSatisfy { $0 == "200 2000000" }, "\(many)")
      relay.stop()
      #expect(RelayPlant.eventually { gateway.gateway.core.relays.lines.isEmpty })
      let after = try gateway.curl("/told", ["--http2-prior-knowledge", "-o", "/dev/null", "-w", "%{http_code}"])
      #expect(after.text == "502", "\(after)")
      try gateway.stop()
    }
  }

  @Test(.enabled(if: PythonPeers.has("grpc"), "no grpcio here"))
  func `gRPC goes over the relay, and ends with a status when that is lost`() throws {
    let plant = try RelayPlant()
    let script = Checkout.root.appending(path: "Tests/Live/grpc_peer.py").path
    let (process, port) = try WebTarget.start(GatewayInProcess.python, [script, "serve"])
    defer { process.terminate() }
    let gateway = try WebGateway(
      WebGateway.reverse("http://127.0.0.1:\(port)", "http2: true", target: "http2: true, relay: plant-a"),
      files: plant.files, more: plant.lines())
    func call(_ methods: String...) throws -> [String] {
      let out = try ScratchPostgres.run(
        "/usr/bin/timeout",
        ["90", GatewayInProcess.python, script, "call", "127.0.0.1:\(gateway.port())", gateway.token.secret] + methods)
      return out.text.split(separator: "\n").compactMap { line in
        JSONValue.document(in: Array(line.utf8))?["status"]?.string
      }
    }
    #expect(try call("GetOrder") == ["UNAVAILABLE"])
    let relay = try plant.relay(to: gateway, targets: ["127.0.0.1:\(port)"])
    #expect(
      try call("GetOrder", "ListOrders", "Upload", "Chat", "GetFail") == ["OK", "OK", "OK", "OK", "NOT_FOUND"])
    #expect(try call("parallel").filter { $0 == "OK" }.count == 40)
    relay.stop()
    #expect(RelayPlant.eventually { gateway.gateway.core.relays.lines.isEmpty })
    #expect(try call("GetOrder") == ["UNAVAILABLE"])
    try gateway.stop()
  }

  @Test(.enabled(if: ScratchSSHD.isPresent)) func `SSH goes over the relay`() throws {
    let plant = try RelayPlant()
    let server = try ScratchSSHD()
    let shell = try ShellGateway(
      server, target: server.target.replacing("{ name: build,", with: "{ name: build, relay: plant-a,"),
      files: plant.files, more: plant.lines())
    let before = try shell.ssh(["echo", "here"])
    #expect(before.status != 0 && !before.text.contains("here"), "\(before)")
    #expect(shell.gateway.log.all.contains("the relay plant-a is not connected"))
    let relay = try plant.relay(to: shell.gateway, targets: ["127.0.0.1:\(server.port)"])
    #expect(try shell.ssh(["echo", "here"]).text == "here\n")
    let many = try shell.bash("head -c 3000000 /dev/zero | $SSH $WHO 'cat' | wc -c")
    #expect(many.text.contains("3000000"), "\(many)")
    try shell.start("long", "$SSH $WHO 'echo begun; sleep 60'; echo ended $?")
    #expect(shell.said("long", "begun").text.contains("begun"))
    relay.stop()
    let long = shell.said("long")
    #expect(long.text.contains("ended") && !long.text.contains("ended 0"), "\(long)")
    #expect(try shell.ssh(["echo", "here"]).status != 0)
    try shell.gateway.stop()
  }
}
