import Foundation
import Policy
import TestKit
import Testing

/// Precision and recall on texts that Benchmarks/detectors/label.py made; `Benchmarks/detectors.sh` makes more of them.
@Suite struct DetectorQualityTests {
  private static let precisionFloor = 0.98
  private static let recallFloor = 0.97

  @Test func `precision and recall of each class keep their floors`() throws {
    let texts = try LabelledText.read(Checkout.root.appending(path: "Benchmarks/detectors/labelled.jsonl"))
    #expect(texts.count > 1000 && texts.count(where: { $0.group.hasPrefix("trap:") }) > 300)
    var score = DetectionScore()
    for text in texts {
      let detector = text.column.map { Detector(column: $0) } ?? Detector()
      let found = detector.scan(text.bytes).found.map {
        LabelledText.Label(dataClass: $0.dataClass.rawValue, kind: $0.kind.rawValue, range: $0.range)
      }
      score.add(text, found: found)
    }
    #expect(Set(score.classes.keys) == Set(DataClass.allCases.filter(\.hasShape).map(\.rawValue)))
    for (name, tally) in score.classes {
      #expect(tally.precision >= Self.precisionFloor, "\(name): \(tally.precision), \(score.wrong)")
      #expect(tally.recall >= Self.recallFloor, "\(name): \(tally.recall), \(score.missed)")
      #expect(Double(tally.rightKind) >= 0.97 * Double(tally.right + tally.foundAlone), "\(name)")
    }
  }
}
