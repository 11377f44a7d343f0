import Model
import Policy

/// The input is SQL, classified twice: what the cache says must be what the grammar said. As a policy it must not crash.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzClassification(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  let text = unsafe String(decoding: UnsafeBufferPointer(start: data, count: size), as: UTF8.self)
  var classifier = SQLClassifier()
  var context = SQLContext()
  let cold = classifier.classify(text, in: &context)
  var again = SQLContext()
  let warm = classifier.classify(text, in: &again)
  precondition(cold.count == warm.count, "the cache knows another number of statements")
  for (one, other) in zip(cold, warm) where one.classification.verb != "EXECUTE" && one.classification.verb != "PREPARE"
  {
    precondition(one.classification.effect == other.classification.effect, "the cache knows another effect")
    precondition(one.range.upperBound <= text.utf8.count || one.range.upperBound == .max)
  }
  if size < 2000 { _ = try? PolicyDocument.parse(yaml: text, name: "fuzz") }
  return 0
}
