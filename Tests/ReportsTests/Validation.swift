import Foundation
import TestKit

/// Other people's schemas, by the script that lies beside them in the corpus.
enum Validation {
  private static let venv: String = {
    let environment = ProcessInfo.processInfo.environment
    let cache =
      environment["EXHIBIT_CACHE"] ?? (environment["XDG_CACHE_HOME"] ?? NSHomeDirectory() + "/.cache") + "/exhibit"
    return environment["EXHIBIT_VENV"] ?? cache + "/venv"
  }()

  /// Whether the Python packages are there that scripts/setup.sh --tests installs.
  private static func has(_ modules: String...) -> Bool {
    let packages = (try? FileManager.default.contentsOfDirectory(atPath: venv + "/lib")) ?? []
    return packages.contains { python in
      modules.allSatisfy { module in
        FileManager.default.fileExists(atPath: "\(venv)/lib/\(python)/site-packages/\(module)")
      }
    }
  }

  static let script = Corpus.root?.appending(path: "schemas/validate.py")
  static let isPresent = script != nil && has("xmlschema", "jsonschema", "regex")
  /// IBM's reader of OSCAL.
  static let hasTrestle = has("trestle")

  /// What the script says of a file of that name; it ends with OK.
  static func check(_ bytes: [UInt8], _ name: String) throws -> Browser.Output {
    let folder = try Folder()
    let file = folder.url.appending(path: name)
    try Data(bytes).write(to: file)
    return try Browser.run(venv + "/bin/python", [script?.path ?? "", file.path])
  }

  /// Runs Python on a file.
  static func python(_ code: String, _ bytes: [UInt8], _ name: String) throws -> Browser.Output {
    let folder = try Folder()
    let file = folder.url.appending(path: name)
    try Data(bytes).write(to: file)
    return try Browser.run(venv + "/bin/python", ["-c", code, file.path])
  }
}
