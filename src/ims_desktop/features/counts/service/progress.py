"""How far a count is, as SQL: which lines are counted. CountLine.is_counted says the same of lines a desk remembers."""


def line_is_counted(sheet: str, line: str) -> str:
    """Whether a line is counted, for a query that calls its tables so.

    An entry counts where nobody took it back and the line was not asked for again since. What is kept by lots is
    counted when something was counted without a lot, or when nothing else of it lies there by the books; those are not
    asked where one counts blind, from whom they are hidden, nor once the count is over and all blanks are decided.
    """
    there = f"site_id = {line}.site_id AND {{0}}.location_id = {line}.location_id AND {{0}}.item_id = {line}.item_id"
    lots = f"stock_lots z JOIN lots t ON t.id = z.lot_id WHERE z.on_hand > 0 AND z.{there.format('z')}"
    return f"""(
        SELECT count(*) > 0 AND (bool_or(e.lot IS NULL) OR {sheet}.is_blind OR {sheet}.state NOT IN ('OPEN', 'REVIEW')
          OR NOT EXISTS (SELECT FROM items n WHERE n.id = {line}.item_id AND n.tracks_lots <> 'NO' AND (
            coalesce((SELECT v.on_hand FROM stock_levels v WHERE v.{there.format("v")}), 0)
              <> coalesce((SELECT sum(z.on_hand) FROM {lots}), 0)
            OR EXISTS (SELECT FROM {lots} AND t.code <> ALL (array_agg(e.lot))))))
        FROM count_entries e
        WHERE e.sheet_id = {line}.sheet_id AND e.location_id = {line}.location_id AND e.item_id = {line}.item_id
          AND e.quantity IS NOT NULL AND e.id > coalesce({line}.recount_after, 0)
          AND NOT EXISTS (SELECT FROM count_entries b WHERE b.takes_back = e.id))"""
