"""Made-up sensitive values, by the rules of those who give the real ones. Nothing here is anybody's.

Checksums are computed here from the rules themselves, not by what the detectors do. Texts that look like live keys are
put together from pieces, so that no scanner of sources takes this file for a leak.
"""
import base64
import json
import string
import zlib

UPPER, LOWER, DIGITS = string.ascii_uppercase, string.ascii_lowercase, string.digits
ALNUM = UPPER + LOWER + DIGITS
URL64 = ALNUM + "-_"
HEX = "0123456789abcdef"


def pick(r, alphabet, count):
    return "".join(r.choice(alphabet) for _ in range(count))


def mixed(r, alphabet, count):
    """Drawn until all kinds of characters are there, as in anything long enough that is drawn."""
    while True:
        text = pick(r, alphabet, count)
        if any(c.isdigit() for c in text) and any(c.islower() for c in text) and any(c.isupper() for c in text):
            return text


# Cards

def luhn_digit(body):
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit)
        if place % 2 == 0:
            value *= 2
            value = value - 9 if value > 9 else value
        total += value
    return str(-total % 10)


CARDS = {
    "visa": (["4"], 16), "mastercard": (["51", "52", "53", "54", "55", "2221", "2500", "2720"], 16),
    "amex": (["34", "37"], 15), "discover": (["6011", "644", "65"], 16), "diners": (["36", "300", "38"], 14),
    "jcb": (["3528", "3566", "3589"], 16), "unionpay": (["62"], 16), "maestro": (["5018", "6304", "6759"], 16),
    "mir": (["2200", "2204"], 16),
}


def card(r, brand=None, valid=True, spacing=None):
    brand = brand or r.choice(sorted(CARDS))
    prefixes, length = CARDS[brand]
    prefix = r.choice(prefixes)
    body = prefix + pick(r, DIGITS, length - 1 - len(prefix))
    check = luhn_digit(body)
    if not valid:
        check = str((int(check) + r.randint(1, 9)) % 10)
    number = body + check
    spacing = spacing if spacing is not None else r.choice(["", " ", "-"])
    sizes = {16: [4, 4, 4, 4], 15: [4, 6, 5], 14: [4, 6, 4]}[length]
    if spacing:
        parts, at = [], 0
        for size in sizes:
            parts.append(number[at:at + size])
            at += size
        number = spacing.join(parts)
    return brand, number


# Accounts: country and what follows the check digits, n digits, a letters and digits, u letters.
IBANS = {
    "DE": "n18", "FR": "n10a11n2", "GB": "u4n14", "ES": "n20", "IT": "u1n10a12", "NL": "u4n10", "BE": "n12", "CH": "n5a12",
    "AT": "n16", "PL": "n24", "SE": "n20", "NO": "n11", "DK": "n14", "FI": "n14", "IE": "u4n14", "PT": "n21", "CZ": "n20",
    "GR": "n7a16", "HU": "n24", "RO": "u4a16", "LU": "n3a13", "MT": "u4n5a18", "SA": "n2a18", "BR": "n23u1a1", "AE": "n19",
}


def iban(r, valid=True):
    country = r.choice(sorted(IBANS))
    body, pattern = "", IBANS[country]
    kinds = {"n": DIGITS, "a": DIGITS + UPPER, "u": UPPER}
    while pattern:
        kind, pattern = pattern[0], pattern[1:]
        count = ""
        while pattern and pattern[0].isdigit():
            count, pattern = count + pattern[0], pattern[1:]
        body += pick(r, kinds[kind], int(count))
    number = int("".join(str(int(c, 36)) for c in body + country + "00"))
    check = 98 - number % 97
    if not valid:
        check = 2 + (check - 2 + r.randint(1, 95)) % 97
    text = f"{country}{check:02d}{body}"
    if r.random() < 0.4:
        text = " ".join(text[i:i + 4] for i in range(0, len(text), 4))
    return text


# Numbers of persons

def day(r):
    return r.randint(1, 28), r.randint(1, 12), r.randint(1940, 2005)


def ssn(r):
    area = r.choice([n for n in range(1, 900) if n != 666])
    return f"{area:03d}-{r.randint(1, 99):02d}-{r.randint(1, 9999):04d}"


def nino(r):
    while True:
        prefix = pick(r, "ABCEGHJKLMNOPRSTWXYZ", 1) + pick(r, "ABCEGHJKLMNPRSTWXYZ", 1)
        if prefix not in ("BG", "GB", "KN", "NK", "NT", "TN", "ZZ"):
            break
    digits, last = pick(r, DIGITS, 6), r.choice("ABCD")
    if r.random() < 0.5:
        return prefix + digits + last
    return f"{prefix} {digits[:2]} {digits[2:4]} {digits[4:]} {last}"


def nhs(r):
    while True:
        body = pick(r, DIGITS, 9)
        check = 11 - sum(int(d) * (10 - i) for i, d in enumerate(body)) % 11
        if check == 10:
            continue
        text = body + str(check % 11)
        return text if r.random() < 0.5 else f"{text[:3]} {text[3:6]} {text[6:]}"


def steuer_id(r):
    digits = r.sample(DIGITS, 9)
    digits.insert(r.randint(0, 9), r.choice(digits))
    if digits[0] == "0":
        digits[0], digits[-1] = digits[-1], digits[0]
        if digits[0] == "0":
            return steuer_id(r)
    product = 10
    for d in digits:
        total = (int(d) + product) % 10 or 10
        product = total * 2 % 11
    text = "".join(digits) + str((11 - product) % 10)
    return text if r.random() < 0.6 else f"{text[:2]} {text[2:5]} {text[5:8]} {text[8:]}"


def nir(r):
    _, month, year = day(r)
    department = r.choice([f"{n:02d}" for n in range(1, 96) if n != 20] + ["2A", "2B"])
    body = f"{r.choice('12')}{year % 100:02d}{month:02d}{department}{r.randint(1, 990):03d}{r.randint(1, 999):03d}"
    number = int(body.replace("2A", "19") if department == "2A" else body.replace("2B", "18") if department == "2B" else body)
    text = f"{body}{97 - number % 97:02d}"
    if "A" in text or "B" in text or r.random() < 0.6:
        return text
    cuts = [1, 2, 2, 2, 3, 3, 2]
    parts, at = [], 0
    for size in cuts:
        parts.append(text[at:at + size])
        at += size
    return " ".join(parts)


DNI = "TRWAGMYFPDXBNJZSQVHLCKE"


def dni(r):
    number = r.randint(1, 99_999_999)
    return f"{number:08d}{r.choice(['', '-'])}{DNI[number % 23]}"


def nie(r):
    first, number = r.randint(0, 2), r.randint(0, 9_999_999)
    return f"{'XYZ'[first]}{number:07d}{DNI[(first * 10_000_000 + number) % 23]}"


ODD = dict(zip(DIGITS, [1, 0, 5, 7, 9, 13, 15, 17, 19, 21])) | dict(zip(
    UPPER, [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23]))


def codice_fiscale(r):
    birth, month, year = day(r)
    birth += r.choice([0, 40])
    body = f"{pick(r, 'BCDFGLMNPRSTVZ', 6)}{year % 100:02d}{'ABCDEHLMPRST'[month - 1]}{birth:02d}{r.choice('ABCDEFGHIL')}{r.randint(1, 999):03d}"
    total = 0
    for place, c in enumerate(body, start=1):
        total += ODD[c] if place % 2 else (int(c) if c.isdigit() else UPPER.index(c))
    return body + UPPER[total % 26]


def bsn(r):
    while True:
        body = pick(r, DIGITS, 8)
        rest = sum(int(d) * (9 - i) for i, d in enumerate(body)) % 11
        if rest < 10 and body[0] != "0":
            return body + str(rest)


def nrn(r):
    birth, month, year = day(r)
    body = f"{year % 100:02d}{month:02d}{birth:02d}{r.randint(1, 997):03d}"
    key = 97 - int(("2" if year >= 2000 else "") + body) % 97
    text = f"{body}{key:02d}"
    return text if r.random() < 0.4 else f"{text[:2]}.{text[2:4]}.{text[4:6]}-{text[6:9]}.{text[9:]}"


def pesel(r):
    birth, month, year = day(r)
    body = f"{year % 100:02d}{month + (20 if year >= 2000 else 0):02d}{birth:02d}{pick(r, DIGITS, 4)}"
    return body + str(-sum(int(d) * w for d, w in zip(body, [1, 3, 7, 9] * 3)) % 10)


def personnummer(r):
    birth, month, year = day(r)
    body = f"{year % 100:02d}{month:02d}{birth:02d}{r.randint(1, 999):03d}"
    text = body + luhn_digit(body)
    if r.random() < 0.5:
        return f"{year // 100}{text[:6]}-{text[6:]}" if r.random() < 0.5 else f"{text[:6]}-{text[6:]}"
    return f"{year // 100}{text}" if r.random() < 0.5 else text


def hetu(r):
    birth, month, year = day(r)
    body = f"{birth:02d}{month:02d}{year % 100:02d}"
    order = f"{r.randint(2, 899):03d}"
    return body + ("A" if year >= 2000 else "-") + order + "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(body + order) % 31]


def cpr(r):
    birth, month, year = day(r)
    return f"{birth:02d}{month:02d}{year % 100:02d}{r.choice(['-', ''])}{pick(r, DIGITS, 4)}"


def fodselsnummer(r):
    while True:
        birth, month, year = day(r)
        body = f"{birth:02d}{month:02d}{year % 100:02d}{pick(r, DIGITS, 3)}"
        first = -sum(int(d) * w for d, w in zip(body, [3, 7, 6, 1, 8, 9, 4, 5, 2])) % 11
        if first == 10:
            continue
        second = -sum(int(d) * w for d, w in zip(body + str(first), [5, 4, 3, 2, 7, 6, 5, 4, 3, 2])) % 11
        if second < 10:
            return f"{body}{first}{second}"


def ahv(r):
    body = "756" + pick(r, DIGITS, 9)
    text = body + str(-sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(body)) % 10)
    return text if r.random() < 0.4 else f"{text[:3]}.{text[3:7]}.{text[7:11]}.{text[11:]}"


def nif(r):
    body = r.choice("123") + pick(r, DIGITS, 7)
    rest = sum(int(d) * (9 - i) for i, d in enumerate(body)) % 11
    return body + str(0 if rest < 2 else 11 - rest)


def pps(r):
    body, second = pick(r, DIGITS, 7), r.choice(["", "A", "B"])
    total = sum(int(d) * (8 - i) for i, d in enumerate(body)) + (9 * (UPPER.index(second) + 1) if second else 0)
    return body + "WABCDEFGHIJKLMNOPQRSTUV"[total % 23] + second


def rodne_cislo(r):
    while True:
        birth, month, year = r.randint(1, 28), r.randint(1, 12), r.randint(1955, 2005)
        body = f"{year % 100:02d}{month + r.choice([0, 50]):02d}{birth:02d}{pick(r, DIGITS, 3)}"
        rest = int(body + "0") % 11
        check = -rest % 11
        if check < 10:
            return f"{body[:6]}/{body[6:]}{check}"


def cnp(r):
    birth, month, year = day(r)
    sex = r.choice("56") if year >= 2000 else r.choice("12")
    body = f"{sex}{year % 100:02d}{month:02d}{birth:02d}{r.randint(1, 46):02d}{r.randint(1, 999):03d}"
    rest = sum(int(d) * int(w) for d, w in zip(body, "279146358279")) % 11
    return body + str(1 if rest == 10 else rest)


def kimlik(r):
    body = r.choice("123456789") + pick(r, DIGITS, 8)
    odd, even = sum(map(int, body[0::2])), sum(map(int, body[1::2]))
    body += str((odd * 7 - even) % 10)
    return body + str(sum(map(int, body)) % 10)


def cpf(r):
    body = pick(r, DIGITS, 9)
    for start in (10, 11):
        rest = sum(int(d) * (start - i) for i, d in enumerate(body)) % 11
        body += str(0 if rest < 2 else 11 - rest)
    return body if r.random() < 0.4 else f"{body[:3]}.{body[3:6]}.{body[6:9]}-{body[9:]}"


def curp(r):
    birth, month, year = day(r)
    body = pick(r, UPPER, 4) + f"{year % 100:02d}{month:02d}{birth:02d}" + r.choice("HM") + pick(r, UPPER, 5)
    body += r.choice(DIGITS) if year < 2000 else r.choice(UPPER)
    order = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ"
    return body + str(-sum(order.index(c) * (18 - i) for i, c in enumerate(body)) % 10)


def sin(r):
    body = r.choice("1234567") + pick(r, DIGITS, 7)
    text = body + luhn_digit(body)
    sep = r.choice(["", " ", "-"])
    return sep.join([text[:3], text[3:6], text[6:]])


def tfn(r):
    while True:
        text = pick(r, DIGITS, 9)
        if sum(int(d) * w for d, w in zip(text, [1, 4, 3, 7, 5, 8, 6, 9, 10])) % 11 == 0:
            return text if r.random() < 0.5 else f"{text[:3]} {text[3:6]} {text[6:]}"


D = [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 3, 4, 0, 6, 7, 8, 9, 5], [2, 3, 4, 0, 1, 7, 8, 9, 5, 6], [3, 4, 0, 1, 2, 8, 9, 5, 6, 7],
     [4, 0, 1, 2, 3, 9, 5, 6, 7, 8], [5, 9, 8, 7, 6, 0, 4, 3, 2, 1], [6, 5, 9, 8, 7, 1, 0, 4, 3, 2], [7, 6, 5, 9, 8, 2, 1, 0, 4, 3],
     [8, 7, 6, 5, 9, 3, 2, 1, 0, 4], [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]]
P = [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 5, 7, 6, 2, 8, 3, 0, 9, 4], [5, 8, 0, 3, 7, 9, 6, 1, 4, 2], [8, 9, 1, 6, 0, 4, 3, 5, 2, 7],
     [9, 4, 5, 3, 1, 2, 6, 8, 7, 0], [4, 2, 8, 6, 5, 7, 3, 9, 0, 1], [2, 7, 9, 3, 8, 0, 6, 4, 1, 5], [7, 0, 4, 6, 9, 1, 3, 2, 5, 8]]


def aadhaar(r):
    body = r.choice("23456789") + pick(r, DIGITS, 10)
    for last in DIGITS:
        check = 0
        for place, digit in enumerate(reversed(body + last)):
            check = D[check][P[place % 8][int(digit)]]
        if check == 0:
            text = body + last
            return text if r.random() < 0.4 else f"{text[:4]} {text[4:8]} {text[8:]}"


def resident_id(r):
    birth, month, year = day(r)
    body = f"{r.choice(['110101', '310104', '440305'])}{year}{month:02d}{birth:02d}{r.randint(1, 999):03d}"
    return body + "10X98765432"[sum(int(d) * 2 ** (17 - i) for i, d in enumerate(body)) % 11]


def rrn(r):
    birth, month, year = day(r)
    body = f"{year % 100:02d}{month:02d}{birth:02d}{r.choice('34') if year >= 2000 else r.choice('12')}{pick(r, DIGITS, 5)}"
    check = (11 - sum(int(d) * w for d, w in zip(body, [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5])) % 11) % 10
    return f"{body[:6]}-{body[6:]}{check}"


def sa_id(r):
    birth, month, year = day(r)
    body = f"{year % 100:02d}{month:02d}{birth:02d}{pick(r, DIGITS, 4)}{r.choice('01')}{r.choice('89')}"
    return body + luhn_digit(body)


# Kind: maker, names of its fields, and whether it is told without a name.
PERSONS = {
    "us-ssn": (ssn, ["ssn", "social_security_number", "SSN", "customer_ssn"], True),
    "gb-nino": (nino, ["nino", "ni_number", "national_insurance_number"], True),
    "gb-nhs": (nhs, ["nhs_number", "nhsNumber"], False),
    "de-steuer-id": (steuer_id, ["steuer_id", "steuerId", "tax_id"], False),
    "fr-nir": (nir, ["nir", "insee", "numero_securite_sociale"], True),
    "es-dni": (dni, ["dni", "nif"], True),
    "es-nie": (nie, ["nie"], True),
    "it-codice-fiscale": (codice_fiscale, ["codice_fiscale", "cod_fiscale"], True),
    "nl-bsn": (bsn, ["bsn", "burgerservicenummer"], False),
    "be-nrn": (nrn, ["rijksregisternummer", "niss", "national_number_nrn"], False),
    "pl-pesel": (pesel, ["pesel", "PESEL"], False),
    "se-personnummer": (personnummer, ["personnummer", "pnr"], False),
    "fi-hetu": (hetu, ["hetu", "henkilotunnus"], True),
    "dk-cpr": (cpr, ["cpr", "cpr_nr", "cprNumber"], False),
    "no-fodselsnummer": (fodselsnummer, ["fodselsnummer", "fnr"], True),
    "ch-ahv": (ahv, ["ahv_nr", "ahvNummer", "avs"], True),
    "pt-nif": (nif, ["contribuinte", "numero_contribuinte"], False),
    "ie-pps": (pps, ["ppsn", "pps_number"], False),
    "cz-rodne-cislo": (rodne_cislo, ["rodne_cislo"], True),
    "ro-cnp": (cnp, ["cnp"], False),
    "tr-kimlik": (kimlik, ["tckn", "tc_kimlik_no"], False),
    "br-cpf": (cpf, ["cpf", "cpfNumber"], False),
    "mx-curp": (curp, ["curp"], True),
    "ca-sin": (sin, ["sin", "social_insurance_number"], False),
    "au-tfn": (tfn, ["tfn", "tax_file_number"], False),
    "in-aadhaar": (aadhaar, ["aadhaar", "aadhaar_number"], False),
    "cn-resident-id": (resident_id, ["resident_id", "citizen_id"], True),
    "kr-rrn": (rrn, ["resident_registration_number", "rrn"], True),
    "za-id": (sa_id, ["sa_id_number", "id_number"], False),
}


# Addresses

FIRST = "anna ben chloe dmitri elena farid greta hiro ines jonas kaveh lena maria nils olga paul quinn rosa sven tara".split()
LAST = "meyer smith o'brien garcia tanaka novak silva haddad jensen rossi dubois kowalski virtanen papadopoulos".split()
HOSTS = "example.com example.org mail.example.net shop.example.co.uk uni-berlin.example.de example.museum a.b.c.example.io".split()


def email(r):
    style = r.random()
    first, last = r.choice(FIRST), r.choice(LAST)
    if style < 0.06:
        return f'"{first} {last}"@{r.choice(HOSTS)}'
    if style < 0.12:
        return r.choice(["jörg", "žofie", "用户", "пётр"]) + "@" + r.choice(["bücher.example", "例子.公司", "пример.рф", "example.com"])
    name = r.choice([f"{first}.{last}", f"{first}{r.randint(1, 99)}", f"{first}_{last}", f"{first}+news", f"{first[0]}{last}"])
    if style < 0.2:
        name = name.upper()
    return f"{name}@{r.choice(HOSTS)}"


def phone(r):
    """Kind, text, and whether it is told without a name."""
    def n(count):
        return pick(r, DIGITS, count)

    area, exchange = r.choice("23456789") + r.choice("02345678") + n(1), r.choice("23456789") + r.choice("02345678") + n(1)
    line = n(4)
    styles = [
        ("phone-international", f"+1 {area} {exchange} {line}", True), ("phone-international", f"+1{area}{exchange}{line}", True),
        ("phone-international", f"+1 ({area}) {exchange}-{line}", True), ("phone-international", f"+49 30 {r.choice('23456789')}{n(6)}", True),
        ("phone-international", f"+44 20 7{n(3)} {n(4)}", True), ("phone-international", f"+33 {r.choice('1234567')} {n(2)} {n(2)} {n(2)} {n(2)}", True),
        ("phone-international", f"+91 9{n(4)} {n(5)}", True), ("phone-international", f"+55 11 9{n(4)}-{n(4)}", True),
        ("phone-international", f"+86 138 {n(4)} {n(4)}", True), ("phone-international", f"+358 40 {n(3)} {n(4)}", True),
        ("phone-international", f"+49 (0)30 {r.choice('23456789')}{n(6)}", True), ("phone-international", f"+4915{n(9)}", True),
        ("phone-national", f"({area}) {exchange}-{line}", True), ("phone-national", f"{area}-{exchange}-{line}", True),
        ("phone-national", f"{area}.{exchange}.{line}", True), ("phone-national", f"{area} {exchange} {line}", False),
        ("phone-national", f"{area}{exchange}{line}", False), ("phone-national", f"1-{area}-{exchange}-{line}", True),
        ("phone-national", f"030 {r.choice('23456789')}{n(6)}", True), ("phone-national", f"0171-{n(7)}", True),
        ("phone-national", f"0{r.choice('1234567')} {n(2)} {n(2)} {n(2)} {n(2)}", True), ("phone-national", f"07700 {n(6)}", True),
        ("phone-national", f"020 7{n(3)} {n(4)}", True), ("phone-national", f"0{r.choice('34')}0/{r.choice('23456789')}{n(6)}", True),
        ("phone-national", f"07{n(9)}", False),
    ]
    return r.choice(styles)


def ipv4(r):
    while True:
        parts = [r.randint(1, 223)] + [r.randint(0, 255) for _ in range(3)]
        if parts[0] != 127 and max(parts) > 9:
            return ".".join(map(str, parts))


def ipv6(r):
    def group():
        return f"{r.randint(1, 65535):x}"

    first = r.choice(["2001", "2a01", "2600", "fd12", "fe80"])
    style = r.randint(0, 3)
    if style == 0:
        return ":".join([first] + [f"{r.randint(0, 65535):04x}" for _ in range(7)])
    if style == 1:
        return f"{first}:{group()}:{group()}::{group()}"
    if style == 2:
        return f"{first}::{group()}"
    return f"{first}:db8:{group()}:{group()}::1"


# Tokens and keys

def b64url(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def jwt(r):
    header = json.dumps({"alg": r.choice(["HS256", "RS256", "ES256"]), "typ": "JWT"}, separators=r.choice([(",", ":"), (", ", ": ")]))
    payload = json.dumps({"sub": str(r.randint(1, 10**9)), "iat": r.randint(1_600_000_000, 1_800_000_000)})
    return f"{b64url(header.encode())}.{b64url(payload.encode())}.{b64url(r.randbytes(r.choice([32, 64])))}"


def crc62(body):
    value, text = zlib.crc32(body.encode()), ""
    order = DIGITS + UPPER + LOWER
    for _ in range(6):
        value, rest = divmod(value, 62)
        text = order[rest] + text
    return text


def with_checksum(r, prefix, valid=True):
    body = pick(r, ALNUM, 30)
    check = crc62(body)
    if not valid:
        check = crc62(body + "x")
    return prefix + body + check


def keys(r):
    """Kind and text of each sort of key."""
    def j(*parts):
        return "".join(parts)

    return [
        ("aws-access-key-id", j("AK", "IA", pick(r, UPPER + "234567", 16))),
        ("aws-access-key-id", j("AS", "IA", pick(r, UPPER + "234567", 16))),
        ("google-api-key", j("AI", "za", mixed(r, URL64, 34) + r.choice(ALNUM))),
        ("google-client-secret", j("GOC", "SPX-", mixed(r, URL64, 27) + r.choice(ALNUM))),
        ("google-oauth-token", j("ya", "29.", mixed(r, URL64, 80))),
        ("azure-client-secret", j(pick(r, ALNUM, 3), r.choice(DIGITS), "Q", "~", mixed(r, ALNUM + "-_", 33), r.choice(ALNUM))),
        ("github-token", with_checksum(r, j("gh", r.choice("pous"), "_"))),
        ("github-fine-grained-token", j("github", "_pat_", mixed(r, ALNUM, 22), "_", mixed(r, ALNUM, 59))),
        ("gitlab-token", j("gl", "pat-", mixed(r, ALNUM, 20))),
        ("gitlab-token", j("gl", "pat-", mixed(r, URL64, 27), ".01.", mixed(r, DIGITS + LOWER + UPPER, 9).lower())),
        ("slack-token", j("xo", r.choice(["xb-", "xp-"]), pick(r, DIGITS, 12), "-", pick(r, DIGITS, 12), "-", mixed(r, ALNUM, 24))),
        ("slack-webhook", j("https://hooks.slack", ".com/services/T", pick(r, UPPER + DIGITS, 8), "/B", pick(r, UPPER + DIGITS, 10), "/", mixed(r, ALNUM, 24))),
        ("stripe-key", j(r.choice("sr"), "k_", "live_", mixed(r, ALNUM, r.choice([24, 99])))),
        ("stripe-webhook-secret", j("wh", "sec_", mixed(r, ALNUM, 32))),
        ("npm-token", with_checksum(r, j("np", "m_"))),
        ("pypi-token", j("py", "pi-AgEIcHlwaS5vcmc", mixed(r, URL64, 120), "x")),
        ("docker-token", j("dckr", "_pat_", mixed(r, URL64, 26), "x")),
        ("digitalocean-token", j("do", "p_v1_", pick(r, HEX, 64))),
        ("vault-token", j("hv", "s.", mixed(r, ALNUM, 24))),
        ("sendgrid-key", j("S", "G.", mixed(r, URL64, 22), ".", mixed(r, URL64, 42), "x")),
        ("twilio-key", j("S", "K", pick(r, HEX, 32))),
        ("mailgun-key", j("ke", "y-", pick(r, HEX, 32))),
        ("openai-key", j("sk", "-", mixed(r, ALNUM, 20), "T3Blbk", "FJ", mixed(r, ALNUM, 20))),
        ("anthropic-key", j("sk", "-ant-api03-", mixed(r, URL64, 92), "x")),
        ("huggingface-token", j("h", "f_", mixed(r, ALNUM, 34))),
        ("shopify-token", j("sh", "pat_", pick(r, HEX, 32))),
        ("square-token", j("sq0", "atp-", mixed(r, URL64, 21), "x")),
        ("databricks-token", j("da", "pi", pick(r, HEX, 32))),
        ("grafana-token", j("gl", "sa_", mixed(r, ALNUM, 32), "_", pick(r, HEX, 8))),
        ("new-relic-key", j("NR", "AK-", pick(r, UPPER + DIGITS, 27))),
        ("linear-key", j("lin", "_api_", mixed(r, ALNUM, 40))),
        ("notion-token", j("nt", "n_", mixed(r, ALNUM, 46))),
    ]


def private_key(r):
    kind, label = r.choice([
        ("pem-private-key", "RSA PRIVATE KEY"), ("pem-private-key", "PRIVATE KEY"), ("pem-private-key", "EC PRIVATE KEY"),
        ("openssh-private-key", "OPENSSH PRIVATE KEY"), ("encrypted-private-key", "ENCRYPTED PRIVATE KEY"),
        ("pgp-private-key", "PGP PRIVATE KEY BLOCK")])
    body = base64.b64encode(r.randbytes(r.choice([120, 300]))).decode()
    end = r.choice(["\n", "\\n"])
    lines = [body[i:i + 64] for i in range(0, len(body), 64)]
    dashes = "-" * 5
    return kind, end.join([f"{dashes}BEGIN {label}{dashes}"] + lines + [f"{dashes}END {label}{dashes}"])


def password(r):
    return pick(r, ALNUM, r.randint(6, 12)) + r.choice(["!", "#", "_", ".", ""]).replace("#", "$") + pick(r, DIGITS, 2)


def password_hash(r):
    dots = ALNUM + "./"
    return r.choice([
        f"$2{r.choice('aby')}$12${pick(r, dots, 53)}",
        f"$argon2id$v=19$m=65536,t=3,p=4${pick(r, ALNUM, 22)}${pick(r, ALNUM, 43)}",
        f"$6${pick(r, dots, 16)}${pick(r, dots, 86)}",
        f"pbkdf2_sha256$600000${pick(r, ALNUM, 22)}${pick(r, ALNUM, 43)}=",
    ])
