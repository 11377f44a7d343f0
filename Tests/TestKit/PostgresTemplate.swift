import Foundation
import Synchronization

/// A data folder as initdb makes it, with a database `scratch`: made once in a process and copied for each server, for initdb
/// takes longer than most tests. Nothing of it stays when the process ends, so that none is another version's.
enum PostgresTemplate {
  private static let made = Mutex<URL?>(nil)
  private static let options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "-N"]

  /// Copies it to `data`, where nothing is yet. `asOwner` runs a program as the one who runs the server.
  static func copy(
    to data: String, bin: URL, asOwner: (_ path: String, _ arguments: [String]) throws -> ScratchPostgres.Output
  ) throws {
    let template = try made.withLock { made in
      if let made { return made }
      // Others of this process wait for it; other processes make their own.
      let folder = URL(filePath: "/tmp/exhibit-pg-template-\(UUID().uuidString.prefix(8))")
      try ScratchPostgres.check(try asOwner("/bin/mkdir", ["-m", "700", folder.path]))
      made = folder
      atexit { PostgresTemplate.remove() }
      let data = folder.appending(path: "data").path
      try ScratchPostgres.check(try asOwner(bin.appending(path: "initdb").path, ["-D", data] + options))
      let alone = "echo 'CREATE DATABASE scratch' | \"$0\" --single -F -D \"$1\" postgres"
      try ScratchPostgres.check(
        try asOwner("/bin/sh", ["-c", alone, bin.appending(path: "postgres").path, data]))
      return folder
    }
    try ScratchPostgres.check(
      try asOwner("/bin/cp", ["-a", "--reflink=auto", template.appending(path: "data").path, data]))
  }

  private static func remove() {
    made.withLock { made in
      if let made { try? FileManager.default.removeItem(at: made) }
      made = nil
    }
  }
}
