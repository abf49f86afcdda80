"""Orders entered, posted and refunded, and sold lines kept and mapped, by people who may not, or with what is not so."""

from tests.security.attack import NOTHING, Attack, Try, refused

DENIED = refused("42501")
WRONG = refused("IM400")
NOT_THEIRS = refused("IM403")
GONE_ON = refused("IM409")
ORDER = "00000000-0000-4000-8000-00000000000a"  # nothing stays: every attack is rolled back
COUNT = "; SELECT count(*) FROM orders WHERE id = '" + ORDER + "'"


def enter(
    *,
    site: str = "<downtown>",
    kind: str = "INTERNAL",
    at: str = "2026-01-02 10:00+00",
    quantities: str = "'{1}'",
    prices: str = "'{3}'",
    discounts: str = "'{0}'",
    menu: str = "'{<espresso>}'",
    more: str = "",
    modifiers: str = "NULL, NULL",
) -> str:
    """An order that is right unless something is changed."""
    header = f'{{"site_id": "{site}", "kind": "{kind}", "placed_at": "{at}"{more}}}'
    lines = f"{menu}, {quantities}, {prices}, {discounts}, '{{\"\"}}', {modifiers}"
    return f"SELECT save_order('{ORDER}', 0, '{header}', {lines})"


def posted(version: int = 1) -> str:
    """Posts it."""
    return f"; SELECT post_order('<key>', '{ORDER}', {version})"


def refund(
    order: str = "<order_here>", lines: str = "'{1}'", quantities: str = "'{1}'", wastes: str = "'{NULL}'"
) -> str:
    """A refund that is right unless something is changed."""
    return f"SELECT refund_order('<key>', '{order}', {lines}, {quantities}, {wastes}, 'cold')"


def money(order: str = "<order_here>", lines: str = "'{1}'", amounts: str = "'{0.01}'") -> str:
    """Money back that is right unless something is changed."""
    return f"SELECT refund_money('<key>', '{order}', {lines}, {amounts}, 'waited')"


def keep(
    *, site: str = "<downtown>", imported: str = "<key>", amounts: str = "'{3}'", quantities: str = "'{1}'",
    placed: str = "'{2026-01-02 10:00+00}'",
) -> str:  # fmt: skip
    """Keeps a line that is right unless something is changed."""
    header = f'{{"site_id": "{site}", "import_id": "{imported}", "file_name": "till.csv"}}'
    return (
        f"SELECT keep_unmapped('{header}', '{{2}}', '{{9}}', {placed}, '{{Counter}}', '{{ristretto}}', '{{Ristretto}}',"
        f" {quantities}, '{{3}}', {amounts})"
    )


def wanting(site: str) -> str:
    """Asks which open orders of a site want what an espresso is made of."""
    beans = "(SELECT id FROM items WHERE name = 'Espresso beans')"
    return f"SELECT r.* FROM {beans} AS b, reserving_orders(b.id, '{site}') r"


def meant(site: str = "<downtown>", waiting: str = "0", menu: str = "<espresso>") -> str:
    """Says what a till means."""
    return f"SELECT map_product('<key>', '{site}', 'lungo', 'Lungo', '{menu}', {waiting})"


def modified(site: str = "<downtown>", waiting: str = "0", modifier: str = "<extra>", word: str = "lots") -> str:
    """Says which modifier a till means."""
    return f"SELECT map_modifier('<key>', '{site}', '{word}', 'Lots', '{modifier}', {waiting})"


def sell_unknown(lines: str = "'{1}'", unknown: str = "'{lots}'", words: str = "'{Lots}'") -> str:
    """Sells an espresso with a modifier nobody knows."""
    more = f"NULL, NULL, NULL, {lines}, {unknown}, {words})"
    sold = "'{77}', '{2026-01-02 10:00+00}', '{till}', NULL, '{1}', '{<espresso>}', '{1}', '{3}'"
    return (
        f"SELECT post_sales('00000000-0000-4000-8000-00000000000b', '{{\"site_id\": \"<downtown>\"}}', {sold}, {more}"
    )


ENTERED, REFUNDED, KEPT, MEANT, PAID_BACK = (
    Try("manager", what) for what in (enter() + COUNT, refund(), keep(), meant(), money())
)

ATTACKS = (
    Attack("enters an order at a site of others", "manager", enter(site="<harbour>"), NOT_THEIRS, "owner"),
    Attack("enters an order without the right", "counter", enter(), NOT_THEIRS, "manager"),
    Attack("enters an order at a closed site", "owner", enter(site="<closed>"), WRONG, ENTERED),
    Attack("enters an order for a customer who is gone", "manager", enter(more=', "customer_id": "<lost_customer>"'), WRONG, ENTERED),
    Attack("enters a catering for nobody", "manager", enter(kind="CATERING"), WRONG, ENTERED),
    Attack("enters an order of a kind there is not", "manager", enter(kind="REFUND"), WRONG, ENTERED),
    Attack("orders less than nothing", "manager", enter(quantities="'{-1}'"), WRONG, ENTERED),
    Attack("orders no number of portions", "manager", enter(quantities="'{NaN}'"), WRONG, ENTERED),
    Attack("asks less than nothing for it", "manager", enter(prices="'{-3}'"), WRONG, ENTERED),
    Attack("gives back more than it costs by a discount", "manager", enter(discounts="'{4}'"), WRONG, ENTERED),
    Attack("orders what is not on the menu", "manager", enter(menu="'{<item>}'"), WRONG, ENTERED),
    Attack("orders for a day no calendar has", "manager", enter(at="infinity"), WRONG, ENTERED),
    Attack(
        "posts an order before its day", "manager", enter(at="2027-01-02 10:00+00") + posted(), WRONG,
        Try("manager", enter() + posted()),
    ),
    Attack("posts the order of another site", "manager", "SELECT post_order('<key>', '<open_there>', 1)", NOT_THEIRS, "owner"),
    Attack("cancels the order of another site", "manager", "SELECT cancel_order('<open_there>', 1, 'x')", NOT_THEIRS,
           Try("manager", enter() + f"; SELECT cancel_order('{ORDER}', 1, 'x')" + COUNT)),
    Attack(
        "takes an order over by its number", "manager",
        "SELECT save_order('<open_there>', 1, '{\"site_id\": \"<downtown>\", \"kind\": \"INTERNAL\"}', '{}', '{}', '{}', '{}', '{}')",
        NOT_THEIRS, ENTERED,
    ),
    Attack("changes an order that is posted", "manager", enter() + posted() + "; " + enter(), GONE_ON, ENTERED),
    Attack(
        "undoes a staff meal as if it were an adjustment", "manager",
        enter(kind="STAFF_MEAL", prices="'{0}'") + posted()
        + f"; SELECT reverse_movements('<key>', ARRAY(SELECT id FROM stock_movements WHERE order_id = '{ORDER}'), 'x')",
        WRONG,
        Try("manager", enter(kind="STAFF_MEAL", prices="'{0}'") + posted() + "; SELECT void_order('<key>', '" + ORDER + "', 'x')"),
    ),
    Attack("refunds an order of another site", "manager", refund("<order_there>"), NOT_THEIRS, "owner"),
    Attack("refunds without the right", "counter", refund(), NOT_THEIRS, "manager"),
    Attack("refunds more than was sold", "manager", refund(quantities="'{1000}'"), WRONG, REFUNDED),
    Attack("refunds less than nothing", "manager", refund(quantities="'{-1}'"), WRONG, REFUNDED),
    Attack("refunds no number", "manager", refund(quantities="'{NaN}'"), WRONG, REFUNDED),
    Attack("refunds a line twice at once", "manager", refund(lines="'{1,1}'", quantities="'{1,1}'", wastes="'{NULL,NULL}'"), WRONG, REFUNDED),
    Attack("wastes for a reason that is none", "manager", refund(wastes="'{<opening>}'"), WRONG, REFUNDED),
    Attack("refunds everything and voids it too", "manager",
           refund() + "; SELECT void_order('<key>', '<order_here>', 'x')", WRONG, REFUNDED),
    Attack("gives money back at another site", "manager", money("<order_there>"), NOT_THEIRS, "owner"),
    Attack("gives money back without the right", "counter", money(), NOT_THEIRS, "manager"),
    Attack("gives back more money than was charged", "manager", money(amounts="'{100000}'"), WRONG, PAID_BACK),
    Attack("takes money instead of giving it back", "manager", money(amounts="'{-1}'"), WRONG, PAID_BACK),
    Attack("gives back no number", "manager", money(amounts="'{NaN}'"), WRONG, PAID_BACK),
    Attack("gives back a part of a cent", "manager", money(amounts="'{0.001}'"), WRONG, PAID_BACK),
    Attack("gives money back for a line twice at once", "manager", money(lines="'{1,1}'", amounts="'{0.01,0.01}'"), WRONG, PAID_BACK),
    Attack("gives money back for a line that is not there", "manager", money(lines="'{99}'"), WRONG, PAID_BACK),
    Attack("gives money back past the checks", "owner", "SELECT post_refund(o, o, '{}', '', NULL) FROM orders o LIMIT 1", DENIED,
           Try("root", "SELECT count(*) FROM orders")),
    Attack("asks what is left of another site's order", "manager", "SELECT * FROM rest_of_lines('<order_there>')", DENIED,
           Try("root", "SELECT * FROM rest_of_lines('<order_there>')")),
    Attack("orders a modifier that is not there", "manager", enter(modifiers="'{1}', '{<item>}'"), WRONG, ENTERED),
    Attack("orders a modifier that is nothing", "manager", enter(modifiers="'{1}', '{NULL}'"), WRONG, ENTERED),
    Attack("holds up what a site maps", "owner", "SELECT lock_unmapped('<downtown>')", DENIED, Try("root", "SELECT 1 FROM orders LIMIT 1")),
    Attack("writes a planned line by hand", "owner",
           "INSERT INTO planned_lines VALUES ('<open_there>', 9, '<harbour>', '<espresso>', 1, 0, 0, '')", DENIED, "root"),
    Attack("reads what another site plans", "manager", "SELECT * FROM planned_lines WHERE site_id = '<harbour>'", NOTHING, "owner"),
    Attack("asks what the lines of another site's order cost", "manager", "SELECT * FROM line_usage('<order_there>')", NOTHING, "owner"),
    Attack("asks what an order used without seeing sales", "counter", "SELECT * FROM line_usage('<order_here>')", NOTHING, "manager"),
    Attack("asks what another site has promised", "manager", "SELECT * FROM reserved_stock() WHERE site_id = '<harbour>'", NOTHING, "owner"),
    Attack("asks which orders of another site want an item", "manager", wanting("<harbour>"), NOTHING, Try("owner", wanting("<harbour>"))),
    Attack("asks which orders want an item without seeing sales", "counter", wanting("<downtown>"), NOTHING, "manager"),
    Attack("explodes what every site plans", "owner", "SELECT * FROM reserved_lines('{<harbour>}')", DENIED, "root"),
    Attack("adds orders past the checks", "owner", "SELECT add_orders('{}', '{}')", DENIED, Try("root", "SELECT add_orders('{}', '{}') IS NULL")),
    Attack("keeps lines at a site of others", "manager", keep(site="<harbour>"), NOT_THEIRS, "owner"),
    Attack("keeps lines in somebody else's import", "manager", keep(imported="<import_there>"), GONE_ON, KEPT),
    Attack("keeps a line worth no number", "manager", keep(amounts="'{NaN}'"), WRONG, KEPT),
    Attack("keeps a line worth less than nothing", "manager", keep(amounts="'{-1}'"), WRONG, KEPT),
    Attack("keeps a line of the future", "manager", keep(placed="'{2999-01-01}'"), WRONG, KEPT),
    Attack("keeps a line of no portions", "manager", keep(quantities="'{0}'"), WRONG, KEPT),
    Attack("reads what waits at another site", "manager", "SELECT * FROM unmapped_sales WHERE site_id = '<harbour>'", NOTHING, "owner"),
    Attack("reads a till's words of another site", "manager", "SELECT * FROM till_products WHERE site_id = '<harbour>'", NOTHING, "owner"),
    Attack("maps by hand", "owner", "UPDATE till_products SET menu_item_id = '<espresso>' WHERE kind = 'PRODUCT'", DENIED, "root"),
    Attack("lets a waiting line vanish", "owner", "DELETE FROM unmapped_sales", DENIED, "root"),
    Attack("says that a waiting line was taken", "owner", "UPDATE unmapped_sales SET state = 'IGNORED'", DENIED, "root"),
    Attack("says what a till of others means", "manager", meant("<harbour>", "1"), NOT_THEIRS, MEANT),
    Attack("says what a till means without the right", "counter", meant(), NOT_THEIRS, "manager"),
    Attack("maps lines nobody was shown", "manager", keep() + "; " + meant().replace("lungo", "ristretto"), GONE_ON, MEANT),
    Attack("means what is on no menu", "manager", meant(menu="<item>"), WRONG, MEANT),
    Attack("asks what waits at another site", "manager", "SELECT mapping_effect('<harbour>', 'lungo', '<espresso>')", NOT_THEIRS, "owner"),
    Attack("says which modifier a till of others means", "manager", modified("<harbour>", "1"), NOT_THEIRS, "owner"),
    Attack("says which modifier a till means without the right", "counter", modified(), NOT_THEIRS, "manager"),
    Attack("means a modifier there is not", "manager", modified(modifier="<item>"), WRONG, Try("manager", modified())),
    Attack("means a modifier by no word", "manager", modified(word=""), WRONG, Try("manager", modified())),
    Attack("maps a modifier beside lines nobody was shown", "manager", sell_unknown() + "; " + modified(), GONE_ON,
           Try("manager", sell_unknown() + "; " + modified(waiting="1"))),
    Attack("takes one word of a till for a dish and for a modifier at once", "manager",
           "UPDATE till_products SET modifier_id = '<extra>'", DENIED, Try("root", "SELECT 1 FROM till_products")),
    Attack("asks what a modifier of another site would do", "manager", "SELECT modifier_effect('<harbour>', 'lots', '<extra>')", NOT_THEIRS, "owner"),
    Attack("sells an unknown modifier with no line", "manager", sell_unknown(lines="'{9}'"), WRONG, Try("manager", sell_unknown())),
    Attack("calls a modifier by nothing", "manager", sell_unknown(unknown="'{NULL}'"), WRONG, Try("manager", sell_unknown())),
    Attack("calls a modifier by 301 letters", "manager", sell_unknown(words="ARRAY[repeat('x', 301)]"), WRONG, Try("manager", sell_unknown())),
    Attack("sends fewer words than modifiers", "manager", sell_unknown(words="'{}'"), WRONG, Try("manager", sell_unknown())),
    Attack("keeps a modifier beside a line by hand", "owner",
           "INSERT INTO unmapped_modifiers (till_product_id, site_id, order_id, line, business_day, times, quantity, amount)"
           " SELECT '<product_there>', site_id, order_id, line, business_day, 1, 1, 1 FROM order_items LIMIT 1", DENIED, "root"),
    Attack("says that a waiting modifier was taken", "owner", "UPDATE unmapped_modifiers SET state = 'IGNORED'", DENIED, Try("root", "SELECT 1 FROM orders")),
    Attack("lets a waiting modifier vanish", "owner", "DELETE FROM unmapped_modifiers", DENIED, Try("root", "SELECT 1 FROM orders")),
    Attack("reads which modifiers wait at another site", "manager", "SELECT * FROM unmapped_modifiers WHERE site_id = '<harbour>'", NOTHING, "owner"),
    Attack("changes lines past the checks", "owner", "SELECT * FROM modified_lines('{}', '<extra>')", DENIED, Try("root", "SELECT count(*) + 1 FROM modified_lines('{}', '<extra>')")),
    Attack("begins an import past the checks", "owner", "SELECT begin_import('<downtown>', '<key>', 'x')", DENIED, Try("root", "SELECT count(*) FROM sales_imports")),
    Attack("leaves out what waits at another site", "manager", "SELECT ignore_product('<product_there>', 1, 'x')", NOT_THEIRS, "owner"),
    Attack(
        "teaches the till of another site to read", "manager",
        "INSERT INTO till_mappings (site_id, fingerprint, choices, used_by) VALUES ('<harbour>', repeat('a', 64), '{}', '<manager_member>')",
        DENIED, "owner",
    ),
    Attack("forgets how another site reads its files", "manager", "DELETE FROM till_mappings WHERE site_id = '<harbour>'", NOTHING, "owner"),
)  # fmt: skip
