extension PageScript {
  static let login: StaticString = #"""
    let me, sign, looking;
    const show = isIn => {
      $("login").hidden = isIn;
      $("app").hidden = !isIn;
      $("who").hidden = !isIn;
      if (!isIn) { me = undefined; document.title = "Approvals"; $("title").textContent = "Log in"; }
    };
    const enter = async reader => {
      clearInterval(looking);
      me = reader;
      const own = reader.key.startsWith("sk-") ? null : await ownKey();
      sign = own ? (message, namespace) => signByKey(own, message, namespace) : signByToken;
      $("name").textContent = reader.name + " until " + reader.until.slice(0, 16).replace("T", " ") + " UTC";
      $("name").title = reader.fingerprint;
      say("");
      show(true);
      await refresh();
    };
    const attempt = async action => {
      try { await action(); }
      catch (error) { say(error.name === "NotAllowedError" ? "The security key did not sign: nobody touched it, or it knows no key of this page." : error.message, "bad"); }
    };
    const shell = text => "'" + text.replaceAll("'", "'\\''") + "'";
    const finish = async (own, begun) => enter(await post("/login/finish", {code: begun.code, ...await signByKey(own, utf8(begun.text), begun.namespace)}));
    const withKey = async () => {
      clearInterval(looking);
      const own = await ownKey();
      const begun = await post("/login", {key: own.line});
      if (own.certificate) {
        // One that counts no more is made anew.
        try { return await finish(own, begun); } catch (error) { if (error.status !== 403) throw error; }
        delete own.certificate;
        await keep(own);
      }
      $("code").textContent = begun.code;
      $("fingerprint").textContent = begun.fingerprint;
      $("command").textContent = "exhibit approvals login " + begun.code + " --socket " + (begun.socket ? shell(begun.socket) : "SOCKET") + " --key ~/.ssh/id_ed25519";
      $("keygen").textContent = "echo " + shell(own.line) + " >page.pub && ssh-keygen -q -s ~/.ssh/id_ed25519 -I page -n NAME -V -5m:+" + begun.hours + "h page.pub && cat page-cert.pub";
      $("certify").hidden = false;
      const look = async () => {
        let answer;
        try { answer = await post("/login/look", {code: begun.code}); }
        catch (error) {
          if (error.status !== 404) return;
          clearInterval(looking);
          $("certify").hidden = true;
          return say("Nobody certified the key in time. Begin again.", "bad");
        }
        if (!answer.certificate) return;
        clearInterval(looking);
        own.certificate = answer.certificate;
        await attempt(async () => {
          await keep(own);
          await finish(own, begun);
          $("certify").hidden = true;
        });
      };
      looking = setInterval(look, 1000);
      $("take").onclick = () => attempt(async () => {
        await post("/login/certificate", {code: begun.code, certificate: $("certificate").value.trim()});
        await look();
      });
    };
    const withToken = async () => {
      const begun = await post("/login", {});
      await enter(await post("/login/finish", {code: begun.code, ...await signByToken(utf8(begun.text), begun.namespace)}));
    };
    const register = async () => {
      const name = $("principal").value.trim();
      if (!name || /[\s"]/.test(name)) return say("Give your name as the signers have it.", "bad");
      const made = await navigator.credentials.create({publicKey: {
        challenge: crypto.getRandomValues(new Uint8Array(32)), rp: {name: "Exhibit gateway"},
        user: {id: crypto.getRandomValues(new Uint8Array(16)), name, displayName: name},
        pubKeyCredParams: [{type: "public-key", alg: -7}],
        authenticatorSelection: {residentKey: "required", userVerification: "preferred"}, timeout: 120000}});
      // SubjectPublicKeyInfo of P-256 ends with the point.
      const point = new Uint8Array(made.response.getPublicKey()).slice(-65);
      $("line").textContent = name + " " + tokenLine(point, location.hostname);
      $("registered").hidden = false;
      say("Registered. It counts as soon as the signers have its line.", "ok");
    };
    const leave = async () => {
      await post("/logout", {});
      show(false);
    };

    """#
}
