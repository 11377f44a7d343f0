-- Migrations of all kinds, for CatalogAgreementTests: a statement ends with the semicolon at the end of a line.

-- Names that PostgreSQL gives
CREATE TABLE customers (id bigserial PRIMARY KEY, email text UNIQUE NOT NULL, name varchar(80), CHECK (name <> ''));
CREATE TABLE orders (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer_id bigint REFERENCES customers, total numeric(12,2) DEFAULT 0 CHECK (total >= 0), tax numeric(5) DEFAULT 0.19, placed timestamptz DEFAULT now() NOT NULL, state text DEFAULT 'new', low int DEFAULT -1, CHECK (total > tax), CHECK (total < 1000000), UNIQUE (customer_id, placed), gross numeric GENERATED ALWAYS AS (total * 2) STORED);
CREATE INDEX ON orders (customer_id);
CREATE INDEX ON orders (customer_id, state) INCLUDE (total);
CREATE INDEX ON orders (lower(state));
CREATE INDEX ON orders (lower(state), upper(state), (total + 1), (tax || 'x'), (low + 2));
CREATE INDEX ON orders (customer_id);
CREATE UNIQUE INDEX orders_state_once ON orders USING btree (state DESC NULLS LAST) WHERE state <> 'new' AND low IN (1, 2);
ALTER TABLE orders ADD CHECK (total BETWEEN 1 AND 5 OR state IS NULL);
ALTER TABLE orders ADD COLUMN discount_code text, ADD COLUMN IF NOT EXISTS state text, ADD COLUMN seen boolean NOT NULL DEFAULT false;
ALTER TABLE orders ADD CONSTRAINT orders_code_once UNIQUE (discount_code), ADD FOREIGN KEY (low) REFERENCES orders (id) ON DELETE CASCADE NOT VALID;
ALTER TABLE orders ADD CHECK (discount_code = upper(discount_code)), ADD CHECK (discount_code <> 'X');

-- Long names
CREATE TABLE a_table_with_a_very_long_name_that_leaves_no_room_for_anything_ (id serial PRIMARY KEY, a_column_with_a_name_that_is_as_long_as_a_name_may_be_in_postgr text UNIQUE CHECK (a_column_with_a_name_that_is_as_long_as_a_name_may_be_in_postgr <> ''), b int REFERENCES customers, c serial);
CREATE INDEX ON a_table_with_a_very_long_name_that_leaves_no_room_for_anything_ (a_column_with_a_name_that_is_as_long_as_a_name_may_be_in_postgr, b);
CREATE INDEX ON a_table_with_a_very_long_name_that_leaves_no_room_for_anything_ (a_column_with_a_name_that_is_as_long_as_a_name_may_be_in_postgr, c, b);
CREATE INDEX ON a_table_with_a_very_long_name_that_leaves_no_room_for_anything_ (a_column_with_a_name_that_is_as_long_as_a_name_may_be_in_postgr, c, b);
CREATE TABLE "Größenänderungsprotokollübersichtstabelle" ("überörtlicheÄnderungsnummernlänge" int UNIQUE CHECK ("überörtlicheÄnderungsnummernlänge" > 0));

-- Renames: what was named keeps its name
ALTER TABLE orders RENAME TO purchases;
ALTER TABLE purchases RENAME COLUMN customer_id TO buyer_id;
ALTER TABLE purchases RENAME CONSTRAINT orders_pkey TO purchases_primary;
ALTER INDEX orders_lower_idx RENAME TO purchases_lower_idx;
ALTER INDEX orders_code_once RENAME TO purchases_code_once;
ALTER SEQUENCE orders_id_seq RENAME TO purchases_numbers;
CREATE TABLE orders (id int PRIMARY KEY, total int CHECK (total > 0), buyer_id int REFERENCES purchases (id));
CREATE INDEX ON purchases (buyer_id);

-- Schemas
CREATE SCHEMA sales;
ALTER TABLE purchases SET SCHEMA sales;
SET search_path = sales, public;
CREATE TABLE regions (id serial PRIMARY KEY, code char(2) NOT NULL UNIQUE);
ALTER TABLE purchases ADD COLUMN region int REFERENCES regions ON DELETE SET NULL;
CREATE TABLE customers (id int PRIMARY KEY);
ALTER TABLE customers ADD CONSTRAINT named UNIQUE (id);
ALTER TABLE public.customers ADD COLUMN region int REFERENCES regions (id);
RESET search_path;
CREATE SCHEMA hr CREATE TABLE people (id serial PRIMARY KEY, boss int REFERENCES hr.people) CREATE VIEW bosses AS SELECT boss FROM hr.people;
ALTER SCHEMA hr RENAME TO staff;
ALTER TABLE staff.people ADD UNIQUE (boss);

-- Undone
BEGIN;
CREATE TABLE never (id int PRIMARY KEY);
ALTER TABLE orders ADD COLUMN never int;
DROP TABLE sales.customers;
ROLLBACK;
BEGIN;
ALTER TABLE orders ADD COLUMN kept int;
SAVEPOINT s;
ALTER TABLE orders DROP COLUMN kept;
ALTER TABLE orders ADD COLUMN unkept int;
ROLLBACK TO s;
SET LOCAL search_path = sales;
CREATE TABLE local_one (id int PRIMARY KEY);
COMMIT;
CREATE TABLE public_one (id int PRIMARY KEY);

-- What goes takes things along
ALTER TABLE sales.purchases DROP COLUMN discount_code;
ALTER TABLE sales.purchases DROP CONSTRAINT orders_check;
ALTER TABLE sales.purchases DROP COLUMN tax CASCADE;
CREATE TABLE doomed (id int PRIMARY KEY);
CREATE TABLE survivor (id int REFERENCES doomed, note text);
CREATE VIEW doomed_view AS SELECT * FROM doomed;
DROP TABLE doomed CASCADE;
CREATE TABLE doomed (id bigint, again text);
CREATE INDEX CONCURRENTLY doomed_again ON doomed (again);
DROP INDEX doomed_again;
ALTER TABLE doomed ADD PRIMARY KEY (id);
CREATE UNIQUE INDEX doomed_two ON doomed (again);
ALTER TABLE doomed ADD CONSTRAINT doomed_again_once UNIQUE USING INDEX doomed_two;
ALTER TABLE doomed DROP CONSTRAINT IF EXISTS nothing, DROP COLUMN IF EXISTS nowhere;

-- Types, defaults, nulls
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE DOMAIN amount AS numeric(8,2) CHECK (value > 0);
ALTER TABLE doomed ADD COLUMN feeling mood DEFAULT 'ok', ADD COLUMN cost amount, ADD COLUMN tags text[] DEFAULT '{}', ADD COLUMN at time(3), ADD COLUMN span interval DEFAULT '1 day', ADD COLUMN flags bit(4), ADD COLUMN doc jsonb DEFAULT '{}'::jsonb, ADD COLUMN who text DEFAULT current_user, ADD COLUMN d date DEFAULT current_date;
ALTER TABLE doomed ALTER COLUMN id TYPE numeric(20,0), ALTER COLUMN again SET NOT NULL, ALTER COLUMN again SET DEFAULT 'x' || 'y', ALTER cost DROP DEFAULT;
ALTER TYPE mood RENAME TO feeling;
ALTER TYPE feeling SET SCHEMA sales;
ALTER TABLE doomed ALTER COLUMN feeling DROP DEFAULT;
ALTER TABLE doomed ADD COLUMN number int;
ALTER TABLE doomed ALTER COLUMN number SET NOT NULL, ALTER COLUMN number ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE doomed ALTER COLUMN number SET GENERATED ALWAYS;

-- From others
CREATE TABLE copy AS SELECT id, again AS name, count(*) AS number, max(id) FROM doomed GROUP BY id, again;
CREATE TABLE whole AS SELECT * FROM doomed;
SELECT id, total AS amount INTO copied FROM orders;
CREATE TABLE like_all (LIKE sales.purchases INCLUDING ALL, extra int);
CREATE TABLE like_bare (LIKE sales.purchases);
CREATE TABLE parent (id int PRIMARY KEY, v int CHECK (v > 0), w text DEFAULT 'w' NOT NULL);
CREATE TABLE child (x int UNIQUE) INHERITS (parent);
ALTER TABLE parent ADD COLUMN y int DEFAULT 3 CHECK (y < 10), ADD CONSTRAINT vy CHECK (v <> y);
ALTER TABLE parent RENAME COLUMN v TO vv;
ALTER TABLE parent RENAME CONSTRAINT vy TO vvy;
ALTER TABLE parent DROP COLUMN w;
ALTER TABLE parent ALTER COLUMN y TYPE bigint;
ALTER TABLE parent DROP CONSTRAINT parent_v_check;
CREATE TABLE grandchild () INHERITS (child);
ALTER TABLE grandchild NO INHERIT child;

-- Partitions
CREATE TABLE events (id int, at date NOT NULL, kind text CHECK (kind <> ''), who bigint REFERENCES public.customers, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE INDEX ON events (kind);
CREATE INDEX ON events (lower(kind), id);
CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE events_2026 (id int NOT NULL, at date NOT NULL, kind text CHECK (kind <> ''), who bigint);
ALTER TABLE events_2026 RENAME CONSTRAINT events_2026_kind_check TO events_kind_check;
CREATE INDEX mine ON events_2026 (kind);
ALTER TABLE events ATTACH PARTITION events_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
ALTER TABLE events ADD COLUMN note text DEFAULT 'n', ADD CHECK (id > 0);
CREATE UNIQUE INDEX ON events (at, id, note);
CREATE TABLE marks (event int, day date, FOREIGN KEY (event, day) REFERENCES events);
CREATE TABLE events_2027 PARTITION OF events FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
ALTER TABLE marks ADD FOREIGN KEY (event, day) REFERENCES events ON DELETE CASCADE;
ALTER TABLE events RENAME COLUMN note TO remark;
CREATE TABLE events_rest PARTITION OF events DEFAULT PARTITION BY LIST (at);
CREATE TABLE events_rest_a PARTITION OF events_rest FOR VALUES IN ('2035-05-05');
CREATE TABLE loose PARTITION OF events FOR VALUES FROM ('2030-01-01') TO ('2031-01-01');
ALTER TABLE events DETACH PARTITION loose;
DROP INDEX events_kind_idx;
ALTER INDEX events_lower_id_idx RENAME TO events_by_kind;

-- Code
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE FUNCTION total(a int, b varchar(20) DEFAULT 'x', OUT c text, VARIADIC d text[] DEFAULT '{}') LANGUAGE sql AS 'SELECT ''x''::text';
CREATE OR REPLACE FUNCTION total(a bigint) RETURNS int LANGUAGE sql AS 'SELECT 1';
ALTER FUNCTION total(bigint) RENAME TO sum_of;
CREATE PROCEDURE tidy(a timestamptz) LANGUAGE sql AS '';
CREATE TRIGGER touched BEFORE INSERT OR UPDATE OF total ON orders FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER all_events AFTER INSERT ON events FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER once AFTER TRUNCATE ON orders EXECUTE FUNCTION touch();
ALTER TRIGGER touched ON orders RENAME TO touched_first;
ALTER TABLE orders DISABLE TRIGGER once;
CREATE TABLE events_2028 PARTITION OF events FOR VALUES FROM ('2028-01-01') TO ('2029-01-01');
DROP TRIGGER all_events ON events;
CREATE TRIGGER again AFTER DELETE ON events FOR EACH ROW EXECUTE FUNCTION touch();
CREATE VIEW open_orders AS SELECT * FROM orders;
CREATE OR REPLACE VIEW open_orders AS SELECT * FROM orders WHERE total > 1;
CREATE MATERIALIZED VIEW totals AS SELECT sum(total) AS sum, 1 AS one FROM orders;
CREATE UNIQUE INDEX ON totals (one);
ALTER VIEW open_orders RENAME TO running;
CREATE RULE quiet AS ON DELETE TO survivor DO INSTEAD NOTHING;
CREATE STATISTICS survivor_both ON id, note FROM survivor;
CREATE SEQUENCE tickets;
ALTER SEQUENCE tickets OWNED BY survivor.note;
ALTER TABLE survivor DROP COLUMN note;
CREATE TABLE counted (id int DEFAULT nextval('sales.regions_id_seq'), x int);
CREATE TEMP TABLE passing (id int PRIMARY KEY);
CREATE TEMP TABLE orders (id int);
ALTER TABLE orders ADD COLUMN only_temporary int;
DROP TABLE pg_temp.orders;

-- Rights
GRANT SELECT, INSERT ON orders TO reporting, support WITH GRANT OPTION;
GRANT ALL ON orders TO deploy;
GRANT SELECT (email, id), UPDATE (name) ON customers TO support;
GRANT UPDATE (id) ON customers TO intern;
ALTER TABLE customers RENAME COLUMN email TO mail;
REVOKE INSERT ON orders FROM support;
REVOKE GRANT OPTION FOR SELECT ON orders FROM reporting;
REVOKE UPDATE ON customers FROM intern;
GRANT SELECT ON ALL TABLES IN SCHEMA sales TO auditor;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA sales TO PUBLIC;
GRANT USAGE ON SCHEMA sales TO auditor, PUBLIC;
REVOKE EXECUTE ON FUNCTION sum_of(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sum_of TO reporting;
ALTER DEFAULT PRIVILEGES IN SCHEMA sales GRANT SELECT ON TABLES TO reporting;
ALTER DEFAULT PRIVILEGES GRANT INSERT, DELETE ON TABLES TO support;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE deploy GRANT USAGE ON SEQUENCES TO intern;
CREATE TABLE sales.granted (id serial);
CREATE FUNCTION private() RETURNS int LANGUAGE sql AS 'SELECT 1';
GRANT CREATE ON SCHEMA sales TO deploy;
SET ROLE deploy;
CREATE TABLE sales.deployed (id serial PRIMARY KEY, x int);
GRANT SELECT ON sales.deployed TO support;
RESET ROLE;
GRANT SELECT ON sales.deployed TO auditor;
ALTER TABLE sales.deployed OWNER TO auditor;
ALTER DEFAULT PRIVILEGES REVOKE DELETE ON TABLES FROM support;
ALTER ROLE intern RENAME TO trainee;

-- Policies
ALTER TABLE orders ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON orders FOR SELECT TO support, reporting USING (total > 3);
CREATE POLICY writing ON orders AS RESTRICTIVE FOR INSERT WITH CHECK (id > 0 AND total < 9);
ALTER POLICY own ON orders RENAME TO own_only;
ALTER POLICY own_only ON orders USING (total > 4);
ALTER TABLE orders NO FORCE ROW LEVEL SECURITY;
CREATE TABLE paired (id int PRIMARY KEY UNIQUE, x int, UNIQUE (x), CONSTRAINT x_again UNIQUE (x), EXCLUDE USING btree (id WITH =));
CREATE EXTENSION pg_trgm;
CREATE INDEX ON survivor USING hash (id);
COMMENT ON TABLE orders IS 'x';
