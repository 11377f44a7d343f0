public import Foundation

/// Drives a page as a person does: keys, clicks and text over Chromium's DevTools pipe.
public enum BrowserDriver {
  public enum Step: Sendable {
    case key(String)
    case type(String)
    /// Waits until the expression is true and gives its value, or gives up after ten seconds.
    case until(String)
    case evaluate(String)
    /// A command of the DevTools protocol, with its parameters in JSON.
    case command(String, String)
    /// Writes the value of an expression to a file, as soon as it is true.
    case save(String, URL)
    /// A picture of the page, in PNG.
    case picture(URL)

    fileprivate var pair: [String] {
      switch self {
      case .key(let key): ["key", key]
      case .type(let text): ["type", text]
      case .until(let expression): ["until", expression]
      case .evaluate(let expression): ["eval", expression]
      case .command(let method, let parameters): ["send", method, parameters]
      case .save(let expression, let file): ["save", expression, file.path]
      case .picture(let file): ["picture", file.path]
      }
    }
  }

  /// The values of the steps that have one, then what the console said.
  public static func run(_ page: URL, _ steps: [Step]) throws -> [String] {
    guard let node = Browser.node, let chromium = Browser.chromium else { return [] }
    let folder = try Folder()
    let driver = try folder.write(source, "driver.mjs")
    let script = folder.url.appending(path: "steps.json")
    try JSONEncoder().encode(steps.map(\.pair)).write(to: script)
    let output = try Browser.run(
      node, [driver.path, chromium, folder.url.path + "/profile", page.absoluteString, script.path])
    return output.out.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
  }

  private static let source = #"""
    import {spawn} from "node:child_process";
    import {readFileSync, renameSync, writeFileSync} from "node:fs";
    const [chromium, profile, url, file] = process.argv.slice(2);
    const child = spawn(chromium, ["--no-sandbox", "--headless", "--disable-gpu", "--remote-debugging-pipe",
      `--user-data-dir=${profile}`, "--window-size=1240,1400", "about:blank"], {stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"]});
    const waiting = new Map(), complaints = [];
    let id = 0, rest = "", session;
    child.stdio[4].on("data", data => {
      const parts = (rest + data).split("\0");
      rest = parts.pop();
      for (const part of parts) {
        const m = JSON.parse(part);
        if (m.id) { waiting.get(m.id)?.(m.result); waiting.delete(m.id); }
        else if (m.method === "Runtime.exceptionThrown") complaints.push(m.params.exceptionDetails.exception?.description);
        else if (m.method === "Log.entryAdded") complaints.push(m.params.entry.text);
      }
    });
    const send = (method, params = {}) => new Promise(done => {
      waiting.set(++id, done);
      child.stdio[3].write(JSON.stringify({id, method, params, ...(session ? {sessionId: session} : {})}) + "\0");
    });
    const evaluate = async expression => {
      const answer = await send("Runtime.evaluate", {expression, returnByValue: true, awaitPromise: true});
      return answer.exceptionDetails ? "thrown: " + answer.exceptionDetails.exception?.description : answer.result.value;
    };
    const until = async expression => {
      const end = Date.now() + 10000;
      for (;;) {
        const value = await evaluate(expression);
        if (value || Date.now() > end) return value;
        await new Promise(done => setTimeout(done, 20));
      }
    };
    const targets = await send("Target.getTargets");
    session = (await send("Target.attachToTarget", {targetId: targets.targetInfos.find(t => t.type === "page").targetId, flatten: true})).sessionId;
    for (const domain of ["Page", "Runtime", "Log"]) await send(domain + ".enable");
    await send("Page.navigate", {url});
    await until("document.readyState === 'complete' && document.documentElement.dataset.ready === '1'");
    const codes = {ArrowRight: 39, ArrowLeft: 37, ArrowUp: 38, ArrowDown: 40, Enter: 13, " ": 32, Escape: 27, Home: 36, End: 35};
    const say = value => console.log(String(value).replace(/\n/g, " "));
    for (const [kind, text, more] of JSON.parse(readFileSync(file, "utf8"))) {
      if (kind === "key") for (const type of ["keyDown", "keyUp"]) await send("Input.dispatchKeyEvent", {type, key: text, code: text, text: type !== "keyDown" ? undefined : text.length === 1 ? text : text === "Enter" ? "\r" : undefined, windowsVirtualKeyCode: codes[text]});
      if (kind === "type") await send("Input.insertText", {text});
      if (kind === "eval") say(await evaluate(text));
      if (kind === "until") say(await until(text));
      if (kind === "send") await send(text, JSON.parse(more));
      if (kind === "save") { writeFileSync(more + ".part", String(await until(text))); renameSync(more + ".part", more); }
      if (kind === "picture") writeFileSync(text, Buffer.from((await send("Page.captureScreenshot", {format: "png", captureBeyondViewport: true})).data, "base64"));
    }
    say(complaints.join("; "));
    child.kill("SIGKILL");
    process.exit(0);
    """#
}
