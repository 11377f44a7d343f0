-- Transactions, settings, cursors, prepared statements, locks: what is over with the session.
BEGIN;
BEGIN WORK ISOLATION LEVEL SERIALIZABLE, READ ONLY, DEFERRABLE;
BEGIN TRANSACTION READ WRITE;
START TRANSACTION;
START TRANSACTION ISOLATION LEVEL REPEATABLE READ;
COMMIT;
COMMIT WORK AND NO CHAIN;
COMMIT TRANSACTION AND CHAIN;
END;
END TRANSACTION;
ROLLBACK;
ROLLBACK WORK AND CHAIN;
ABORT;
ABORT TRANSACTION AND NO CHAIN;
SAVEPOINT here;
--| before: SAVEPOINT here
RELEASE SAVEPOINT here;
--| before: SAVEPOINT here
RELEASE here;
--| before: SAVEPOINT here
ROLLBACK TO SAVEPOINT here;
--| before: SAVEPOINT here
ROLLBACK WORK TO here;
--| alone
--| before: BEGIN
--| undo: ROLLBACK PREPARED 'shop one'
PREPARE TRANSACTION 'shop one';
--| alone
--| before: BEGIN
--| before: UPDATE orders SET state = 'prepared' WHERE id = 2
--| undo: ROLLBACK PREPARED 'shop two'
PREPARE TRANSACTION 'shop two';
--| alone
--| before: BEGIN
--| before: DELETE FROM items
--| before: PREPARE TRANSACTION 'shop three'
COMMIT PREPARED 'shop three';
--| alone
--| before: BEGIN
--| before: DELETE FROM items
--| before: PREPARE TRANSACTION 'shop four'
ROLLBACK PREPARED 'shop four';
--| alone
--| before: BEGIN
--| before: DELETE FROM items WHERE id = 1
COMMIT;
--| alone
--| before: BEGIN
--| before: INSERT INTO put_off VALUES (9)
COMMIT;
--| alone
--| before: BEGIN
--| before: DECLARE held CURSOR WITH HOLD FOR SELECT log_line('held')
END;
--| alone
--| before: BEGIN
--| before: DELETE FROM items
ROLLBACK;
SET TRANSACTION ISOLATION LEVEL SERIALIZABLE;
SET TRANSACTION READ ONLY;
SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY;
--| before: SET TRANSACTION ISOLATION LEVEL REPEATABLE READ
--| fails
SET TRANSACTION SNAPSHOT '00000003-0000001B-1';
SET CONSTRAINTS ALL DEFERRED;
SET CONSTRAINTS put_off_trigger DEFERRED;
SET CONSTRAINTS ALL IMMEDIATE;
--| before: INSERT INTO put_off VALUES (1)
SET CONSTRAINTS ALL IMMEDIATE;
SET work_mem = '7MB';
SET work_mem TO DEFAULT;
SET LOCAL statement_timeout = '5s';
SET SESSION search_path TO attic, public;
SET search_path = '';
SET TIME ZONE 'Europe/Brussels';
SET TIME ZONE LOCAL;
SET LOCAL TIME ZONE INTERVAL '+02:00' HOUR TO MINUTE;
SET NAMES 'UTF8';
SET SCHEMA 'attic';
SET SEED TO 0.3;
SET XML OPTION DOCUMENT;
SET my.variable = 'DELETE FROM orders';
SET transform_null_equals = on;
SET default_transaction_read_only = on;
SET session_replication_role = replica;
SET standard_conforming_strings = on;
RESET work_mem;
RESET ALL;
RESET TIME ZONE;
RESET TRANSACTION ISOLATION LEVEL;
SHOW work_mem;
SHOW ALL;
SHOW TIME ZONE;
SHOW SESSION AUTHORIZATION;
SHOW TRANSACTION ISOLATION LEVEL;
SHOW search_path;
DISCARD PLANS;
DISCARD SEQUENCES;
DISCARD TEMP;
DISCARD TEMPORARY;
--| alone
--| before: CREATE TEMP TABLE gone_soon AS SELECT 1 AS n
DISCARD ALL;
PREPARE one AS SELECT 1;
PREPARE two (integer, text) AS SELECT $1, $2;
PREPARE three AS VALUES (1);
PREPARE four AS DELETE FROM items WHERE id = $1;
PREPARE five AS SELECT log_line('prepared');
--| before: PREPARE one AS SELECT 1
DEALLOCATE one;
--| before: PREPARE one AS SELECT 1
DEALLOCATE PREPARE one;
DEALLOCATE ALL;
--| before: PREPARE one AS SELECT id FROM orders
EXECUTE one;
--| before: PREPARE one AS VALUES (1)
EXPLAIN EXECUTE one;
--| before: PREPARE one AS VALUES (1)
EXPLAIN ANALYZE EXECUTE one;
DECLARE c CURSOR FOR SELECT * FROM orders;
DECLARE c BINARY INSENSITIVE NO SCROLL CURSOR WITHOUT HOLD FOR VALUES (1);
DECLARE c SCROLL CURSOR WITH HOLD FOR SELECT id FROM orders;
DECLARE c ASENSITIVE CURSOR FOR SELECT id FROM orders FOR UPDATE;
DECLARE c CURSOR FOR SELECT nextval('tickets') FROM orders;
--| before: DECLARE c CURSOR FOR SELECT id FROM orders
FETCH c;
--| before: DECLARE c SCROLL CURSOR FOR SELECT id FROM orders
FETCH FORWARD 5 FROM c;
--| before: DECLARE c SCROLL CURSOR FOR SELECT id FROM orders
FETCH ABSOLUTE 4 IN c;
--| before: DECLARE c SCROLL CURSOR FOR SELECT id FROM orders
FETCH LAST c;
--| before: DECLARE c SCROLL CURSOR FOR SELECT id FROM orders
--| before: FETCH 3 c
FETCH PRIOR FROM c;
--| before: DECLARE c CURSOR FOR TABLE orders
FETCH ALL FROM c;
--| before: DECLARE c CURSOR FOR SELECT nextval('tickets') FROM orders
FETCH 2 FROM c;
--| before: DECLARE c CURSOR FOR SELECT log_line('fetched') FROM orders
FETCH 1 FROM c;
--| before: DECLARE c CURSOR FOR SELECT id FROM orders WHERE nextval('tickets') > 0
MOVE FORWARD ALL IN c;
--| before: DECLARE c CURSOR FOR SELECT id FROM orders
MOVE 3 FROM c;
--| before: DECLARE c SCROLL CURSOR FOR SELECT id FROM orders
MOVE ABSOLUTE 0 c;
--| before: DECLARE "C" CURSOR FOR SELECT nextval('tickets') FROM orders
--| before: DECLARE c CURSOR FOR SELECT 1
FETCH "C";
--| before: DECLARE c CURSOR FOR SELECT 1
--| before: CLOSE c
--| before: DECLARE c CURSOR FOR SELECT nextval('tickets')
FETCH c;
--| before: SELECT open_cursor('by_function')
FETCH 1 FROM by_function;
--| before: DECLARE c CURSOR FOR SELECT id FROM orders
CLOSE c;
CLOSE ALL;
LOCK orders;
LOCK TABLE orders, ONLY parent IN ACCESS SHARE MODE;
LOCK TABLE orders IN ACCESS EXCLUSIVE MODE NOWAIT;
LOCK TABLE open_orders IN SHARE ROW EXCLUSIVE MODE;
LISTEN till;
LISTEN "Till of the shop";
UNLISTEN till;
UNLISTEN *;
--| alone
NOTIFY till;
--| alone
NOTIFY till, 'DELETE FROM orders';
--| alone
SELECT pg_notify('till', 'by function');
--| alone
--| before: BEGIN
--| before: NOTIFY till, 'later'
COMMIT;
LOAD 'plpgsql';
