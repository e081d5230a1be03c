import pytest

from broker.ledger.read import entries_after
from broker.review.history.exporting.exported import Format, record_export
from broker.review.history.filters import Filters
from broker.review.history.views.kept import change_view, keep_view, let_go
from broker.review.story.event_words import in_words
from broker.review.story.seen import Seen
from tests.fakes.past import Past


@pytest.fixture
def told(past: Past) -> dict[str, str]:
    """Each title with its text, from entries the real verbs wrote."""
    past.broken()
    asked, who = Filters(break_glass=True), past.reviewer.id
    record_export(past.store, past.ledger, who, asked, past.zone, Format.CSV)
    record_export(past.store, past.ledger, who, Filters(), past.zone, Format.FHIR)
    with past.store.write() as tx:
        view = keep_view(tx, past.ledger, who, "louder", asked, shared=False)
        change_view(tx, past.ledger, who, view.id, "louder", shared=True)
        let_go(tx, past.ledger, who, view.id)
    with past.store.read() as reader:
        mine = [each for each in entries_after(reader, 0) if each.entry.event.startswith("history.")]
    words = [in_words(Seen(each, past.equipment.catalog, {who: "The reviewer"}, {})) for each in mine]
    return {f"{n} {each.title}": each.text for n, each in enumerate(words)}


def test_every_step_around_the_history_has_words(told: dict[str, str]) -> None:
    """Who took what, in which format, how much of it; and what became of a view."""
    assert told == {
        "0 The reviewer took a file of the history": "1 grant, as CSV. Asked for: break_glass yes.",
        "1 The reviewer took a file of the history": "1 grant, as FHIR. Asked for everything.",
        "2 The reviewer saved a view of the history": "Asked for: break_glass yes.",
        "3 The reviewer changed a saved view of the history": "Asked for: break_glass yes. Others who review see it.",
        "4 The reviewer removed a saved view of the history": "Asked for: break_glass yes.",
    }
