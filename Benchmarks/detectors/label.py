#!/usr/bin/env python3
"""Makes labelled texts: values that are sensitive, and traps, in the places where they are met.

    label.py FILE [ROUNDS [SEED]]

A line of the file is an object: `text` (base 64, so that no scanner takes it for a leak), `column` if it is the value of
one, `group` (class, or `trap:` and a sort), `named` whether a name stands with it, and `labels`: class, kind, and the
first and the last place of bytes.
"""
import base64
import json
import random
import sys

import traps as made
import values as v


def field(r, name, value):
    """A value with a name before it, in one of the ways in which texts have that."""
    def words():
        return r.choice(["open", "closed", "pending", "shop", "berlin"])

    text = json.dumps(value, ensure_ascii=False)[1:-1]
    one_word = not any(c in value for c in ' "\n&;,')
    styles = [
        (f'{{"id": {r.randint(1, 9999)}, "{name}": "', text, f'", "status": "{words()}"}}'),
        (f'[{{"state":"{words()}","{name}":"', text, '"}]'),
        (f"<row><{name}>", value, f"</{name}><state>{words()}</state></row>"),
        (f"{name.replace('_', ' ')}: ", value, f"\nstate: {words()}\n"),
        (f"Her {name.replace('_', ' ')} is ", value, f" and the order is {words()}"),
    ]
    if one_word:
        styles.append((f"level=info state={words()} {name}=", value, f" took={r.randint(1, 99)}ms"))
        styles.append((f"a={r.randint(1, 99)}&{name}=", value, "&page=2"))
    if value.isdigit():
        styles.append((f'{{"n":{r.randint(1, 99)},"{name}":', value, f',"state":"{words()}"}}'))
    return r.choice(styles)


def plain(r, value):
    """A value that stands in a text, with nothing before it that tells."""
    styles = [
        ("", value, ""), ("please look at ", value, " again"), ("17,", value, ",berlin"), ("(", value, ")"),
        ("[info] got ", value, "\n"), ("| 4 | ", value, " | open |"),
    ]
    if value.startswith("("):
        styles.pop(3)
    return r.choice(styles)


class Writer:
    def __init__(self, r):
        self.r, self.items = r, []

    def put(self, group, column, named, before, value, after, labels):
        """`labels`: class, kind, and the part of the value that counts (all of it if None)."""
        out = []
        for data_class, kind, part in labels:
            part = value if part is None else part
            place = value.index(part)
            start = len((before + value[:place]).encode())
            out.append([data_class, kind, start, start + len(part.encode())])
        text = base64.b64encode((before + value + after).encode()).decode()
        self.items.append({"text": text, "column": column, "group": group, "named": named, "labels": out})

    def value(self, data_class, kind, names, value, alone, part=None):
        """A sensitive value: in a column, behind a name, and by itself if it is told then."""
        labels = [(data_class, kind, part)]
        if names:
            self.put(data_class, self.r.choice(names), True, "", value, "", labels)
            name = self.r.choice(names)
            before, text, after = field(self.r, name, value)
            if part is not None and text != value:
                part = json.dumps(part, ensure_ascii=False)[1:-1]
            self.put(data_class, None, True, before, text, after, [(data_class, kind, part)])
        before, text, after = plain(self.r, value)
        # What is not told by itself is counted apart: it is right to say nothing of nine digits.
        if kind == "aws-secret-access-key":
            labels = [("high-entropy", "high-entropy", None)]
        self.put(labels[0][0], None, alone is True, before, text, after, labels)

    def trap(self, sort, names, value):
        name = self.r.choice(names)
        if name and self.r.random() < 0.5:
            self.put("trap:" + sort, name, True, "", value, "", [])
        else:
            before, text, after = field(self.r, name, value) if name else plain(self.r, value)
            self.put("trap:" + sort, None, bool(name), before, text, after, [])


def round_of(r, out):
    for brand in sorted(v.CARDS):
        out.value("payment-card", brand, ["card_number", "pan", "customers.card_pan", "creditCard"], v.card(r, brand)[1], True)
    for _ in range(4):
        out.value("iban", "iban", ["iban", "account_iban"], v.iban(r), True)
    for kind, (make, names, alone) in sorted(v.PERSONS.items()):
        out.value("national-id", kind, names, make(r), alone)
    for _ in range(6):
        out.value("email", "email", ["email", "contact_email", "note"], v.email(r), True)
        kind, text, alone = v.phone(r)
        out.value("phone", kind, ["phone", "mobile_number", "telephone"], text, alone)
    for _ in range(3):
        out.value("ip-address", "ipv4", ["client_ip", "ip", "remote_addr"], v.ipv4(r), True)
        out.value("ip-address", "ipv6", ["client_ip", "ip"], v.ipv6(r), True)
    for _ in range(2):
        out.value("jwt", "jws", ["session", "value"], v.jwt(r), True)
    for kind, text in v.keys(r):
        out.value("cloud-key", kind, [], text, True, text.removeprefix("https://"))
    out.value("cloud-key", "aws-secret-access-key", ["aws_secret_access_key"], base64.b64encode(r.randbytes(30)).decode(), None)
    kind, text = v.private_key(r)
    out.value("private-key", kind, [], text, True)
    for _ in range(2):
        secret = v.password(r)
        scheme = r.choice(["postgres", "mysql", "mongodb+srv", "redis", "amqp", "https"])
        url = f"{scheme}://{r.choice(['shop', 'app', ''])}:{secret}@{r.choice(['db.internal:5432/shop', 'host', 'cache.internal/x'])}"
        before, text, after = plain(r, url)
        out.put("password", None, True, before, text, after, [("password", "url-password", secret)])
        before, text, after = r.choice([
            ("Server=db;User Id=sa;Password=", secret, ";Encrypt=yes"), ("host=db user=app password=", secret, " dbname=shop"),
            ('{"user":"app","password":"', secret, '"}'), ("PGPASSWORD=", secret, " psql -h db")])
        out.put("password", None, True, before, text, after, [("password", "named-password", None)])
        out.put("password", r.choice(["password", "user_password"]), True, "", secret, "", [("password", "column-password", None)])
    digest = v.password_hash(r)
    before, text, after = plain(r, digest)
    out.put("password", None, True, before, text, after, [("password", "password-hash", None)])
    for _ in range(3):
        length = r.choice([24, 32, 40, 48, 64])
        text = r.choice([v.mixed(r, v.ALNUM, length), base64.b64encode(r.randbytes(length * 3 // 4)).decode()])
        out.value("high-entropy", "high-entropy", ["api_key", "client_secret", "auth_token"], text, None)
    for trap in made.traps(r):
        out.trap(*trap)


def main():
    path, rounds, seed = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 2, int(sys.argv[3]) if len(sys.argv) > 3 else 20_261
    r = random.Random(seed)
    out = Writer(r)
    for _ in range(rounds):
        round_of(r, out)
    with open(path, "w", encoding="ascii") as file:
        for item in out.items:
            if item["column"] is None:
                del item["column"]
            file.write(json.dumps(item, separators=(",", ":")) + "\n")


main()
