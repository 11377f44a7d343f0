// Fits the weights of attribution to labelled cases.
//   fit-weights [--passes N] [--write FILE ...] CASE TRUTH [CASE TRUTH ...] [--held CASE TRUTH ...]
// Prints what changes, the weights, and which thresholds give what; of the cases behind --held, which are not fitted to, it
// prints the last only. --write puts the weights into EvidenceWeights.swift or the page that tells them.
import Foundation
import Sessions

/// Descents are long: each line is told at once.
func tell(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }

func fail(_ text: String) -> Never {
  FileHandle.standardError.write(Data("fit-weights: \(text)\n".utf8))
  exit(3)
}

let usage = "usage: fit-weights [--passes N] [--write FILE ...] CASE TRUTH ... [--held CASE TRUTH ...]"
var passes = 4
var targets: [String] = []
var files: (fitted: [String], held: [String]) = ([], [])
var isHeld = false
var arguments = Array(CommandLine.arguments.dropFirst())[...]
while let argument = arguments.popFirst() {
  switch argument {
  case "--passes": passes = arguments.popFirst().flatMap(Int.init) ?? 0
  case "--write": if let file = arguments.popFirst() { targets.append(file) }
  case "--held": isHeld = true
  default: if isHeld { files.held.append(argument) } else { files.fitted.append(argument) }
  }
}
guard !files.fitted.isEmpty, files.fitted.count % 2 == 0, files.held.count % 2 == 0, passes >= 0 else { fail(usage) }
guard WeightList.strangers.isEmpty else { fail("weights that no list names: \(WeightList.strangers)") }

func examples(_ files: [String]) throws -> [Example] {
  try stride(from: 0, to: files.count, by: 2).map { try Example(case: files[$0], truth: files[$0 + 1]) }
}

do {
  let start = EvidenceWeights()
  let fitted = try examples(files.fitted)
  let held = try examples(files.held)
  for example in fitted + held {
    let cost = try Objective(examples: [example], start: start).cost(start)
    tell("\(example.name): \(example.truth.count) labelled actions, \(example.calls.count) calls, \(cost)")
  }
  var descent = try Descent(Objective(examples: fitted, start: start))
  tell("before: \(descent.cost)")
  let heldBefore = try Objective(examples: held, start: start).cost(start)
  if passes > 0 { try descent.run(passes: passes, tell) }
  tell("\n| weight | before | fitted |\n|---|---:|---:|")
  for (name, path) in WeightList.all {
    let (from, to) = (WeightList.text(start[keyPath: path]), WeightList.text(descent.weights[keyPath: path]))
    tell("| \(name) | \(from) | \(from == to ? "" : to) |")
  }
  tell("\n\(try Thresholds(examples: fitted).table(descent.weights))")
  if !held.isEmpty {
    let after = try Objective(examples: held, start: descent.weights).cost(descent.weights)
    tell("\nheld back: \(heldBefore) before, \(after) after\n\(try Thresholds(examples: held).table(descent.weights))")
  }
  for target in targets {
    let source = try String(contentsOfFile: target, encoding: .utf8)
    try WeightList.rewritten(source, descent.weights).write(toFile: target, atomically: true, encoding: .utf8)
  }
} catch {
  fail("\(error)")
}
