"""Somebody who approves on the gateway's page: a headless Chromium, driven by its DevTools pipe with keys alone.

He lets the browser in with his SSH key (`exhibit approvals login`), waits until something waits, takes a picture of it, and
approves it. Prints `ready` once he looks at the list, then what the page says when he has signed.

    approver.py CHROMIUM PROFILE URL EXHIBIT SOCKET KEY PICTURE
"""

import base64
import json
import os
import subprocess
import sys
import time

SECONDS = 120


class Browser:
    def __init__(self, program, profile):
        to_browser, self.write_end = os.pipe()
        self.read_end, from_browser = os.pipe()

        def pipes():
            # Chromium reads commands from 3 and writes answers to 4.
            commands, answers = os.dup(to_browser), os.dup(from_browser)
            os.dup2(commands, 3)
            os.dup2(answers, 4)

        self.child = subprocess.Popen(
            [program, "--no-sandbox", "--headless", "--disable-gpu", "--remote-debugging-pipe",
             f"--user-data-dir={profile}", "--window-size=1240,1750", "about:blank"],
            preexec_fn=pipes, pass_fds=(3, 4), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self.last, self.rest, self.session = 0, b"", None
        targets = self.send("Target.getTargets")["targetInfos"]
        page = next(target["targetId"] for target in targets if target["type"] == "page")
        self.session = self.send("Target.attachToTarget", targetId=page, flatten=True)["sessionId"]
        self.send("Page.enable")

    def send(self, method, **parameters):
        self.last += 1
        message = {"id": self.last, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.write_end, json.dumps(message).encode() + b"\0")
        while True:
            while b"\0" not in self.rest:
                data = os.read(self.read_end, 1 << 16)
                if not data:
                    sys.exit("approver: the browser went away")
                self.rest += data
            one, self.rest = self.rest.split(b"\0", 1)
            answer = json.loads(one)
            if answer.get("id") == self.last:
                if "error" in answer:
                    sys.exit(f"approver: {method}: {answer['error']}")
                return answer["result"]

    def value(self, expression):
        answer = self.send("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        return answer["result"].get("value")

    def until(self, what, expression):
        """Asks until the expression is true; gives its value."""
        end = time.monotonic() + SECONDS
        while not (value := self.value(expression)):
            if time.monotonic() > end:
                sys.exit(f"approver: gave up waiting for {what}; the page says: {self.value('document.body.innerText')}")
            time.sleep(0.05)
        return value

    def key(self, name, text=None):
        code = {"Enter": 13}.get(name, 0)
        self.send("Input.dispatchKeyEvent", type="keyDown", key=name, code=name, text=text or name, windowsVirtualKeyCode=code)
        self.send("Input.dispatchKeyEvent", type="keyUp", key=name, code=name, windowsVirtualKeyCode=code)


def main():
    program, profile, url, exhibit, socket, key, picture = sys.argv[1:]
    browser = Browser(program, profile)
    try:
        browser.send("Page.navigate", url=url)
        browser.until("the page", "document.documentElement.dataset.ready === '1'")
        browser.value("document.getElementById('with-key').click()")
        code = browser.until("a code", "document.getElementById('code').textContent")
        subprocess.run(
            [exhibit, "approvals", "login", code, "--socket", socket, "--key", key, "--yes"], check=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        browser.until("the list", "!document.getElementById('app').hidden")
        print("ready", flush=True)
        browser.until("a request", "document.querySelector('.bar #approve') !== null")
        shot = browser.send("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        with open(picture, "wb") as file:
            file.write(base64.b64decode(shot["data"]))
        browser.key("a")
        browser.until("what is to be signed", "document.activeElement?.id === 'sign'")
        browser.key("Enter", "\r")
        print(browser.until("the signature", "document.getElementById('notice').textContent.startsWith('Signed by')"
                            " && document.getElementById('notice').textContent"), flush=True)
    finally:
        browser.child.kill()


main()
