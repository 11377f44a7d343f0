-- A risk score on every order, for the fraud team (OPS-1412).
SET lock_timeout = '5s';
BEGIN;
ALTER TABLE orders ADD COLUMN risk_score int NOT NULL DEFAULT 0;
CREATE INDEX orders_risk_score_idx ON orders (risk_score) WHERE risk_score > 0;
UPDATE orders SET risk_score = 50 WHERE total > 1000;
COMMIT;
