"""All comparisons, those that only read first, so that they read what was planted and nothing else."""

from bench.case import Case
from bench.cases import (
    books,
    bounds,
    cells,
    counts,
    imports,
    lists,
    migration,
    posting,
    reports,
    sales,
    sign_in,
    tenants,
    window,
)

CASES: tuple[Case, ...] = (
    *lists.CASES,
    *books.CASES,
    *imports.CASES,
    *reports.CASES,
    *cells.CASES,
    *sign_in.CASES,
    *posting.CASES,
    *counts.CASES,
    *bounds.CASES,
    *sales.CASES,
    *tenants.CASES,
    *migration.CASES,
    *window.CASES,
)
