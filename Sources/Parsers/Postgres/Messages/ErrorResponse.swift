import Bytes
import Model

extension ServerMessage {
  /// ErrorResponse and NoticeResponse: fields of one type byte and a string (PostgreSQL documentation, Error and Notice
  /// Message Fields).
  init(parsingFields reader: inout ByteReader, decode: (Span<UInt8>) -> String) throws(DecodeError) {
    var (localised, severity, code, message) = ("", "", "", "")
    var fields: [Field] = []
    while true {
      let type = try reader.readUInt8("field type")
      if type == 0 { break }
      let value = decode(try reader.readCString("field value"))
      switch type {
      case UInt8(ascii: "S"): localised = value
      case UInt8(ascii: "V"): severity = value
      case UInt8(ascii: "C"): code = value
      case UInt8(ascii: "M"): message = value
      default: fields.append(Field(name: ServerMessage.fieldName(type), value: value))
      }
    }
    try reader.expectEnd("fields")
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
