import Foundation
import TestKit

@testable import Gateway

/// A gateway before `git http-backend`: as a server of HTTP, or as a proxy on the way to one of HTTPS.
final class GitSetting {
  enum Way: String, CaseIterable { case reverse, proxy, proxyHTTP2 }

  static let isPresent: Bool = {
    let path = try? ScratchPostgres.run("/usr/bin/git", ["--exec-path"]).text
    let folder = path?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
    return FileManager.default.isExecutableFile(atPath: "\(folder)/git-http-backend")
  }()

  let gateway: WebGateway
  private let folder: URL
  private let way: Way
  private let server: Process
  private let serverPort: Int
  private var started: [Process] = []

  init(_ way: Way, in folder: URL, policy: String, limits: String, files: [String: String]) throws {
    (self.way, self.folder) = (way, folder)
    var (files, listener) = (files, "")
    if way == .reverse {
      (server, serverPort) = try ProxyTests.gitServer(folder)
      listener = WebGateway.reverse("http://127.0.0.1:\(serverPort)")
    } else {
      let issuer = try OpenSSLAuthority("Servers")
      let issued = try issuer.issue("localhost", names: "DNS:localhost", usage: "serverAuth")
      for (name, text) in [("server.pem", issued.certificate), ("server.key", issued.key)] {
        try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
      }
      (server, serverPort) = try ProxyTests.gitServer(folder)
      guard let own = NewCertificateAuthority(named: "Exhibit test", days: 2) else {
        throw GatewayInProcess.Failure(description: "no authority")
      }
      files["ca.pem"] = own.certificate
      files["ca.key"] = own.key
      files["servers.pem"] = issuer.certificate
      listener = """
          - name: web
            protocol: http
            listen: 127.0.0.1:0
            authentication: password
            forward:
              authority: ca.pem
              key: ca.key
              hosts: [{ url: "https://localhost:\(serverPort)", tls: { authority: servers.pem } }]
        """
    }
    gateway = try WebGateway(listener, policy: policy, limits: limits, approvals: true, files: files)
  }

  deinit { server.terminate() }

  private var url: String {
    way == .reverse
      ? "http://agent:\(gateway.token.secret)@127.0.0.1:\(gateway.port())/repo.git"
      : "https://localhost:\(serverPort)/repo.git"
  }

  private var environment: [String: String] {
    var all = [
      "HERE": folder.path, "HOME": folder.path, "URL": url, "NO_PROXY": "", "GIT_TERMINAL_PROMPT": "0",
      "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "PATH": "/usr/local/bin:/usr/bin:/bin",
    ]
    guard way != .reverse else { return all }
    all["https_proxy"] = "http://agent:\(gateway.token.secret)@127.0.0.1:\(gateway.port())"
    all["GIT_SSL_CAINFO"] = gateway.path("ca.pem")
    (all["GIT_CONFIG_COUNT"], all["GIT_CONFIG_KEY_0"]) = ("1", "http.version")
    all["GIT_CONFIG_VALUE_0"] = way == .proxyHTTP2 ? "HTTP/2" : "HTTP/1.1"
    return all
  }

  func bash(_ script: String) throws -> ScratchPostgres.Output {
    try ScratchPostgres.run("/usr/bin/timeout", ["100", "/bin/bash", "-c", script], environment: environment)
  }

  /// Starts a script and goes on.
  func start(_ name: String, _ script: String) throws {
    let process = Process()
    let keeper = "cd $HERE; timeout 100 bash -c \"$BODY\" > \(name).out 2> \(name).err; echo $? > \(name).status"
    process.setUnblocked("/bin/bash", ["-c", keeper])
    process.environment = environment.merging(["BODY": script]) { $1 }
    process.standardInput = FileHandle.nullDevice
    try process.run()
    started.append(process)
  }

  /// Waits until it has ended.
  func said(_ name: String) -> (status: String, text: String, errors: String) {
    func read(_ end: String) -> String {
      (try? String(contentsOf: folder.appending(path: "\(name).\(end)"), encoding: .utf8)) ?? ""
    }
    let deadline = Date().addingTimeInterval(60)
    while read("status").isEmpty, Date() < deadline { usleep(20_000) }
    return (read("status"), read("out"), read("err"))
  }

  /// What a reference of the target is; empty when it has none.
  func tip(_ name: String) throws -> String {
    try bash("git -C $HERE/repo.git rev-parse -q --verify \(name) || true").text
  }
}
