"""Values that look like sensitive ones and are none, with the names that they have where they come from."""
import base64
import uuid

from values import ALNUM, DIGITS, HEX, LOWER, UPPER, URL64, card, iban, mixed, pick, with_checksum


def traps(r):
    """Sort, names of fields, text. An empty list of names: it stands in a text by itself."""
    def n(count):
        return pick(r, DIGITS, count)

    def h(count):
        return pick(r, HEX, count)

    y, mo, d = r.randint(2019, 2026), r.randint(1, 12), r.randint(1, 28)
    clock = f"{r.randint(0, 23):02d}:{r.randint(0, 59):02d}:{r.randint(0, 59):02d}"
    seconds = r.randint(1_600_000_000, 1_790_000_000)
    dashes = "-" * 5
    ids = ["id", "customer_id", "account_ref", "order_no", "userId", "ref"]
    return [
        ("uuid", ["id", "request_id", "session_id", ""], str(uuid.UUID(bytes=r.randbytes(16), version=4))),
        ("uuid", ["trace"], str(uuid.UUID(bytes=r.randbytes(16), version=4)).upper()),
        ("time-ns", ["ts", "time", "created_at", ""], f"{seconds}{n(9)}"), ("time-ms", ["timestamp", "updated_at", ""], f"{seconds}{n(3)}"),
        ("time-us", ["ts", ""], f"{seconds}{n(6)}"), ("time-s", ["exp", "iat", "ts", ""], str(seconds)),
        ("date", ["created_at", ""], f"{y}-{mo:02d}-{d:02d}T{clock}.{n(3)}Z"), ("date", ["date", ""], f"{y}-{mo:02d}-{d:02d} {clock}+02:00"),
        ("date", ["date", ""], f"{d:02d}.{mo:02d}.{y}"), ("date", ["date", ""], f"{mo:02d}/{d:02d}/{y}"), ("date", [""], f"{d:02d}.{mo:02d}.{y} {clock}"),
        ("date", ["day"], f"{y}{mo:02d}{d:02d}"),
        ("order", ["order_no", "order_number", "orderId", ""], f"ORD-{y}-{n(6)}"), ("order", ["order_number", "order_id", ""], n(10)),
        ("order", ["order_id", "orderNumber"], n(12)), ("order", ["order", ""], f"{n(3)}-{n(7)}-{n(7)}"), ("order", ["order_no"], n(16)),
        ("order", ["po_number", ""], f"45{n(8)}"), ("order", ["invoice_no", "invoice"], f"INV{n(9)}"),
        ("nine", ids + [""], n(9)), ("nine", ids, n(9)), ("nine", [""], n(9)), ("id", ids + [""], n(8)), ("id", ids + [""], n(11)),
        ("id", ids, n(13)), ("id", ["id", "snowflake"], n(18)), ("id", ["id"], h(24)), ("id", ["id"], pick(r, DIGITS + UPPER, 26)),
        ("id", ["id", "slug"], mixed(r, URL64, 21)), ("id", ["etag"], f'"{h(32)}"'), ("id", ["version_id"], mixed(r, ALNUM, 32)),
        ("id", ["amz_request_id"], pick(r, UPPER + DIGITS, 16)), ("id", ["next_page_token", "cursor"], mixed(r, ALNUM, 40)),
        ("sha", ["commit", "sha", ""], h(40)), ("sha", [""], h(7)), ("hash", ["sha256", "digest", ""], h(64)), ("hash", ["md5", "hash", ""], h(32)),
        ("hash", ["integrity", ""], "sha512-" + base64.b64encode(r.randbytes(64)).decode()), ("hash", ["digest", ""], f"sha256:{h(64)}"),
        ("hash", ["fingerprint"], "SHA256:" + base64.b64encode(r.randbytes(32)).decode().rstrip("=")),
        ("version", ["version", ""], f"{r.randint(0, 9)}.{r.randint(0, 9)}.{r.randint(0, 9)}.{r.randint(0, 9)}"), ("version", ["version", "build"], f"{r.randint(0, 20)}.{n(2)}.{r.randint(0, 255)}.{r.randint(0, 255)}"),
        ("version", [""], f"Chrome/{r.randint(90, 130)}.0.{r.randint(1, 255)}.{r.randint(1, 255)}"), ("version", [""], f"package-{r.randint(1, 9)}.{r.randint(10, 40)}.{r.randint(10, 40)}.{r.randint(1, 9)}.tar"),
        ("version", [""], f"v{r.randint(1, 9)}.{r.randint(10, 40)}.{r.randint(0, 40)}"), ("oid", ["oid", ""], f"1.3.6.1.4.1.{n(4)}.{r.randint(1, 9)}"),
        ("image", ["image", "thumbnail"], "data:image/png;base64,iVBORw0KGgo" + base64.b64encode(r.randbytes(150)).decode()), ("image", ["content"], base64.b64encode(r.randbytes(240)).decode()),
        ("dump", [""], f"{n(8)}: " + " ".join(h(4) for _ in range(8))), ("dump", [""], " ".join(h(2) for _ in range(16))), ("dump", [""], " ".join(f"{r.randint(0, 99):02d}" for _ in range(14))),
        ("dump", [""], " ".join(f"0x{h(8)}" for _ in range(4))),
        ("decimal", ["value", "rate", ""], f"{n(3)}.{n(7)}"), ("decimal", ["lat_score", ""], f"0.{n(15)}"), ("decimal", ["score"], f"{r.randint(1, 9)}.{n(10)}e-{n(2)}"), ("decimal", [""], f"+{r.randint(1, 9)}.{n(9)}"),
        ("price", ["total", "price", ""], f"${r.randint(1, 99)},{n(3)}.{n(2)}"), ("price", ["amount", ""], f"{n(7)}.{n(2)}"), ("price", [""], f"1.{n(3)}.{n(3)},{n(2)} EUR"),
        ("tracking", ["tracking_number", "tracking"], f"1Z{pick(r, UPPER + DIGITS, 6)}{n(10)}"), ("tracking", ["tracking_number", "tracking"], n(12)), ("tracking", ["trackingNumber"], f"94001{n(17)}"),
        ("tracking", ["shipment", "waybill"], f"{pick(r, UPPER, 2)}{n(9)}{pick(r, UPPER, 2)}"), ("tracking", ["parcel"], n(14)),
        ("ean", ["ean", "gtin", "isbn"], f"978{n(10)}"), ("ean", ["sku", ""], f"{pick(r, UPPER, 3)}-{n(5)}-{pick(r, UPPER, 2)}"), ("imei", ["imei"], n(15)),
        ("mac", ["mac", ""], ":".join(h(2) for _ in range(6))), ("mac", ["eui64"], ":".join(h(2) for _ in range(8))), ("time", ["at", ""], clock), ("ratio", [""], f"{n(2)}:{n(2)}:{n(2)}:{n(3)}"),
        ("cpp", [""], f"{pick(r, LOWER, 5)}::{pick(r, LOWER, 6)}::{pick(r, LOWER, 4)}"), ("cpp", [""], "dead::beef"), ("loopback", ["host", ""], r.choice(["127.0.0.1", "0.0.0.0", "255.255.255.0", "::1"])),
        ("bad-card", ["card_number", "pan", ""], card(r, valid=False)[1]), ("bad-iban", ["iban", ""], iban(r, valid=False)),
        ("bad-ssn", ["ssn", ""], f"{r.choice(['000', '666'])}-{n(2)}-{n(4)}"), ("bad-id", ["codice_fiscale"], pick(r, UPPER, 6) + n(2) + "Z" + n(2) + "H" + n(3) + "A"),
        ("bad-id", ["steuer_id"], "0" + n(10)), ("bad-id", ["dni"], "12345678A"), ("bad-id", ["pesel"], f"99{r.choice(['13', '53'])}{n(7)}"),
        ("not-mail", [""], "icon@2x.png"), ("not-mail", [""], f"@{pick(r, LOWER, 6)}/{pick(r, LOWER, 5)}@{r.randint(1, 9)}.{n(1)}.{n(2)}"), ("not-mail", [""], "git@github.com:org/repo.git"),
        ("not-mail", [""], f"@{pick(r, LOWER, 8)} thanks"), ("not-mail", [""], "@media (min-width: 640px)"), ("not-mail", ["host"], f"root@{pick(r, LOWER, 6)}"), ("not-mail", [""], f"{pick(r, LOWER, 5)}@{n(1)}.{n(2)}.{n(1)}"),
        ("not-phone", [""], f"rows {n(4)}-{n(4)}"), ("not-phone", [""], f"{n(5)}-{n(4)}"), ("not-phone", ["range"], f"{r.randint(100, 199)}-{n(3)}-{n(4)}"), ("not-phone", [""], f"{n(3)} {n(3)} {n(3)}"), ("not-phone", ["offset"], f"+{n(4)}"),
        ("not-phone", [""], f"line {n(3)}, column {n(2)}"), ("not-phone", ["size"], f"{n(4)}x{n(4)}"), ("not-phone", ["duration_ns", "bytes"], n(10)),
        ("not-key", [""], r.choice(["g", "x"]) + "hp_" + "x" * 36), ("not-key", ["example"], with_checksum(r, "gh" + "p_", valid=False)), ("not-key", [""], "sk" + "-learn-contrib-extras-and-more-words-in-a-row"),
        ("not-key", ["public_key"], "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA" + base64.b64encode(r.randbytes(33)).decode()), ("not-key", [""], f"arn:aws:iam::{n(12)}:role/admin"), ("not-key", [""], "AKIA" + "short"),
        ("not-key", ["certificate"], f"{dashes}BEGIN CERTIFICATE{dashes}\nMIIB{pick(r, ALNUM, 60)}\n{dashes}END CERTIFICATE{dashes}"), ("not-key", [""], f"if (text.startsWith('{dashes}BEGIN RSA PRIVATE KEY{dashes}'))"),
        ("not-key", [""], f"{dashes}BEGIN PUBLIC KEY{dashes}\nMIGf{pick(r, ALNUM, 60)}\n{dashes}END PUBLIC KEY{dashes}"),
        ("not-jwt", [""], "eyJ" + pick(r, ALNUM, 20)), ("not-jwt", [""], f"eyJ{pick(r, LOWER, 6)}.{pick(r, LOWER, 6)}.com"),
        ("not-password", ["password"], r.choice(["[redacted]", "${DB_PASSWORD}", "********", "null", "<password>"])), ("not-password", [""], "postgres://shop:${PGPASSWORD}@db/shop"), ("not-password", [""], "https://user:[redacted]@host/x"),
        ("not-password", [""], "password: must have eight characters"), ("not-password", ["password_reset_at"], f"{y}-{mo:02d}-{d:02d}"), ("not-password", ["compass"], "northwest"), ("not-password", [""], "http://localhost:8080/path@v2"),
        ("identifier", [""], "SpringApplicationContextInitializerFactoryBean2"), ("identifier", [""], "getUserByEmailAddressAndStatusV2"), ("identifier", [""], f"com.example.shop.OrderServiceImpl$$EnhancerBySpring{n(2)}"), ("identifier", [""], f"/usr/lib/x86_64-linux-gnu/libFoo{n(2)}Bar.so"),
        ("identifier", ["path"], f"/api/v2/Users/{n(6)}/ordersList?page={n(2)}"), ("identifier", [""], f"feature/ABC-{n(4)}-add-new-checkout-Flow2"),
    ]
