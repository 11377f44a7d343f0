-- Writes of which the text shows nothing: whoever made the table, the type or the function planted them before.
SELECT * FROM logging_view;
TABLE logging_view;
SELECT count(*) FROM (SELECT logged FROM logging_view) v;
COPY (SELECT * FROM logging_view) TO STDOUT;
EXPLAIN ANALYZE SELECT * FROM logging_view;
SELECT table_to_xml('logging_view', true, false, '');
--| before: SET LOCAL ROLE clerk
SELECT * FROM guarded;
SELECT p.shine FROM points p;
SELECT (p).shine FROM points p;
SELECT c + 1 FROM crates;
SELECT c::integer FROM crates;
SELECT length(3);
