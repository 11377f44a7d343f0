#!/usr/bin/env python3
"""Texts for measuring speed: rows of a database as CSV, bodies of JSON, and a log, with some sensitive values in them.

    texts.py csv|json|log MEGABYTES FILE
"""
import json
import random
import sys
import uuid

import values as v

WORDS = "order shipped customer asked about delivery late parcel refund item blue large box street second floor please call back".split()


def sentence(r):
    return " ".join(r.choice(WORDS) for _ in range(r.randint(4, 16)))


def row(r, n):
    day = f"2026-{r.randint(1, 12):02d}-{r.randint(1, 28):02d} {r.randint(0, 23):02d}:{r.randint(0, 59):02d}:07.{r.randint(0, 999999):06d}"
    mail = v.email(r) if r.random() < 0.5 else ""
    card = v.card(r)[1] if r.random() < 0.05 else ""
    return f'{n},{uuid.UUID(int=r.getrandbits(128))},{r.choice(v.FIRST)} {r.choice(v.LAST)},{mail},{r.randint(1, 10**9)},{r.randint(1, 99999) / 100},{day},{card},"{sentence(r)}",{r.choice(["open", "paid"])}\n'


def body(r, n):
    return json.dumps({
        "id": n, "reference": r.randint(10**9, 10**11), "createdAt": f"2026-11-{r.randint(1, 28):02d}T10:{r.randint(0, 59):02d}:00Z",
        "customer": {"name": r.choice(v.FIRST), "email": v.email(r), "phone": v.phone(r)[1] if r.random() < 0.2 else None},
        "items": [{"sku": f"AB-{r.randint(1000, 9999)}", "quantity": r.randint(1, 9), "price": r.randint(1, 9999) / 100,
                   "title": sentence(r)} for _ in range(r.randint(1, 4))],
        "etag": "%032x" % r.getrandbits(128), "note": sentence(r), "active": True}) + "\n"


def line(r, n):
    return (f"2026-11-{r.randint(1, 28):02d}T10:{r.randint(0, 59):02d}:{r.randint(0, 59):02d}.{r.randint(0, 999):03d}Z "
            f"{r.choice(['INFO', 'WARN', 'DEBUG'])} [http-nio-8080-exec-{r.randint(1, 40)}] com.example.shop.{r.choice(['OrderService', 'CartController'])} - "
            f"{r.choice(['GET', 'POST'])} /api/v1/orders/{r.randint(1, 10**7)}?page={r.randint(1, 20)} from {v.ipv4(r)} "
            f"status={r.choice([200, 404, 500])} took={r.randint(1, 999)}ms trace={'%032x' % r.getrandbits(128)} {sentence(r)}\n")


kind, size, path = sys.argv[1], int(sys.argv[2]) * 1_000_000, sys.argv[3]
source = random.Random(11)
make = {"csv": row, "json": body, "log": line}[kind]
# The first megabytes are made, the rest repeats them with other beginnings.
parts, made = [], 0
while made < min(size, 8_000_000):
    piece = make(source, len(parts)).encode()
    parts.append(piece)
    made += len(piece)
with open(path, "wb") as file:
    written = 0
    while written < size:
        for piece in parts:
            file.write(piece)
            written += len(piece)
            if written >= size:
                break
