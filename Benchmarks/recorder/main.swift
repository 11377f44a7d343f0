// What recording costs whoever records: processor time of that thread and of the process for each transaction, which is one
// request and one answer, beside copying the same bytes under a lock and beside writing them with one call of the system each.
//   bench-recorder [TRANSACTIONS [REQUEST-BYTES [ANSWER-BYTES]]]
import Evidence
import Foundation
import Gateway
import Glibc
import Model
import Synchronization

func processorTime(_ clock: clockid_t) -> Double {
  var time = timespec()
  unsafe clock_gettime(clock, &time)
  return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
}

func report(_ name: String, _ count: Int, _ body: () throws -> Void) rethrows {
  let (thread, process) = (processorTime(CLOCK_THREAD_CPUTIME_ID), processorTime(CLOCK_PROCESS_CPUTIME_ID))
  let started = processorTime(CLOCK_MONOTONIC)
  try body()
  let own = (processorTime(CLOCK_THREAD_CPUTIME_ID) - thread) / Double(count)
  let all = (processorTime(CLOCK_PROCESS_CPUTIME_ID) - process) / Double(count)
  let wall = (processorTime(CLOCK_MONOTONIC) - started) / Double(count)
  let figures = [own, all, wall].map { String(format: "%8.0f", $0) }.joined(separator: " ")
  print(name.padding(toLength: 24, withPad: " ", startingAt: 0), figures)
}

let arguments = CommandLine.arguments.dropFirst().compactMap { Int($0) }
let count = arguments.first ?? 1_000_000
let request = [UInt8](repeating: 0x51, count: arguments.dropFirst().first ?? 60)
let answer = [UInt8](repeating: 0x44, count: arguments.dropFirst(2).first ?? 120)
let folder = FileManager.default.temporaryDirectory.appending(path: "bench-recorder-\(getpid())").path
try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
defer { try? FileManager.default.removeItem(atPath: folder) }

func now() -> Timestamp { Timestamp(nanoseconds: Int64(processorTime(CLOCK_REALTIME))) }

print("ns for each of \(count) transactions:  thread  process     wall")
do {
  let target = Mutex<[UInt8]>([])
  target.withLock { $0.reserveCapacity(1 << 20) }
  report("copy under a lock", count) {
    for _ in 0..<count {
      for bytes in [request, answer] {
        target.withLock { target in
          if target.count > 1 << 19 { target.removeAll(keepingCapacity: true) }
          target += bytes
        }
      }
    }
  }
}
do {
  let file = unsafe open(folder + "/plain", O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)
  report("write(2)", count) {
    for _ in 0..<count {
      for bytes in [request, answer] {
        _ = unsafe bytes.withUnsafeBytes { unsafe write(file, $0.baseAddress, $0.count) }
      }
    }
  }
  close(file)
}
for durability in [Recorder.Durability.batched, .strict] {
  var options = RecorderOptions()
  options.durability = durability
  let key = try NoteSigner(generating: "bench/recorder")
  let recorder = try Recorder(directory: "\(folder)/\(durability)", options: options, key: key)
  let opening = SessionOpening(
    protocolName: "postgres", client: Endpoint(address: IPAddress(v4: 0x0A00_0001), port: 40_000),
    gateway: Endpoint(address: IPAddress(v4: 0x0A00_0002), port: 5432))
  let flow = try recorder.open(opening)
  // Strict tickets are waited for by many connections at once: every hundredth is asked for here.
  let turn = DispatchSemaphore(value: 0)
  try report("record, \(durability)", count) {
    for index in 0..<count {
      let time = now()
      _ = unsafe try request.span.withUnsafeBytes { unsafe try flow.record($0, from: .fromClient, at: time) }
      let ticket = unsafe try answer.span.withUnsafeBytes { unsafe try flow.record($0, from: .fromServer, at: time) }
      guard !recorder.isPassed(ticket), durability == .batched || index % 100 == 0 else { continue }
      recorder.whenPassed(ticket) { _ in turn.signal() }
      turn.wait()
    }
  }
  flow.close("done", at: now())
  try recorder.shutDown()
}
