"""Photos go with their document, once; templates are kept by name for a site."""

from uuid import UUID, uuid4

import pytest

from ims_desktop.domain.errors import Conflict, Denied, UserError
from ims_desktop.features.adjustments import service
from ims_desktop.features.adjustments.rules import TemplateLine
from ims_desktop.features.adjustments.service import Photo, Photographed
from ims_desktop.features.stock.service import Kind
from tests.features.adjustments.conftest import Bench

JPEG = b"\xff\xd8\xff\xe0" + b"0" * 60


def photographed(bench: Bench, image: bytes = JPEG) -> Photographed:
    document = bench.document(Kind.WASTE, bench.line("Flour", -1, "SPOILAGE"))
    return Photographed(document, (Photo.of(uuid4(), 1, "1 kg Flour", image),))


def test_a_document_and_its_photos_are_there_together_and_once(bench: Bench) -> None:
    entry = photographed(bench)
    first, again = (bench.desk.run(service.post_photographed, entry).result for _ in range(2))
    assert first == again
    (kept,) = bench.desk.run(service.photos_of, entry.key)
    assert (kept.row, kept.caption, kept.image) == (1, "1 kg Flour", JPEG)
    bench.desk.run(service.remove_photo, kept.id)
    assert bench.desk.run(service.photos_of, entry.key) == ()


@pytest.mark.parametrize("image", [b"GIF89a", b"\xff\xd8\xff" + b"0" * 200_000])
def test_what_is_no_small_jpeg_is_refused_with_its_document(bench: Bench, image: bytes) -> None:
    entry = photographed(bench, image)
    with pytest.raises(UserError, match="at most 200 kB"):
        bench.desk.run(service.post_photographed, entry)
    assert bench.movements(entry.key) == []


def test_photos_of_others_are_seen_but_not_changed(bench: Bench) -> None:
    entry = photographed(bench)
    bench.desk.run(service.post_photographed, entry)
    counter = bench.sign_in(bench.tenant.person("EMPLOYEE", site=bench.restaurant.site))
    (kept,) = counter.run(service.photos_of, entry.key)
    with pytest.raises(Denied):
        counter.run(service.remove_photo, kept.id)
    with pytest.raises(Denied):
        counter.run(service.add_photos, entry.key, entry.photos)


def lines(bench: Bench, *names: str) -> tuple[TemplateLine, ...]:
    made = bench.restaurant
    return tuple(TemplateLine(made.items[name], False, name, "2 kg", made.reasons["SPOILAGE"]) for name in names)


def kept(bench: Bench, site: UUID | None = None) -> list[tuple[str, int]]:
    found = bench.desk.run(service.templates, Kind.WASTE, site or bench.restaurant.site)
    return [(one.name, len(one.lines)) for one in found]


def test_a_template_is_kept_by_name_for_its_site(bench: Bench) -> None:
    site = bench.restaurant.site
    for name, of in (("Close of day", ("Flour",)), ("close of DAY", ("Flour", "Mozzarella")), ("Bar", ("Flour",))):
        bench.desk.run(service.save_template, Kind.WASTE, site, name, lines(bench, *of))
    assert kept(bench) == [("Bar", 1), ("close of DAY", 2)]
    other = next(key for name, key in bench.restaurant.sites.items() if key != site)
    assert kept(bench, other) == []
    assert bench.desk.run(service.templates, Kind.ADJUSTMENT, site) == ()
    (bar, _close) = bench.desk.run(service.templates, Kind.WASTE, site)
    assert bar.lines == lines(bench, "Flour")
    bench.desk.run(service.remove_template, bar.id)
    with pytest.raises(Conflict):
        bench.desk.run(service.remove_template, bar.id)


def test_everything_wrong_with_a_template_is_said_and_others_sites_are_kept_out(bench: Bench) -> None:
    with pytest.raises(UserError) as refused:
        bench.desk.run(service.save_template, Kind.WASTE, bench.restaurant.site, " ", ())
    assert [problem.field for problem in refused.value.problems] == ["name", "lines"]
    counter = bench.sign_in(bench.tenant.person("EMPLOYEE", site=bench.restaurant.site))
    counter.run(service.save_template, Kind.WASTE, bench.restaurant.site, "Mine", lines(bench, "Flour"))
    with pytest.raises(Denied):
        counter.run(service.save_template, Kind.ADJUSTMENT, bench.restaurant.site, "Mine", lines(bench, "Flour"))


def test_the_reason_given_last_is_remembered_by_item(bench: Bench) -> None:
    bench.post(Kind.WASTE, bench.line("Flour", -1, "SPOILAGE"))
    usual = bench.desk.run(service.usual_reasons, Kind.WASTE, bench.restaurant.site)
    assert usual == {bench.restaurant.items["Flour"]: bench.restaurant.reasons["SPOILAGE"]}
    counter = bench.sign_in(bench.tenant.person("EMPLOYEE", site=bench.restaurant.site))
    assert counter.run(service.usual_reasons, Kind.WASTE, bench.restaurant.site) == {}
