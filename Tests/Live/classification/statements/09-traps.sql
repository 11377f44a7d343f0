-- Writes that look like questions, and questions that look like writes.
SELECT log_line('called');
SELECT log_sql('called'), public.log_line('called');
SELECT * FROM log_set(2);
SELECT id FROM orders WHERE log_and_true('where');
SELECT log_sum(id), sum(log_sum(id)) OVER (ORDER BY log_sum(id)) FROM orders;
EXPLAIN SELECT claims_stable('planned') FROM orders WHERE id = claims_stable('planned');
EXPLAIN SELECT claims_immutable('planned');
DO $$ BEGIN DELETE FROM items; END $$;
CALL idle();
SELECT 'a' <==> 'b';
SELECT 1 OPERATOR(trap.=) 1;
SELECT 'x'::public.logged_text;
SELECT CAST('x' AS logged_text), logged_text 'y';
SELECT trap.lower('X'), trap.count(id) FROM orders;
--| before: SET search_path = trap, public, pg_catalog
SELECT lower('X');
--| before: SET LOCAL search_path TO trap, pg_catalog
SELECT count(id) FROM public.orders;
--| before: SELECT set_config('search_path', 'trap, pg_catalog', true)
SELECT lower('X');
--| before: SET search_path = trap, pg_catalog
SELECT id FROM public.orders WHERE id = 3;
--| before: SET search_path = trap, pg_catalog
SELECT 'x'::text;
--| before: SET search_path = trap, pg_catalog
SELECT 1 BETWEEN 0 AND 2, 'x' LIKE 'y', 3 IS DISTINCT FROM 4, nullif(1, 1), CASE 1 WHEN 1 THEN 2 END;
--| before: SET search_path = trap, pg_catalog
SELECT pg_catalog.lower('X'), 1 OPERATOR(pg_catalog.=) 1;
--| before: SET search_path = pg_catalog, trap
SELECT lower('X'), now();
--| before: SET search_path = trap, public
SELECT lower('X'), now(), count(*) FROM orders WHERE id = 3;
--| before: PREPARE replanned AS SELECT lower('X')
--| before: SET search_path = trap, pg_catalog
EXECUTE replanned;
--| before: SET search_path = trap, pg_catalog
--| before: DECLARE hidden CURSOR FOR SELECT lower('X')
FETCH hidden;
--| before: SET search_path = trap, pg_catalog
COPY (SELECT lower('X')) TO STDOUT;
--| before: CREATE FUNCTION public.upper(t varchar) RETURNS text LANGUAGE sql AS 'SELECT public.log_line(''fresh'')::text'
SELECT upper('x'::varchar);
--| before: CREATE DOMAIN pg_temp.text AS varchar CHECK (public.log_and_true('temporary'))
SELECT 'x'::text;
--| before: CREATE POLICY fresh ON orders USING (log_and_true('fresh'))
--| before: ALTER TABLE orders ENABLE ROW LEVEL SECURITY
--| before: SET LOCAL ROLE clerk
SELECT count(*) FROM orders;
--| before: CREATE VIEW fresh AS SELECT log_line('fresh')
SELECT * FROM fresh;
SELECT "lower"('X'), "now"(), "count"(*) FROM "orders";
SELECT "pg_catalog"."lower"('X');
SELECT U&"set!0076al" UESCAPE '!' ('tickets', 900);
SELECT nextval/* a comment between */('tickets');
SELECT /* SELECT 1 */ nextval /* ; */ ( -- )
  'tickets');
SELECT/**/nextval('tickets')/**/;
SELECT 1 -- ; DELETE FROM items
;
SELECT 1 /* ; */ ; DELETE FROM items -- SELECT
;
-- SELECT 1;
DELETE FROM items;
/* SELECT */ DELETE /* * */ FROM /* orders */ items;
/* /* SELECT 1; */ */ UPDATE stock SET price = 1;
--SELECT
TRUNCATE items;
SELECT $a$ ; $a$; DELETE FROM items WHERE id = 1; SELECT $$ ; $$;
SELECT E'\';'; UPDATE stock SET price = 1; SELECT '\';
SELECT '--'; DELETE FROM items;
SELECT 1 AS "--"; DELETE FROM items;
SELECT "from" FROM "select"; DELETE FROM "select";
SELECT 'a' AS delete, 'b' AS update, 'c' AS insert;
SELECT 1 AS "DELETE FROM items; ";
SELECT update.id FROM orders AS update;
WITH delete AS (SELECT 1 AS n) SELECT n FROM delete;
WITH select_only AS (UPDATE stock SET price = 1) SELECT 1;
SELECT (WITH x AS (SELECT 1) SELECT * FROM x);
WITH x AS (SELECT 1) DELETE FROM items;
((SELECT 1));
(WITH gone AS (DELETE FROM items RETURNING 1) SELECT * FROM gone);
(SELECT nextval('tickets')) UNION ALL (SELECT 1);
SELECT 1 UNION ALL SELECT nextval('tickets');
SELECT 1 EXCEPT (SELECT 2 INTERSECT SELECT nextval('tickets'));
SELECT * FROM (SELECT * FROM (SELECT nextval('tickets')) a) b;
SELECT c.id FROM customers c JOIN LATERAL (SELECT nextval('tickets') + c.id) l ON true;
SELECT c.id FROM customers c LEFT JOIN orders o ON o.id = nextval('tickets');
SELECT id, sum(nextval('tickets')) OVER w FROM orders WINDOW w AS (PARTITION BY nextval('tickets'));
SELECT DISTINCT ON (nextval('tickets')) id FROM orders;
SELECT * FROM orders TABLESAMPLE BERNOULLI (nextval('tickets') % 100);
SELECT id FROM orders FETCH FIRST (nextval('tickets')) ROWS ONLY;
SELECT id FROM orders OFFSET nextval('tickets');
SELECT (ARRAY[1, 2])[nextval('tickets')];
SELECT (SELECT ROW(nextval('tickets'))) IS NULL;
SELECT * FROM ROWS FROM (nextval('tickets'), generate_series(1, 2));
SELECT * FROM XMLTABLE('/r' PASSING xmlelement(name r, nextval('tickets')) COLUMNS n text PATH '.');
SELECT extract(day FROM now() + nextval('tickets') * interval '1 day');
SELECT overlay('abc' PLACING nextval('tickets')::text FROM 1);
SELECT string_agg(DISTINCT name, nextval('tickets')::text ORDER BY name) FROM customers;
SELECT array_agg(id ORDER BY nextval('tickets')) FROM customers;
SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY nextval('tickets')) FROM customers;
SELECT nextval('tickets') IN (1, 2), nextval('tickets') IS NULL, NOT nextval('tickets') > 1;
--| fails
SELECT GREATEST(1, nextval('tickets')), nextval('tickets')::text COLLATE "C", nextval('tickets') AT TIME ZONE 'UTC';
SELECT setval('tickets', (SELECT max(id) FROM orders));
INSERT INTO loose SELECT id, log_line('x')::text FROM orders LIMIT 1;
UPDATE loose SET label = log_line('x')::text WHERE false;
--| fails
TABLE logging_view_missing;
--| fails
DELETE FROM nothing_here;
SELECT lo_unlink(oid) FROM pg_largeobject_metadata;
SELECT pg_catalog.set_config('search_path', '', false);
SELECT set_config('ROLE', 'clerk', true);
--| fails
SELECT dblink_exec;
SELECT query_to_xml($$ SELECT log_line('by xml') $$, true, false, '');
SELECT cursor_to_xml(open_cursor('inside'), 2, true, false, '');
SELECT crosstab.* FROM crosstab('SELECT id, ''a'', log_line(''tablefunc'') FROM public.orders LIMIT 1') AS crosstab (id integer, a integer);
SELECT * FROM connectby('staff', 'id', 'boss', '1', 0) AS c (id integer, boss integer, level integer);
--| alone
BEGIN; DELETE FROM items; ROLLBACK;
--| fails
BEGIN READ ONLY; DELETE FROM items;
SET TRANSACTION READ ONLY; SELECT 1;
--| before: SET TRANSACTION READ ONLY
--| fails
SELECT nextval('tickets');
LOCK TABLE items; DELETE FROM items;
EXPLAIN ANALYZE DECLARE c CURSOR FOR SELECT nextval('tickets');
EXPLAIN (ANALYZE) CREATE MATERIALIZED VIEW made AS SELECT 1;
EXPLAIN ANALYZE REFRESH MATERIALIZED VIEW takings;
EXPLAIN ANALYZE SELECT id INTO explained FROM orders;
EXPLAIN (ANALYZE, ANALYZE off) DELETE FROM items;
EXPLAIN (VERBOSE, "analyze" true) DELETE FROM items;
VALUES ((SELECT nextval('tickets')), 2);
SELECT 1 LIMIT (SELECT count(*) FROM (SELECT nextval('tickets')) x);
select NEXTVAL('tickets');
SeLeCt PG_CATALOG.NextVal('tickets');
DELETE
FROM
items;
SELECT
  *
INTO
  "from"
FROM
  orders;
SELECT INTO nothing_much FROM orders;
