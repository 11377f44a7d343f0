/// The evidence log as the recorder needs it; called by one thread.
public protocol ExtentLog: Sendable {
  func append(_ leaf: RecorderLeaf) throws(RecorderError)
  func commit() throws(RecorderError)
}
