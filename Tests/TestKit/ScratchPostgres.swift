public import Foundation

/// A PostgreSQL server of its own in a temporary folder, as long as it lives.
public final class ScratchPostgres {
  public static let binaries: URL? = {
    let folders = [
      "/usr/lib/postgresql/15/bin", "/usr/lib/postgresql/16/bin", "/usr/lib/postgresql/17/bin", "/usr/bin",
    ]
    return folders.map { URL(filePath: $0) }.first {
      FileManager.default.isExecutableFile(atPath: $0.appending(path: "initdb").path)
    }
  }()
  public static var isPresent: Bool { binaries != nil }
  public static let absence = "PostgreSQL's server programs are not here"

  public struct Failure: Error, CustomStringConvertible { public var description: String }

  public struct Output {
    public var status: Int32
    public var text: String
    public var errors: String
  }

  public let folder: URL
  private let bin: URL
  private let port: Int

  /// With more settings, and lines for `pg_hba.conf` before those that let everybody in by the socket.
  public init(settings more: String = "", hba: String = "", port: Int = 5432) throws {
    self.port = port
    guard let bin = Self.binaries else { throw Failure(description: Self.absence) }
    self.bin = bin
    // The path of a socket is limited to about a hundred bytes.
    folder = URL(filePath: "/tmp/exhibit-pg-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    if Self.isRoot { try Self.check(Self.run("/bin/chown", ["postgres", folder.path])) }
    let data = folder.appending(path: "data").path
    try PostgresTemplate.copy(to: data, bin: bin) { try asOwner($0, $1) }
    let settings = """
      listen_addresses = ''
      unix_socket_directories = '\(folder.path)'
      fsync = off
      logging_collector = on
      log_destination = 'jsonlog'
      log_directory = 'log'
      log_filename = 'server'
      log_statement = 'all'
      log_min_error_statement = 'error'
      log_file_mode = 0644
      shared_buffers = '16MB'
      port = \(port)

      """ + more
    let rules = folder.appending(path: "data/pg_hba.conf")
    if !hba.isEmpty { try Self.replace(rules, with: hba + "\nlocal all all trust\n") }
    let file = folder.appending(path: "settings.conf")
    try settings.write(to: file, atomically: true, encoding: .utf8)
    try Self.check(
      asOwner(
        "pg_ctl",
        [
          "-D", data, "-w", "-l", folder.appending(path: "start.log").path, "-o",
          "-c config_file=\(file.path) -D \(data)", "start",
        ]))
  }

  deinit {
    _ = try? asOwner("pg_ctl", ["-D", folder.appending(path: "data").path, "-m", "immediate", "-w", "stop"])
    try? FileManager.default.removeItem(at: folder)
  }

  /// Runs psql, as the export says it is to be run.
  public func psql(_ database: String = "scratch", _ arguments: [String]) throws -> Output {
    try Self.run(
      bin.appending(path: "psql").path,
      ["-X", "-h", folder.path, "-p", String(port), "-U", "postgres", "-d", database] + arguments,
      environment: ["PGCLIENTENCODING": "UTF8", "HOME": "/tmp", "PATH": "/usr/bin:/bin"])
  }

  /// Runs a script; gives what psql said.
  public func run(script: String) throws -> Output {
    let file = folder.appending(path: "script-\(UUID().uuidString).sql")
    try script.write(to: file, atomically: true, encoding: .utf8)
    return try psql("scratch", ["-f", file.path])
  }

  /// What libpq connects with.
  public func connectionString(_ database: String = "scratch") -> String {
    "host=\(folder.path) user=postgres dbname=\(database)"
  }

  /// What pg_dump writes of the schema.
  public func dump(_ database: String = "scratch") throws -> String {
    let output = try Self.run(
      bin.appending(path: "pg_dump").path, ["-h", folder.path, "-U", "postgres", "--schema-only", database],
      environment: ["PGCLIENTENCODING": "UTF8", "HOME": "/tmp", "PATH": "/usr/bin:/bin"])
    try Self.check(output)
    return output.text
  }

  /// Rows of a query, with `|` between the cells.
  public func query(_ text: String) throws -> [String] {
    let output = try psql("scratch", ["-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-c", text])
    try Self.check(output)
    return output.text.split(separator: "\n").map(String.init)
  }

  /// The statements that the server has received since it started, in order, as its own log has them.
  public func receivedStatements() throws -> [(text: String, process: Int)] {
    // Another process writes the log, a little later: what comes last in it is asked last.
    let last = "the last of the log \(UUID().uuidString)"
    _ = try query("SELECT '\(last)'")
    var data = Data()
    for _ in 0..<500 {
      data = try Data(contentsOf: folder.appending(path: "data/log/server.json"))
      if data.range(of: Data(last.utf8)) != nil, data.last == 0x0A { break }
      usleep(20_000)
    }
    guard data.range(of: Data(last.utf8)) != nil else { throw Failure(description: "the server's log does not end") }
    var received: [(text: String, process: Int)] = []
    var logged: String?
    for line in data.split(separator: 0x0A) {
      guard let entry = try JSONSerialization.jsonObject(with: line) as? [String: Any] else { continue }
      let process = entry["pid"] as? Int ?? 0
      if let message = entry["message"] as? String, entry["error_severity"] as? String == "LOG",
        message.hasPrefix("statement: ")
      {
        logged = String(message.dropFirst(11))
        received.append((logged ?? "", process))
      } else if let statement = entry["statement"] as? String, entry["error_severity"] as? String == "ERROR" {
        // A statement that cannot be parsed is logged with its error only.
        if statement != logged { received.append((statement, process)) }
        logged = nil
      }
    }
    return received
  }

  /// The file stays the owner's.
  private static func replace(_ file: URL, with text: String) throws {
    let handle = try FileHandle(forWritingTo: file)
    try handle.truncate(atOffset: 0)
    try handle.write(contentsOf: Data(text.utf8))
    try handle.close()
  }

  // MARK: Processes

  private static var isRoot: Bool { getuid() == 0 }

  /// Runs a program of the server's, or one with a path of its own.
  private func asOwner(_ program: String, _ arguments: [String]) throws -> Output {
    let path = program.hasPrefix("/") ? program : bin.appending(path: program).path
    guard Self.isRoot else { return try Self.run(path, arguments) }
    return try Self.run("/usr/sbin/runuser", ["-u", "postgres", "--", path] + arguments)
  }

  public static func check(_ output: Output) throws {
    guard output.status == 0 else { throw Failure(description: output.errors + output.text) }
  }

  public static func run(_ path: String, _ arguments: [String], environment: [String: String]? = nil) throws -> Output {
    let process = Process()
    process.setUnblocked(path, arguments, startsServer: arguments.last == "start")
    process.currentDirectoryURL = URL(filePath: "/tmp")
    if let environment { process.environment = environment }
    // Files and not pipes: a server that goes on in the background would keep a pipe open.
    let folder = FileManager.default.temporaryDirectory
    let outputs = (0..<2).map { _ in folder.appending(path: "exhibit-out-\(UUID().uuidString)") }
    defer { for file in outputs { try? FileManager.default.removeItem(at: file) } }
    for file in outputs { try Data().write(to: file) }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: outputs[0])
    process.standardError = try FileHandle(forWritingTo: outputs[1])
    try process.run()
    process.waitUntilExit()
    return Output(
      status: process.terminationStatus, text: String(decoding: try Data(contentsOf: outputs[0]), as: UTF8.self),
      errors: String(decoding: try Data(contentsOf: outputs[1]), as: UTF8.self))
  }
}
