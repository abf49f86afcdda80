"""Where the attacks take place: one server of each version, two tenants, and people of every kind at their desks."""

import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg.types.json import Jsonb

from ims_desktop.database.sign_in import Gate
from ims_desktop.database.transaction import TenantDatabase
from tests.database.debian import TlsServer
from tests.restaurant import Restaurant, receive, seed
from tests.security.attack import Answer, Try
from tests.tenants import Server, Tenant, enrol, new_tenant

Line = psycopg.Connection[Any]
PEOPLE = {  # label and role; all of them work at Downtown alone
    "counter": ("EMPLOYEE", None),
    "colleague": ("EMPLOYEE", None),
    "manager": ("MANAGER", None),
    "administrator": ("ADMIN", None),
}
SECRET = "secret harbour"
POST = (
    "SELECT post_document(%s, %s, %s::uuid[], %s::uuid[], %s::numeric[], %s::numeric[], %s::uuid[], NULL, NULL, NULL)"
)
SELL = "SELECT post_sales(%s, %s, %s::text[], %s::timestamptz[], NULL, NULL, '{1}', %s::uuid[], '{2}', '{3}', NULL)"
NAME = re.compile(r"<([a-z_]+)>")


@dataclass
class Ground:
    """One server with everything planted. `facts` are what statements may name."""

    server: Server
    alpha: Tenant
    beta: Tenant
    settle: Callable[[], None]
    tls: TlsServer | None = None
    gates: dict[str, Gate] = field(default_factory=dict)
    desks: dict[str, TenantDatabase] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    logins: dict[str, str] = field(default_factory=dict)
    secrets: list[str] = field(default_factory=list)
    _lines: dict[str, Line] = field(default_factory=dict)

    @property
    def alpha_site(self) -> UUID:
        """The site where everybody works but the owner."""
        return UUID(self.facts["downtown"])

    def line(self, who: str) -> Line:
        """The open connection of a person, a gate or an operator; a fresh one when the last was cut."""
        try:
            self._lines[who].execute("SELECT 1")
        except (KeyError, psycopg.OperationalError):
            self._lines[who] = self.connect(who)
        return self._lines[who]

    def connect(self, who: str) -> Line:
        """A new connection with the stored credentials of somebody."""
        if who in self.gates:
            line = self.server.place.connect(self.gates[who].user, self.gates[who].password)
        elif who in self.desks:
            one = self.desks[who].identity
            line = one.place.connect(one.role, one.password)
        else:
            line = self.server.root() if who == "root" else self.server.operator()
            if who == "table_owner":
                line.execute("SET ROLE ims_owner")
            line.execute(f'SET search_path = "{self.alpha.names.schema}", pg_catalog')
        line.prepare_threshold = None
        return line

    def fill(self, text: str) -> str:
        """The statement with this ground's facts; `<key>` is new every time."""
        return NAME.sub(lambda name: self._fact(name[1]), text)

    def _fact(self, name: str) -> str:
        if name == "key":
            return str(uuid4())
        if name.endswith("_process"):
            return str(self.line(name.removesuffix("_process")).info.backend_pid)
        return self.facts[name]

    def run(self, tried: Try) -> Answer:
        """Send what somebody sends; what a statement changed is rolled back."""
        if not isinstance(tried.what, str):
            return tried.what(self, tried.who)
        return self.send(self.line(tried.who), tried.what, alone=tried.alone)

    def send(self, line: Line, text: str, *, alone: bool = False) -> Answer:
        """The answer to one text, which may hold several statements; the last one counts."""
        try:
            if not alone:
                line.execute("BEGIN")
            cursor = line.execute(self.fill(text).encode())
            while cursor.nextset():
                pass
            return Answer(rows=tuple(cursor.fetchall()) if cursor.description else None, count=cursor.rowcount)
        except psycopg.Error as error:
            return Answer.of(error)
        finally:
            if not line.closed and not alone:
                line.execute("ROLLBACK")

    def new_gate(self) -> Gate:
        """A PC nobody has guessed at yet."""
        return enrol(self.server.place, self.server.operator_password)

    def close(self) -> None:
        """Close every connection."""
        for line in self._lines.values():
            line.close()
        self.alpha.close()
        self.beta.close()


@contextmanager
def grounds(server: Server, settle: Callable[[], None] = lambda: None) -> Iterator[Ground]:
    """A ground on this server; `settle` is called when tenants were made, before anybody comes in to them."""
    ground = Ground(server, new_tenant(server), new_tenant(server), settle)
    settle()
    restaurant = seed(ground.alpha)
    _people(ground, restaurant)
    _facts(ground, restaurant)
    _views(ground)
    _stock(ground, restaurant)
    _counts(ground, restaurant)
    _sales(ground, restaurant)
    _entered(ground, restaurant)
    _modifiers(ground, restaurant)
    _elsewhere(ground)
    try:
        yield ground
    finally:
        ground.close()


def _people(ground: Ground, made: Restaurant) -> None:
    ground.gates |= {name: ground.new_gate() for name in ("gate", "other_gate")}
    ground.desks["owner"] = ground.alpha.desk(gate=ground.new_gate())
    ground.desks["stranger"] = ground.beta.desk(gate=ground.new_gate())
    ground.logins |= {"owner": ground.alpha.owner_login, "stranger": ground.beta.owner_login}
    for name, (label, role) in PEOPLE.items():
        ground.logins[name] = ground.alpha.person(label, role=role, site=made.site)
        ground.desks[name] = ground.alpha.desk(ground.logins[name], ground.new_gate())
    members = {name: desk.identity.role for name, desk in ground.desks.items()}
    ground.facts |= {f"{name}_lease": role for name, role in members.items()}
    ground.facts |= {f"{name}_member": str(UUID(role.split("_")[1])) for name, role in members.items()}
    ground.facts |= {f"{name}_login": login for name, login in ground.logins.items()}
    ground.facts |= {f"{name}_role": gate.user for name, gate in ground.gates.items()}


def _facts(ground: Ground, made: Restaurant) -> None:
    here, there = made.sites["Downtown"], made.sites["Harbour"]
    for prefix, tenant in (("", ground.alpha), ("other_", ground.beta)):
        names = tenant.names
        ground.facts |= {
            f"{prefix}schema": names.schema,
            f"{prefix}group": names.group,
            f"{prefix}issuer": names.issuer,
        }
        ground.facts[f"{prefix}tenant"] = str(tenant.id)
    with ground.alpha.as_root() as root:
        closed, spare, archived = uuid4(), uuid4(), uuid4()
        root.execute(
            "INSERT INTO sites (id, name, country, currency, time_zone, locale, is_active)"
            " VALUES (%s, 'Closed', 'US', 'USD', 'UTC', 'en_US', false)",
            [closed],
        )
        root.execute("INSERT INTO storage_locations (id, site_id, name) VALUES (%s, %s, 'Spare')", [spare, here])
        root.execute(
            "INSERT INTO items (id, sku, name, category_id, base_unit, is_active)"
            " SELECT %s, 'OLD-1', 'Archived', category_id, 'kg', false FROM items LIMIT 1",
            [archived],
        )
        root.execute("INSERT INTO key_versions (version) VALUES (1) ON CONFLICT DO NOTHING")
        root.execute("SET session_replication_role = replica")  # encrypted fields are checked by a trigger
        root.execute(
            "INSERT INTO supplier_banks (supplier_id, account, account_hash)"
            " SELECT id, '\\x0100000001', sha256('account') FROM suppliers"
        )
        for name, active in (("customer", True), ("lost_customer", False)):
            root.execute(
                "INSERT INTO customers (code, name, email, email_hash, is_active)"
                " VALUES (%s, %s, '\\x0100000001', %s, %s)",
                [name, f"{name} of alpha", secrets.token_bytes(32), active],
            )
        customers = root.execute("SELECT code, id::text, encode(email_hash, 'hex') FROM customers").fetchall()
        root.execute("RESET session_replication_role")
        roles = root.execute("SELECT lower(name), id FROM roles").fetchall()
        ground.secrets += [root.execute("SELECT encode(password, 'hex') FROM public.users LIMIT 1").fetchone()[0]]  # type: ignore[index]
    ground.facts |= {
        "downtown": str(here),
        "harbour": str(there),
        "closed": str(closed),
        "spare": str(spare),
        "archived": str(archived),
        "item": str(made.items["Mozzarella"]),
        "butter": str(made.items["Butter"]),
        "flour": str(made.items["Flour"]),
        "place": str(made.home("Mozzarella")),
        "place_there": str(made.home("Mozzarella", "Harbour")),
        "spoilage": str(made.reasons["SPOILAGE"]),
        "opening": str(made.reasons["OPENING"]),
        "espresso": str(made.menu["Espresso"]),
        "margherita": str(made.menu["Margherita"]),
        "sauce": str(made.recipes["Tomato sauce"]),
        **{f"role_{name}": str(key) for name, key in roles},
        **{code: key for code, key, _hash in customers},
        **{f"{code}_hash": told for code, _key, told in customers},
    }
    ground.secrets.append(SECRET)


def _views(ground: Ground) -> None:
    """Views of the owner: a private one, one for everybody, and one of a list that only some may open."""
    with ground.alpha.as_root() as root:
        for name, shared, needs in (
            ("private", False, None),
            ("shared", True, "items.view"),
            ("audit", True, "audit.view"),
        ):
            key, definition = uuid4(), Jsonb({"search": "everybody" if name == "shared" else SECRET})
            values = [key, name, ground.facts["owner_member"], shared, needs, definition]
            root.execute(
                "INSERT INTO saved_views (id, list, name, owner_id, is_shared, needs, definition)"
                " VALUES (%s, 'items', %s, %s, %s, %s, %s)",
                values,
            )
            ground.facts[f"view_{name}"] = str(key)


def _stock(ground: Ground, made: Restaurant) -> None:
    owner, counter = ground.desks["owner"], ground.line("counter")
    with ground.alpha.as_root() as root:
        root.execute("UPDATE items SET tracks_lots = 'LOT' WHERE name = 'Butter'")
    receive(owner, made, {"Mozzarella": (100, "7.9"), "Butter": (50, "7.42")}, reference="delivered")
    receive(owner, made, {"Butter": (7777, "7.42")}, site="Harbour", reference=SECRET)
    header = {"kind": "WASTE", "site_id": str(made.site), "effective_at": "2026-01-02 10:00+00"}
    wasted, mine, large = [made.items["Mozzarella"]], uuid4(), uuid4()
    for line, key, quantity in ((counter, mine, -1), (ground.line("owner"), large, -7)):
        values = [key, Jsonb(header), wasted, [made.home("Mozzarella")], [quantity], None]
        line.execute(POST, [*values, [made.reasons["SPOILAGE"]]])
    with ground.alpha.as_root() as root:
        found = dict(
            root.execute(
                "SELECT CASE WHEN m.kind = 'WASTE' THEN 'mine' WHEN m.site_id = %s THEN 'here' ELSE 'there' END,"
                " min(m.id) FROM stock_movements m GROUP BY 1",
                [made.site],
            ).fetchall()
        )
        keys = dict(root.execute("SELECT reference, id FROM postings").fetchall())
        [moved_large] = root.execute("SELECT id FROM stock_movements WHERE posting_id = %s", [large]).fetchone() or [0]
        [lot] = root.execute(
            "SELECT lot_id FROM stock_lots WHERE site_id = %s", [made.sites["Harbour"]]
        ).fetchone() or [""]
    for site in ("Downtown", "Harbour"):  # nobody counts it, so it can be merged away
        receive(owner, made, {"Flour": (3, 1)}, site=site, reference=f"flour {site}")
    ground.facts |= {
        "moved_mine": str(found["mine"]),
        "moved_here": str(found["here"]),
        "moved_there": str(found["there"]),
        "moved_large": str(moved_large),
        "lot_there": str(lot),
    }
    ground.facts |= {"key_mine": str(mine), "key_here": str(keys["delivered"]), "key_there": str(keys[SECRET])}


def _counts(ground: Ground, made: Restaurant) -> None:
    """Counts under way here and there, in each an entry of the owner; and a place that nobody counted yet."""
    owner, ground.facts["empty"] = ground.line("owner"), str(uuid4())
    for name, site in (("here", "Downtown"), ("there", "Harbour")):
        key, item, place = uuid4(), made.items["Butter"], made.home("Butter", site)
        header = {"site_id": str(made.sites[site]), "name": SECRET, "scope": "ALL", "is_blind": False}
        owner.execute("SELECT start_count(%s, %s)", [key, Jsonb(header)])
        owner.execute(
            "SELECT add_count_entries(%s, %s, %s, %s, '{49}', '{49}', '{kg}', NULL, NULL, NULL)",
            [key, [uuid4()], [place], [item]],
        )
        found = owner.execute("SELECT max(id) FROM count_entries WHERE sheet_id = %s", [key]).fetchone()
        ground.facts |= {f"count_{name}": str(key), f"counted_{name}": str(found[0] if found else 0)}
    owner.execute(
        "INSERT INTO storage_locations (id, site_id, name) VALUES (%s, %s, 'Empty')", [ground.facts["empty"], made.site]
    )


def _sales(ground: Ground, made: Restaurant) -> None:
    owner = ground.line("owner")
    for name, site in (("here", "Downtown"), ("there", "Harbour")):
        began = uuid4()
        header = {
            "site_id": str(made.sites[site]),
            "import_id": str(began),
            "file_name": SECRET if name == "there" else "till",
        }
        owner.execute(
            SELL, [uuid4(), Jsonb(header), ["4711"], [datetime.now(UTC) - timedelta(hours=2)], [made.menu["Espresso"]]]
        )
        ground.facts[f"import_{name}"] = str(began)
        row = owner.execute("SELECT id, posting_id FROM orders WHERE import_id = %s", [began]).fetchone()
        ground.facts |= {f"order_{name}": str(row[0]), f"sold_{name}": str(row[1])}  # type: ignore[index]
        row = owner.execute("SELECT min(id) FROM stock_movements WHERE order_id = %s", [row[0]]).fetchone()  # type: ignore[index]
        ground.facts[f"moved_sale_{name}"] = str(row[0])  # type: ignore[index]
    owner.execute(
        "INSERT INTO menu_prices (menu_item_id, site_id, valid_from, price) VALUES (%s, %s, '2026-01-01', %s)",
        [made.menu["Espresso"], made.sites["Harbour"], Decimal("3.33")],
    )


def _entered(ground: Ground, made: Restaurant) -> None:
    """Both sites plan an order; at the other one a line waits for its menu item, and a till was taught to be read."""
    owner, there = ground.line("owner"), str(made.sites["Harbour"])
    for name, site in (("open_here", made.site), ("open_there", made.sites["Harbour"])):
        planned = ground.facts[name] = str(uuid4())
        header = {"site_id": str(site), "kind": "INTERNAL", "placed_at": "2026-01-02 10:00+00", "note": SECRET}
        owner.execute(
            "SELECT save_order(%s, 0, %s, %s, '{1}', '{3.33}', '{0}', ARRAY[''])",
            [planned, Jsonb(header), [made.menu["Espresso"]]],
        )
    header = {"site_id": there, "import_id": ground.facts["import_there"], "file_name": SECRET}
    owner.execute(
        "SELECT keep_unmapped(%s, '{2}', '{4712}', '{2026-01-02 10:00+00}', '{Counter}', '{lungo}', '{Lungo}',"
        " '{1}', '{3}', '{3}')",
        [Jsonb(header)],
    )
    owner.execute(
        "INSERT INTO till_mappings (site_id, fingerprint, choices, used_by) VALUES (%s, repeat('b', 64), '{}', me())",
        [there],
    )
    [product] = owner.execute("SELECT id FROM till_products WHERE site_id = %s", [there]).fetchone() or [None]
    owner.execute(
        "SELECT post_sales(gen_random_uuid(), %s, '{4713}', '{2026-01-02 10:00+00}', '{Counter}', NULL, '{1}', %s,"
        " '{1}', '{3}', NULL, NULL, NULL, '{1}', '{lots}', '{Lots}')",
        [Jsonb({"site_id": there, "file_name": SECRET}), [made.menu["Espresso"]]],
    )
    ground.facts["product_there"] = str(product)


def _modifiers(ground: Ground, made: Restaurant) -> None:
    """A question that is asked with pizza, with one answer, and a dish that is out at the other site."""
    group, extra = uuid4(), uuid4()
    with ground.alpha.as_root() as root:
        root.execute("INSERT INTO modifier_groups (id, name) VALUES (%s, 'Extras')", [group])
        root.execute("INSERT INTO modifiers (id, group_id, name) VALUES (%s, %s, 'Extra butter')", [extra, group])
        root.execute(
            "INSERT INTO modifier_lines (modifier_id, line, item_id, quantity, unit, base_quantity)"
            " VALUES (%s, 1, %s, 20, 'g', 0.02)",
            [extra, made.items["Butter"]],
        )
        root.execute(
            "INSERT INTO menu_pauses (menu_item_id, site_id) VALUES (%s, %s)",
            [made.menu["Espresso"], made.sites["Harbour"]],
        )
    ground.facts |= {"extras": str(group), "extra": str(extra)}


def _elsewhere(ground: Ground) -> None:
    """Something in the other tenant that may not be seen, and somebody at work there."""
    ground.line("stranger")
    with ground.beta.as_root() as root:
        root.execute("INSERT INTO categories (name) VALUES (%s)", [f"{SECRET} {secrets.token_hex(4)}"])
        found = root.execute(
            "SELECT 'audit_log'::regclass::oid, pg_get_serial_sequence('audit_log', 'id')::regclass::oid"
        ).fetchone()
    assert found
    ground.facts |= {"other_table": str(found[0]), "other_sequence": str(found[1])}
    with ground.alpha.as_root() as root:
        found = root.execute("SELECT tableoid::regclass::text FROM audit_log LIMIT 1").fetchone()
    assert found
    ground.facts["partition"] = found[0]
