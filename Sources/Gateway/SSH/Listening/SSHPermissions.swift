import Bytes
import Model
import Policy
import SSHKeys

/// What a certificate lets its owner do (OpenSSH PROTOCOL.certkeys): the policy decides besides.
struct SSHPermissions {
  var hasTerminal = true
  var hasForwarding = true
  /// The one command that runs, whatever is asked for.
  var forcedCommand: [UInt8]?

  static let all = SSHPermissions()

  private init() {}

  /// Nil when a critical option does not hold, or is not known: of such a one nobody knows what it forbids.
  init?(_ certificate: SSHCertificate, from client: Endpoint) {
    for option in certificate.criticalOptions {
      var reader = ByteReader(option.content.span)
      guard let count = try? reader.readUInt32("length"), let text = try? reader.read(Int(clamping: count), "option")
      else { return nil }
      switch option.name {
      case "force-command":
        guard text.firstIndex(of: 0) == nil else { return nil }
        forcedCommand = text.array
      case "source-address":
        let networks = text.string.split(separator: ",").map { Network(String($0)) }
        guard !networks.isEmpty, networks.allSatisfy({ $0 != nil }),
          networks.contains(where: { $0?.contains(endpoint: client.description) ?? false })
        else { return nil }
      default: return nil
      }
    }
    let granted = Set(certificate.extensions.map(\.name))
    hasTerminal = granted.contains("permit-pty")
    hasForwarding = granted.contains("permit-port-forwarding")
  }
}
