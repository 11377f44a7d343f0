-- Everything else that is created, altered, dropped and commented on.
CREATE SCHEMA made;
CREATE SCHEMA IF NOT EXISTS attic;
CREATE SCHEMA AUTHORIZATION boss;
CREATE SCHEMA made AUTHORIZATION boss CREATE TABLE t (n integer) CREATE VIEW v AS SELECT 1 AS n;
ALTER SCHEMA attic RENAME TO cellar;
ALTER SCHEMA attic OWNER TO boss;
DROP SCHEMA attic CASCADE;
DROP SCHEMA IF EXISTS nothing RESTRICT;
COMMENT ON SCHEMA attic IS 'old things';
CREATE TYPE made AS (a integer, b text COLLATE "C");
CREATE TYPE made AS ENUM ('x', 'y');
CREATE TYPE made AS RANGE (subtype = float8, subtype_diff = float8mi);
CREATE TYPE made;
ALTER TYPE place ADD ATTRIBUTE zip text, DROP ATTRIBUTE IF EXISTS street CASCADE;
ALTER TYPE place ALTER ATTRIBUTE town TYPE varchar(50);
ALTER TYPE place RENAME ATTRIBUTE town TO city;
ALTER TYPE mood ADD VALUE IF NOT EXISTS 'sleepy' BEFORE 'busy';
ALTER TYPE mood ADD VALUE 'angry' AFTER 'busy';
ALTER TYPE mood RENAME VALUE 'calm' TO 'quiet';
ALTER TYPE mood RENAME TO temper;
ALTER TYPE mood SET SCHEMA attic;
ALTER TYPE mood OWNER TO boss;
ALTER TYPE hstore SET (STORAGE = extended);
DROP TYPE mood;
DROP TYPE IF EXISTS nothing CASCADE;
COMMENT ON TYPE mood IS 'how one feels';
CREATE DOMAIN made AS text DEFAULT 'x' NOT NULL CONSTRAINT short CHECK (length(VALUE) < 9);
--| fails
CREATE DOMAIN made integer[] COLLATE "C";
ALTER DOMAIN percent SET DEFAULT 5;
ALTER DOMAIN percent DROP DEFAULT;
ALTER DOMAIN percent SET NOT NULL;
ALTER DOMAIN percent ADD CONSTRAINT even CHECK (VALUE % 2 = 0) NOT VALID;
ALTER DOMAIN percent VALIDATE CONSTRAINT percent_check;
ALTER DOMAIN percent DROP CONSTRAINT IF EXISTS percent_check;
ALTER DOMAIN percent RENAME CONSTRAINT percent_check TO bounds;
ALTER DOMAIN percent RENAME TO share;
ALTER DOMAIN percent SET SCHEMA attic;
ALTER DOMAIN percent OWNER TO boss;
DROP DOMAIN percent, shorttext;
COMMENT ON DOMAIN percent IS 'of a hundred';
CREATE FUNCTION made(a integer, OUT b integer) LANGUAGE sql AS 'SELECT a + 1';
CREATE OR REPLACE FUNCTION twice(n integer) RETURNS integer IMMUTABLE STRICT PARALLEL SAFE COST 5 LANGUAGE sql RETURN n + n;
CREATE FUNCTION made() RETURNS void LANGUAGE sql BEGIN ATOMIC DELETE FROM items; SELECT 1; END;
CREATE FUNCTION made() RETURNS TABLE (n integer, t text) LANGUAGE plpgsql SECURITY DEFINER SET work_mem = '1MB' AS $body$ BEGIN DELETE FROM items; RETURN; END $body$;
CREATE FUNCTION made(VARIADIC n integer[] DEFAULT '{}') RETURNS SETOF integer ROWS 5 LANGUAGE sql AS $$ SELECT unnest(n) $$;
ALTER FUNCTION twice(integer) STABLE LEAKPROOF COST 3 SET search_path = public;
ALTER FUNCTION twice(integer) RESET ALL;
ALTER FUNCTION twice(integer) RENAME TO double;
ALTER FUNCTION twice(integer) SET SCHEMA attic;
ALTER FUNCTION twice(integer) OWNER TO boss;
ALTER FUNCTION twice(integer) DEPENDS ON EXTENSION dblink;
DROP FUNCTION twice(integer);
DROP FUNCTION IF EXISTS nothing, compare_length(text, text) CASCADE;
COMMENT ON FUNCTION twice(integer) IS 'doubles';
CREATE PROCEDURE made(a integer) LANGUAGE sql AS 'DELETE FROM items WHERE id = a';
CREATE OR REPLACE PROCEDURE idle() LANGUAGE plpgsql AS $$ BEGIN NULL; END $$;
ALTER PROCEDURE idle() SECURITY DEFINER;
ALTER PROCEDURE idle() RENAME TO rest;
ALTER PROCEDURE pack(integer) OWNER TO boss;
DROP PROCEDURE idle();
DROP PROCEDURE IF EXISTS nothing(text);
COMMENT ON PROCEDURE idle() IS 'rests';
ALTER ROUTINE twice(text) IMMUTABLE;
ALTER ROUTINE idle RENAME TO rest;
ALTER ROUTINE idle SET SCHEMA attic;
DROP ROUTINE idle;
DROP ROUTINE IF EXISTS nothing(integer) CASCADE;
COMMENT ON ROUTINE twice(text) IS 'repeats';
CREATE AGGREGATE made(integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '0');
CREATE OR REPLACE AGGREGATE log_sum(integer) (SFUNC = int4pl, STYPE = integer);
--| fails
CREATE AGGREGATE made(ORDER BY anyelement) (SFUNC = ordered_set_transition, STYPE = internal, FINALFUNC = percentile_disc_final);
CREATE AGGREGATE made (BASETYPE = text, SFUNC = textcat, STYPE = text);
ALTER AGGREGATE log_sum(integer) RENAME TO adding;
ALTER AGGREGATE log_sum(integer) SET SCHEMA attic;
ALTER AGGREGATE log_sum(integer) OWNER TO boss;
DROP AGGREGATE log_sum(integer);
DROP AGGREGATE IF EXISTS nothing(*);
COMMENT ON AGGREGATE log_sum(integer) IS 'adds';
CREATE OPERATOR <=> (LEFTARG = text, RIGHTARG = text, FUNCTION = compare_length);
CREATE OPERATOR @!@ (RIGHTARG = integer, PROCEDURE = int4um);
ALTER OPERATOR ==> (integer, integer) SET (RESTRICT = eqsel, JOIN = NONE);
ALTER OPERATOR ==> (integer, integer) OWNER TO boss;
ALTER OPERATOR ==> (integer, integer) SET SCHEMA attic;
DROP OPERATOR ==> (integer, integer);
DROP OPERATOR IF EXISTS ~~~~ (NONE, text), <==> (text, text) CASCADE;
COMMENT ON OPERATOR ==> (integer, integer) IS 'equals';
CREATE OPERATOR FAMILY made USING hash;
ALTER OPERATOR FAMILY lengths USING btree ADD OPERATOR 1 < (text, text), FUNCTION 1 (text, text) bttextcmp(text, text);
ALTER OPERATOR FAMILY lengths USING btree RENAME TO sizes;
ALTER OPERATOR FAMILY lengths USING btree OWNER TO boss;
ALTER OPERATOR FAMILY lengths USING btree SET SCHEMA attic;
DROP OPERATOR FAMILY lengths USING btree;
DROP OPERATOR FAMILY IF EXISTS nothing USING gist;
COMMENT ON OPERATOR FAMILY lengths USING btree IS 'by length';
CREATE OPERATOR CLASS made FOR TYPE text USING btree FAMILY lengths AS OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 compare_length(text, text);
--| before: CREATE OPERATOR CLASS lengths_class FOR TYPE text USING btree AS OPERATOR 1 <, FUNCTION 1 compare_length(text, text)
ALTER OPERATOR CLASS lengths_class USING btree RENAME TO other;
--| before: CREATE OPERATOR CLASS lengths_class FOR TYPE text USING btree AS OPERATOR 1 <, FUNCTION 1 compare_length(text, text)
COMMENT ON OPERATOR CLASS lengths_class USING btree IS 'by length';
--| before: CREATE OPERATOR CLASS lengths_class FOR TYPE text USING btree AS OPERATOR 1 <, FUNCTION 1 compare_length(text, text)
DROP OPERATOR CLASS lengths_class USING btree CASCADE;
--| fails
CREATE CAST (mood AS integer) WITH FUNCTION twice(integer);
CREATE CAST (text AS place) WITH INOUT AS ASSIGNMENT;
--| fails
CREATE CAST (place AS crate) WITHOUT FUNCTION;
DROP CAST (crate AS integer);
DROP CAST IF EXISTS (text AS mood);
COMMENT ON CAST (crate AS integer) IS 'its weight';
CREATE CONVERSION made FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
CREATE DEFAULT CONVERSION attic.made FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
--| before: CREATE CONVERSION latin FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8
ALTER CONVERSION latin RENAME TO western;
--| before: CREATE CONVERSION latin FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8
ALTER CONVERSION latin OWNER TO boss;
--| before: CREATE CONVERSION latin FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8
COMMENT ON CONVERSION latin IS 'western';
--| before: CREATE CONVERSION latin FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8
DROP CONVERSION latin;
DROP CONVERSION IF EXISTS nothing;
CREATE COLLATION made (locale = 'C');
CREATE COLLATION IF NOT EXISTS made FROM "C";
ALTER COLLATION plain RENAME TO simple;
ALTER COLLATION plain REFRESH VERSION;
ALTER COLLATION plain OWNER TO boss;
ALTER COLLATION plain SET SCHEMA attic;
COMMENT ON COLLATION plain IS 'by bytes';
DROP COLLATION plain;
DROP COLLATION IF EXISTS nothing CASCADE;
CREATE TEXT SEARCH CONFIGURATION made (PARSER = "default");
ALTER TEXT SEARCH CONFIGURATION bikes ALTER MAPPING FOR asciiword, word WITH bikedict, simple;
ALTER TEXT SEARCH CONFIGURATION bikes ALTER MAPPING REPLACE simple WITH bikedict;
ALTER TEXT SEARCH CONFIGURATION bikes DROP MAPPING IF EXISTS FOR url;
ALTER TEXT SEARCH CONFIGURATION bikes RENAME TO wheels;
ALTER TEXT SEARCH CONFIGURATION bikes OWNER TO boss;
ALTER TEXT SEARCH CONFIGURATION bikes SET SCHEMA attic;
COMMENT ON TEXT SEARCH CONFIGURATION bikes IS 'words';
DROP TEXT SEARCH CONFIGURATION bikes;
CREATE TEXT SEARCH DICTIONARY made (TEMPLATE = simple, ACCEPT = false);
ALTER TEXT SEARCH DICTIONARY bikedict (ACCEPT = false);
ALTER TEXT SEARCH DICTIONARY bikedict RENAME TO words;
ALTER TEXT SEARCH DICTIONARY bikedict OWNER TO boss;
ALTER TEXT SEARCH DICTIONARY bikedict SET SCHEMA attic;
COMMENT ON TEXT SEARCH DICTIONARY bikedict IS 'words';
DROP TEXT SEARCH DICTIONARY bikedict CASCADE;
CREATE TEXT SEARCH PARSER made (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype);
ALTER TEXT SEARCH PARSER bikeparser RENAME TO splitter;
ALTER TEXT SEARCH PARSER bikeparser SET SCHEMA attic;
COMMENT ON TEXT SEARCH PARSER bikeparser IS 'splits';
DROP TEXT SEARCH PARSER bikeparser;
CREATE TEXT SEARCH TEMPLATE made (LEXIZE = dsimple_lexize);
ALTER TEXT SEARCH TEMPLATE biketemplate RENAME TO pattern;
ALTER TEXT SEARCH TEMPLATE biketemplate SET SCHEMA attic;
COMMENT ON TEXT SEARCH TEMPLATE biketemplate IS 'a pattern';
DROP TEXT SEARCH TEMPLATE IF EXISTS biketemplate;
CREATE EXTENSION citext;
CREATE EXTENSION IF NOT EXISTS pgcrypto WITH SCHEMA attic;
CREATE EXTENSION earthdistance CASCADE;
ALTER EXTENSION hstore UPDATE;
ALTER EXTENSION tablefunc SET SCHEMA attic;
ALTER EXTENSION hstore ADD FUNCTION twice(integer);
--| before: ALTER EXTENSION hstore ADD TABLE loose
ALTER EXTENSION hstore DROP TABLE loose;
COMMENT ON EXTENSION hstore IS 'keys';
DROP EXTENSION hstore;
DROP EXTENSION IF EXISTS nothing, tablefunc CASCADE;
CREATE LANGUAGE made HANDLER plpgsql_call_handler INLINE plpgsql_inline_handler VALIDATOR plpgsql_validator;
CREATE OR REPLACE TRUSTED PROCEDURAL LANGUAGE plspare HANDLER plpgsql_call_handler;
ALTER LANGUAGE plspare RENAME TO plother;
ALTER PROCEDURAL LANGUAGE plspare OWNER TO boss;
COMMENT ON LANGUAGE plspare IS 'a language';
DROP LANGUAGE plspare;
DROP PROCEDURAL LANGUAGE IF EXISTS nothing;
CREATE ACCESS METHOD made TYPE INDEX HANDLER bthandler;
CREATE ACCESS METHOD made TYPE TABLE HANDLER heap_tableam_handler;
COMMENT ON ACCESS METHOD btree IS 'trees';
--| before: CREATE ACCESS METHOD made TYPE INDEX HANDLER bthandler
DROP ACCESS METHOD made;
CREATE EVENT TRIGGER made ON ddl_command_start WHEN TAG IN ('DROP TABLE', 'DROP VIEW') EXECUTE FUNCTION watch_ddl();
CREATE EVENT TRIGGER made ON sql_drop EXECUTE PROCEDURE watch_ddl();
ALTER EVENT TRIGGER ddl_watch ENABLE REPLICA;
ALTER EVENT TRIGGER ddl_watch RENAME TO watching;
ALTER EVENT TRIGGER ddl_watch OWNER TO postgres;
COMMENT ON EVENT TRIGGER ddl_watch IS 'watches';
DROP EVENT TRIGGER ddl_watch;
DROP EVENT TRIGGER IF EXISTS nothing;
CREATE TRANSFORM FOR integer LANGUAGE plpgsql (FROM SQL WITH FUNCTION prsd_lextype(internal));
DROP TRANSFORM IF EXISTS FOR integer LANGUAGE plpgsql;
--| before: CREATE TRANSFORM FOR bytea LANGUAGE plspare (FROM SQL WITH FUNCTION textlike_support(internal))
COMMENT ON TRANSFORM FOR bytea LANGUAGE plspare IS 'a transform';
--| before: CREATE TRANSFORM FOR bytea LANGUAGE plspare (FROM SQL WITH FUNCTION textlike_support(internal))
DROP TRANSFORM FOR bytea LANGUAGE plspare;
CREATE TRANSFORM FOR bytea LANGUAGE plspare (FROM SQL WITH FUNCTION textlike_support(internal));
CREATE FOREIGN DATA WRAPPER made VALIDATOR postgresql_fdw_validator;
ALTER FOREIGN DATA WRAPPER nothing OPTIONS (ADD debug 'true');
ALTER FOREIGN DATA WRAPPER nothing NO HANDLER NO VALIDATOR;
ALTER FOREIGN DATA WRAPPER nothing RENAME TO void;
ALTER FOREIGN DATA WRAPPER nothing OWNER TO postgres;
COMMENT ON FOREIGN DATA WRAPPER nothing IS 'nothing';
DROP FOREIGN DATA WRAPPER nothing CASCADE;
CREATE SERVER made TYPE 'x' VERSION '1' FOREIGN DATA WRAPPER nothing OPTIONS (a 'b');
CREATE SERVER IF NOT EXISTS nowhere FOREIGN DATA WRAPPER nothing;
ALTER SERVER nowhere VERSION '2' OPTIONS (ADD place 'none');
ALTER SERVER nowhere RENAME TO anywhere;
ALTER SERVER nowhere OWNER TO boss;
COMMENT ON SERVER nowhere IS 'none';
DROP SERVER nowhere;
DROP SERVER IF EXISTS nothing, files CASCADE;
IMPORT FOREIGN SCHEMA attic FROM SERVER here INTO public;
IMPORT FOREIGN SCHEMA public LIMIT TO (orders, customers) FROM SERVER here INTO attic;
IMPORT FOREIGN SCHEMA public EXCEPT (orders) FROM SERVER here INTO attic OPTIONS (import_default 'true');
CREATE PUBLICATION made;
--| fails
CREATE PUBLICATION made FOR TABLE orders (id, state) WHERE (state = 'new'), TABLES IN SCHEMA attic;
CREATE PUBLICATION made FOR ALL TABLES WITH (publish = 'insert, update');
CREATE PUBLICATION made FOR TABLES IN SCHEMA attic;
ALTER PUBLICATION everything ADD TABLE items;
ALTER PUBLICATION everything SET TABLE customers, ONLY parent;
ALTER PUBLICATION everything DROP TABLE orders;
ALTER PUBLICATION everything SET (publish = 'delete');
ALTER PUBLICATION everything RENAME TO several;
ALTER PUBLICATION everything OWNER TO postgres;
COMMENT ON PUBLICATION everything IS 'all';
DROP PUBLICATION everything;
DROP PUBLICATION IF EXISTS nothing;
CREATE SUBSCRIPTION made CONNECTION 'dbname=nothing' PUBLICATION p WITH (connect = false, slot_name = NONE);
--| before: CREATE SUBSCRIPTION sub CONNECTION 'dbname=nothing' PUBLICATION p WITH (connect = false, slot_name = NONE)
ALTER SUBSCRIPTION sub CONNECTION 'dbname=other';
--| before: CREATE SUBSCRIPTION sub CONNECTION 'dbname=nothing' PUBLICATION p WITH (connect = false, slot_name = NONE)
ALTER SUBSCRIPTION sub SET PUBLICATION q, r WITH (refresh = false);
--| before: CREATE SUBSCRIPTION sub CONNECTION 'dbname=nothing' PUBLICATION p WITH (connect = false, slot_name = NONE)
ALTER SUBSCRIPTION sub ADD PUBLICATION q WITH (refresh = false);
--| before: CREATE SUBSCRIPTION sub CONNECTION 'dbname=nothing' PUBLICATION p WITH (connect = false, slot_name = NONE)
ALTER SUBSCRIPTION sub SET (synchronous_commit = off);
--| before: CREATE SUBSCRIPTION sub CONNECTION 'dbname=nothing' PUBLICATION p WITH (connect = false, slot_name = NONE)
ALTER SUBSCRIPTION sub SKIP (lsn = '0/12345');
--| before: CREATE SUBSCRIPTION sub CONNECTION 'dbname=nothing' PUBLICATION p WITH (connect = false, slot_name = NONE)
ALTER SUBSCRIPTION sub RENAME TO other;
--| before: CREATE SUBSCRIPTION sub CONNECTION 'dbname=nothing' PUBLICATION p WITH (connect = false, slot_name = NONE)
ALTER SUBSCRIPTION sub OWNER TO postgres;
--| before: CREATE SUBSCRIPTION sub CONNECTION 'dbname=nothing' PUBLICATION p WITH (connect = false, slot_name = NONE)
COMMENT ON SUBSCRIPTION sub IS 'a subscription';
--| before: CREATE SUBSCRIPTION sub CONNECTION 'dbname=nothing' PUBLICATION p WITH (connect = false, slot_name = NONE)
DROP SUBSCRIPTION sub;
DROP SUBSCRIPTION IF EXISTS nothing;
ALTER LARGE OBJECT 70001 OWNER TO boss;
COMMENT ON LARGE OBJECT 70001 IS 'a picture';
COMMENT ON DATABASE THIS_DB IS 'a shop';
COMMENT ON ROLE clerk IS 'a person';
COMMENT ON TABLESPACE pg_default IS 'here';
COMMENT ON TABLE attic.boxes IS E'DELETE FROM orders;\n';
--| fails
SECURITY LABEL FOR selinux ON TABLE orders IS 'x';
--| fails
SECURITY LABEL ON FUNCTION twice(integer) IS NULL;
--| fails
CREATE ASSERTION a CHECK (true);
