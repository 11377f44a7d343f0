import Foundation
import Testing

@testable import Policy

@Suite struct GrammarThreadTests {
  /// libpg_query takes a key of thread-specific data for each thread; a process has 1,024.
  @Test func `thousands of statements leave keys of thread-specific data for others`() {
    for number in 0..<1_500 { _ = SQLGrammar.fingerprint("SELECT \(number) AS c\(number)") }
    var key = pthread_key_t()
    let made = unsafe pthread_key_create(&key, nil)
    #expect(made == 0)
    if made == 0 { pthread_key_delete(key) }
  }

  @Test func `statements of several threads are parsed each for itself`() async {
    await withTaskGroup(of: Bool.self) { group in
      for number in 0..<64 {
        group.addTask {
          SQLGrammar.fingerprint("SELECT * FROM t\(number % 2 == 0 ? "a" : "b")")
            == SQLGrammar.fingerprint("SELECT * FROM t\(number % 2 == 0 ? "a" : "b")")
        }
      }
      for await isSame in group { #expect(isSame) }
    }
  }
}
