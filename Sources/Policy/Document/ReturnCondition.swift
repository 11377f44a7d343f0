/// What a rule says of the data that came back.
enum ReturnCondition: Sendable, Hashable {
  /// Some of these classes.
  case any(Set<DataClass>)
  /// Nothing of any class.
  case nothing

  func match(_ returned: ReturnedClasses?) -> Match {
    guard let returned else { return .unknown("nobody looked at what it returned") }
    switch self {
    case .any(let classes):
      if !returned.classes.isDisjoint(with: classes) { return .yes }
      return returned.doubt.map { .unknown("\($0), so nobody knows whether it returned \(Self.words(classes))") } ?? .no
    case .nothing:
      if !returned.classes.isEmpty { return .no }
      return returned.doubt.map { .unknown($0) } ?? .yes
    }
  }

  private static func words(_ classes: Set<DataClass>) -> String {
    DataClass.allCases.filter(classes.contains).map(\.rawValue).joined(separator: " or ")
  }
}

/// The classes of data that an action returned.
public struct ReturnedClasses: Sendable, Hashable {
  public var classes: Set<DataClass>
  /// Why there may be more; nil when all of it was looked through.
  public var doubt: String?

  public init(_ classes: Set<DataClass> = [], doubt: String? = nil) { (self.classes, self.doubt) = (classes, doubt) }
}
