/// Every export: a file in Exports and a line here.
public enum ExportCatalog {
  public static let exports: [any ReplayExport] = [
    TextExport(), SQLExport(), JSONExport(), HARExport(), CurlExport(), AsciicastExport(), Asciicast3Export(),
    PatchExport(),
  ]

  /// The export with that id.
  public static func export(_ id: String) -> (any ReplayExport)? { exports.first { type(of: $0).id == id } }
}
