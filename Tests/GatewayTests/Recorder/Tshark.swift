import Foundation
import TestKit
import Testing

/// Wireshark's own reading.
enum Tshark {
  static func run(_ arguments: [String]) throws -> String {
    let process = Process()
    process.setUnblocked("/usr/bin/tshark", ["-n"] + arguments)
    let output = Pipe()
    process.standardOutput = output
    process.standardError = Pipe()
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return String(decoding: data, as: UTF8.self)
  }

  /// All values of all lines, sorted: what a packet boundary cut apart or joined stays equal.
  static func values(_ text: String) -> [String] {
    text.split { $0 == "\n" || $0 == "," || $0 == "\t" }.map(String.init).sorted()
  }
}
