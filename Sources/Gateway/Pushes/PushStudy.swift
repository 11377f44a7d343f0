import Bytes
import Codings
import Dispatch
import Model
import NIOCore
import Parsers

/// Finds out for those who decide what a push over HTTP changes: asks the target what it begins from (gitprotocol-http(5), "Smart Service
/// git-upload-pack"), and reads that with the push itself. Used on the event loop, which does none of the reading.
final class PushStudy {
  /// What is known of the push; sent between threads.
  struct Subject: Sendable {
    /// Its content as it came, without what frames it.
    var content: [ByteBuffer]
    var isCompressed: Bool
    /// All of it was there.
    var isWhole: Bool
    var secrets: SecretHasher
    var time: Timestamp
  }

  /// Packs are inflated here.
  private static let queue = DispatchQueue(label: "exhibit-push", attributes: .concurrent)
  /// Bytes of the references that a target names.
  private static let advertisementLength = 16 << 20
  /// Beside the pack there is little: what is shallow, and progress that nobody asked for.
  private static let answerLength = SnapshotFetch.packLength + 1 << 20

  private let subject: Subject
  private let loop: any EventLoop
  private let ask: (_ isAdvertisement: Bool, [UInt8]?, Int, @escaping (PushQuestion.Outcome) -> Void) -> PushQuestion
  private var finish: ((String) -> Void)?
  private var question: PushQuestion?
  private var deadline: Scheduled<Void>?
  private var before: [String] = []

  /// `ask`: asks the target for its references, or `git-upload-pack` with a message; with the bytes that the answer may have.
  /// `finish`: gets what those who decide are shown; called once, unless it is stopped before.
  init(
    _ subject: Subject, on loop: any EventLoop,
    ask: @escaping (Bool, [UInt8]?, Int, @escaping (PushQuestion.Outcome) -> Void) -> PushQuestion,
    finish: @escaping (String) -> Void
  ) {
    (self.subject, self.loop, self.ask, self.finish) = (subject, loop, ask, finish)
  }

  func begin() {
    let bound = NIOLoopBound(self, eventLoop: loop)
    deadline = loop.scheduleTask(in: PushCall.awaiting) { bound.value.settle(problem: "it did not answer in time") }
    away({ [subject] in Self.commitsBefore(subject) }) { study, before in
      study.before = before
      guard !before.isEmpty else { return study.settle(problem: nil) }
      study.askReferences()
    }
  }

  func stop() {
    finish = nil
    deadline?.cancel()
    question?.stop()
    question = nil
  }

  /// Does something on another thread, and goes on here.
  private func away<Value: Sendable>(
    _ work: @escaping @Sendable () -> Value, then: @escaping @Sendable (PushStudy, Value) -> Void
  ) {
    let bound = NIOLoopBound(self, eventLoop: loop)
    Self.queue.async { [loop] in
      let value = work()
      loop.execute { if bound.value.finish != nil { then(bound.value, value) } }
    }
  }

  // MARK: Steps

  private func askReferences() {
    question = ask(true, nil, Self.advertisementLength) { [weak self] outcome in
      guard let self else { return }
      switch outcome {
      case .failed(let why): self.settle(problem: why)
      case .answered(let bytes): self.askObjects(bytes)
      }
    }
  }

  private func askObjects(_ references: [UInt8]) {
    away({ [before] in Self.wants(before, references) }) { study, wants in
      guard wants.problem == nil else { return study.settle(problem: wants.problem) }
      study.question = study.ask(false, wants.message, Self.answerLength) { [weak study] outcome in
        guard let study else { return }
        switch outcome {
        case .failed(let why): study.settle(problem: why)
        case .answered(let bytes): study.read(references, bytes)
        }
      }
    }
  }

  private func read(_ references: [UInt8], _ answer: [UInt8]) {
    away({ [subject, before] in Self.text(subject, before, references, answer) }) { $0.end($1) }
  }

  /// The target tells nothing.
  private func settle(problem: String?) {
    guard finish != nil else { return }
    question?.stop()
    question = nil
    away({ [subject] in Self.text(subject, LateObjects(), problem) }) { $0.end($1) }
  }

  private func end(_ text: String) {
    let finish = finish
    stop()
    finish?(text)
  }

  // MARK: Reading, on any thread

  private static func commitsBefore(_ subject: Subject) -> [String] {
    PushCall.reader(subject.content, isCompressed: subject.isCompressed, secrets: subject.secrets, nil)?.commitsBefore
      ?? []
  }

  /// The answer to `info/refs` begins with the service's name.
  private static func fetch(_ commits: [String], _ references: [UInt8]) -> (SnapshotFetch, [UInt8]) {
    var fetch = SnapshotFetch(commits: commits)
    let name = Array("001e# service=git-upload-pack\n0000".utf8)
    guard references.starts(with: name) else {
      fetch.end()
      return (fetch, [])
    }
    let message = fetch.receive(Array(references.dropFirst(name.count)))
    return (fetch, message)
  }

  private static func wants(_ commits: [String], _ references: [UInt8]) -> (message: [UInt8], problem: String?) {
    let (fetch, message) = fetch(commits, references)
    return (message, fetch.isOver ? fetch.problem ?? "it has nothing" : message.isEmpty ? "it names nothing" : nil)
  }

  private static func text(
    _ subject: Subject, _ commits: [String], _ references: [UInt8], _ answer: [UInt8]
  ) -> String {
    var (fetch, _) = fetch(commits, references)
    _ = fetch.receive(answer)
    fetch.end()
    let objects = LateObjects()
    objects.add(fetch.objects)
    return text(subject, objects, fetch.problem)
  }

  private static func text(_ subject: Subject, _ objects: LateObjects, _ problem: String?) -> String {
    let reader = PushCall.reader(
      subject.content, isCompressed: subject.isCompressed, secrets: subject.secrets, objects)
    guard let push = reader?.push(at: subject.time)?.push else { return "the push cannot be shown" }
    return PushReview.text(of: push, isWhole: subject.isWhole, obstacle: problem)
  }
}
