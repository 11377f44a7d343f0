\set id random(1, 50)
BEGIN;
UPDATE orders SET total = total + :client_id WHERE id = :id;
SELECT total FROM orders WHERE id = :id;
COMMIT;
