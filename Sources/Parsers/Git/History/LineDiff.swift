/// Finds which lines differ: Myers' algorithm in linear space (An O(ND) Difference Algorithm and Its Variations, 1986).
///
/// A difference can be told in many ways. Where there is a choice this takes the one that git takes, so that its text can
/// be held against git's own: lines that cannot match are set aside first, and a search that costs too much settles for
/// the path that got furthest.
struct LineDiff {
  private(set) var table: LineTable
  /// Steps that were taken.
  private(set) var steps = 0
  /// The search was given up; what was left is told as replaced.
  private(set) var isCut = false

  private let stepLimit: Int
  private var left: [Int] = []
  private var leftLines: [Int] = []
  private var right: [Int] = []
  private var rightLines: [Int] = []
  private var forward: [Int] = []
  private var backward: [Int] = []
  /// What is added to a diagonal to have its place in `forward` and `backward`.
  private var middle = 0
  private var costLimit = 256

  /// A snake longer than this is a good one; a search dearer than this looks for one.
  private static let snake = 20
  private static let heuristicCost = 256
  /// Behind all lines, and far from overflow.
  private static let unreached = Int.max / 4

  init(_ old: [UInt8], _ new: [UInt8], stepLimit: Int) {
    table = LineTable(old, new)
    self.stepLimit = stepLimit
    prune()
    let diagonals = left.count + right.count + 3
    forward = Array(repeating: 0, count: diagonals + 2)
    backward = forward
    middle = right.count + 1
    costLimit = max(256, Self.roughRoot(diagonals))
    search()
    (forward, backward) = ([], [])
    GroupPlacement.place(&table.old, &table.new)
    GroupPlacement.place(&table.new, &table.old)
  }

  private static func roughRoot(_ number: Int) -> Int {
    var root = 1
    var number = number
    while number > 0 {
      root <<= 1
      number >>= 2
    }
    return root
  }

  // MARK: What takes part

  /// Sets aside equal ends, lines without a match, and lines with very many that stand among such without.
  private mutating func prune() {
    let shared = min(table.old.count, table.new.count)
    var start = 0
    while start < shared, table.old.classes[start] == table.new.classes[start] { start += 1 }
    var tail = 0
    while tail < shared - start,
      table.old.classes[table.old.count - 1 - tail] == table.new.classes[table.new.count - 1 - tail]
    { tail += 1 }
    (left, leftLines) = Self.kept(&table.old, start..<(table.old.count - tail), table.newCounts)
    (right, rightLines) = Self.kept(&table.new, start..<(table.new.count - tail), table.oldCounts)
    steps += table.old.count + table.new.count
  }

  private static func kept(
    _ side: inout LineTable.Side, _ range: Range<Int>, _ matches: [Int]
  ) -> ([Int], [Int]) {
    let many = min(roughRoot(side.count), 1024)
    // 0: no match, 1: some, 2: many.
    let marks = side.classes[range].map { matches[$0] == 0 ? 0 : matches[$0] >= many ? 2 : 1 }
    var classes: [Int] = []
    var lines: [Int] = []
    for index in range {
      let mark = marks[index - range.lowerBound]
      if mark == 1 || (mark == 2 && !isAmongUnmatched(marks, index - range.lowerBound)) {
        classes.append(side.classes[index])
        lines.append(index)
      } else {
        side.isChanged[index] = true
      }
    }
    return (classes, lines)
  }

  private static func isAmongUnmatched(_ marks: [Int], _ index: Int) -> Bool {
    let window = 100
    var unmatched = 0
    var many = 1
    var place = index - 1
    while place >= max(0, index - window), marks[place] != 1 {
      if marks[place] == 0 { unmatched += 1 } else { many += 1 }
      place -= 1
    }
    guard unmatched > 0 else { return false }
    var unmatchedAfter = 0
    many += 1
    place = index + 1
    while place <= min(marks.count - 1, index + window), marks[place] != 1 {
      if marks[place] == 0 { unmatchedAfter += 1 } else { many += 1 }
      place += 1
    }
    guard unmatchedAfter > 0 else { return false }
    return many * 4 < many + unmatched + unmatchedAfter
  }

  // MARK: The search

  private struct Box {
    var left: Range<Int>
    var right: Range<Int>
    /// Only the shortest will do.
    var isMinimal: Bool
  }

  private mutating func search() {
    var open = [Box(left: 0..<left.count, right: 0..<right.count, isMinimal: false)]
    while let box = open.popLast() {
      var (low1, high1) = (box.left.lowerBound, box.left.upperBound)
      var (low2, high2) = (box.right.lowerBound, box.right.upperBound)
      while low1 < high1, low2 < high2, left[low1] == right[low2] { (low1, low2) = (low1 + 1, low2 + 1) }
      while low1 < high1, low2 < high2, left[high1 - 1] == right[high2 - 1] { (high1, high2) = (high1 - 1, high2 - 1) }
      if low1 == high1 || low2 == high2 || steps > stepLimit {
        if low1 < high1, low2 < high2 { isCut = true }
        for index in low1..<high1 { table.old.isChanged[leftLines[index]] = true }
        for index in low2..<high2 { table.new.isChanged[rightLines[index]] = true }
        continue
      }
      let trimmed = Box(left: low1..<high1, right: low2..<high2, isMinimal: box.isMinimal)
      let (before, after) = split(trimmed)
      open.append(after)
      open.append(before)
    }
  }

  /// Meets in the middle: the parts before and behind a point that a shortest (or a good) path goes through.
  private mutating func split(_ box: Box) -> (Box, Box) {
    let (low1, high1) = (box.left.lowerBound, box.left.upperBound)
    let (low2, high2) = (box.right.lowerBound, box.right.upperBound)
    func parts(_ x: Int, _ y: Int, _ isLowMinimal: Bool, _ isHighMinimal: Bool) -> (Box, Box) {
      let (x, y) = (min(max(x, low1), high1), min(max(y, low2), high2))
      return (
        Box(left: low1..<x, right: low2..<y, isMinimal: isLowMinimal),
        Box(left: x..<high1, right: y..<high2, isMinimal: isHighMinimal)
      )
    }
    let (least, most) = (low1 - high2, high1 - low2)
    let (forwardMiddle, backwardMiddle) = (low1 - low2, high1 - high2)
    let isOdd = (forwardMiddle - backwardMiddle) & 1 != 0
    var (forwardLow, forwardHigh) = (forwardMiddle, forwardMiddle)
    var (backwardLow, backwardHigh) = (backwardMiddle, backwardMiddle)
    forward[middle + forwardMiddle] = low1
    backward[middle + backwardMiddle] = high1
    var cost = 1
    while true {
      var hasSnake = false
      if forwardLow > least {
        forwardLow -= 1
        forward[middle + forwardLow - 1] = -1
      } else {
        forwardLow += 1
      }
      if forwardHigh < most {
        forwardHigh += 1
        forward[middle + forwardHigh + 1] = -1
      } else {
        forwardHigh -= 1
      }
      var diagonal = forwardHigh
      while diagonal >= forwardLow {
        let below = forward[middle + diagonal - 1]
        let above = forward[middle + diagonal + 1]
        let begun = below >= above ? below + 1 : above
        var x = begun
        var y = x - diagonal
        while x < high1, y < high2, left[x] == right[y] { (x, y) = (x + 1, y + 1) }
        steps += 1 + x - begun
        if x - begun > Self.snake { hasSnake = true }
        forward[middle + diagonal] = x
        if isOdd, backwardLow <= diagonal, diagonal <= backwardHigh, backward[middle + diagonal] <= x {
          return parts(x, y, true, true)
        }
        diagonal -= 2
      }
      if backwardLow > least {
        backwardLow -= 1
        backward[middle + backwardLow - 1] = Self.unreached
      } else {
        backwardLow += 1
      }
      if backwardHigh < most {
        backwardHigh += 1
        backward[middle + backwardHigh + 1] = Self.unreached
      } else {
        backwardHigh -= 1
      }
      diagonal = backwardHigh
      while diagonal >= backwardLow {
        let below = backward[middle + diagonal - 1]
        let above = backward[middle + diagonal + 1]
        let begun = below < above ? below : above - 1
        var x = begun
        var y = x - diagonal
        while x > low1, y > low2, left[x - 1] == right[y - 1] { (x, y) = (x - 1, y - 1) }
        steps += 1 + begun - x
        if begun - x > Self.snake { hasSnake = true }
        backward[middle + diagonal] = x
        if !isOdd, forwardLow <= diagonal, diagonal <= forwardHigh, x <= forward[middle + diagonal] {
          return parts(x, y, true, true)
        }
        diagonal -= 2
      }
      // Out of steps, the furthest point will do whatever was asked for.
      let isSpent = steps > stepLimit
      guard !box.isMinimal || isSpent else {
        cost += 1
        continue
      }
      if hasSnake, cost > Self.heuristicCost {
        if let (x, y) = bestForward(box, forwardLow, forwardHigh, forwardMiddle, cost) {
          return parts(x, y, true, false)
        }
        if let (x, y) = bestBackward(box, backwardLow, backwardHigh, backwardMiddle, cost) {
          return parts(x, y, false, true)
        }
      }
      if cost >= costLimit || isSpent {
        return furthest(box, forwardLow, forwardHigh, backwardLow, backwardHigh, parts)
      }
      cost += 1
    }
  }

  private func bestForward(_ box: Box, _ low: Int, _ high: Int, _ middleDiagonal: Int, _ cost: Int) -> (Int, Int)? {
    var best = 0
    var point: (Int, Int)?
    for diagonal in stride(from: high, through: low, by: -2) {
      let x = forward[middle + diagonal]
      let y = x - diagonal
      let value = (x - box.left.lowerBound) + (y - box.right.lowerBound) - abs(diagonal - middleDiagonal)
      guard value > 4 * cost, value > best, box.left.lowerBound + Self.snake <= x, x < box.left.upperBound,
        box.right.lowerBound + Self.snake <= y, y < box.right.upperBound
      else { continue }
      if (1...Self.snake).allSatisfy({ left[x - $0] == right[y - $0] }) { (best, point) = (value, (x, y)) }
    }
    return point
  }

  private func bestBackward(_ box: Box, _ low: Int, _ high: Int, _ middleDiagonal: Int, _ cost: Int) -> (Int, Int)? {
    var best = 0
    var point: (Int, Int)?
    for diagonal in stride(from: high, through: low, by: -2) {
      let x = backward[middle + diagonal]
      guard x <= box.left.upperBound else { continue }
      let y = x - diagonal
      let value = (box.left.upperBound - x) + (box.right.upperBound - y) - abs(diagonal - middleDiagonal)
      guard value > 4 * cost, value > best, box.left.lowerBound < x, x <= box.left.upperBound - Self.snake,
        box.right.lowerBound < y, y <= box.right.upperBound - Self.snake
      else { continue }
      if (0..<Self.snake).allSatisfy({ left[x + $0] == right[y + $0] }) { (best, point) = (value, (x, y)) }
    }
    return point
  }

  private func furthest(
    _ box: Box, _ forwardLow: Int, _ forwardHigh: Int, _ backwardLow: Int, _ backwardHigh: Int,
    _ parts: (Int, Int, Bool, Bool) -> (Box, Box)
  ) -> (Box, Box) {
    var (ahead, aheadX) = (-1, -1)
    for diagonal in stride(from: forwardHigh, through: forwardLow, by: -2) {
      var x = min(forward[middle + diagonal], box.left.upperBound)
      var y = x - diagonal
      if box.right.upperBound < y { (x, y) = (box.right.upperBound + diagonal, box.right.upperBound) }
      if ahead < x + y { (ahead, aheadX) = (x + y, x) }
    }
    var (back, backX) = (Int.max, Int.max)
    for diagonal in stride(from: backwardHigh, through: backwardLow, by: -2) {
      var x = max(box.left.lowerBound, backward[middle + diagonal])
      guard x <= box.left.upperBound else { continue }
      var y = x - diagonal
      if y < box.right.lowerBound { (x, y) = (box.right.lowerBound + diagonal, box.right.lowerBound) }
      if x + y < back { (back, backX) = (x + y, x) }
    }
    let isAheadBetter =
      back == .max
      || box.left.upperBound + box.right.upperBound - back < ahead - box.left.lowerBound - box.right.lowerBound
    return isAheadBetter ? parts(aheadX, ahead - aheadX, true, false) : parts(backX, back - backX, false, true)
  }
}
