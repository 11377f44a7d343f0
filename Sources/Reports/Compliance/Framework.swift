/// A standard, regulation or set of criteria, as far as what is in captures may speak to it.
///
/// The words are ours: what a control asks for is told in short, by what a report can show. The standard itself
/// decides.
public struct Framework: Sendable {
  /// `soc2`: the name of the command line's option.
  public let id: String
  /// `SOC 2`.
  public let name: String
  /// `Trust Services Criteria, common criteria`.
  public let edition: String
  /// What a reader must know besides; nil when there is nothing.
  let note: String?
  /// What names of controls begin with where names are tokens: `soc2-`.
  let prefix: String
  let controls: [Control]

  public static let all: [Framework] = [soc2, iso27001, pci, hipaa, nist, iso42001, aiact, dora, sox]

  /// The one of that id.
  public static func named(_ id: String) -> Framework? { all.first { $0.id == id } }

  /// A control's name as a token (OSCAL): letters, digits, points and hyphens.
  func token(of control: Control) -> String {
    let bytes = control.id.lowercased().utf8.map { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): byte
      default: UInt8(ascii: ".")
      }
    }
    let words = String(decoding: bytes, as: UTF8.self).split(separator: ".").joined(separator: ".")
    return prefix + words
  }
}
