-- The role of Planwright: it owns one schema and may do nothing else in the database. Run by a superuser, in the database:
--   PLANWRIGHT_DB_PASSWORD=… psql --file schema.sql planwright        (psql 15 or newer)
\getenv password PLANWRIGHT_DB_PASSWORD
CREATE ROLE planwright LOGIN PASSWORD :'password';
CREATE SCHEMA planwright AUTHORIZATION planwright;
REVOKE ALL ON DATABASE planwright FROM PUBLIC;
GRANT CONNECT ON DATABASE planwright TO planwright;
