import Model

/// The fields of the journal that are read (systemd.journal-fields(7)).
struct JournalFields: Sendable {
  static let names: Set<String> = [
    "__REALTIME_TIMESTAMP", "_HOSTNAME", "SYSLOG_IDENTIFIER", "_COMM", "SYSLOG_PID", "_PID", "MESSAGE",
  ]

  var values: [String: String] = [:]

  /// The message; nil when there is no time or no text.
  func entry(_ origin: Origin, isCut: Bool = false) -> SystemLogEntry? {
    guard let text = values["__REALTIME_TIMESTAMP"], text.utf8.count <= 17, let micros = Int64(text), micros >= 0,
      let message = values["MESSAGE"]
    else { return nil }
    let (nanoseconds, overflow) = micros.multipliedReportingOverflow(by: 1_000)
    guard !overflow else { return nil }
    let time = LogTime(at: Timestamp(nanoseconds: nanoseconds), precision: 1_000, zone: .offset(0))
    return SystemLogEntry(
      origin: origin, time: time, host: values["_HOSTNAME"], tag: values["SYSLOG_IDENTIFIER"] ?? values["_COMM"] ?? "",
      process: values["SYSLOG_PID"] ?? values["_PID"], message: message, isCut: isCut)
  }
}
