import Foundation
import TestKit

/// OpenSSH's server on a free port of loopback, which lets a key of its own in as whoever runs the tests, as long as it lives.
final class ScratchSSHD {
  static var isPresent: Bool { FileManager.default.isExecutableFile(atPath: "/usr/sbin/sshd") }
  static let absence = "OpenSSH's server is not here"

  let folder: URL
  let port: Int
  private let process: Process

  init(_ more: String = "") throws {
    // What others can write in is not believed.
    folder = URL(filePath: "/tmp/exhibit-sshd-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    port = try Loopback.freePort()
    for name in ["host", "key"] { try Self.makeKey(folder.appending(path: name).path) }
    try FileManager.default.copyItem(
      at: folder.appending(path: "key.pub"), to: folder.appending(path: "authorized_keys"))
    try """
    Port \(port)
    ListenAddress 127.0.0.1
    HostKey \(folder.path)/host
    AuthorizedKeysFile \(folder.path)/authorized_keys
    PidFile none
    StrictModes no
    UsePAM no
    PasswordAuthentication no
    PermitRootLogin yes
    AcceptEnv LANG LC_* TEST_* SSH_ORIGINAL_COMMAND
    Subsystem sftp internal-sftp
    MaxSessions 40
    MaxStartups 100
    \(more)
    """.write(to: folder.appending(path: "sshd_config"), atomically: true, encoding: .utf8)
    if getuid() == 0 { try FileManager.default.createDirectory(atPath: "/run/sshd", withIntermediateDirectories: true) }
    process = Process()
    // It closes every descriptor that it is not told of, the one by which `Process` learns of its end among them.
    let keeper =
      "trap 'kill $server' TERM; /usr/sbin/sshd -D -f $0/sshd_config -E $0/log & server=$!; wait $server; wait $server"
    process.setUnblocked("/bin/bash", ["-c", keeper, folder.path])
    process.standardInput = FileHandle.nullDevice
    try process.run()
    for _ in 0..<500 {
      if (try? RawSocket(port: port)) != nil { break }
      usleep(10_000)
    }
  }

  deinit {
    process.terminate()
    process.waitUntilExit()
    try? FileManager.default.removeItem(at: folder)
  }

  static func makeKey(_ path: String, type: String = "ed25519") throws {
    try ScratchPostgres.check(
      try ScratchPostgres.run("/usr/bin/ssh-keygen", ["-q", "-t", type, "-N", "", "-C", "test", "-f", path]))
  }

  func text(_ name: String) throws -> String {
    try String(contentsOf: folder.appending(path: name), encoding: .utf8)
  }

  /// The lines of a target that it is.
  var target: String {
    "{ name: build, server: \"127.0.0.1:\(port)\", host-keys: \(folder.path)/host.pub, user: \(NSUserName()), key: \(folder.path)/key }"
  }

  func stop() {
    process.terminate()
    process.waitUntilExit()
  }
}
