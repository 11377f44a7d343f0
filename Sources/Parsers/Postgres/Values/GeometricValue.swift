import Bytes

/// The geometric types: points in one frame or another.
enum GeometricValue {
  enum Shape: Sendable {
    case point
    case segment
    case box
    case path
    case polygon
    case line
    case circle
  }

  @_lifetime(reader: copy reader)
  static func append(_ shape: Shape, _ reader: inout ByteReader, to out: inout [UInt8]) throws(DecodeError) {
    switch shape {
    case .point: try appendPoint(&reader, to: &out)
    case .segment: try appendPoints(&reader, count: 2, open: "[", close: "]", to: &out)
    case .box:
      try appendPoint(&reader, to: &out)
      out.append(ascii: ",")
      try appendPoint(&reader, to: &out)
    case .path:
      let isClosed = try reader.readUInt8("is closed") != 0
      let count = try pointCount(&reader)
      try appendPoints(&reader, count: count, open: isClosed ? "(" : "[", close: isClosed ? ")" : "]", to: &out)
    case .polygon: try appendPoints(&reader, count: try pointCount(&reader), open: "(", close: ")", to: &out)
    case .line: try appendNumbers(&reader, count: 3, open: "{", close: "}", to: &out)
    case .circle:
      out.append(ascii: "<")
      try appendPoint(&reader, to: &out)
      out.append(ascii: ",")
      FloatText.append(Double(bitPattern: try reader.readUInt64("radius")), to: &out)
      out.append(ascii: ">")
    }
  }

  @_lifetime(reader: copy reader)
  private static func pointCount(_ reader: inout ByteReader) throws(DecodeError) -> Int {
    let count = Int(try reader.readInt32("point count"))
    guard count >= 0, count <= reader.remaining / 16 else {
      throw DecodeError(.outOfRange, "point count", offset: reader.offset, found: "\(count)")
    }
    return count
  }

  @_lifetime(reader: copy reader)
  private static func appendPoint(_ reader: inout ByteReader, to out: inout [UInt8]) throws(DecodeError) {
    try appendNumbers(&reader, count: 2, open: "(", close: ")", to: &out)
  }

  @_lifetime(reader: copy reader)
  private static func appendNumbers(
    _ reader: inout ByteReader, count: Int, open: UnicodeScalar, close: UnicodeScalar, to out: inout [UInt8]
  ) throws(DecodeError) {
    out.append(ascii: open)
    for index in 0..<count {
      if index > 0 { out.append(ascii: ",") }
      FloatText.append(Double(bitPattern: try reader.readUInt64("coordinate")), to: &out)
    }
    out.append(ascii: close)
  }

  @_lifetime(reader: copy reader)
  private static func appendPoints(
    _ reader: inout ByteReader, count: Int, open: UnicodeScalar, close: UnicodeScalar, to out: inout [UInt8]
  ) throws(DecodeError) {
    out.append(ascii: open)
    for index in 0..<count {
      if index > 0 { out.append(ascii: ",") }
      try appendPoint(&reader, to: &out)
    }
    out.append(ascii: close)
  }
}
