import NIOCore
import Policy

/// The names behind the numbers in a database's answers, asked for on a connection of the gateway's own. Used on one event
/// loop, by all its sessions of one database.
///
/// A name is believed for a few seconds: columns are renamed. What is not committed is not seen; what is not found is not
/// known, and masking then takes it for what rules mean.
final class TargetCatalog {
  /// What an answer's names are asked by.
  struct Question {
    var tables: Set<UInt32> = []
    var types: Set<UInt32> = []
    /// `table` or `schema.table`, as a COPY has it.
    var named: String?

    var isEmpty: Bool { tables.isEmpty && types.isEmpty && named == nil }
  }

  private static let age = TimeAmount.seconds(5)
  private static let patience = TimeAmount.seconds(5)
  /// How long the connection stays without being asked anything.
  private static let idleTime = TimeAmount.seconds(30)
  /// Tables, types and names remembered.
  private static let memoryLimit = 10_000

  private struct Known<T> {
    var value: T
    var until: NIODeadline
  }

  private struct Waiting {
    var question: Question
    var done: (KnownNames) -> Void
  }

  /// It keeps this.
  private weak var listener: PostgresListener?
  private let database: String
  private let loop: any EventLoop
  private let log: GatewayLog
  private var tables: [UInt32: Known<KnownTable?>] = [:]
  private var types: [UInt32: Known<String?>] = [:]
  private var named: [String: Known<[KnownTable]>] = [:]
  private var queue: [Waiting] = []
  private var isBusy = false
  /// Counts questions, so that what comes too late answers none of those behind it.
  private var turn: UInt64 = 0
  private var connection: (channel: any Channel, side: CatalogSide)?
  private var idle: Scheduled<Void>?

  init(_ listener: PostgresListener, database: String, loop: any EventLoop, log: GatewayLog) {
    (self.listener, self.database, self.loop, self.log) = (listener, database, loop, log)
  }

  /// What is remembered of a question; nil if some of it is not.
  func known(_ question: Question) -> KnownNames? {
    let now = NIODeadline.now()
    var names = KnownNames()
    for oid in question.tables {
      guard let found = tables[oid], found.until > now else { return nil }
      names.tables[oid] = found.value
    }
    for oid in question.types {
      guard let found = types[oid], found.until > now else { return nil }
      names.types[oid] = found.value
    }
    if let name = question.named {
      guard let found = named[name], found.until > now else { return nil }
      names.named[name] = found.value
    }
    return names
  }

  /// Finds names; `done` is called once, later, with as many as could be found.
  func ask(_ question: Question, done: @escaping (KnownNames) -> Void) {
    queue.append(Waiting(question: question, done: done))
    next()
  }

  private func next() {
    guard !isBusy, let first = queue.first else { return }
    if let names = known(first.question) {
      queue.removeFirst()
      let bound = NIOLoopBound(first, eventLoop: loop)
      loop.execute { bound.value.done(names) }
      return next()
    }
    isBusy = true
    turn &+= 1
    let turn = turn
    idle?.cancel()
    let deadline = loop.assumeIsolated().scheduleTask(in: Self.patience) { [weak self] () -> Void in
      self?.answer(nil, first, turn)
    }
    guard let connection, connection.channel.isActive else { return connect(first, turn, deadline) }
    put(first, turn, connection, deadline)
  }

  private func connect(_ waiting: Waiting, _ turn: UInt64, _ deadline: Scheduled<Void>) {
    let startup = ClientStartup([
      (name: "user", value: ""), (name: "database", value: database),
      (name: "application_name", value: "exhibit gateway"), (name: "client_encoding", value: "UTF8"),
    ])
    guard let listener else { return answer(nil, waiting, turn) }
    listener.connect(startup, on: loop) { [weak self] result in
      guard let self else { return }
      switch result {
      case .failure(let failure):
        self.log.write(.error, "names cannot be asked for", ["reason": failure.detail])
        deadline.cancel()
        self.answer(nil, waiting, turn)
      case .success(let (channel, side, _)):
        guard turn == self.turn, self.isBusy else { return channel.close(promise: nil) }
        let own = CatalogSide()
        do {
          try channel.pipeline.syncOperations.addHandler(own)
          channel.pipeline.syncOperations.removeHandler(side, promise: nil)
        } catch {
          deadline.cancel()
          return self.answer(nil, waiting, turn)
        }
        self.connection = (channel, own)
        self.put(waiting, turn, (channel, own), deadline)
      }
    }
  }

  private func put(
    _ waiting: Waiting, _ turn: UInt64, _ connection: (channel: any Channel, side: CatalogSide),
    _ deadline: Scheduled<Void>
  ) {
    connection.side.ask(CatalogQuery.text(waiting.question), on: connection.channel) { [weak self] answer in
      deadline.cancel()
      self?.answer(answer, waiting, turn)
    }
  }

  /// Takes an answer to the first of the queue; nil where there is none.
  private func answer(_ answer: CatalogSide.Answer?, _ waiting: Waiting, _ turn: UInt64) {
    guard isBusy, turn == self.turn else { return }
    isBusy = false
    if !queue.isEmpty { queue.removeFirst() }
    if answer == nil {
      log.write(.error, "names are not known; what rules may mean is not shown", ["database": database])
      connection?.channel.close(promise: nil)
      connection = nil
    }
    // What was asked in vain is not asked again at once.
    let names = learn(answer ?? [], waiting.question)
    waiting.done(names)
    idle = loop.assumeIsolated().scheduleTask(in: Self.idleTime) { [weak self] () -> Void in
      self?.connection?.channel.close(promise: nil)
      self?.connection = nil
    }
    next()
  }

  private func learn(_ answer: CatalogSide.Answer, _ question: Question) -> KnownNames {
    let found = CatalogQuery.names(answer, question)
    remember(found, of: question)
    return found
  }

  /// Takes what is known of a question; what is not in it is not known.
  func remember(_ found: KnownNames, of question: Question) {
    if tables.count + types.count + named.count > Self.memoryLimit { (tables, types, named) = ([:], [:], [:]) }
    let until = NIODeadline.now() + Self.age
    for oid in question.tables { tables[oid] = Known(value: found.tables[oid], until: until) }
    for oid in question.types { types[oid] = Known(value: found.types[oid], until: until) }
    if let name = question.named { named[name] = Known(value: found.named[name] ?? [], until: until) }
  }
}
