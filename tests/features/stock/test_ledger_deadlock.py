"""Two that wait for each other: the server takes one back, and it is tried again."""

import threading
import time

from ims_desktop.features.stock.service import Kind, Posted, post
from tests.features.stock.conftest import Bench, figures


def test_a_posting_that_the_server_took_back_is_tried_again(bench: Bench) -> None:
    first, second = sorted(("Flour", "Butter"), key=lambda name: str(bench.restaurant.items[name]))
    bench.receive("Flour", 10, 2)
    bench.receive("Butter", 10, 2)
    lock = "SELECT FROM stock_costs WHERE site_id = %s AND item_id = %s FOR UPDATE"
    site, items = bench.restaurant.site, bench.restaurant.items
    bench.root.commit()
    bench.root.execute("SET deadlock_timeout = '30s'")
    bench.root.execute(lock, [site, items[second]])
    sent = bench.document(Kind.WASTE, bench.line("Flour", -3, "SPOILAGE"), bench.line("Butter", -3, "SPOILAGE"))
    answers: list[Posted] = []
    poster = threading.Thread(target=lambda: answers.append(bench.desk.run(post, sent).result))
    poster.start()
    with bench.tenant.as_root() as watcher:
        for _ in range(200):
            waiting = watcher.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()
            if waiting and waiting[0]:
                break
            time.sleep(0.02)
            watcher.rollback()
    bench.root.execute(lock, [site, items[first]])  # returns once the posting was taken back
    bench.root.commit()
    poster.join(30)
    assert [answer.lines for answer in answers] == [2]
    assert (bench.cost("Flour").quantity, bench.cost("Butter").quantity) == figures(7, 7)
