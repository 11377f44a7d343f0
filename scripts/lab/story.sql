-- The shop as it stood before 02:14. Passwords and cards are made up or published for testing.
CREATE ROLE shop_owner;
CREATE ROLE reporting;
CREATE ROLE shop LOGIN PASSWORD 'fake-shop-password';
CREATE ROLE svc_migrate LOGIN PASSWORD 'fake-svc_migrate-password' IN ROLE shop_owner;
CREATE ROLE backup LOGIN PASSWORD 'fake-backup-password' IN ROLE pg_read_all_data;
CREATE ROLE dba LOGIN PASSWORD 'fake-dba-password' IN ROLE shop_owner, pg_monitor;
CREATE ROLE payments LOGIN PASSWORD 'fake-payments-password';
CREATE ROLE dashboard LOGIN PASSWORD 'fake-dashboard-password' IN ROLE reporting;
CREATE DATABASE shop OWNER shop_owner;
\connect shop
ALTER SCHEMA public OWNER TO shop_owner;
SET ROLE shop_owner;
CREATE TABLE schema_migrations (version text PRIMARY KEY, name text NOT NULL);
CREATE TABLE customers (id serial PRIMARY KEY, email text NOT NULL UNIQUE, name text NOT NULL, city text);
CREATE TABLE products (id serial PRIMARY KEY, sku text NOT NULL UNIQUE, name text NOT NULL, price numeric(8,2) NOT NULL);
CREATE TABLE orders (
  id serial PRIMARY KEY, customer_id integer NOT NULL REFERENCES customers, status text NOT NULL, total numeric(10,2) NOT NULL,
  placed_at timestamptz NOT NULL
);
CREATE INDEX orders_customer_idx ON orders (customer_id);
CREATE TABLE payments (
  id serial PRIMARY KEY, order_id integer NOT NULL REFERENCES orders, amount numeric(10,2) NOT NULL, token text NOT NULL UNIQUE,
  provider jsonb NOT NULL, settled boolean NOT NULL DEFAULT false
);
CREATE TABLE customers_history (id bigserial PRIMARY KEY, customer_id integer, changed text);
CREATE TABLE legacy_vault (customer_id integer PRIMARY KEY, pan text NOT NULL, expiry char(5) NOT NULL);
CREATE FUNCTION remember_customer() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $body$
BEGIN
  INSERT INTO customers_history (customer_id, changed) VALUES (NEW.id, TG_OP);
  RETURN NEW;
END $body$;
CREATE TRIGGER customers_audit AFTER INSERT OR UPDATE ON customers FOR EACH ROW EXECUTE FUNCTION remember_customer();
INSERT INTO schema_migrations VALUES
  ('0039', 'orders_status'), ('0040', 'payments_provider'), ('0041', 'customers_city');
INSERT INTO customers (email, name, city)
  SELECT 'customer' || n || '@example.com',
         (ARRAY['Ada', 'Bo', 'Cléo', 'Dana', 'Emil', 'Fatima', 'Göran', 'Hana'])[n % 8 + 1] || ' ' ||
         (ARRAY['Okafor', 'Lindqvist', 'Marín', 'Sato', 'Novák'])[n % 5 + 1],
         (ARRAY['Lyon', 'Leeds', 'Kraków', 'Porto'])[n % 4 + 1]
  FROM generate_series(1, 120) AS n;
INSERT INTO products (sku, name, price)
  SELECT 'SKU-' || lpad(n::text, 4, '0'),
         (ARRAY['kettle', 'toaster', 'lamp', 'desk fan', 'blanket', 'mug', 'clock', 'bookend', 'doormat', 'teapot'])[n % 10 + 1]
         || ' ' || (ARRAY['small', 'large', 'red', 'blue'])[n % 4 + 1], 5 + n * 1.35
  FROM generate_series(1, 60) AS n;
INSERT INTO orders (customer_id, status, total, placed_at)
  SELECT n % 120 + 1, (ARRAY['paid', 'shipped', 'paid', 'returned'])[n % 4 + 1], 10 + n % 90 * 1.5,
         '2026-11-19 08:00+00'::timestamptz + n * interval '2 minutes'
  FROM generate_series(1, 400) AS n;
INSERT INTO payments (order_id, amount, token, provider, settled)
  SELECT id, total, 'tok_' || substr(md5(id::text), 1, 12), '{"network": "visa", "last4": "4242"}', id % 3 = 0 FROM orders;
INSERT INTO legacy_vault
  SELECT n, (ARRAY['4242424242424242', '4000056655665556', '5555555555554444', '2223003122003222', '378282246310005',
                   '6011111111111117'])[n % 6 + 1], lpad((n % 12 + 1)::text, 2, '0') || '/29'
  FROM generate_series(1, 120) AS n;
GRANT SELECT, INSERT, UPDATE ON customers, orders, payments TO shop;
GRANT SELECT ON products TO shop;
GRANT SELECT, UPDATE ON payments TO payments;
GRANT SELECT ON orders, products TO reporting;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO shop;
