CREATE SCHEMA warehouse;
CREATE TYPE warehouse.state AS ENUM ('ordered', 'stored', 'sold');
CREATE TABLE warehouse.shelves (id integer PRIMARY KEY, hall text NOT NULL);
CREATE TABLE warehouse.items (
  id integer PRIMARY KEY, shelf integer REFERENCES warehouse.shelves, name text, state warehouse.state DEFAULT 'stored',
  picture bytea, tags text[], details jsonb, arrived timestamptz
);
CREATE INDEX ON warehouse.items (state);
CREATE VIEW warehouse.free AS SELECT * FROM warehouse.items WHERE state = 'stored';
INSERT INTO warehouse.shelves SELECT n, 'hall ' || n % 4 FROM generate_series(1, 20) AS n;
INSERT INTO warehouse.items
  SELECT n, n % 20 + 1, E'item\t' || n, (ARRAY['ordered', 'stored', 'sold'])[n % 3 + 1]::warehouse.state,
         decode(md5(n::text), 'hex'), ARRAY['a', NULL, 'b,c'], jsonb_build_object('n', n), '2026-11-20 02:14+00'
  FROM generate_series(1, 300) AS n;
