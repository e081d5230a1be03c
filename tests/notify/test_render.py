import pytest
from jinja2 import UndefinedError

from broker.assets import asset_folder
from broker.notify.account_notice import ACCOUNT_NOTICES
from broker.notify.ledger_notice import LEDGER_NOTICES
from broker.notify.receiver_notice import RECEIVER_NOTICES
from broker.notify.render import LONGEST_SUBJECT, LetterTemplates
from broker.notify.site_notice import SITE_NOTICES
from broker.notify.who_is_told import RULES

pytestmark = pytest.mark.disable_socket


@pytest.fixture
def templates(tmp_path):
    folder = tmp_path / "some.event"
    folder.mkdir()
    for name in ("subject.txt", "body.txt", "body.html"):
        (folder / name).write_text("Hello {{ person }}\n")
    return LetterTemplates(tmp_path)


@pytest.mark.parametrize(
    "name", ["a\r\nBcc: all@clinic.example", "a\nb", "a\x00b", "a\x1b[31mb", "a\u2028b", "a\x85b"]
)
def test_a_subject_is_one_printable_line(templates, name):
    """No name or title can end the subject and begin another header."""
    subject = templates.write("some.event", {"person": name}).subject
    assert subject.isprintable()
    assert subject.startswith("Hello a")


def test_a_subject_is_not_endless(templates):
    """A very long title is cut, not refused."""
    assert len(templates.write("some.event", {"person": "x" * 1000}).subject) == LONGEST_SUBJECT


def test_markup_in_a_name_stays_text_in_html(templates):
    """HTML is escaped, plain text is not."""
    letter = templates.write("some.event", {"person": "<a href=x>"})
    assert letter.html == "Hello &lt;a href=x&gt;\n"
    assert letter.text == "Hello <a href=x>\n"


def test_a_missing_word_is_an_error(templates):
    """A template never leaves a gap."""
    with pytest.raises(UndefinedError):
        templates.write("some.event", {})


def test_every_event_that_is_told_has_its_three_files_and_no_other_has():
    """A folder for each event, an event for each folder."""
    folder = asset_folder("templates") / "emails"
    told = set(RULES) | SITE_NOTICES | set(RECEIVER_NOTICES) | LEDGER_NOTICES | set(ACCOUNT_NOTICES.values())
    assert {each.name for each in folder.iterdir() if each.is_dir()} == told
    for event in told:
        assert {each.name for each in (folder / event).iterdir()} == {"subject.txt", "body.txt", "body.html"}


def test_no_mail_fetches_anything():
    """No picture, style sheet, script or foreign address: reading a mail tells nobody anything."""
    for path in (asset_folder("templates") / "emails").rglob("*.html"):
        source = path.read_text()
        for sign in ("src=", "<img", "<script", "url(", "http:", "https:", "//"):
            assert sign not in source, f"{path.name} has {sign}"
