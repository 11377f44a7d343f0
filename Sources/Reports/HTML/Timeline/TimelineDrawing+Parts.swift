/// One digit after the point, the same on every machine.
func decimal(_ number: Double) -> String {
  let tenths = Int((number * 10).rounded())
  let sign = tenths < 0 ? "-" : ""
  let size = tenths.magnitude
  return size % 10 == 0 ? "\(sign)\(size / 10)" : "\(sign)\(size / 10).\(size % 10)"
}

/// A logarithm to the base 2 by halving, exact enough for the height of a bar and the same on every machine.
func logarithm(_ number: Double) -> Double {
  guard number > 1 else { return 0 }
  return Double(number.exponent) + (number.significand - 1)
}

extension TimelineDrawing {
  static func clipped(_ text: String, _ limit: Int) -> String {
    text.count > limit ? text.prefix(max(1, limit - 1)) + "…" : text
  }

  func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ name: String, stroke: String,
    to html: inout HTMLWriter<some ReportSink>
  ) {
    html.empty(
      "line", .class(name), HTMLAttribute("x1", decimal(x1)), HTMLAttribute("y1", decimal(y1)),
      HTMLAttribute("x2", decimal(x2)), HTMLAttribute("y2", decimal(y2)), HTMLAttribute("stroke", stroke))
  }

  func label(
    _ text: String, _ x: Double, _ y: Double, _ name: String, anchor: String, size: String = "11",
    to html: inout HTMLWriter<some ReportSink>
  ) {
    html.element(
      "text", .class(name), HTMLAttribute("x", decimal(x)), HTMLAttribute("y", decimal(y)),
      HTMLAttribute("text-anchor", anchor), HTMLAttribute("font-size", size), text: text)
  }

  func box(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double, _ name: String, fill: String, stroke: String = "none",
    radius: Double, to html: inout HTMLWriter<some ReportSink>
  ) {
    html.empty(
      "rect", .class(name), HTMLAttribute("x", decimal(x)), HTMLAttribute("y", decimal(y)),
      HTMLAttribute("width", decimal(max(1, width))), HTMLAttribute("height", decimal(height)),
      HTMLAttribute("rx", decimal(min(radius, max(1, width) / 2))), HTMLAttribute("fill", fill),
      HTMLAttribute("stroke", stroke))
  }
}
