"""The shop's API: HTTP on a Unix socket behind nginx, PostgreSQL through a pool of connections.

    shop.py SOCKET ACCOUNT DSN

What an agent asks by HTTP, this application asks by SQL on connections that serve everybody. It accounts for each statement:
the connection's own port, its place on that connection, and the request that it was run for, or none for its own work.
"""

import http.server
import json
import queue
import re
import socket
import socketserver
import sys
import threading
import time
from urllib.parse import parse_qs, urlsplit

import psycopg

LOCK = threading.Lock()


class Pool:
    def __init__(self, dsn: str, account: str, size: int):
        self.dsn, self.account = dsn, open(account, "a", encoding="utf-8")
        self.idle: queue.LifoQueue = queue.LifoQueue()
        for _ in range(size):
            self.idle.put(Connection(self))

    def note(self, record):
        with LOCK:
            self.account.write(json.dumps(record) + "\n")
            self.account.flush()


class Connection:
    def __init__(self, pool: Pool):
        self.pool = pool
        self.connection = psycopg.connect(pool.dsn, autocommit=True, application_name="shop-api")
        with socket.socket(fileno=socket.dup(self.connection.fileno())) as raw:
            self.client = "%s:%d" % raw.getsockname()[:2]
        self.count = 0

    def ask(self, request, statement, parameters=None):
        self.count += 1
        self.pool.note({"client": self.client, "ordinal": self.count, "at_ns": time.time_ns(), "request": request, "text": statement})
        cursor = self.connection.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else cursor.rowcount


class Shop(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "shop/2.0"

    def log_message(self, *_):
        pass

    def answer(self, status, value):
        body = json.dumps(value, default=str).encode() + b"\n"
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def handle_any(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        connection = self.server.pool.idle.get()
        try:
            request = self.headers.get("X-Request-ID")
            status, value = self.route(lambda *statement: connection.ask(request, *statement), body)
        except (ValueError, KeyError, psycopg.Error) as error:
            status, value = 400, {"error": str(error).splitlines()[0]}
        finally:
            self.server.pool.idle.put(connection)
        self.answer(status, value)

    do_GET = do_POST = do_PATCH = do_DELETE = handle_any

    def route(self, ask, body):
        url = urlsplit(self.path)
        query = parse_qs(url.query)
        if url.path == "/health":
            return 200, {"ok": ask("SELECT 1")[0][0] == 1}
        if url.path == "/reports/daily":
            return 200, {"states": ask("SELECT state, count(*), sum(total) FROM orders GROUP BY state ORDER BY state"),
                         "waiting": ask("SELECT count(*) FROM outbox WHERE NOT sent")[0][0]}
        found = re.fullmatch(r"/customers/(\d+)", url.path)
        if found:
            rows = ask("SELECT id, name, email, city FROM customers WHERE id = %s", (int(found[1]) % 2_000_000_000,))
            orders = ask("SELECT count(*) FROM orders WHERE customer_id = %s", (int(found[1]) % 2_000_000_000,))
            return (200, {"customer": rows[0], "orders": orders[0][0]}) if rows else (404, {"error": "no such customer"})
        found = re.fullmatch(r"/orders/(\d+)", url.path)
        if found:
            return self.order(ask, int(found[1]) % 2_000_000_000, body)
        if url.path == "/orders" and self.command == "GET":
            if "customer" in query:
                return 200, ask("SELECT id, total, state FROM orders WHERE customer_id = %s ORDER BY id", (int(query["customer"][0]),))
            return 200, ask("SELECT id, customer_id, total FROM orders WHERE state = %s ORDER BY id DESC LIMIT 20",
                            (query.get("state", ["new"])[0],))
        if url.path == "/orders" and self.command == "POST":
            order = json.loads(body)
            ask("BEGIN")
            number = ask("INSERT INTO orders (customer_id, total, state) VALUES (%s, %s, 'new') RETURNING id",
                         (order["customer"], order["total"]))[0][0]
            ask("INSERT INTO outbox (order_id) VALUES (%s)", (number,))
            ask("COMMIT")
            return 201, {"id": number}
        return 404, {"error": "no such thing"}

    def order(self, ask, number, body):
        if self.command == "PATCH":
            state = json.loads(body)["state"]
            return 200, {"changed": ask("UPDATE orders SET state = %s WHERE id = %s", (state, number))}
        rows = ask("SELECT id, customer_id, total, state FROM orders WHERE id = %s", (number,))
        if not rows:
            return 404, {"error": "no such order"}
        return 200, {"order": rows[0], "items": ask("SELECT product_id, quantity FROM order_items WHERE order_id = %s", (number,))}


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    request_queue_size = 64

    def get_request(self):
        request, _ = super().get_request()
        return request, ("unix", 0)


def work(pool: Pool):
    """What the application does of its own accord, with the connections that requests use too."""
    while True:
        time.sleep(1.1)
        connection = pool.idle.get()
        try:
            waiting = connection.ask(None, "SELECT id, order_id FROM outbox WHERE NOT sent ORDER BY id LIMIT 5")
            for row, _ in waiting:
                connection.ask(None, "UPDATE outbox SET sent = true WHERE id = %s", (row,))
        finally:
            pool.idle.put(connection)


def main():
    path, account, dsn = sys.argv[1:]
    server = Server(path, Shop)
    server.pool = Pool(dsn, account, 3)
    threading.Thread(target=work, args=(server.pool,), daemon=True).start()
    print("ready", flush=True)
    server.serve_forever()


main()
