"""Leaving objects behind, and changing those of the product."""

from tests.security.attack import Attack, Expected, gets_through, refused

OWNER, ROOT = "owner", "root"
DENIED, WRONG, FORBIDDEN, USED = refused("42501"), refused("IM400"), refused("IM403"), refused("IM409")
QUIET = Expected("goes through", lambda a: not a.state)

ATTACKS = (
    Attack("makes a table beside the product's", "owner", "CREATE TABLE evil (id int)", DENIED, "root", works=QUIET),
    Attack(
        "makes a table in the shared schema", "owner", "CREATE TABLE public.evil (id int)", DENIED, "root", works=QUIET
    ),
    Attack("makes a schema", "owner", "CREATE SCHEMA evil", DENIED, "root", works=QUIET),
    Attack(
        "makes a temporary table that hides one of the product's",
        "owner",
        "CREATE TEMP TABLE items (id uuid)",
        DENIED,
        "root",
        works=QUIET,
    ),
    Attack(
        "makes a temporary function that hides one of the product's",
        "owner",
        "CREATE FUNCTION pg_temp.can(text) RETURNS boolean LANGUAGE sql RETURN true",
        DENIED,
        "root",
        works=QUIET,
    ),
    Attack("makes a temporary view", "owner", "CREATE TEMP VIEW v AS SELECT * FROM items", DENIED, "root", works=QUIET),
    Attack(
        "copies a table into a temporary one",
        "owner",
        "SELECT * INTO TEMP stolen FROM items",
        DENIED,
        "root",
        works=QUIET,
    ),
    Attack(
        "overloads a function of the product",
        "owner",
        "CREATE FUNCTION can(varchar) RETURNS boolean LANGUAGE sql RETURN true",
        DENIED,
        "root",
        works=QUIET,
    ),
    Attack(
        "replaces a function of the product",
        "owner",
        "CREATE OR REPLACE FUNCTION me() RETURNS uuid LANGUAGE sql RETURN '<owner_member>'::uuid",
        DENIED,
        "root",
        works=QUIET,
    ),
    Attack(
        "makes a leaky operator",
        "owner",
        "CREATE OPERATOR <<< (FUNCTION = numeric_lt, LEFTARG = numeric, RIGHTARG = numeric)",
        DENIED,
        "root",
        works=QUIET,
    ),
    Attack(
        "makes a cast", "owner", "CREATE CAST (text AS numeric) WITH INOUT AS IMPLICIT", DENIED, "root", works=QUIET
    ),
    Attack("makes a type", "owner", "CREATE DOMAIN uuid AS text", DENIED, "root", works=QUIET),
    Attack(
        "makes an aggregate",
        "owner",
        "CREATE AGGREGATE sum(numeric) (SFUNC = numeric_add, STYPE = numeric)",
        DENIED,
        "root",
        works=QUIET,
    ),
    Attack("makes a collation", "owner", 'CREATE COLLATION evil FROM "C"', DENIED, "root", works=QUIET),
    Attack(
        "hangs a trigger on a table",
        "owner",
        "CREATE TRIGGER evil BEFORE INSERT ON items FOR EACH ROW EXECUTE FUNCTION stamp()",
        DENIED,
        "root",
        works=QUIET,
    ),
    Attack(
        "switches the triggers of the ledger off",
        "owner",
        "ALTER TABLE stock_movements DISABLE TRIGGER ALL",
        DENIED,
        "root",
        works=QUIET,
    ),
    Attack(
        "writes a rule", "owner", "CREATE RULE evil AS ON INSERT TO items DO ALSO NOTHING", DENIED, "root", works=QUIET
    ),
    Attack(
        "writes a policy", "owner", "CREATE POLICY evil ON stock_movements USING (true)", DENIED, "root", works=QUIET
    ),
    Attack("drops a policy", "owner", "DROP POLICY see ON stock_movements", DENIED, "root", works=QUIET),
    Attack(
        "switches row security off for a table",
        "owner",
        "ALTER TABLE stock_movements DISABLE ROW LEVEL SECURITY",
        DENIED,
        "root",
        works=QUIET,
    ),
    Attack(
        "makes an index that calls a function",
        "owner",
        "CREATE INDEX evil ON items (lower(name))",
        DENIED,
        "root",
        works=QUIET,
    ),
    Attack(
        "gives a column an evil default",
        "owner",
        "ALTER TABLE items ALTER note SET DEFAULT current_user",
        DENIED,
        "root",
        works=QUIET,
    ),
    Attack("takes a table", "owner", "ALTER TABLE items OWNER TO CURRENT_USER", DENIED, "root", works=QUIET),
    Attack("makes a function insecure", "owner", "ALTER FUNCTION me() SECURITY INVOKER", DENIED, "root", works=QUIET),
    Attack(
        "turns a function's path elsewhere",
        "owner",
        "ALTER FUNCTION me() SET search_path = pg_temp",
        DENIED,
        "root",
        works=QUIET,
    ),
    Attack("drops a function", "owner", "DROP FUNCTION opening()", DENIED, "root", works=QUIET),
    Attack(
        "gathers statistics that show hidden values",
        "owner",
        "CREATE STATISTICS evil ON site_id, quantity FROM stock_movements",
        DENIED,
        "root",
        works=QUIET,
    ),
    Attack("leaves a comment", "owner", "COMMENT ON TABLE items IS 'evil'", DENIED, "root", works=QUIET),
    Attack(
        "locks the ledger", "owner", "LOCK TABLE stock_movements IN ACCESS EXCLUSIVE MODE", DENIED, "root", works=QUIET
    ),
    Attack("locks the items", "manager", "LOCK TABLE items IN ACCESS EXCLUSIVE MODE", DENIED, "root", works=QUIET),
    Attack(
        "locks the roles", "administrator", "LOCK TABLE roles IN SHARE ROW EXCLUSIVE MODE", DENIED, "root", works=QUIET
    ),
)

OPEN = (
    gets_through(
        "locks a table it may not write",
        "counter",
        "LOCK TABLE menu_prices IN ACCESS EXCLUSIVE MODE",
        "the group may delete from tables of lines, and LOCK TABLE asks for no more; availability, inside a tenant",
        comes_of_it=QUIET,
    ),
)
