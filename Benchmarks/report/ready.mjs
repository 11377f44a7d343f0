// Opens a page in headless Chromium, once for each run, and prints the milliseconds from the beginning of the navigation until its script
// has come to its end, and those of the first search over everything after it.
//   node ready.mjs CHROMIUM PAGE RUNS WORD
import {spawn} from "node:child_process";
import {mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";

const [chromium, page, runs, word] = process.argv.slice(2);
const profile = mkdtempSync(tmpdir() + "/ready-");
const child = spawn(chromium, ["--no-sandbox", "--headless", "--disable-gpu", "--remote-debugging-pipe", `--user-data-dir=${profile}`, "about:blank"],
  {stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"]});
const waiting = new Map();
let id = 0, rest = "", session;
child.stdio[4].on("data", data => {
  const parts = (rest + data).split("\0");
  rest = parts.pop();
  for (const part of parts) {
    const message = JSON.parse(part);
    if (message.id) { waiting.get(message.id)?.(message.result); waiting.delete(message.id); }
  }
});
const send = (method, params = {}) => new Promise(done => {
  waiting.set(++id, done);
  child.stdio[3].write(JSON.stringify({id, method, params, ...(session ? {sessionId: session} : {})}) + "\0");
});
const evaluate = async expression => (await send("Runtime.evaluate", {expression, returnByValue: true, awaitPromise: true})).result?.value;
const until = async (expression, what) => {
  const end = Date.now() + 120_000;
  while (!await evaluate(expression)) {
    if (Date.now() > end) { console.error("gave up waiting until " + what); child.kill(); process.exit(1); }
    await new Promise(done => setTimeout(done, 5));
  }
};
const target = (await send("Target.getTargets")).targetInfos.find(t => t.type === "page");
session = (await send("Target.attachToTarget", {targetId: target.targetId, flatten: true})).sessionId;
await send("Page.enable");
for (let run = 0; run < Number(runs); run++) {
  await send("Page.navigate", {url: "about:blank"});
  await until("location.href === 'about:blank'", "the page before is gone");
  const begun = performance.now();
  await send("Page.navigate", {url: "file://" + page});
  await until("document.documentElement?.dataset.ready === '1'", "the page can be used");
  const ready = performance.now() - begun;
  await evaluate(`document.getElementById("query").value = ${JSON.stringify(word)}`);
  const asked = performance.now();
  await evaluate('document.getElementById("query").dispatchEvent(new Event("input")); 0');
  await until('/ of [0-9,]+ action/.test(document.getElementById("found").textContent)', "the search is over");
  console.log(Math.round(ready), Math.round(performance.now() - asked));
}
child.kill();
rmSync(profile, {recursive: true, force: true, maxRetries: 5});
process.exit(0);
