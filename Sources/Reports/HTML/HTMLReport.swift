public import Model

/// The report for people: one page that needs nothing but itself.
///
/// It reads well without scripts, styles or colour. The script that it carries only adds: zoom, replay, filter, search.
/// The page is written in one pass after one survey of the case; memory is bounded whatever the number of actions.
public struct HTMLReport: ReportFormat {
  public static let id = "html"
  public static let fileExtension = "html"

  /// How much of a case goes into the page; what is left out is said where it is left out.
  public struct Limits: Sendable {
    /// Rows of all transcripts that are there without a script.
    public var transcriptRows = 2000
    /// Sessions that have a transcript without a script.
    public var transcripts = 200
    /// Actions in the data blocks that the script reads: about as much as browsers take well.
    public var dataActions = 1_000_000
    /// Actions of a case up to which the data blocks can be read in the source of the page; those of a larger one are packed.
    public var plainActions = 20_000
    /// Bytes of one statement in the data blocks.
    public var statementBytes = 1 << 16
    /// Bytes of all statements in the data blocks, after which each keeps 1 KiB.
    public var statementBytesInAll = 96 << 20
    /// Bytes of the preview of one result or body.
    public var previewBytes = 4096
    /// Bytes of all previews of changes, and as many again of all others.
    public var previewBytesInAll = 8 << 20
    /// Bytes of the frames of one terminal.
    public var terminalBytes = 2 << 20
    /// Bytes of the frames of all terminals; those that come after it are told as text only.
    public var terminalBytesInAll = 24 << 20
    /// Bytes of the commits of one push, with their changes.
    public var commitBytes = 512 << 10
    /// Bytes of the commits of all pushes for the script, and a quarter of it without one.
    public var commitBytesInAll = 8 << 20
    /// Prompts of which the page tells, those with unapproved changes first.
    public var prompts = 3000
    /// Of them, those whose text is there as typed; the others have its beginning.
    public var promptCards = 150
    /// Bytes of the text of one prompt.
    public var promptBytes = 16 << 10
    /// Bytes of the texts of all prompts.
    public var promptBytesInAll = 1 << 20
    /// Files that are listed as moved or changed.
    public var files = 5000

    public init() {}
  }

  public var limits: Limits

  public init(limits: Limits = Limits()) { self.limits = limits }

  public func write(_ reading: any CaseReading, verdict: Verdict, to sink: inout some ReportSink) throws {
    var html = HTMLWriter(sink)
    defer { sink = html.sink }
    let survey = try CaseSurvey(reading, verdict: verdict, limits: limits)
    try Page(survey: survey, reading: reading, limits: limits).write(to: &html)
    try html.finish()
  }
}
