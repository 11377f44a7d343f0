extension PageScript {
  static let list: StaticString = #"""
    let held = [], chosen, shown;
    const left = until => {
      const seconds = Math.max(0, Math.round((Date.parse(until) - Date.now()) / 1000));
      if (seconds < 90) return seconds + " s left";
      return seconds < 5400 ? Math.round(seconds / 60) + " min left" : Math.round(seconds / 3600) + " h left";
    };
    const oneLine = text => (text || "").replace(/\s+/g, " ").trim();
    // Row by row, so that what somebody looks at stays where it is.
    const drawList = () => {
      const rows = new Map([...$("held").children].map(row => [row.dataset.id, row]));
      for (const one of held) {
        let row = rows.get(one.id);
        rows.delete(one.id);
        if (!row) {
          row = make("li");
          row.dataset.id = one.id;
          const button = make("button");
          button.type = "button";
          button.onclick = () => choose(one.id, true);
          button.append(make("b", (one.verb || "Request") + " on " + (one.target || "?")), make("span", oneLine(one.text), "text"), make("span", "", "for"));
          row.append(button);
          $("held").append(row);
        }
        row.querySelector(".for").textContent = plain([one.human, one.agent, left(one.until)].filter(Boolean).join(" · "));
        row.firstChild.setAttribute("aria-current", String(one.id === chosen));
      }
      for (const row of rows.values()) row.remove();
      const count = held.length;
      $("waiting").textContent = count ? count + (count === 1 ? " request waits" : " requests wait") : "Nothing waits";
      $("title").textContent = "Approvals";
      document.title = (count ? "(" + count + ") " : "") + "Approvals";
    };
    const drawPast = past => {
      $("past").hidden = past.length === 0;
      $("over").replaceChildren(...past.map(one => {
        const row = make("li");
        row.append(make("b", one.outcome + " "), plain(oneLine(one.text).slice(0, 120)), make("span", [one.human, one.reason].filter(Boolean).join(" · ")));
        return row;
      }));
    };
    let isAsking = false;
    const refresh = async () => {
      if (!me || isAsking) return;
      isAsking = true;
      try {
        const answer = await post("/ask", {ask: "list"});
        if (!me) return;
        held = answer.held;
        drawPast(answer.over);
        if (chosen && !held.some(one => one.id === chosen)) {
          const end = answer.over.find(one => one.id === chosen);
          if (shown) over(end);
          chosen = undefined;
        }
        if (!chosen && !shown && held.length && matchMedia("(min-width: 861px)").matches) choose(held[0].id, false);
        drawList();
        if (!held.length && !shown) $("detail").replaceChildren(make("p", "Nothing waits. This page shows what does as soon as it does.", "empty"));
        if ($("notice").textContent === "the gateway does not answer") say("");
        document.documentElement.dataset.seen = String(Number(document.documentElement.dataset.seen || 0) + 1);
      } catch (error) {
        if (error.status === 401) { show(false); say("You are logged out.", "bad"); } else say(error.message, "bad");
      } finally { isAsking = false; }
    };
    const step = by => {
      if (!held.length) return;
      const at = held.findIndex(one => one.id === chosen);
      const next = at < 0 ? 0 : Math.min(held.length - 1, Math.max(0, at + by));
      choose(held[next].id, true);
      $("held").children[next]?.firstChild.focus();
    };

    """#
}
