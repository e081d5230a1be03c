"""The page that tells a grant's story to reviewers, with the form that closes its review."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Response, make_response, render_template

from broker.access.grant import LIVE
from broker.identity.people import Person
from broker.review.story.fold import Folded, folded
from broker.review.story.glance import Figure, at_a_glance
from broker.review.story.timeline import Story, read_story
from broker.store import Reader
from broker.web.frame.guard import me
from broker.web.parts import parts
from broker.web.reviewing.review_desk import ReviewDesk, review_desk
from broker.web.telling.effective import effective_permissions, site_title


@dataclass(frozen=True)
class StoryPage:
    """``desk`` is None where no review was ever owed. ``steps`` are the story's, long runs folded."""

    story: Story
    glance: tuple[Figure, ...]
    steps: tuple[Folded, ...]
    permissions: tuple[str, ...]
    site: str
    purpose: str
    reason: str
    live: bool
    desk: ReviewDesk | None


def story_page(
    grant_id: str, *, values: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None
) -> Response:
    """The page as it stands now; with ``errors`` as a form that was not accepted."""
    with parts().store.read() as reader:
        page = _page(reader, me(), read_story(reader, parts().catalog, parts().equipment.notes, grant_id))
    body = render_template(
        "pages/history/story.html",
        page=page,
        values=values or {},
        errors=errors or {},
        now=parts().clock.now(),
    )
    return make_response(body, 422 if errors else 200)


def _page(reader: Reader, viewer: Person, story: Story) -> StoryPage:
    catalog, request = parts().catalog, story.request
    return StoryPage(
        story=story,
        glance=at_a_glance(story, reader.at),
        steps=folded(story.steps),
        permissions=effective_permissions(reader, story.grant),
        site=site_title(reader, story.grant.site_id) if story.grant.site_id else "",
        purpose=catalog.purposes.get(request.purpose, request.purpose),
        reason=catalog.reasons.get(request.reason, request.reason),
        live=story.grant.state in LIVE,
        desk=review_desk(reader, viewer, story.grant, story.review),
    )
