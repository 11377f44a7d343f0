"""The shop that all work on, and the statements that agents, people and timers have in common."""

import random

PEOPLE = {"dana": "127.0.0.11", "omar": "127.0.0.12", "lin": "127.0.0.13"}
CRON = "127.0.0.31"
APPLICATION = "127.0.0.41"
HOST = "127.0.0.51"

SCHEMA = """
CREATE TABLE customers (id int PRIMARY KEY, name text NOT NULL, email text NOT NULL, city text);
CREATE TABLE products (id int PRIMARY KEY, title text NOT NULL, price numeric(8,2) NOT NULL, stock int NOT NULL);
CREATE TABLE orders (id serial PRIMARY KEY, customer_id int NOT NULL REFERENCES customers, total numeric(10,2) NOT NULL,
  state text NOT NULL, placed timestamptz NOT NULL DEFAULT now());
CREATE TABLE order_items (order_id int REFERENCES orders ON DELETE CASCADE, product_id int REFERENCES products, quantity int);
CREATE TABLE payments (id serial PRIMARY KEY, order_id int, amount numeric(10,2), method text);
CREATE TABLE promotions (code text PRIMARY KEY, percent int NOT NULL);
CREATE TABLE audit_log (id serial PRIMARY KEY, actor text, note text, at timestamptz DEFAULT now());
CREATE TABLE outbox (id serial PRIMARY KEY, order_id int, sent boolean DEFAULT false);
INSERT INTO customers SELECT n, 'Customer ' || n, 'customer' || n || '@shop.example', (ARRAY['Bonn','Lyon','Porto','Oslo'])[1 + n % 4]
  FROM generate_series(1, 300) n;
INSERT INTO products SELECT n, 'Product ' || n, 5 + n % 90, 100 + n FROM generate_series(1, 80) n;
INSERT INTO orders (customer_id, total, state) SELECT 1 + n * 7 % 300, 10 + n % 200, (ARRAY['new','paid','shipped'])[1 + n % 3]
  FROM generate_series(1, 900) n;
INSERT INTO order_items SELECT 1 + n % 900, 1 + n % 80, 1 + n % 3 FROM generate_series(1, 1800) n;
INSERT INTO payments (order_id, amount, method) SELECT n, 10 + n % 200, 'card' FROM generate_series(1, 600) n;
INSERT INTO promotions SELECT 'P' || n, 5 + n % 20 FROM generate_series(1, 200) n;
"""

# What everybody asks, word for word.
COMMON = (
    "SELECT count(*) FROM orders",
    "SELECT count(*) FROM orders WHERE state = 'paid'",
    "SELECT state, count(*) FROM orders GROUP BY state ORDER BY state",
    "SELECT id, email FROM customers ORDER BY id LIMIT 5",
    "SELECT max(placed) FROM orders",
    "SELECT sum(total) FROM orders WHERE state = 'shipped'",
    "SELECT count(*) FROM outbox WHERE NOT sent",
    "SELECT now()",
)
# Requests that everybody makes.
COMMON_PATHS = ("/orders?state=paid", "/orders?state=new", "/health", "/reports/daily", "/customers/7", "/orders/12")
REMOTE = ("uptime", "df -h /", "tail -n 5 logs/shop-api.log", "cat shop.conf", "ls releases")


def read(rng: random.Random) -> str:
    """A query that may well be asked by others too, or may not."""
    if rng.random() < 0.3:
        return rng.choice(COMMON)
    customer, order, product = rng.randrange(1, 300), rng.randrange(1, 900), rng.randrange(1, 80)
    return rng.choice((
        f"SELECT id, total, state FROM orders WHERE customer_id = {customer} ORDER BY id",
        f"SELECT * FROM order_items WHERE order_id = {order}",
        f"SELECT title, stock FROM products WHERE id = {product}",
        f"SELECT name, city FROM customers WHERE id = {customer}",
        f"SELECT o.id, c.name FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.total > {rng.randrange(150, 209)} LIMIT 10",
        f"SELECT method, sum(amount) FROM payments WHERE order_id < {order} GROUP BY method",
        f"SELECT city, count(*) FROM customers WHERE id <= {customer} GROUP BY city ORDER BY 2 DESC",
    ))


def write(rng: random.Random) -> str:
    customer, order = rng.randrange(1, 300), rng.randrange(1, 900)
    return rng.choice((
        f"UPDATE orders SET state = 'shipped' WHERE id = {order}",
        f"UPDATE orders SET state = 'paid' WHERE id = {order} AND state = 'new'",
        f"UPDATE customers SET city = '{rng.choice(('Bonn', 'Lyon', 'Porto', 'Oslo', 'Graz'))}' WHERE id = {customer}",
        f"UPDATE products SET stock = stock - 1 WHERE id = {rng.randrange(1, 80)}",
        f"INSERT INTO audit_log (actor, note) VALUES ('agent', 'checked order {order}')",
        f"DELETE FROM promotions WHERE code = 'P{rng.randrange(1, 200)}'",
        f"INSERT INTO payments (order_id, amount, method) VALUES ({order}, {rng.randrange(10, 300)}, 'transfer')",
    ))
