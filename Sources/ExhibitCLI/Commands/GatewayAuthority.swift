import ArgumentParser
import Foundation
import Gateway

/// `exhibit gateway ca`
struct GatewayAuthority: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ca", abstract: "Make the authority by which a proxy stands for servers of https.",
    discussion: """
        exhibit gateway ca "Exhibit at shop.example" --certificate ca.pem --key ca.key

      The certificate is what clients are told to trust (CURL_CA_BUNDLE, SSL_CERT_FILE, NODE_EXTRA_CA_CERTS, …); the key is the
      gateway's alone: whoever has it can stand for every server at every client that trusts the certificate.
      """)

  @Argument(help: "Its name, which clients show.") var name: String
  @Option(help: ArgumentHelp("Where the certificate goes, PEM.", valueName: "file"), completion: .file())
  var certificate: String
  @Option(
    help: ArgumentHelp("Where the key goes, PEM, readable by its owner alone.", valueName: "file"), completion: .file())
  var key: String
  @Option(help: "For how many days it counts.") var days = 365

  func validate() throws {
    guard (1...3_650).contains(days) else { throw ValidationError("--days takes 1 to 3650") }
    guard !name.isEmpty, name.utf8.count <= 64 else { throw ValidationError("a name has 1 to 64 bytes") }
  }

  func run() throws {
    for path in [certificate, key] where FileManager.default.fileExists(atPath: path) {
      throw CommandError("\(path) is there already; what it certified would not count any more")
    }
    guard let made = NewCertificateAuthority(named: name, days: days) else {
      throw CommandError("libcrypto makes no key")
    }
    try Self.write(made.key, to: key, mode: 0o600)
    try Self.write(made.certificate, to: certificate, mode: 0o644)
    StandardOutput.write("\(certificate): for clients to trust, \(days) days; \(key): for the gateway alone\n")
  }

  /// A new file that nobody else could read at any moment.
  private static func write(_ text: String, to path: String, mode: mode_t) throws {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw CommandError("\(path): cannot be made") }
    let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    try file.write(contentsOf: Data(text.utf8))
  }
}
