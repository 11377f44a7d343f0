import Bytes
import Model

/// Takes the secrets out of a conversation of git: commits carry them more often than one would like.
enum GitMask {
  static func apply(to exchange: RepositoryExchange, _ mask: inout SecretMask) -> RepositoryExchange {
    var exchange = exchange
    exchange.repository = mask.url(exchange.repository)
    exchange.history = exchange.history.map { content($0, &mask) }
    exchange.messages = exchange.messages.map { content($0, &mask) }
    exchange.pushOptions = exchange.pushOptions.map { mask.text($0) }
    exchange.error = exchange.error.map { mask.text($0) }
    exchange.certificate = exchange.certificate.map { mask.text($0) }
    for index in exchange.commits.indices {
      exchange.commits[index].subject = mask.text(exchange.commits[index].subject)
      exchange.commits[index].trailers = exchange.commits[index].trailers.map {
        HeaderField($0.name, mask.text($0.value))
      }
    }
    return exchange
  }

  /// Content without its secrets; its true size and digest stay.
  static func content(_ content: Payload, _ mask: inout SecretMask) -> Payload {
    guard SecretTriggers.mayHold(content.bytes.span) else { return content }
    let isText = content.bytes.span.isUTF8
    let bytes = mask.sweep(mask.bytes(content.bytes, isText: isText), isText: isText)
    return bytes == content.bytes ? content : content.replacingBytes(bytes)
  }
}
