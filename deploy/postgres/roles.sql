-- Two roles for one database. evenhand_owner owns the schema and runs "migrate"; evenhand runs the
-- program: it reads and writes rows, owns nothing, and can neither make nor change nor drop a table.
-- Run by a superuser, in the database of the program; running it again changes nothing:
--   OWNER_PASSWORD=… PROGRAM_PASSWORD=… psql -d evenhand -f roles.sql
\set ON_ERROR_STOP on
\set owner_password `printenv OWNER_PASSWORD`
\set program_password `printenv PROGRAM_PASSWORD`

SELECT format('CREATE ROLE %I LOGIN', name) FROM unnest(ARRAY['evenhand_owner', 'evenhand']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec
ALTER ROLE evenhand_owner NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'owner_password';
ALTER ROLE evenhand NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'program_password';

-- What the program's role owns in an installation of before.
REASSIGN OWNED BY evenhand TO evenhand_owner;
ALTER DATABASE :"DBNAME" OWNER TO evenhand_owner;
ALTER SCHEMA public OWNER TO evenhand_owner;

REVOKE ALL ON DATABASE :"DBNAME" FROM PUBLIC, evenhand;
REVOKE ALL ON SCHEMA public FROM PUBLIC, evenhand;
GRANT CONNECT ON DATABASE :"DBNAME" TO evenhand;
GRANT USAGE ON SCHEMA public TO evenhand;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO evenhand;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO evenhand;

-- And on what later migrations make.
ALTER DEFAULT PRIVILEGES FOR ROLE evenhand_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO evenhand;
ALTER DEFAULT PRIVILEGES FOR ROLE evenhand_owner IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO evenhand;
