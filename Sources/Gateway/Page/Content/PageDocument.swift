/// The page itself; all that it tells comes by its script.
enum PageDocument {
  static let text: StaticString = #"""
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width,initial-scale=1">
    <title>Approvals</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/page.css">
    <script src="/page.js" defer></script>
    </head>
    <body>
    <a class="skip" href="#detail">To the request</a>
    <header>
    <p class="brand">Exhibit gateway</p>
    <h1 id="title">Approvals</h1>
    <p class="who" id="who" hidden><span id="name"></span> <button type="button" class="plain" id="leave">Log out</button></p>
    </header>
    <noscript><p class="notice bad">This page signs in the browser, which takes JavaScript. On the gateway's machine: exhibit approvals list</p></noscript>
    <p class="notice" id="notice" role="status" aria-live="polite" hidden></p>
    <main id="login" hidden>
    <section class="card">
    <h2>With an SSH key</h2>
    <p>Your key certifies a key that this browser made and never gives away. Each decision is then signed here.</p>
    <button type="button" id="with-key">Log in with an SSH key</button>
    <div id="certify" hidden>
    <p>On the gateway's machine, with this page beside it:</p>
    <pre><code id="command"></code></pre>
    <p class="soft">The code is <b id="code"></b>, this browser's key <code id="fingerprint"></code>. The page goes on by itself.</p>
    <details><summary>Or anywhere, with OpenSSH alone</summary>
    <pre><code id="keygen"></code></pre>
    <label for="certificate">What that prints</label>
    <textarea id="certificate" rows="4" spellcheck="false" autocapitalize="off" autocomplete="off"></textarea>
    <button type="button" id="take">Take it</button></details>
    </div>
    </section>
    <section class="card" id="tokens">
    <h2>With a security key or passkey</h2>
    <p>It is touched for each decision, and nothing stays in this browser.</p>
    <button type="button" id="with-token">Log in with a security key</button>
    <details><summary>Register one</summary>
    <label for="principal">Your name among the signers</label>
    <input id="principal" autocomplete="username" spellcheck="false" autocapitalize="off" placeholder="lin@shop.example">
    <button type="button" id="register">Register</button>
    <div id="registered" hidden><p>Whoever keeps the policy adds this line to the signers:</p><pre><code id="line"></code></pre></div>
    </details>
    </section>
    </main>
    <main id="app" hidden>
    <nav aria-label="Requests"><h2 id="waiting">Waiting</h2><ol id="held"></ol>
    <details id="past"><summary>Over</summary><ol id="over"></ol></details>
    <p class="soft keys"><kbd>j</kbd> <kbd>k</kbd> next, previous · <kbd>a</kbd> approve · <kbd>d</kbd> deny · <kbd>Esc</kbd> back</p></nav>
    <article id="detail" tabindex="-1" aria-live="off"></article>
    </main>
    </body>
    </html>
    """#
}
