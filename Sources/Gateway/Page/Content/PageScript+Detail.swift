extension PageScript {
  static let detail: StaticString = #"""
    const pairs = list => {
      const all = make("dl");
      for (const [name, value] of list) if (value) all.append(make("dt", name), make("dd", value));
      return all;
    };
    const heading = text => make("h3", text);
    const visible = text => {
      const code = make("code");
      let at = 0;
      for (const match of text.matchAll(hidden)) {
        code.append(text.slice(at, match.index), make("span", shownAs(match[0]), "control"));
        at = match.index + match[0].length;
      }
      code.append(text.slice(at));
      return code;
    };
    const block = text => { const pre = make("pre"); pre.tabIndex = 0; pre.append(visible(text)); return pre; };
    const difference = text => {
      const pre = make("pre"), code = make("code");
      pre.tabIndex = 0;
      for (const line of text.split("\n")) {
        const shown = visible(line + "\n");
        shown.className = line.startsWith("+") ? "add" : line.startsWith("-") ? "del" : "";
        code.append(...(shown.className ? [shown] : shown.childNodes));
      }
      pre.append(code);
      return pre;
    };
    const dump = bytes => {
      const lines = [];
      for (let at = 0; at < Math.min(bytes.length, 4096); at += 16) {
        const part = [...bytes.subarray(at, at + 16)];
        lines.push(part.map(byte => byte.toString(16).padStart(2, "0")).join(" ").padEnd(50) + part.map(byte => byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".").join(""));
      }
      if (bytes.length > 4096) lines.push("\u2026 " + (bytes.length - 4096) + " more; see exhibit approvals show --bytes");
      return lines.join("\n");
    };
    const exactBytes = request => {
      const message = request.message, bytes = unbase64(message.base64);
      const body = bytes.subarray(message.head_count, bytes.at(-1) === 0 ? bytes.length - 1 : bytes.length);
      let text;
      try { if (!body.includes(0)) text = new TextDecoder("utf-8", {fatal: true, ignoreBOM: true}).decode(body); } catch { }
      const name = "Message " + message.type + " of " + message.byte_count + " bytes";
      const isKnown = text !== undefined && request.statements.length === 1 && text === request.statements[0].text;
      if (isKnown) return [make("p", name + ": the text above, and nothing else.", "soft")];
      return [heading(name), block(text === undefined ? dump(bytes) : text)];
    };
    const statement = (part, request) => {
      const box = make("div", null, "statement" + (part.needs_approval ? "" : " calm"));
      const line = make("p");
      line.append(make("b", part.verb + " "), make("span", part.effect, "effect " + part.effect), part.needs_approval ? "" : " needs no approval");
      box.append(line, block(part.text));
      if (part.parameters) box.append(pairs([["parameters", part.parameters]]));
      if (part.resources.length) box.append(pairs([["touches", part.resources.join(", ")]]));
      if (part.reason && part.reason !== request.reason) box.append(make("p", part.rule + ": " + part.reason, "soft"));
      return box;
    };
    const pastTable = past => {
      const table = make("table", null, "past"), body = make("tbody");
      for (const one of past) {
        const row = make("tr"), text = make("td");
        text.append(make("code", oneLine(one.text).slice(0, 200)));
        row.append(make("td", one.since.slice(0, 16).replace("T", " ")), make("td", one.outcome), text, make("td", one.reason));
        body.append(row);
      }
      table.append(body);
      return table;
    };
    const draw = request => {
      const wanted = request.statements.find(part => part.needs_approval) || request.statements[0] || {verb: "Request"};
      const box = document.createDocumentFragment();
      const back = make("button", "\u2039 All requests", "plain back");
      back.type = "button";
      back.onclick = close;
      const why = make("div", null, "why");
      why.append(make("p", "Rule " + request.rule), make("b", request.reason || ""), make("p", left(request.until) + ", until " + request.until.slice(11, 19) + " UTC", "soft"));
      box.append(back, make("h2", wanted.verb + " on " + request.target), make("p", [request.database, request.server].filter(Boolean).join(" at "), "soft"), why);
      if (request.prompt) {
        box.append(heading("What the agent was asked, by its hook's word"));
        if (request.prompt.text) box.append(make("blockquote", request.prompt.text));
        if (request.prompt.call) box.append(pairs([["tool", request.prompt.tool]]), block(request.prompt.call));
      }
      box.append(heading(request.statements.length === 1 ? "What would run" : "What would run, " + request.statements.length + " statements"), ...request.statements.map(part => statement(part, request)));
      if (request.estimate) box.append(pairs([["rows, by the planner", request.estimate.error ? "not known: " + request.estimate.error : String(Math.round(request.estimate.rows))]]));
      if (request.difference) box.append(heading("What it changes"), difference(request.difference));
      if (request.before.length) box.append(heading("Statements before it that decide what it means"), block(request.before.join(";\n")));
      if (request.settings.length) box.append(heading("Settings that the connection began with"), block(request.settings.join("\n")));
      box.append(...exactBytes(request));
      box.append(heading("Who"), pairs([["human", request.human], ["agent", [request.agent, request.run && "run " + request.run].filter(Boolean).join(", ")],
        ["token", request.identity], ["from", [request.client, request.application].filter(Boolean).join(", ")], ["as", request.user],
        ...Object.entries(request.context || {})]));
      if (request.signatures.length) box.append(heading("Signed so far"), pairs(request.signatures.map(one => [one.stance, one.by + ", " + one.key])));
      if (request.history.length) box.append(heading("What " + request.identity + " asked for before"), pastTable(request.history));
      if (request.request) {
        const more = make("details");
        more.append(make("summary", "What is signed, word for word"), block(request.request.text), make("p", "SHA-256 " + request.request.sha256, "soft"));
        more.id = "signed";
        box.append(more, decisionBar(request));
      } else box.append(make("p", "Nothing lies ready to be signed for it; the gateway's log says why.", "notice bad"));
      $("detail").replaceChildren(box);
    };
    const choose = async (id, isOpen) => {
      chosen = id;
      if (isOpen) $("app").classList.add("open");
      drawList();
      await attempt(async () => {
        const answer = await post("/ask", {ask: "show", id});
        if (chosen !== id) return;
        shown = answer;
        draw(answer);
        $("detail").dataset.id = id;
      });
    };
    const close = () => { $("app").classList.remove("open"); drawList(); };
    const over = end => {
      $("detail").querySelector(".bar")?.replaceChildren(make("p", "It is over: " + (end ? end.outcome + ", " + end.reason : "it waits no more") + "."));
      shown = undefined;
    };

    """#
}
