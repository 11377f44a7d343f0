/// Reads names of columns and fields: word by word, however the words are joined.
enum NameReading {
  /// Bytes of a name that are read, the last ones.
  static let byteLimit = 128

  /// What follows a telling word and makes it something about the value: `email_verified`, `card_type`.
  private static let qualifiers: Set<UInt64> = hashes(
    """
    count,verified,valid,validated,type,status,enabled,confirmed,length,len,expires,expiry,expiration,exp,expired,brand,\
    model,template,subject,policy,reset,changed,attempts,sent,opened,bounced,format,pattern,regex,label,placeholder,id,\
    ids,at,on,required,optional,hint,strength,country,state,visible,hidden,index,total,limit,scheme,kind,provider,domain,\
    issuer,network,rotation,ttl,date,created,updated,used,url,uri,endpoint,usage,consent,opt,preference,preferences,category
    """)
  /// What stands before a telling word and makes it a question: `is_email_verified`.
  private static let questions: Set<UInt64> = hashes(
    "is,has,can,should,num,number of,need,needs,allow,require,requires")

  private static func hashes(_ words: String) -> Set<UInt64> {
    Set(words.split(separator: ",").map { $0.utf8.reduce(NameVocabulary.start) { NameVocabulary.step($0, $1) } })
  }

  /// What the name of a column says, `customers.card_pan`, `"Card PAN"` or `cardPan`.
  static func hints(of column: String) -> NameHints {
    let bytes = Array(column.utf8.suffix(byteLimit))
    let span = bytes.span
    // What is before the last point is a table or a schema.
    var start = span.count
    while start > 0, span.peek(start - 1) != 0x2E { start -= 1 }
    if start == span.count { start = 0 }
    var hints = hints(span, start..<span.count, isColumn: true)
    if hints.contains(.bareName) {
      let table = self.hints(span, 0..<start, isColumn: false)
      hints = hints.subtracting(.bareName)
      if table.contains(.people) || hints.contains(.people) { hints.formUnion(.name) }
    }
    return hints
  }

  /// What the words of a range say. Of a column, words that only qualify take back what they stand behind.
  static func hints(_ bytes: Span<UInt8>, _ range: Range<Int>, isColumn: Bool) -> NameHints {
    let words = NameWords(bytes, range)
    let vocabulary = NameVocabulary.shared
    var hints: NameHints = []
    var place = 0
    if isColumn, words.count > 0, questions.contains(words.hash(bytes, 0)) { return [] }
    while place < words.count {
      var hash = words.hash(bytes, place)
      var taken = 1
      var said: NameHints = []
      // The longest phrase that begins here.
      var length = 1
      while let hint = vocabulary.hint(hash) {
        if hint != .begins { (said, taken) = (hint.subtracting(.begins), length) }
        guard hint.contains(.begins), length < NameVocabulary.phraseWords, place + length < words.count else { break }
        hash = words.hash(bytes, place + length, after: hash)
        length += 1
      }
      if !said.isEmpty {
        hints.formUnion(said)
      } else if isColumn, place > 0, qualifiers.contains(words.hash(bytes, place)) {
        return []
      }
      place += taken
      // `card_id`: an id says what the word before it is, and `national_id` was one phrase.
      if isColumn, place == words.count, taken == 1, said == .identifier || said == .business, hints != said {
        return said
      }
    }
    return hints
  }
}
