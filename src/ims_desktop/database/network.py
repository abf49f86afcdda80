"""The rules of pg_hba.conf that this installation needs, and what is weak in those that a server has."""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_network

import psycopg

from ims_desktop.database.backup import BACKUP
from ims_desktop.database.installation import OPERATOR, Connection
from ims_desktop.domain.errors import UserError

EVERYWHERE = "all"
LEASES = r"/^m_[0-9a-f]{32}_[1-5]$"  # PostgreSQL 16 and newer read a name that begins with a slash as a pattern
REGEX_SINCE = 16
WEAK_METHODS = {
    "trust": "lets anybody in without a password",
    "password": "has passwords sent as they are",
    "md5": "uses md5, which can be replayed by whoever steals the hashes",
    "ident": "believes what the other computer says about its user",
}


@dataclass(frozen=True)
class Rule:
    """One line of pg_hba.conf."""

    kind: str
    database: str
    user: str
    address: str
    method: str = "scram-sha-256"
    remark: str = ""

    def __str__(self) -> str:
        line = f"{self.kind:<8} {self.database:<10} {self.user:<36} {self.address:<20} {self.method}"
        return f"{line}  # {self.remark}" if self.remark else line


@dataclass(frozen=True)
class Tenant:
    """What the rules need to know of one restaurant group."""

    name: str
    group: str
    networks: tuple[str, ...]


def tenants_of(operator: Connection) -> list[Tenant]:
    """All restaurant groups with their networks."""
    with operator.transaction():
        operator.execute("SET LOCAL ROLE ims_reader")
        rows = operator.execute(
            "SELECT name, group_role, networks::text[] FROM public.tenants ORDER BY name"
        ).fetchall()
    return [Tenant(name, group, tuple(networks)) for name, group, networks in rows]


def rules_for(
    database: str, tenants: list[Tenant], major: int, *, operators: list[str] | None = None
) -> Iterator[Rule]:
    """The lines in their order, for the first that fits decides. Nobody comes in from afar without TLS."""
    for here in ("127.0.0.1/32", "::1/128"):
        yield Rule("host", "all", "all", here, remark="this computer")
    for network in operators or []:
        yield Rule("hostssl", database, OPERATOR, network, remark="the operator")
        yield Rule("hostssl", database, BACKUP, network, remark="backups")
    # The operator belongs to the groups below, as their maker; the next line keeps that from being a way in.
    yield Rule("host", "all", OPERATOR, EVERYWHERE, "reject", "the operator from nowhere else")
    yield Rule("hostssl", database, "+ims_gate", EVERYWHERE, remark="the PCs, to sign people in")
    for tenant in tenants:
        # A backslash at the end of a line would make a comment of the next rule.
        remark = "".join(letter if letter.isprintable() and letter != "\\" else "?" for letter in tenant.name)
        for network in tenant.networks:
            yield Rule("hostssl", database, f"+{tenant.group}", network, remark=remark)
        if tenant.networks:
            yield Rule("host", database, f"+{tenant.group}", EVERYWHERE, "reject", remark)
        elif major < REGEX_SINCE:
            yield Rule("hostssl", database, f"+{tenant.group}", EVERYWHERE, remark=remark)
    if major >= REGEX_SINCE:
        yield Rule("hostssl", database, LEASES, EVERYWHERE, remark="people at work")
    yield Rule("host", "all", "all", EVERYWHERE, "reject", "ims_reader and everybody else: nobody signs in as them")


def weaknesses(connection: Connection) -> list[str]:
    """What is weak in the rules and settings of the live server; UserError when the role may not read them."""
    try:
        with connection.transaction():
            rules = connection.execute(
                "SELECT line_number, type, database, user_name, address, netmask, auth_method, error"
                " FROM pg_hba_file_rules ORDER BY line_number"
            ).fetchall()
            supers = connection.execute("SELECT rolname FROM pg_roles WHERE rolsuper AND rolcanlogin").fetchall()
            settings = dict(
                connection.execute(
                    "SELECT name, setting FROM pg_settings WHERE name IN"
                    " ('ssl', 'listen_addresses', 'password_encryption', 'ssl_min_protocol_version')"
                ).fetchall()
            )
    except psycopg.errors.InsufficientPrivilege as error:
        raise UserError(
            "This role may not read the server's rules: run ims-admin network as a superuser to have them checked."
        ) from error
    found = list(_weak_settings(settings))
    for row in rules:
        rule = _Line(*row)
        found += rule.weaknesses({name for (name,) in supers})
        if rule.ends_it_all:
            break
    return found


@dataclass(frozen=True)
class _Line:
    number: int
    kind: str | None
    databases: list[str] | None
    users: list[str] | None
    address: str | None
    mask: str | None
    method: str | None
    error: str | None

    @property
    def ends_it_all(self) -> bool:
        """Whether nobody from afar gets past this line."""
        return self.kind == "host" and self.method == "reject" and self._is_everybody and self._range() == "all"

    def weaknesses(self, supers: set[str]) -> list[str]:
        """Everything that is weak in the line."""
        if self.error:
            return [f"Line {self.number} cannot be read, so nothing of the file is used: {self.error}."]
        if self.method == "reject":
            return []
        found = [f"Line {self.number} {WEAK_METHODS[self.method]}."] if self.method in WEAK_METHODS else []
        if self._is_far and self.kind in ("host", "hostnossl", "hostgssenc", "hostnogssenc"):
            found.append(f"Line {self.number} lets in from {self.address} without TLS: write hostssl.")
        users = set(self.users or [])
        if self._is_far and ("all" in users or users & supers):
            found.append(f"Line {self.number} lets a superuser in from {self.address}: name the roles that need it.")
        return found

    @property
    def _is_everybody(self) -> bool:
        return "all" in (self.databases or []) and "all" in (self.users or [])

    @property
    def _is_far(self) -> bool:
        return self.kind != "local" and self._range() not in ("loopback", "samehost")

    def _range(self) -> str | None:
        """`all`, `loopback`, or what the line says."""
        try:
            network = ip_network(f"{self.address}/{_length(self.mask)}", strict=False)
        except ValueError:
            return self.address
        if network.prefixlen == 0:
            return "all"
        return "loopback" if network.is_loopback else self.address


def _length(mask: str | None) -> int | str:
    """How many bits a mask has."""
    if mask and ":" in mask:
        return bin(int(ip_network(mask).network_address)).count("1")
    return mask or 32


def _weak_settings(settings: dict[str, str]) -> Iterator[str]:
    listens = {part.strip() for part in settings.get("listen_addresses", "").split(",")} - {""}
    if settings.get("ssl") != "on" and not listens <= {"127.0.0.1", "::1", "localhost"}:
        yield "TLS is off though the server listens to other computers: give it a certificate and set ssl = on."
    if settings.get("password_encryption") != "scram-sha-256":
        yield "New passwords are not kept by SCRAM: set password_encryption = scram-sha-256."
    if settings.get("ssl_min_protocol_version") in ("", "TLSv1", "TLSv1.1"):
        yield "Old versions of TLS are allowed: set ssl_min_protocol_version = TLSv1.2."
