extension PageScript {
  static let deciding: StaticString = #"""
    let isSigning = false;
    const stances = {approve: "approval", reject: "rejection"};
    const decide = async (stance, reason) => {
      if (isSigning || !shown?.request) return;
      isSigning = true;
      const request = shown;
      try {
        const signed = await sign(utf8(request.request.text), stances[stance] + "@" + request.namespace);
        const answer = await post("/ask", {ask: "decide", id: request.id, stance, reason, ...signed});
        say(answer.waits ? "Signed by " + answer.by + "; it still waits: " + answer.reason : "Signed by " + answer.by + "; it is over: " + answer.outcome + ".", "ok");
        if (answer.waits) await choose(request.id, true);
        await refresh();
      } finally { isSigning = false; }
    };
    const decisionBar = request => {
      const bar = make("div", null, "bar");
      const yes = make("button", "Approve", "yes"), no = make("button", "Deny", "no");
      const ask = (words, label, className, reasonLabel, stance) => {
        const sentence = make("p", words), go = make("button", label, className), back = make("button", "Cancel");
        const reason = reasonLabel ? make("input") : null;
        for (const button of [go, back]) button.type = "button";
        if (reason) {
          reason.placeholder = reasonLabel;
          reason.setAttribute("aria-label", reasonLabel);
          reason.maxLength = 1000;
          reason.id = "reason";
          reason.onkeydown = event => { if (event.key === "Enter") go.click(); };
        }
        go.id = "sign";
        go.onclick = () => attempt(async () => {
          if (reason && !reason.value.trim()) { reason.focus(); throw new Error("A denial says why."); }
          go.disabled = true;
          try { await decide(stance, reason ? reason.value.trim() : undefined); } finally { go.disabled = false; }
        });
        back.onclick = first;
        bar.replaceChildren(sentence, ...(reason ? [reason] : []), go, back);
        (reason || go).focus();
      };
      const first = () => {
        bar.replaceChildren(yes, no);
        yes.onclick = () => ask("You sign as " + me.name + " that this may run once, as it stands here.", "Sign: approve", "yes", null, "approve");
        no.onclick = () => ask("You sign as " + me.name + " that this must not run. The client is told the reason.", "Sign: deny", "no", "Reason", "reject");
      };
      for (const [button, id] of [[yes, "approve"], [no, "deny"]]) { button.type = "button"; button.id = id; }
      first();
      bar.first = first;
      return bar;
    };

    """#

  static let start: StaticString = #"""
    const onKey = event => {
      if (!me || event.ctrlKey || event.metaKey || event.altKey) return;
      const isTyping = /INPUT|TEXTAREA/.test(event.target.tagName);
      if (event.key === "Escape") {
        const bar = $("detail").querySelector(".bar");
        if (bar?.first && bar.querySelector("#sign")) { bar.first(); $("approve")?.focus(); } else close();
        return;
      }
      if (isTyping) return;
      const actions = {j: () => step(1), ArrowDown: () => step(1), k: () => step(-1), ArrowUp: () => step(-1), a: () => $("approve")?.click(), d: () => $("deny")?.click()};
      const action = actions[event.key];
      if (!action || event.key.startsWith("Arrow") && !event.target.closest("nav")) return;
      event.preventDefault();
      action();
    };
    document.addEventListener("keydown", onKey);
    $("with-key").onclick = () => attempt(withKey);
    $("with-token").onclick = () => attempt(withToken);
    $("register").onclick = () => attempt(register);
    $("leave").onclick = () => attempt(leave);
    document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
    setInterval(refresh, 1500);
    (async () => {
      if (!window.isSecureContext || !crypto.subtle) { show(false); $("login").hidden = true; return say("Browsers sign nothing on a page without TLS, but on this machine's own: open it as http://localhost.", "bad"); }
      if (!window.PublicKeyCredential || /^[\d.]+$|^\[/.test(location.hostname)) $("tokens").hidden = true;
      show(false);
      await attempt(async () => {
        const reader = await post("/me", {});
        if (reader.name) await enter(reader);
      });
      document.documentElement.dataset.ready = "1";
    })();
    })();
    """#
}
