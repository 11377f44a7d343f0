import Bytes

/// Messages as bytes, for conversations in tests.
enum Wire {
  static func message(_ type: Character?, _ body: (inout ByteWriter) -> Void) -> [UInt8] {
    var inner = ByteWriter()
    body(&inner)
    var writer = ByteWriter()
    if let type, let byte = type.asciiValue { writer.write(byte) }
    writer.write(UInt32(inner.count + 4))
    writer.write(inner.bytes)
    return writer.bytes
  }

  // MARK: Client

  static func startup(_ parameters: [(String, String)] = [("user", "ada"), ("database", "shop")], minor: UInt16 = 0)
    -> [UInt8]
  {
    message(nil) { writer in
      writer.write(UInt16(3))
      writer.write(minor)
      for (name, value) in parameters {
        writer.writeCString(name)
        writer.writeCString(value)
      }
      writer.write(UInt8(0))
    }
  }

  static let sslRequest = message(nil) { $0.write(UInt32(80_877_103)) }
  static let gssRequest = message(nil) { $0.write(UInt32(80_877_104)) }

  static func cancel(_ processID: UInt32, secret: [UInt8]) -> [UInt8] {
    message(nil) {
      $0.write(UInt32(80_877_102))
      $0.write(processID)
      $0.write(secret)
    }
  }

  static func query(_ text: String) -> [UInt8] { message("Q") { $0.writeCString(text) } }

  static func parse(_ name: String, _ text: String, _ oids: [UInt32] = []) -> [UInt8] {
    message("P") { writer in
      writer.writeCString(name)
      writer.writeCString(text)
      writer.write(UInt16(oids.count))
      for oid in oids { writer.write(oid) }
    }
  }

  static func bind(
    _ portal: String, _ statement: String, _ values: [[UInt8]?] = [], formats: [UInt16] = [],
    resultFormats: [UInt16] = []
  ) -> [UInt8] {
    message("B") { writer in
      writer.writeCString(portal)
      writer.writeCString(statement)
      writer.write(UInt16(formats.count))
      for format in formats { writer.write(format) }
      writer.write(UInt16(values.count))
      for value in values { cell(value, &writer) }
      writer.write(UInt16(resultFormats.count))
      for format in resultFormats { writer.write(format) }
    }
  }

  static func describe(statement name: String) -> [UInt8] { message("D") { target("S", name, &$0) } }
  static func describe(portal name: String) -> [UInt8] { message("D") { target("P", name, &$0) } }
  static func close(statement name: String) -> [UInt8] { message("C") { target("S", name, &$0) } }
  static func close(portal name: String) -> [UInt8] { message("C") { target("P", name, &$0) } }

  static func execute(_ portal: String = "", limit: UInt32 = 0) -> [UInt8] {
    message("E") {
      $0.writeCString(portal)
      $0.write(limit)
    }
  }

  static let sync = message("S") { _ in }
  static let flush = message("H") { _ in }
  static let terminate = message("X") { _ in }
  static let copyDone = message("c") { _ in }
  static func copyFail(_ reason: String) -> [UInt8] { message("f") { $0.writeCString(reason) } }
  static func copyData(_ text: String) -> [UInt8] { message("d") { $0.write(text) } }
  static func copyData(_ bytes: [UInt8]) -> [UInt8] { message("d") { $0.write(bytes) } }
  static func password(_ text: String) -> [UInt8] { message("p") { $0.writeCString(text) } }

  static func saslInitial(_ mechanism: String, _ response: String) -> [UInt8] {
    message("p") {
      $0.writeCString(mechanism)
      $0.write(UInt32(response.utf8.count))
      $0.write(response)
    }
  }

  static func functionCall(_ oid: UInt32, _ values: [[UInt8]?], formats: [UInt16] = [], resultFormat: UInt16 = 1)
    -> [UInt8]
  {
    message("F") { writer in
      writer.write(oid)
      writer.write(UInt16(formats.count))
      for format in formats { writer.write(format) }
      writer.write(UInt16(values.count))
      for value in values { cell(value, &writer) }
      writer.write(resultFormat)
    }
  }

  // MARK: Server

  static func authentication(_ code: UInt32, _ rest: [UInt8] = []) -> [UInt8] {
    message("R") {
      $0.write(code)
      $0.write(rest)
    }
  }

  static let authenticationOk = authentication(0)

  static func parameterStatus(_ name: String, _ value: String) -> [UInt8] {
    message("S") {
      $0.writeCString(name)
      $0.writeCString(value)
    }
  }

  static func backendKey(_ processID: UInt32, _ secret: [UInt8]) -> [UInt8] {
    message("K") {
      $0.write(processID)
      $0.write(secret)
    }
  }

  static func negotiate(_ version: UInt32, _ options: [String]) -> [UInt8] {
    message("v") { writer in
      writer.write(version)
      writer.write(UInt32(options.count))
      for option in options { writer.writeCString(option) }
    }
  }

  static func ready(_ state: Character = "I") -> [UInt8] { message("Z") { $0.write(state.asciiValue ?? 0) } }

  struct Field {
    var name: String
    var type: UInt32
    var table: UInt32 = 0
    var attribute: Int16 = 0
    var format: UInt16 = 0
  }

  static func rowDescription(_ fields: [Field]) -> [UInt8] {
    message("T") { writer in
      writer.write(UInt16(fields.count))
      for field in fields {
        writer.writeCString(field.name)
        writer.write(field.table)
        writer.write(field.attribute)
        writer.write(field.type)
        writer.write(Int16(-1))
        writer.write(Int32(-1))
        writer.write(field.format)
      }
    }
  }

  static func row(_ cells: [String?]) -> [UInt8] { row(bytes: cells.map { $0.map { Array($0.utf8) } }) }

  static func row(bytes cells: [[UInt8]?]) -> [UInt8] {
    message("D") { writer in
      writer.write(UInt16(cells.count))
      for value in cells { cell(value, &writer) }
    }
  }

  static func complete(_ tag: String) -> [UInt8] { message("C") { $0.writeCString(tag) } }
  static let empty = message("I") { _ in }
  static let suspended = message("s") { _ in }
  static let parseComplete = message("1") { _ in }
  static let bindComplete = message("2") { _ in }
  static let closeComplete = message("3") { _ in }
  static let noData = message("n") { _ in }

  static func parameterDescription(_ oids: [UInt32]) -> [UInt8] {
    message("t") { writer in
      writer.write(UInt16(oids.count))
      for oid in oids { writer.write(oid) }
    }
  }

  static func fields(_ type: Character, _ fields: [(Character, String)]) -> [UInt8] {
    message(type) { writer in
      for (name, value) in fields {
        writer.write(name.asciiValue ?? 0)
        writer.writeCString(value)
      }
      writer.write(UInt8(0))
    }
  }

  static func error(_ code: String, _ text: String, severity: String = "ERROR") -> [UInt8] {
    fields("E", [("S", severity), ("V", severity), ("C", code), ("M", text)])
  }

  static func notice(_ text: String) -> [UInt8] {
    fields("N", [("S", "NOTICE"), ("V", "NOTICE"), ("C", "00000"), ("M", text)])
  }

  static func notification(_ processID: UInt32, _ channel: String, _ payload: String) -> [UInt8] {
    message("A") {
      $0.write(processID)
      $0.writeCString(channel)
      $0.writeCString(payload)
    }
  }

  static func copyResponse(_ type: Character, columns: Int = 1, binary: Bool = false) -> [UInt8] {
    message(type) { writer in
      writer.write(UInt8(binary ? 1 : 0))
      writer.write(UInt16(columns))
      for _ in 0..<columns { writer.write(UInt16(binary ? 1 : 0)) }
    }
  }

  static func functionResult(_ value: [UInt8]?) -> [UInt8] { message("V") { cell(value, &$0) } }

  // MARK: Parts

  private static func cell(_ value: [UInt8]?, _ writer: inout ByteWriter) {
    guard let value else { return writer.write(Int32(-1)) }
    writer.write(UInt32(value.count))
    writer.write(value)
  }

  private static func target(_ kind: Character, _ name: String, _ writer: inout ByteWriter) {
    writer.write(kind.asciiValue ?? 0)
    writer.writeCString(name)
  }

  static func int4(_ value: Int32) -> [UInt8] {
    var writer = ByteWriter()
    writer.write(value)
    return writer.bytes
  }

  /// A one-column result of int4.
  static func answer(_ values: [String], column: String = "n") -> [UInt8] {
    rowDescription([Field(name: column, type: 23)]) + values.flatMap { row([$0]) } + complete("SELECT \(values.count)")
  }
}
