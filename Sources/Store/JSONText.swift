import Foundation
import Model

/// The JSON that the case file's columns hold.
enum JSONText {
  private static func encoder() -> JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return encoder
  }

  private static func text(_ value: some Encodable) -> String {
    // Strings, numbers and arrays of them always encode.
    guard let data = try? encoder().encode(value) else { return "[]" }
    return String(decoding: data, as: UTF8.self)
  }

  static func array(_ strings: [String]) -> String {
    // Lists of ids, mostly: nothing to escape, and an encoder costs more than the row it is for.
    guard strings.allSatisfy(isPlain) else { return text(strings) }
    return "[" + strings.map { "\"\($0)\"" }.joined(separator: ",") + "]"
  }

  /// Whether JSON holds a text as it is.
  private static func isPlain(_ text: String) -> Bool {
    text.utf8.allSatisfy { (0x20...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }
  }

  static func optionals(_ strings: [String?]) -> String { text(strings) }

  static func optionals(_ json: String) -> [String?]? {
    try? JSONDecoder().decode([String?].self, from: Data(json.utf8))
  }

  static func strings(_ json: String) -> [String] {
    json == "[]" ? [] : (try? JSONDecoder().decode([String].self, from: Data(json.utf8))) ?? []
  }

  private struct StoredColumn: Codable {
    var name: String
    var type: String
    var oid: UInt32
    var table: UInt32
    var attribute: Int16
  }

  static func columns(_ columns: [Column]) -> String {
    text(
      columns.map {
        StoredColumn(name: $0.name, type: $0.type, oid: $0.typeOID, table: $0.tableOID, attribute: $0.attribute)
      })
  }

  static func columns(_ json: String) -> [Column] {
    let stored = (try? JSONDecoder().decode([StoredColumn].self, from: Data(json.utf8))) ?? []
    return stored.map {
      Column(name: $0.name, type: $0.type, typeOID: $0.oid, tableOID: $0.table, attribute: $0.attribute)
    }
  }

  static func object(_ values: [String: String]) -> String { text(values) }
}

extension SessionFacts {
  /// Everything that has no column of its own, as one JSON object with sorted keys.
  var json: String {
    var values = parameters
    values["exhibit.server_version"] = serverVersion
    values["exhibit.protocol_version"] = protocolVersion
    values["exhibit.process_id"] = processID.map(String.init)
    values["exhibit.encryption"] = encryption
    values["exhibit.replication"] = replication
    return JSONText.object(values)
  }
}
