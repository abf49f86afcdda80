"""Which process runs which tests: what shares a server's grounds or a seeded house stays together."""

from typing import Any

from xdist.scheduler.loadscope import LoadScopeScheduling  # type: ignore[import-untyped]

TOGETHER = {  # what these folders share is made once a session or a package, and is worth minutes
    "tests/security/": "security",
    "tests/features/reports/": "books",
    "tests/features/overview/": "books",
}
LONG = (  # few tests that take minutes: begun last, one would keep a process busy long after the other has ended
    "tests/admin/test_demo.py",
    "tests/app/",
    "tests/test_adding_a_capability.py",
    "tests/torture/",
    "tests/test_bench.py",
)
OTHER_SERVERS = ("-16", "-15")  # what runs on several versions of the server has grounds of its own on each


class ByFile(LoadScopeScheduling):  # type: ignore[misc]
    """The tests of a file go to one process, and of some folders too; the longest first, so that both end together."""

    def _assign_work_unit(self, node: Any) -> None:
        long = next((scope for scope in self.workqueue if scope.startswith(LONG)), None)
        if long is not None:
            self.workqueue.move_to_end(long, last=False)
        super()._assign_work_unit(node)

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        group = next((group for folder, group in TOGETHER.items() if path.startswith(folder)), path)
        return group + next((other for other in OTHER_SERVERS if nodeid.endswith(f"{other}]")), "")
