"""Making a menu say what nobody decided, and making its modifiers take what they should not."""

from tests.security.attack import NOTHING, Attack, Try, refused
from tests.security.attacks.statements import sell

DENIED, WRONG = refused("42501"), refused("IM400")
SOLD = Try("manager", sell(modifiers="'{1}', '{<extra>}'"))
PAUSED = "INSERT INTO menu_pauses (menu_item_id, site_id) VALUES ('<margherita>', '{site}')"
EFFECT = (
    "INSERT INTO modifier_lines (modifier_id, line, item_id, quantity, unit, base_quantity)"
    " VALUES ('<extra>', 2, '<item>', {quantity}, 'kg', {base})"
)

ATTACKS = (
    Attack("takes a dish off the menu", "counter", PAUSED.format(site="<downtown>"), DENIED, "manager"),
    Attack("takes a dish off the menu of another site", "manager", PAUSED.format(site="<harbour>"), DENIED, "owner"),
    Attack("reads what another site does not sell", "manager", "SELECT * FROM menu_pauses", NOTHING, "owner"),
    Attack("puts a dish back that another site is out of", "manager", "DELETE FROM menu_pauses", NOTHING, "owner"),
    Attack(
        "adds a question to every dish",
        "counter",
        "INSERT INTO menu_item_modifiers (menu_item_id, group_id) SELECT id, '<extras>' FROM menu_items",
        DENIED,
        "manager",
    ),
    Attack(
        "removes a modifier that was sold",
        "owner",
        "DELETE FROM modifiers",
        DENIED,
        Try("owner", "UPDATE modifiers SET is_active = false"),
    ),
    Attack(
        "gives a modifier no price a till can take",
        "manager",
        "UPDATE modifiers SET price = 'NaN'",
        refused("23514"),
        Try("manager", "UPDATE modifiers SET price = 1.50"),
    ),
    Attack(
        "makes a modifier give what it says it takes",
        "manager",
        EFFECT.format(quantity="1", base="-1"),
        refused("23514"),
        Try("manager", EFFECT.format(quantity="-1", base="-1")),
    ),
    Attack("sells a modifier that is not there", "manager", sell(modifiers="'{1}', '{<key>}'"), WRONG, SOLD),
    Attack("sells a modifier with no line", "manager", sell(modifiers="'{2}', '{<extra>}'"), WRONG, SOLD),
    Attack("sells a modifier with a line of nobody", "manager", sell(modifiers="'{NULL}', '{<extra>}'"), WRONG, SOLD),
    Attack("sells fewer modifiers than it names lines", "manager", sell(modifiers="'{1,1}', '{<extra>}'"), WRONG, SOLD),
    Attack(
        "asks an inner function what is made of what",
        "counter",
        "SELECT way_round('{<sauce>}', '2026-01-01')",
        DENIED,
        Try("root", "SELECT way_round('{<sauce>}', '2026-01-01') IS NULL"),
    ),
    Attack(
        "gives a recipe a picture that fills the disk",
        "manager",
        "UPDATE recipes SET image = convert_to(repeat('x', 2000000), 'UTF8')",
        refused("23514"),
        Try("manager", "UPDATE recipes SET image = convert_to(repeat('x', 20), 'UTF8')"),
    ),
    Attack(
        "moves a version so that a recipe is made of itself",
        "manager",
        "INSERT INTO recipe_versions (id, recipe_id, valid_from) VALUES ('00000000-0000-4000-8000-00000000000a', '<sauce>', '2024-01-01');"
        " INSERT INTO recipe_lines (version_id, line, sub_recipe_id, quantity, unit, base_quantity)"
        " SELECT '00000000-0000-4000-8000-00000000000a', 1, m.recipe_id, 1, 'portion', 1 FROM menu_items m WHERE m.id = '<margherita>';"
        " UPDATE recipe_versions SET valid_from = '2026-01-01' WHERE id = '00000000-0000-4000-8000-00000000000a'",
        refused("IM400", saying="made of itself"),
        Try(
            "manager",
            "INSERT INTO recipe_versions (id, recipe_id, valid_from) VALUES ('00000000-0000-4000-8000-00000000000a', '<sauce>', '2026-01-01')",
        ),
    ),
)
