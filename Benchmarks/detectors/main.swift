// How well sensitive data is found in labelled texts, and how fast in others:
//   bench-detectors quality FILE      precision and recall by class, and the worst confusions
//   bench-detectors speed FILE…       megabytes a second on one thread, the best of five
import Bytes
import Foundation
import Policy
import TestKit

func quality(_ path: String) throws {
  var score = DetectionScore()
  var (texts, bytes) = (0, 0)
  for text in try LabelledText.read(URL(filePath: path)) {
    let detector = text.column.map { Detector(column: $0) } ?? Detector()
    let found = detector.scan(text.bytes).found.map {
      LabelledText.Label(dataClass: $0.dataClass.rawValue, kind: $0.kind.rawValue, range: $0.range)
    }
    score.add(text, found: found)
    (texts, bytes) = (texts + 1, bytes + text.bytes.count)
  }
  print("\(texts) texts, \(bytes) bytes")
  print("class             found  wrong missed precision recall  right kind   alone: found of all")
  for (name, tally) in score.classes.sorted(by: { $0.key < $1.key }) {
    let all = tally.right + tally.foundAlone
    print(
      name.padding(toLength: 16, withPad: " ", startingAt: 0),
      String(format: "%6d %6d %6d", tally.right, tally.wrong, tally.missed),
      String(format: "   %6.4f %6.4f  %6d/%d", tally.precision, tally.recall, tally.rightKind, all),
      "        \(tally.foundAlone)/\(tally.foundAlone + tally.missedAlone)")
  }
  for (name, count) in (Array(score.wrong) + Array(score.missed)).sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }
  )
  .prefix(40) {
    print("\(count) × \(name), as in \((score.examples[name] ?? "").prefix(160))")
  }
}

/// Processor time of this process, which suffers less from others than the clock does.
func processorSeconds() -> Double {
  var time = timespec()
  unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

func speed(_ path: String) throws {
  let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
  let detector = Detector()
  let clock = ContinuousClock()
  var (best, bestProcessor) = (Double.infinity, Double.infinity)
  var found = Detections()
  for _ in 0..<7 {
    let (start, processor) = (clock.now, processorSeconds())
    found = detector.scan(bytes)
    let took = start.duration(to: clock.now)
    bestProcessor = min(bestProcessor, processorSeconds() - processor)
    best = min(best, Double(took.components.seconds) + Double(took.components.attoseconds) / 1e18)
  }
  let megabytes = Double(bytes.count) / 1e6
  let rates = String(format: "%.0f MB/s, %.0f of processor time", megabytes / best, megabytes / bestProcessor)
  print("\(URL(filePath: path).lastPathComponent): exhibit \(rates), \(found.totalCount) found in \(Int(megabytes)) MB")
}

let arguments = Array(CommandLine.arguments.dropFirst())
switch arguments.first {
case "quality": for path in arguments.dropFirst() { try quality(path) }
case "speed": for path in arguments.dropFirst() { try speed(path) }
default: print("usage: bench-detectors quality FILE | speed FILE…")
}
