/// Reads names of columns and fields: word by word, however the words are joined.
enum NameReading {
  /// Words that count, the last ones of a name.
  static let wordLimit = 8
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
  private static let questions: Set<UInt64> = hashes("is,has,can,should,num,number of,need,needs,allow,require,requires")

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
    var words = NameWords(bytes, range)
    words.keepLast(wordLimit)
    let vocabulary = NameVocabulary.shared
    var hints: NameHints = []
    var place = 0
    if isColumn, let first = words.hash(bytes, from: 0, count: 1), questions.contains(first) { return [] }
    while place < words.count {
      var taken = 1
      var said: NameHints?
      // The longest phrase that begins here.
      var length = min(NameVocabulary.phraseWords, words.count - place)
      while length > 0, said == nil {
        if let hash = words.hash(bytes, from: place, count: length), let hint = vocabulary.hint(hash) {
          (said, taken) = (hint, length)
        }
        length -= 1
      }
      if let said {
        hints.formUnion(said)
      } else if isColumn, place > 0, let hash = words.hash(bytes, from: place, count: 1), qualifiers.contains(hash) {
        return []
      }
      place += taken
      // `card_id`: an id says what the word before it is, and `national_id` was one phrase.
      if isColumn, place == words.count, taken == 1, let said, said == .identifier || said == .business, hints != said {
        return said
      }
    }
    return hints
  }
}
