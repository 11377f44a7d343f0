import Model

/// The exchanges since the last ReadyForQuery.
struct OpenCycle {
  var number: UInt32 = 0
  var exchanges: [Exchange] = []
  var weight = 0

  /// About what an exchange takes in memory.
  static func weight(_ exchange: borrowing Exchange, bodyLimit: Int) -> Int {
    let kept = min(exchange.responseByteCount, UInt64(bodyLimit)) + min(exchange.requestByteCount, 1 << 30)
    return 512 + Int(clamping: kept)
  }
}

extension PostgresDialogue {
  /// Holds an exchange until its cycle ends. When the cycle is too large all but the newest are given early, so that the
  /// last one of the cycle always learns the transaction state.
  mutating func emit(_ exchange: consuming Exchange, _ events: inout [ParserEvent]) {
    let weight = OpenCycle.weight(exchange, bodyLimit: options.bodyLimit)
    if cycle.exchanges.count >= PostgresLimits.cycleExchanges
      || cycle.weight + weight > PostgresLimits.cycleBytes && !cycle.exchanges.isEmpty
    {
      for held in cycle.exchanges { events.append(.exchange(held)) }
      cycle.exchanges.removeAll(keepingCapacity: true)
      cycle.weight = 0
    }
    cycle.exchanges.append(exchange)
    cycle.weight += weight
  }

  /// Ends the cycle: every held exchange learns the transaction state.
  mutating func endCycle(_ state: TransactionState?, _ events: inout [ParserEvent]) {
    var left = cycle.exchanges.count
    for index in cycle.exchanges.indices {
      left -= 1
      if case .statement(var statement) = cycle.exchanges[index].shape {
        // Released first, so that the statement's arrays are not copied for the change.
        cycle.exchanges[index].shape = .marker(Marker(name: ""))
        statement.transactionState = state
        statement.endsCycle = left == 0
        cycle.exchanges[index].shape = .statement(statement)
      }
      events.append(.exchange(cycle.exchanges[index]))
    }
    cycle.exchanges.removeAll(keepingCapacity: true)
    cycle.weight = 0
    cycle.number &+= 1
  }

  /// Adds an error that came after everything in the cycle had succeeded: the commit at its end failed.
  ///
  /// - Returns: whether there was a statement to add it to.
  mutating func failCycle(_ error: ServerMessage, _ envelope: borrowing Envelope) -> Bool {
    guard let last = cycle.exchanges.indices.last, case .statement(var statement) = cycle.exchanges[last].shape else {
      return false
    }
    statement.results.append(
      StatementResult(
        outcome: .failed(error), firstResponseAt: envelope.begin.time, endedAt: envelope.endTime))
    cycle.exchanges[last].shape = .statement(statement)
    cycle.exchanges[last].responseByteCount += UInt64(envelope.byteCount)
    cycle.exchanges[last].endedAt = envelope.endTime
    return true
  }
}
