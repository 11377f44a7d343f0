/// What tells a recording of a gateway from any other capture.
public enum RecordingFormat {
  /// `shb_userappl` of each segment.
  public static let application = "exhibit gateway recording 1"
  /// The dissector that events are given to.
  public static let eventDissector = "json"
}
