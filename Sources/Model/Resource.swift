/// A thing that an action touches, and how: `write table public.customers`, `add column public.customers.card_pan`.
public struct Resource: Sendable, Hashable {
  /// `read`, `write`, `create`, `drop`, `alter`, `add`, `rename`, `truncate`, `execute`, `grant`, `revoke`, `use`, `lock`.
  public var access: String
  /// `table`, `column`, `view`, `index`, `sequence`, `function`, `schema`, `database`, `role`, `type`, `extension`,
  /// `file`, `program`, `setting`, `channel`, …
  public var kind: String
  /// Qualified as far as the statement says: `customers`, `public.customers`, `public.customers.email`.
  public var name: String

  public init(_ access: String, _ kind: String, _ name: String) {
    self.access = access
    self.kind = kind
    self.name = name
  }
}

extension Resource: CustomStringConvertible {
  /// Access, kind and name with a space between; the form of the case file's `resources`.
  public var description: String { "\(access) \(kind) \(name)" }

  /// Reads the form of `description`; nil when it has fewer than three words.
  public init?(_ description: some StringProtocol) {
    let words = description.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
    guard words.count == 3 else { return nil }
    self.init(String(words[0]), String(words[1]), String(words[2]))
  }
}
