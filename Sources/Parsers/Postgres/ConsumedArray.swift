extension Array {
  /// Steps over the element at `first`, the oldest of a queue that the array holds from there on, and gives back the room of
  /// those before it once they are many: each element is moved a constant number of times.
  ///
  /// - Parameters:
  ///   - first: Index of the oldest element; 0 again when room was given back.
  ///   - limit: An empty array of no more capacity than this keeps it.
  mutating func stepOver(_ first: inout Int, keepingCapacityUpTo limit: Int) {
    first += 1
    if first == count {
      removeAll(keepingCapacity: capacity <= limit)
      first = 0
    } else if first >= 64, first * 2 >= count {
      removeFirst(first)
      first = 0
    }
  }
}
