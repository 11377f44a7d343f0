import Gateway
import Synchronization

/// An evidence log that only remembers.
final class MemoryLog: ExtentLog {
  let leaves = Mutex<[RecorderLeaf]>([])
  func append(_ leaf: RecorderLeaf) { leaves.withLock { $0.append(leaf) } }
  func commit() {}
}
