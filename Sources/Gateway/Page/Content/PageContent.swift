import NIOHTTP1

/// The files of the page.
enum PageContent {
  static func answer(_ request: PageRequest) -> PageAnswer {
    switch request.path {
    case "/": PageAnswer(.ok, type: "text/html; charset=utf-8", document)
    case "/page.css": PageAnswer(.ok, type: "text/css; charset=utf-8", style)
    case "/page.js": PageAnswer(.ok, type: "text/javascript; charset=utf-8", script)
    default: PageAnswer(.notFound, "there is no \(request.path)")
    }
  }

  private static func bytes(_ parts: StaticString...) -> [UInt8] {
    var all: [UInt8] = []
    for part in parts { all += Array("\(part)".utf8) }
    return all
  }

  private static let document = bytes(PageDocument.text)
  private static let style = bytes(PageStyle.text)
  private static let script = bytes(
    PageScript.opening, PageScript.wire, PageScript.keys, PageScript.login, PageScript.list, PageScript.detail,
    PageScript.deciding, PageScript.start)
}

/// The parts that make the script up, in this order.
enum PageScript {}
