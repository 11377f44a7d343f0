import Bytes
import Model
import Policy

/// The first byte says what the rest is: the data of a COPY in one of three forms, a value, or a text of an error. A marked
/// value is put into it: it must not come out. A COPY that comes a byte at a time must give the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzAnswers(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: size))
  guard bytes.count > 2, let kind = bytes.first, var mask = AnswerMask(plan, hasher: SecretHasher(key: [1])) else {
    return 0
  }
  let rest = bytes.dropFirst(2)
  let cut = rest.count * Int(bytes[1]) / 256
  let (before, after) = (Array(rest.prefix(cut)), Array(rest.dropFirst(cut)))
  switch kind % 5 {
  case 0: copy("COPY t (a, b) TO STDOUT", false, before + line("\t") + after)
  case 1: copy("COPY t (a, b) TO STDOUT (FORMAT csv)", false, before + line(",") + after)
  case 2:
    let head = Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    copy("COPY t (a, b) TO STDOUT (FORMAT binary)", true, head + before + marked + after)
  case 3: value(kind, before + [0x20] + marked + [0x20] + after, &mask)
  default:
    let text = before.filter { $0 != 0 } + [0x20] + marked + [0x20] + after.filter { $0 != 0 }
    check(mask.field(text, type: UInt8(ascii: "D"), code: "23505", isError: true))
    check(mask.notification(text))
  }
  return 0
}

private let marked = Array("marked.person@secret.example".utf8)

private let plan: MaskingPlan = {
  let yaml = """
    version: 1
    masking:
      - { columns: ["*.ssn"], action: hash }
      # All of them: of two that overlap detectors tell one.
      - { detect: [email, phone, payment-card, iban, national-id, ip-address, jwt, cloud-key, private-key, password,
          high-entropy], action: redact }
    """
  guard let plan = try? PolicyDocument.parse(yaml: yaml, name: "p.yaml").masking else { fatalError("the policy") }
  return plan
}()

private func line(_ delimiter: String) -> [UInt8] { Array("\n1\(delimiter)".utf8) + marked + [0x0A] }

private func check(_ out: [UInt8]) {
  guard out.count >= marked.count else { return }
  for start in 0...(out.count - marked.count) where out[start] == marked[0] {
    precondition(!out[start...].starts(with: marked), "a marked value passes")
  }
}

private func copy(_ text: String, _ isBinary: Bool, _ data: [UInt8]) {
  func run(_ stride: Int) -> [UInt8]? {
    guard var mask = AnswerMask(plan, hasher: SecretHasher(key: [1])),
      var copy = try? mask.copy(of: text, number: 0, isBinary: isBinary, columnCount: 2, KnownNames())
    else { return nil }
    var out: [UInt8] = []
    var index = 0
    do {
      while index < data.count {
        let end = min(data.count, index + stride)
        out += try copy.receive(data[index..<end].span, &mask)
        index = end
      }
      return out + (try copy.finish(&mask))
    } catch {
      check(out)
      return nil
    }
  }
  let whole = run(data.count)
  if let whole { check(whole) }
  precondition(whole == run(1), "pieces give something else")
}

private let types: [UInt32] = [
  17, 18, 19, 20, 23, 25, 114, 142, 650, 700, 869, 1009, 1043, 1082, 1184, 1700, 2249, 2950, 3802, 1001, 1016, 20_000,
  16,
]

private func value(_ kind: UInt8, _ bytes: [UInt8], _ mask: inout AnswerMask) {
  let type = types[Int(kind / 5) % types.count]
  let names = [17: "bytea", 25: "text", 114: "json", 3802: "jsonb", 1009: "text[]", 2249: "record"] as [UInt32: String]
  let column = Column(name: "note", type: names[type] ?? "oid \(type)", typeOID: type)
  let row = mask.rows([column], of: "SELECT note", number: 0, KnownNames())
  for isBinary in [false, true] {
    switch mask.value(bytes.span, 0, of: row, isBinary: isBinary) {
    case .same: check(bytes)
    case .replaced(let shown): check(shown)
    case .null: break
    }
  }
}
