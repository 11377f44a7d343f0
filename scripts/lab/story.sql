-- The shop before the night of the story.
CREATE ROLE shop LOGIN;
CREATE ROLE svc_migrate LOGIN;
CREATE ROLE reporting;
CREATE ROLE backup LOGIN;
CREATE ROLE dba LOGIN SUPERUSER;
CREATE DATABASE shop OWNER svc_migrate;
\connect shop
SET ROLE svc_migrate;
CREATE TABLE customers (id serial PRIMARY KEY, name text NOT NULL, email text NOT NULL, city text);
CREATE TABLE orders (
  id serial PRIMARY KEY, customer_id int NOT NULL REFERENCES customers, amount numeric(10, 2) NOT NULL,
  state text NOT NULL DEFAULT 'open', placed_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE payments (id serial PRIMARY KEY, order_id int NOT NULL REFERENCES orders, method text, paid_at timestamptz);
INSERT INTO customers (name, email, city)
  SELECT 'Customer ' || n, 'customer' || n || '@example.com', (ARRAY['Lyon', 'Kraków', 'Tromsø', '大阪'])[n % 4 + 1]
  FROM generate_series(1, 200) n;
INSERT INTO orders (customer_id, amount) SELECT n % 200 + 1, n * 1.25 FROM generate_series(1, 400) n;
GRANT SELECT, INSERT, UPDATE ON customers, orders, payments TO shop;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO shop;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO backup;
GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO backup;
