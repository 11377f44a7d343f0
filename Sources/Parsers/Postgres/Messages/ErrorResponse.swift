import Bytes
import Model

extension ServerMessage {
  /// ErrorResponse and NoticeResponse: fields of one type byte and a string (PostgreSQL documentation, Error and Notice
  /// Message Fields).
  /// With `isCut` the end of the message is missing, and what is there is taken.
  init(
    parsingFields reader: inout ByteReader, isCut: Bool = false, decode: (Span<UInt8>) -> String
  ) throws(DecodeError) {
    var (localised, severity, code, message) = ("", "", "", "")
    var fields: [Field] = []
    while !(isCut && reader.isAtEnd) {
      let type = try reader.readUInt8("field type")
      if type == 0 { break }
      let value = decode(isCut ? reader.readCStringOrRest() : try reader.readCString("field value"))
      switch type {
      case UInt8(ascii: "S"): localised = value
      case UInt8(ascii: "V"): severity = value
      case UInt8(ascii: "C"): code = value
      case UInt8(ascii: "M"): message = value
      default: fields.append(Field(name: ServerMessage.fieldName(type), value: value))
      }
    }
    if !severity.isEmpty, severity != localised, !localised.isEmpty {
      fields.insert(Field(name: "localizedSeverity", value: localised), at: 0)
    }
    // V came with PostgreSQL 9.6; before it there is only the localised one.
    self.init(severity: severity.isEmpty ? localised : severity, code: code, message: message, fields: fields)
  }

  private static func fieldName(_ type: UInt8) -> String {
    switch type {
    case UInt8(ascii: "D"): "detail"
    case UInt8(ascii: "H"): "hint"
    case UInt8(ascii: "P"): "position"
    case UInt8(ascii: "p"): "internalPosition"
    case UInt8(ascii: "q"): "internalQuery"
    case UInt8(ascii: "W"): "where"
    case UInt8(ascii: "s"): "schema"
    case UInt8(ascii: "t"): "table"
    case UInt8(ascii: "c"): "column"
    case UInt8(ascii: "d"): "dataType"
    case UInt8(ascii: "n"): "constraint"
    case UInt8(ascii: "F"): "file"
    case UInt8(ascii: "L"): "line"
    case UInt8(ascii: "R"): "routine"
    default: "field-\(type)"
    }
  }
}

extension ByteReader {
  /// The bytes up to the next NUL, or all that is left of a message whose end is missing.
  @_lifetime(copy self) @_lifetime(self: copy self)
  mutating func readCStringOrRest() -> Span<UInt8> {
    if let text = try? readCString() { return text }
    let all = rest
    try? skip(remaining)
    return all
  }
}
