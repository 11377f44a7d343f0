import Model

/// One source, whole.
struct SourcePage {
  let source: Source

  func print() {
    var page = Page()
    page.add("source", source.id)
    page.add("path", source.path)
    page.add("kind", source.kind)
    page.add("bytes", Quantity.count(Int(clamping: source.byteCount)))
    page.add("packets", Quantity.count(Int(clamping: source.packetCount)))
    page.add("first", source.firstAt?.description)
    page.add("last", source.lastAt?.description)
    page.add("complete", source.isComplete ? "yes" : "no")
    page.add("integrity", source.integrity)
    page.add("note", source.note)
    page.add("sha256", source.sha256)
    page.print()
  }
}
