extension PageScript {
  static let opening: StaticString = #"""
    "use strict";
    (() => {
    const $ = id => document.getElementById(id);
    // Nothing of somebody else's text may hide, or turn round what stands beside it.
    const hidden = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;
    const shownAs = letter => "\u27e8" + letter.codePointAt(0).toString(16).toUpperCase().padStart(4, "0") + "\u27e9";
    const plain = text => String(text).replace(hidden, shownAs);
    const make = (name, text, className) => {
      const node = document.createElement(name);
      if (text !== undefined && text !== null) node.textContent = plain(text);
      if (className) node.className = className;
      return node;
    };
    const say = (text, kind) => {
      $("notice").hidden = !text;
      $("notice").textContent = plain(text || "");
      $("notice").className = "notice " + (kind || "");
    };
    class No extends Error { constructor(status, text) { super(text); this.status = status; } }
    const post = async (path, body) => {
      let response;
      try { response = await fetch(path, {method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(body)}); }
      catch { throw new No(0, "the gateway does not answer"); }
      const text = await response.text();
      let answer;
      try { answer = JSON.parse(text); } catch { throw new No(response.status, text.trim()); }
      if (!answer.ok) throw new No(response.status, answer.error);
      return answer;
    };

    """#

  /// SSH's fields (RFC 4251 §5), and signatures of it (OpenSSH PROTOCOL.sshsig).
  static let wire: StaticString = #"""
    const utf8 = text => new TextEncoder().encode(text);
    const join = (...parts) => {
      const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
      let at = 0;
      for (const part of parts) { all.set(part, at); at += part.length; }
      return all;
    };
    const number = n => new Uint8Array([n >>> 24, n >>> 16 & 255, n >>> 8 & 255, n & 255]);
    const string = bytes => join(number(bytes.length), bytes);
    const words = text => string(utf8(text));
    const magnitude = bytes => {
      let start = 0;
      while (start < bytes.length - 1 && bytes[start] === 0) start++;
      const digits = bytes.slice(start);
      return string(digits[0] & 0x80 ? join(new Uint8Array(1), digits) : digits);
    };
    const base64 = bytes => {
      let text = "";
      for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
      return btoa(text);
    };
    const unbase64 = text => Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
    const curve = "nistp256", keyType = "ecdsa-sha2-nistp256", tokenType = "sk-ecdsa-sha2-nistp256@openssh.com";
    const publicLine = point => keyType + " " + base64(join(words(keyType), words(curve), string(point)));
    const tokenLine = (point, application) =>
      tokenType + " " + base64(join(words(tokenType), words(curve), string(point), words(application)));
    const toSign = async (message, namespace) => join(utf8("SSHSIG"), words(namespace), string(new Uint8Array()), words("sha512"),
      string(new Uint8Array(await crypto.subtle.digest("SHA-512", message))));
    const armored = blob => "-----BEGIN SSH SIGNATURE-----\n" + base64(blob).replace(/.{70}/g, "$&\n").trimEnd() + "\n-----END SSH SIGNATURE-----\n";

    """#

  /// The browser's own key, which it does not give away, and security tokens.
  static let keys: StaticString = #"""
    const store = mode => new Promise((done, fail) => {
      const opening = indexedDB.open("exhibit", 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore("keys");
      opening.onerror = () => fail(opening.error);
      opening.onsuccess = () => done(opening.result.transaction("keys", mode).objectStore("keys"));
    });
    const asked = request => new Promise((done, fail) => {
      request.onsuccess = () => done(request.result);
      request.onerror = () => fail(request.error);
    });
    const ownKey = async () => {
      const known = await asked((await store("readonly")).get("own"));
      if (known) return known;
      const pair = await crypto.subtle.generateKey({name: "ECDSA", namedCurve: "P-256"}, false, ["sign", "verify"]);
      const own = {pair, line: publicLine(new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)))};
      await asked((await store("readwrite")).put(own, "own"));
      return own;
    };
    const keep = async own => asked((await store("readwrite")).put(own, "own"));
    const signByKey = async (own, message, namespace) => {
      const made = new Uint8Array(await crypto.subtle.sign({name: "ECDSA", hash: "SHA-256"}, own.pair.privateKey, await toSign(message, namespace)));
      const raw = join(words(keyType), string(join(magnitude(made.slice(0, 32)), magnitude(made.slice(32)))));
      const carried = unbase64((own.certificate || own.line).split(" ")[1]);
      return {signature: armored(join(utf8("SSHSIG"), number(1), string(carried), words(namespace), string(new Uint8Array()), words("sha512"), string(raw)))};
    };
    const signByToken = async (message, namespace) => {
      const found = await navigator.credentials.get({publicKey: {challenge: await toSign(message, namespace), userVerification: "preferred", timeout: 120000}});
      const answer = found.response;
      return {assertion: {client: base64(new Uint8Array(answer.clientDataJSON)), authenticator: base64(new Uint8Array(answer.authenticatorData)),
        signature: base64(new Uint8Array(answer.signature))}};
    };

    """#
}
