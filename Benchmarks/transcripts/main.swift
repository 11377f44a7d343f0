// From transcripts to prompts and tool calls, on one thread and without a case: what reading costs by itself.
//   bench-transcripts FILE [FILE...]
import Bytes
import Foundation
import Importers
import Model

/// What a file told.
struct Counts {
  var byteCount = 0
  var prompts = 0
  var calls = 0
  var completions = 0
  var anomalies = 0
  var seconds = 0.0
  var format = ""
}

func measure(_ path: String) throws -> Counts? {
  let handle = try FileHandle(forReadingFrom: URL(filePath: path))
  defer { try? handle.close() }
  var counts = Counts()
  let clock = ContinuousClock()
  let start = clock.now
  var reader: TranscriptReader?
  var events: [ConversationEvent] = []
  while let data = try handle.read(upToCount: 1 << 20), !data.isEmpty {
    let bytes = [UInt8](data)
    if reader == nil {
      let head = TranscriptHead(bytes: Array(bytes.prefix(TranscriptHead.byteCount)), isWhole: false, path: path)
      reader = TranscriptReader(head, TranscriptFile(source: 0, path: path))
      guard let reader else { return nil }
      counts.format = reader.format
    }
    counts.byteCount += bytes.count
    reader?.receive(bytes.span, into: &events)
    count(&events, into: &counts)
  }
  reader?.finish(into: &events)
  count(&events, into: &counts)
  let elapsed = start.duration(to: clock.now)
  counts.seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
  return counts
}

func count(_ events: inout [ConversationEvent], into counts: inout Counts) {
  for event in events {
    switch event {
    case .prompt: counts.prompts += 1
    case .toolCall: counts.calls += 1
    case .completion: counts.completions += 1
    case .anomaly: counts.anomalies += 1
    case .conversation: break
    }
  }
  events.removeAll(keepingCapacity: true)
}

/// The most memory that this process ever had, in megabytes.
func peak() -> Int {
  let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
  let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
  return (line.split(separator: " ").compactMap { Int($0) }.first ?? 0) / 1_000
}

for path in CommandLine.arguments.dropFirst() {
  guard let counts = try measure(path) else {
    print("\(path): no transcript")
    continue
  }
  let megabytes = Double(counts.byteCount) / 1e6
  let rate = String(format: "%.0f MB/s", megabytes / counts.seconds)
  print(
    "\(counts.format): \(String(format: "%.0f", megabytes)) MB in \(String(format: "%.2f", counts.seconds)) s, \(rate),",
    "\(counts.prompts) prompts, \(counts.calls) calls, \(counts.completions) answers, \(counts.anomalies) anomalies,",
    "peak \(peak()) MB")
}
