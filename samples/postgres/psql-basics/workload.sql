\set PROMPT1 ''
CREATE TABLE parts (id serial PRIMARY KEY, name text NOT NULL, stock integer DEFAULT 0, price numeric(10,2));
COMMENT ON TABLE parts IS 'what is on the shelves';
INSERT INTO parts (name, stock, price) VALUES ('bolt', 100, 0.10), ('nut', 250, 0.05), ('größere Mutter', 7, 1.25);
SELECT * FROM parts ORDER BY id;
\dt
\d parts
UPDATE parts SET stock = stock - 5 WHERE name = 'bolt' RETURNING id, stock;
SELECT nonsense FROM parts;
SELEC 1;
INSERT INTO parts (id, name) VALUES (1, 'taken');
BEGIN;
DELETE FROM parts;
SELECT count(*) FROM parts;
ROLLBACK;
BEGIN;
UPDATE parts SET price = price * 1.1 WHERE price > 1;
COMMIT;
EXPLAIN SELECT * FROM parts WHERE id = 1;
EXPLAIN ANALYZE DELETE FROM parts WHERE name = 'nut';
SELECT name INTO TEMP cheap FROM parts WHERE price < 1;
WITH moved AS (DELETE FROM parts WHERE stock = 7 RETURNING *) SELECT name FROM moved;
\copy parts (name, stock, price) FROM STDIN WITH (FORMAT csv)
washer,40,0.02
"spring, long",12,0.75
\.
\copy (SELECT name, stock FROM parts) TO '/dev/null'
CREATE FUNCTION restock(part integer, more integer) RETURNS integer LANGUAGE sql
  AS 'UPDATE parts SET stock = stock + more WHERE id = part RETURNING stock';
SELECT restock(1, 20);
DO $$ BEGIN RAISE NOTICE 'stock is %', (SELECT sum(stock) FROM parts); END $$;
CREATE ROLE clerk;
GRANT SELECT, UPDATE (stock) ON parts TO clerk;
SET ROLE clerk;
SELECT count(*) FROM parts;
DELETE FROM parts WHERE id = 1;
RESET ROLE;
SELECT 'a result of one statement, a "quoted" name, and NULL:' AS "Some text", NULL AS nothing;
SELECT n, n % 2 = 0 AS even FROM generate_series(1, 3) AS n;
;
SELECT;
