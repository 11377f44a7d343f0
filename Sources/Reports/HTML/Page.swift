import Model

/// The whole page, top to bottom.
struct Page {
  let survey: CaseSurvey
  let reading: any CaseReading
  let limits: HTMLReport.Limits

  func write(to html: inout HTMLWriter<some ReportSink>) throws {
    let style = StyleSheet.text
    let printStyle = StyleSheet.footer(verdict: VerdictSection(survey: survey).headline, digest: survey.digest)
    let script = Script.text
    html.markup("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
    // Scripts and styles run by their digest alone; nothing is fetched, nothing is sent, no string becomes markup.
    html.void(
      "meta", HTMLAttribute("http-equiv", "Content-Security-Policy"),
      HTMLAttribute(
        "content",
        "default-src 'none'; script-src \(script.policySource); style-src \(style.policySource) "
          + "\(printStyle.policySource); base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; "
          + "trusted-types 'none'"))
    html.markup("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
    html.markup("<meta name=\"color-scheme\" content=\"light dark\"><meta name=\"referrer\" content=\"no-referrer\">")
    html.markup("<meta name=\"generator\" content=\"Exhibit\">")
    html.element("title", text: "Case \(survey.name): \(VerdictSection(survey: survey).headline)")
    html.write(style)
    html.write(printStyle)
    html.markup("</head>\n<body><a class=\"skip\" href=\"#main\">Skip to the exceptions</a>\n")
    VerdictSection(survey: survey).write(to: &html)
    html.markup("<main id=\"main\" tabindex=\"-1\">\n")
    ExceptionsSection(survey: survey).write(to: &html)
    ApprovalsSection(survey: survey).write(to: &html)
    TimelineSection(survey: survey).write(to: &html)
    PromptsSection(survey: survey, limits: limits).write(to: &html)
    try html.checkpoint()
    try SessionsSection(survey: survey, reading: reading, limits: limits).write(to: &html)
    FilesSection(survey: survey).write(to: &html)
    ColumnsSection(survey: survey).write(to: &html)
    DataSeenSection(survey: survey).write(to: &html)
    CompletenessSection(survey: survey).write(to: &html)
    CheckSection(survey: survey).write(to: &html)
    html.markup("</main>\n")
    writeFooter(to: &html)
    try html.checkpoint()
    try DataBlocks(survey: survey, reading: reading, limits: limits).write(to: &html)
    html.write(script)
    html.markup("</body></html>\n")
  }

  private func writeFooter(to html: inout HTMLWriter<some ReportSink>) {
    html.element("footer") { html in
      html.element(
        "p", prose: "\(strong: VerdictSection(survey: survey).headline). Case digest \(code: survey.digest).")
      html.markup(
        """
        <p>Made by Exhibit from the evidence listed above and nothing else: the same evidence gives the same page, byte \
        for byte. All times are UTC. Characters that control, hide or reorder text are shown as marks: ⟨ESC⟩ for a control \
        character, ⟨U+202E⟩ for any other. This report is evidence for the questions that it answers; it does not say \
        that any system or any process complies with a standard.</p>
        """)
    }
  }
}
