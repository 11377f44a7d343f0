/// Something about the case file that stops the work: one line, with what to do.
public struct StoreError: Error, Sendable, Hashable {
  public struct Code: Hashable, Sendable {
    public let name: String

    public static let missing = Code(name: "missing")
    public static let notACase = Code(name: "not-a-case")
    public static let newerVersion = Code(name: "newer-version")
    public static let busy = Code(name: "busy")
    public static let diskFull = Code(name: "disk-full")
    public static let notWritable = Code(name: "not-writable")
    public static let damaged = Code(name: "damaged")
    public static let inputOutput = Code(name: "input-output")
  }

  public var code: Code
  public var path: String
  public var detail: String

  public init(_ code: Code, path: String, _ detail: String) {
    self.code = code
    self.path = path
    self.detail = detail
  }
}

extension StoreError: CustomStringConvertible {
  public var description: String { "\(path): \(detail)" }
}
