/// Bounds of an emulator's memory.
public struct EmulatorOptions: Sendable, Hashable {
  /// Lines kept that left the screen at the top; the oldest goes first.
  public var scrollbackLimit = 10_000
  /// Bytes kept of one control string (a title, a shell's mark); the rest is passed over.
  public var stringLimit = 8192
  /// Marks kept until they are taken; later ones are counted only.
  public var markLimit = 10_000

  public init() {}
}
