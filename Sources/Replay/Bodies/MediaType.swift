/// A Content-Type field taken apart (RFC 9110 §8.3.1).
struct MediaType: Hashable {
  /// `application/json`, lower-cased; empty when there is none.
  let essence: String
  private let parameters: [(name: String, value: String)]

  /// Parameters that are read; a field has one or two.
  private static let parameterLimit = 16

  init(_ field: String?) {
    let scalars = Array((field ?? "").unicodeScalars.prefix(2048))
    var place = 0
    func take(until isEnd: (Unicode.Scalar) -> Bool) -> String {
      var text = String.UnicodeScalarView()
      while place < scalars.count, !isEnd(scalars[place]) {
        text.append(scalars[place])
        place += 1
      }
      return String(text)
    }
    essence = take { $0 == ";" }.trimmed.lowercased()
    var found: [(name: String, value: String)] = []
    while place < scalars.count, found.count < Self.parameterLimit {
      place += 1
      let name = take { $0 == "=" || $0 == ";" }.trimmed.lowercased()
      guard place < scalars.count, scalars[place] == "=" else { continue }
      place += 1
      while place < scalars.count, scalars[place] == " " { place += 1 }
      guard place < scalars.count, scalars[place] == "\"" else {
        found.append((name, take { $0 == ";" }.trimmed))
        continue
      }
      place += 1
      var value = String.UnicodeScalarView()
      while place < scalars.count, scalars[place] != "\"" {
        if scalars[place] == "\\", place + 1 < scalars.count { place += 1 }
        value.append(scalars[place])
        place += 1
      }
      found.append((name, String(value)))
      _ = take { $0 == ";" }
    }
    parameters = found
  }

  static func == (left: MediaType, right: MediaType) -> Bool {
    left.essence == right.essence && left.parameters.elementsEqual(right.parameters, by: ==)
  }

  func hash(into hasher: inout Hasher) { hasher.combine(essence) }

  /// The value of a parameter; `name` is given in lower case.
  subscript(name: String) -> String? { parameters.first { $0.name == name }?.value }

  var isJSON: Bool {
    essence.hasSuffix("/json") || essence.hasSuffix("+json") || essence.hasSuffix("json-patch") || isJSONLines
  }
  var isJSONLines: Bool { ["application/x-ndjson", "application/jsonl", "application/json-seq"].contains(essence) }
  var isForm: Bool { essence == "application/x-www-form-urlencoded" }
  var isMultipart: Bool { essence.hasPrefix("multipart/") }
  /// Messages with a prefix of five bytes each.
  var isGRPC: Bool { essence == "application/grpc" || essence.hasPrefix("application/grpc+") }
  var isProtobuf: Bool {
    ["application/x-protobuf", "application/protobuf", "application/vnd.google.protobuf"].contains(essence)
      || essence.hasSuffix("+protobuf") || essence == "application/vnd.kubernetes.protobuf"
  }
}

extension String {
  /// Without blanks and tabs around it.
  var trimmed: String {
    var text = unicodeScalars[...]
    while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
    while let last = text.last, last == " " || last == "\t" { text.removeLast() }
    return String(text)
  }
}
