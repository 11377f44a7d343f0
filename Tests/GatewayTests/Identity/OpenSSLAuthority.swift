import Foundation
import TestKit

/// An authority that openssl keeps, and what it certifies.
final class OpenSSLAuthority {
  struct Issued {
    /// PEM, with those of authorities between it and the root behind it.
    var certificate: String
    var key: String
  }

  let folder: URL
  /// Its own certificate, PEM.
  let certificate: String
  private let above: OpenSSLAuthority?

  /// A root, or one that another authority certified.
  init(_ name: String = "Test CA", under above: OpenSSLAuthority? = nil) throws {
    self.above = above
    folder = URL(filePath: "/tmp/exhibit-ca-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data().write(to: folder.appending(path: "index.txt"))
    try "01\n".write(to: folder.appending(path: "crlnumber"), atomically: true, encoding: .utf8)
    try """
    [ca]
    default_ca = it
    [it]
    database = \(folder.path)/index.txt
    crlnumber = \(folder.path)/crlnumber
    default_md = sha256
    default_crl_days = 2
    [authority]
    basicConstraints = critical, CA:TRUE
    keyUsage = critical, keyCertSign, cRLSign
    """.write(to: folder.appending(path: "ca.conf"), atomically: true, encoding: .utf8)
    let (own, key, request) = (
      folder.appending(path: "ca.pem").path, folder.appending(path: "ca.key").path,
      folder.appending(path: "ca.csr").path
    )
    try Self.openssl(
      ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key, "-out", request]
        + ["-subj", "/CN=\(name)"])
    let signer = above.map { ["-CA", $0.path("ca.pem"), "-CAkey", $0.path("ca.key")] } ?? ["-key", key]
    try Self.openssl(
      ["x509", "-req", "-in", request, "-out", own, "-days", "2", "-extfile", folder.appending(path: "ca.conf").path]
        + ["-extensions", "authority"] + signer)
    certificate = try String(contentsOfFile: own, encoding: .utf8)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  private func path(_ name: String) -> String { folder.appending(path: name).path }

  private static func openssl(_ arguments: [String]) throws {
    try ScratchPostgres.check(try ScratchPostgres.run("/usr/bin/openssl", arguments))
  }

  // `names` is what openssl takes for subjectAltName; `usage` for extendedKeyUsage; `key` and `hash` for the key and its use.
  func issue(
    _ commonName: String, names: String = "", usage: String = "clientAuth", key: [String]? = nil, days: Int = 2
  ) throws -> Issued {
    let id = UUID().uuidString
    var extensions = "extendedKeyUsage = \(usage)\n"
    if !names.isEmpty { extensions += "subjectAltName = \(names)\n" }
    try extensions.write(toFile: path("\(id).ext"), atomically: true, encoding: .utf8)
    try Self.openssl(
      ["req", "-newkey"] + (key ?? ["ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"])
        + ["-nodes", "-keyout", path("\(id).key"), "-out", path("\(id).csr"), "-subj", "/CN=\(commonName)"])
    // `-days -1` is one that is over.
    try Self.openssl(
      ["x509", "-req", "-in", path("\(id).csr"), "-out", path("\(id).pem"), "-days", String(days)]
        + ["-CA", path("ca.pem"), "-CAkey", path("ca.key"), "-extfile", path("\(id).ext")])
    let own = try String(contentsOfFile: path("\(id).pem"), encoding: .utf8)
    return Issued(
      certificate: above == nil ? own : own + certificate,
      key: try String(contentsOfFile: path("\(id).key"), encoding: .utf8))
  }

  /// Its list of revoked certificates, PEM, with these in it.
  func list(revoking revoked: [Issued] = []) throws -> String {
    for one in revoked {
      try one.certificate.write(toFile: path("gone.pem"), atomically: true, encoding: .utf8)
      try Self.openssl(
        ["ca", "-config", path("ca.conf"), "-revoke", path("gone.pem"), "-cert", path("ca.pem"), "-keyfile"]
          + [path("ca.key")])
    }
    try Self.openssl(
      ["ca", "-config", path("ca.conf"), "-gencrl", "-out", path("crl.pem"), "-cert", path("ca.pem"), "-keyfile"]
        + [path("ca.key")])
    return try String(contentsOfFile: path("crl.pem"), encoding: .utf8)
  }
}
