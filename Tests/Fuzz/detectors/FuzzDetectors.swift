import Bytes
import Policy

private let columns = ["ssn", "phone", "password", "card_number", "api_key", "national_id", "client_ip", "note"]

/// The first byte chooses a column, the rest is a body and a value. What is found is in order, apart, within, and twice alike.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  guard size > 0 else { return 0 }
  let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: size))
  let content = Array(bytes.dropFirst())
  let detector = Detector(column: columns[Int(bytes[0]) % columns.count])
  for found in [Detector.scan(content), detector.scan(content)] {
    var end = 0
    for detection in found.found {
      precondition(detection.range.lowerBound >= end && detection.range.upperBound <= content.count, "not in order")
      end = detection.range.upperBound
    }
    var count = DataCount()
    count.add(found, in: content.span)
    precondition(count.classes == found.classes, "not counted")
  }
  precondition(detector.scan(content) == detector.scan(content), "not the same twice")
  _ = ColumnNames.classes(of: String(decoding: content, as: UTF8.self))
  return 0
}
