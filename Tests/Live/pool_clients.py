#!/usr/bin/env python3
"""Clients of a pooler in transaction mode, several at once: what they asked, as JSON.

    pool_clients.py PORT

Statements are sent by the simple and by the extended protocol; none is prepared by name, which a pooler in transaction
mode does not carry before PgBouncer 1.21.
"""

import collections
import json
import sys
import threading

import psycopg

CLIENTS = 6
ROUNDS = 12


class Client(threading.Thread):
    def __init__(self, port, number):
        super().__init__()
        self.dsn = f"host=127.0.0.1 port={port} user=shop dbname=postgres application_name=client-{number} sslmode=disable"
        self.number = number
        self.counts = collections.Counter()
        self.error = None

    def ask(self, cursor, kind, text, parameters=None):
        self.counts[kind] += 1
        # Without parameters psycopg sends a simple query.
        cursor.execute(text, parameters)

    def run(self):
        try:
            self.work()
        except Exception as error:  # told by main
            self.error = error

    def work(self):
        with psycopg.connect(self.dsn, autocommit=True, prepare_threshold=None) as connection:
            cursor = connection.cursor()
            for turn in range(ROUNDS):
                row = self.number * 8 + turn % 8 + 1
                self.ask(cursor, "simple", "BEGIN")
                self.ask(cursor, "simple", f"UPDATE orders SET total = {turn} WHERE id = {row}")
                self.ask(cursor, "extended", "SELECT total FROM orders WHERE id = %s", (row,))
                self.ask(cursor, "simple", "ROLLBACK" if turn % 4 == 3 else "COMMIT")
                self.ask(cursor, "simple", "SELECT count(*) FROM orders")
                if turn % 5 == self.number % 5:
                    # Holds a connection of the pool for a while: others wait.
                    self.ask(cursor, "simple", f"SELECT pg_sleep(0.{self.number + 2}), {turn}")
                if turn % 6 == 2:
                    self.counts["error"] += 1
                    try:
                        cursor.execute(f"SELECT {turn} / 0")
                    except psycopg.errors.DivisionByZero:
                        pass
                if turn % 6 == 4:
                    self.counts["copy"] += 1
                    with cursor.copy("COPY notes FROM STDIN") as copy:
                        copy.write_row((f"{self.number} {turn}",))
                if turn % 6 == 5:
                    self.ask(cursor, "extended", "INSERT INTO notes VALUES (%s)", (f"note {self.number} {turn}",))


def main():
    clients = [Client(int(sys.argv[1]), number) for number in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    for client in clients:
        if client.error:
            sys.exit(f"pool_clients: client {client.number}: {client.error!r}")
    print(json.dumps(sum((client.counts for client in clients), collections.Counter())))


if __name__ == "__main__":
    main()
