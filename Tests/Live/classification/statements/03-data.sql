-- Changes of data: INSERT, UPDATE, DELETE, MERGE, TRUNCATE, COPY, and questions that hold one of them.
INSERT INTO customers VALUES (100, 'new', 'new@example.org');
INSERT INTO customers (id, name) VALUES (101, 'a'), (102, 'b');
INSERT INTO customers (id, name, city) VALUES (103, 'c', DEFAULT);
INSERT INTO items DEFAULT VALUES;
INSERT INTO scratch TABLE scratch;
INSERT INTO scratch SELECT n, t FROM scratch WHERE n > 2;
INSERT INTO scratch (n) VALUES ((SELECT max(id) FROM orders));
INSERT INTO stock VALUES ('sku-1', 1) ON CONFLICT DO NOTHING;
INSERT INTO stock VALUES ('sku-new', 1) ON CONFLICT DO NOTHING;
INSERT INTO stock AS s VALUES ('sku-1', 4) ON CONFLICT (sku) DO UPDATE SET left_over = s.left_over + excluded.left_over WHERE s.price > 0;
INSERT INTO stock VALUES ('sku-2', 4) ON CONFLICT ON CONSTRAINT stock_pkey DO UPDATE SET left_over = 0 RETURNING sku, left_over;
INSERT INTO orders (id, customer) VALUES (500, 1) RETURNING *;
INSERT INTO orders (id, customer) SELECT 600 + id, id FROM customers RETURNING id AS made;
INSERT INTO staff OVERRIDING SYSTEM VALUE VALUES (50, 'Eve', 1, 3000);
INSERT INTO staff (id, name) OVERRIDING USER VALUE VALUES (51, 'Fay');
INSERT INTO orders (id, tags[1], extra) VALUES (501, 'fast', '{}');
INSERT INTO visits VALUES ('2026-02-02', 'new page', 1);
INSERT INTO child VALUES (5, 'five', 'blue');
INSERT INTO pages (id, body) VALUES (3, 'saddles');
INSERT INTO shapes (id, doc) VALUES (2, '<x/>');
INSERT INTO open_orders (id, customer, state) VALUES (502, 2, 'new');
INSERT INTO ruled_view VALUES (8, 'by rule');
INSERT INTO instead_view VALUES (9, 'by trigger');
INSERT INTO watched VALUES (3, 'c', NULL);
INSERT INTO watched VALUES (4, 'd', true);
INSERT INTO put_off VALUES (1);
INSERT INTO attic.boxes VALUES (1, 'bells');
INSERT INTO "select" ("from", "Delete") VALUES (2, 'y');
INSERT INTO logbook (line) SELECT 'generated ' || n FROM generate_series(1, 3) n;
INSERT INTO loose SELECT 1, 'nothing' WHERE false;
WITH v (id, name) AS (VALUES (110, 'x'), (111, 'y')) INSERT INTO customers (id, name) SELECT * FROM v;
WITH gone AS (DELETE FROM items WHERE id < 5 RETURNING *) INSERT INTO logbook (line) SELECT sku FROM gone;
INSERT INTO customers VALUES (1, 'double') ON CONFLICT (id) WHERE id > 0 DO NOTHING;
UPDATE orders SET state = 'paid' WHERE id = 1;
UPDATE orders SET state = 'paid';
UPDATE orders SET state = DEFAULT, total = total * 1.1 WHERE customer = 3 RETURNING id, total;
UPDATE ONLY parent SET label = 'changed';
UPDATE parent SET label = 'changed' WHERE id = 2;
UPDATE orders AS o SET (state, note) = ('held', 'see desk') WHERE o.id IN (2, 3);
UPDATE orders SET (state, note) = ROW('held', 'x') WHERE id = 4;
UPDATE orders SET (state, total) = (SELECT 'held', max(price) FROM stock) WHERE id = 5;
UPDATE stock s SET left_over = s.left_over + d.arrived FROM deliveries d WHERE d.sku = s.sku;
UPDATE orders SET extra['gift'] = 'false', tags[2] = 'late' WHERE id = 6;
UPDATE orders SET total = total WHERE id = 7;
UPDATE orders SET total = 1 WHERE id = -1;
UPDATE stock SET price = price * (SELECT 1.02) WHERE sku = ANY (SELECT sku FROM deliveries);
UPDATE visits SET day = '2026-05-05' WHERE day = '2025-11-02';
UPDATE open_orders SET state = 'sent' WHERE id = 3;
UPDATE instead_view SET t = 'z' WHERE id = 1;
UPDATE watched SET t = 'z' WHERE id = 1;
UPDATE "select" SET "Delete" = 'z';
UPDATE staff SET wage = wage + 1 WHERE boss = (SELECT id FROM staff WHERE name = 'Ada');
--| before: DECLARE here CURSOR FOR SELECT * FROM orders FOR UPDATE
--| before: FETCH 2 FROM here
UPDATE orders SET note = 'by cursor' WHERE CURRENT OF here;
--| before: DECLARE here CURSOR FOR SELECT * FROM items
--| before: FETCH 1 FROM here
DELETE FROM items WHERE CURRENT OF here;
WITH late AS (SELECT id FROM orders WHERE state = 'new') UPDATE orders SET note = 'late' FROM late WHERE orders.id = late.id;
UPDATE pg_settings SET setting = '9MB' WHERE name = 'work_mem';
DELETE FROM items WHERE id = 2;
DELETE FROM items;
DELETE FROM ONLY parent;
DELETE FROM items USING orders o WHERE o.id = items.order_id AND o.state = 'new' RETURNING items.id;
DELETE FROM orders AS o WHERE NOT EXISTS (SELECT FROM items WHERE order_id = o.id);
DELETE FROM orders WHERE id = 4;
DELETE FROM visits WHERE day < '2025-12-01';
DELETE FROM open_orders WHERE id = 99;
DELETE FROM instead_view WHERE id = 2;
DELETE FROM loose WHERE label IS NULL;
WITH old AS (SELECT id FROM logbook) DELETE FROM logbook USING old WHERE old.id = logbook.id;
MERGE INTO stock s USING deliveries d ON s.sku = d.sku WHEN MATCHED THEN UPDATE SET left_over = s.left_over + d.arrived WHEN NOT MATCHED THEN INSERT (sku, left_over) VALUES (d.sku, d.arrived);
MERGE INTO stock AS s USING (SELECT sku FROM deliveries) AS d ON s.sku = d.sku WHEN MATCHED AND s.left_over > 10 THEN DELETE WHEN MATCHED THEN DO NOTHING WHEN NOT MATCHED THEN DO NOTHING;
MERGE INTO ONLY parent p USING loose l ON p.id = l.id WHEN NOT MATCHED THEN INSERT VALUES (l.id, l.label);
MERGE INTO stock s USING deliveries d ON false WHEN NOT MATCHED AND d.arrived > 1000 THEN INSERT VALUES (d.sku, 0);
WITH d AS (SELECT 'sku-3' AS sku) MERGE INTO stock s USING d ON s.sku = d.sku WHEN MATCHED THEN UPDATE SET price = DEFAULT;
MERGE INTO customers c USING staff s ON c.id = s.id + 1000 WHEN NOT MATCHED THEN INSERT (id, name) OVERRIDING SYSTEM VALUE VALUES (s.id + 1000, s.name);
TRUNCATE items;
TRUNCATE TABLE ONLY parent;
TRUNCATE orders, items;
TRUNCATE orders CASCADE;
TRUNCATE items RESTART IDENTITY;
TRUNCATE visits CONTINUE IDENTITY RESTRICT;
TRUNCATE attic.boxes;
COPY customers (id, name) FROM STDIN;
--| input: 200,two hundred
COPY customers (id, name) FROM STDIN WITH (FORMAT csv);
--| input: 7|seven
COPY scratch FROM STDIN WITH DELIMITER '|';
--| input: 1|2026-01-05
COPY scratch (n, t) FROM STDIN (DELIMITER '|', NULL 'nil') WHERE n > 0;
--| input: 8|eight
--| fails
COPY BINARY scratch FROM STDIN DELIMITER '|';
--| input: 2026-03-03,home,5
COPY visits FROM STDIN CSV;
COPY scratch FROM 'FOLDER/rows';
COPY scratch (n) FROM PROGRAM 'echo 11';
COPY (DELETE FROM items WHERE id = 9 RETURNING id) TO STDOUT;
COPY (INSERT INTO logbook (line) VALUES ('copied out') RETURNING id) TO STDOUT;
COPY (UPDATE stock SET price = 1 RETURNING sku) TO STDOUT WITH (FORMAT csv);
COPY (WITH gone AS (DELETE FROM items RETURNING id) SELECT count(*) FROM gone) TO STDOUT;
COPY (SELECT nextval('tickets')) TO STDOUT;
COPY stock TO 'FOLDER/stock.out';
COPY (SELECT 1) TO 'FOLDER/one.out' (FORMAT csv);
COPY (DELETE FROM deliveries RETURNING sku) TO 'FOLDER/deleted.out';
COPY stock TO PROGRAM 'cat > FOLDER/program.out';
COPY (SELECT 1) TO PROGRAM 'cat >/dev/null';
COPY (SELECT nextval('tickets')) TO PROGRAM 'cat >/dev/null';
WITH gone AS (DELETE FROM items WHERE id = 1 RETURNING *) SELECT * FROM gone;
WITH made AS (INSERT INTO scratch VALUES (9, 'x') RETURNING n) SELECT n FROM made;
WITH changed AS (UPDATE stock SET left_over = 1 WHERE sku = 'sku-1' RETURNING *) SELECT count(*) FROM changed;
WITH made AS (INSERT INTO scratch VALUES (9, 'x')) SELECT 1;
WITH one AS (SELECT 1), two AS (DELETE FROM deliveries), three AS (SELECT 3) TABLE one;
WITH made AS (INSERT INTO scratch VALUES (4)) VALUES (1);
WITH RECURSIVE gone AS (DELETE FROM items WHERE id < 3 RETURNING id) SELECT * FROM gone;
WITH orders AS (DELETE FROM orders WHERE id = 29 RETURNING id) SELECT * FROM orders;
SELECT * FROM customers WHERE id IN (SELECT 1) UNION ALL (SELECT * FROM customers LIMIT 0); DELETE FROM items;
SELECT 1; INSERT INTO logbook (line) VALUES ('second of two'); SELECT 2;
SELECT 'a' /* ; */; UPDATE stock SET price = 2;
SELECT id INTO chosen FROM orders;
SELECT * INTO TEMP chosen FROM orders;
SELECT * INTO UNLOGGED TABLE chosen FROM orders WHERE false;
WITH o AS (SELECT 1 AS n) SELECT n INTO attic.chosen FROM o;
SELECT 1 AS n INTO chosen UNION SELECT 2;
SELECT id INTO chosen FROM orders GROUP BY id HAVING id > 3 ORDER BY id;
EXPLAIN ANALYZE INSERT INTO scratch VALUES (1);
EXPLAIN ANALYZE UPDATE stock SET price = 3;
EXPLAIN (ANALYZE) DELETE FROM items;
EXPLAIN (ANALYZE on, COSTS off) DELETE FROM items WHERE id = 3;
EXPLAIN (ANALYZE 1) UPDATE stock SET price = 3;
EXPLAIN (FORMAT json, ANALYZE 'true') DELETE FROM items;
EXPLAIN (ANALYZE off, ANALYZE on) DELETE FROM items;
EXPLAIN ("analyze") DELETE FROM items;
EXPLAIN ANALYZE WITH gone AS (DELETE FROM items RETURNING id) SELECT * FROM gone;
EXPLAIN ANALYZE MERGE INTO stock s USING deliveries d ON s.sku = d.sku WHEN MATCHED THEN DELETE;
EXPLAIN ANALYZE CREATE TABLE explained AS SELECT 1 AS n;
EXPLAIN ANALYZE SELECT nextval('tickets');
EXPLAIN ANALYZE VERBOSE INSERT INTO customers (id, name) VALUES (900, 'x') RETURNING id;
--| before: PREPARE wipe AS DELETE FROM items
EXPLAIN ANALYZE EXECUTE wipe;
--| before: PREPARE wipe AS DELETE FROM items
EXPLAIN EXECUTE wipe;
--| before: PREPARE wipe AS DELETE FROM items
EXECUTE wipe;
--| before: PREPARE ask (bigint) AS SELECT $1
EXECUTE ask(nextval('tickets'));
--| before: PREPARE ask (bigint) AS SELECT $1
EXPLAIN EXECUTE ask(nextval('tickets'));
--| before: PREPARE ask (bigint) AS SELECT $1
CREATE TABLE executed AS EXECUTE ask(nextval('tickets'));
--| before: PREPARE ask (logged_text) AS SELECT $1
EXECUTE ask('x');
--| before: PREPARE add (integer, text) AS INSERT INTO scratch VALUES ($1, $2)
EXECUTE add(5, 'five');
--| before: PREPARE ask (integer) AS SELECT * FROM orders WHERE id = $1
EXECUTE ask(5);
--| before: PREPARE ask AS SELECT 1
CREATE TABLE executed AS EXECUTE ask;
--| before: PREPARE wipe AS DELETE FROM items RETURNING id
--| fails
CREATE TABLE executed AS EXECUTE wipe;
--| before: PREPARE "Wipe" AS DELETE FROM items
--| before: PREPARE wipe AS SELECT 1
EXECUTE "Wipe";
--| before: PREPARE step AS SELECT nextval('tickets')
EXECUTE step;
--| before: PREPARE p AS SELECT 1
--| before: DEALLOCATE p
--| before: PREPARE p AS DELETE FROM items
EXECUTE p;
--| before: PREPARE p AS DELETE FROM items
--| before: DEALLOCATE ALL
--| before: PREPARE p AS SELECT 1
EXECUTE p;
PREPARE adding AS INSERT INTO scratch VALUES (1, 'x');
PREPARE asking (integer) AS SELECT * FROM orders WHERE id = $1;
REFRESH MATERIALIZED VIEW takings;
REFRESH MATERIALIZED VIEW CONCURRENTLY takings WITH DATA;
REFRESH MATERIALIZED VIEW takings WITH NO DATA;
--| alone
INSERT INTO far_stock VALUES ('sku-9', 9);
--| alone
UPDATE far_stock SET left_over = 0;
--| alone
DELETE FROM far_stock;
SELECT * FROM far_stock;
SELECT count(*) FROM far_stock f JOIN stock s USING (sku);
EXPLAIN (VERBOSE) SELECT * FROM far_stock WHERE left_over > 1;
SELECT * FROM dblink('dbname=THIS_DB host=127.0.0.1 port=PORT user=postgres', 'SELECT id FROM orders') AS r (id integer);
--| alone
SELECT * FROM dblink('dbname=THIS_DB host=127.0.0.1 port=PORT user=postgres', 'INSERT INTO logbook (line) VALUES (''far'') RETURNING id') AS r (id integer);
--| alone
SELECT dblink_exec('dbname=THIS_DB host=127.0.0.1 port=PORT user=postgres', 'DELETE FROM items');
SELECT dblink_connect('dbname=THIS_DB host=127.0.0.1 port=PORT user=postgres');
--| before: SELECT dblink_connect('far', 'dbname=THIS_DB host=127.0.0.1 port=PORT user=postgres')
SELECT dblink_disconnect('far');
--| before: SELECT dblink_connect('far', 'dbname=THIS_DB host=127.0.0.1 port=PORT user=postgres')
--| alone
SELECT dblink_send_query('far', 'UPDATE stock SET price = 7'), pg_sleep(0.1);
