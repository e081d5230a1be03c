"""What the companion costs everybody else: an ordinary page for somebody who holds no grant."""

from __future__ import annotations

from collections.abc import Iterator

import requests

from tests.benchmarks.cast import PATIENT
from tests.benchmarks.measure import Figure, figure, milliseconds, side_by_side
from tests.benchmarks.sizes import Sizes
from tests.live.broker_side import BrokerSide, notes_of
from tests.live.wordpress_site import WordPressSite

# Loaded before any plugin: the same site answers with and without the companion, request by request.
_SWITCH = """<?php
if ( isset( $_SERVER['HTTP_X_WITHOUT_COMPANION'] ) ) {
	add_filter( 'option_active_plugins', static function ( $plugins ) {
		return array_values( array_diff( $plugins, array( 'emergency-access-broker/emergency-access-broker.php' ) ) );
	} );
}
add_action( 'wp_footer', static function () {
	printf( '<!-- companion:%d -->', defined( 'EMERGENCY_ACCESS_COMPANION' ) );
} );
"""
_THEME = """<!doctype html><title>Clinic</title><?php wp_head();
while ( have_posts() ) { the_post(); the_title(); the_content(); }
wp_footer();
"""


def visitors(
    sizes: Sizes, site: WordPressSite, side: BrokerSide, name: str = "WordPress"
) -> Iterator[Figure]:
    _furnish(site)
    page = Page(site.url)
    yield _row(f"{name}: the front page for a visitor while nothing is granted", sizes, page)
    for grant in [side.give("somebody", notes_of(PATIENT)) for _ in range(sizes.leases)]:
        assert grant
    yield _row(f"{name}: the same while {sizes.leases} leases of others are live", sizes, page)


def _row(what: str, sizes: Sizes, page: Page) -> Figure:
    sides = {
        "with": lambda: page.opened(sizes.visits, companion=True),
        "without": lambda: page.opened(sizes.visits, companion=False),
    }
    found = side_by_side(sides, sizes.site_rounds)
    return figure(
        what, "the same page without the companion", "ms", found["with"], found["without"], "below 1 ms"
    )


def _furnish(site: WordPressSite) -> None:
    content = site.root / "wp-content"
    (content / "mu-plugins/switch.php").write_text(_SWITCH)
    # Debian's package comes without a theme, and so without a front page.
    theme = content / "themes/plain"
    theme.mkdir(parents=True)
    (theme / "style.css").write_text("/* Theme Name: Plain */")
    (theme / "index.php").write_text(_THEME)
    site.run_php("switch_theme('plain');")


class Page:
    """The site's front page, as a stranger sees it."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._session = requests.Session()

    def opened(self, count: int, *, companion: bool) -> float:
        """Milliseconds for each visit."""
        headers = {} if companion else {"X-Without-Companion": "1"}
        return milliseconds(lambda: [self._open(headers, companion) for _ in range(count)]) / count

    def _open(self, headers: dict[str, str], companion: bool) -> None:
        answer = self._session.get(self._url + "/", headers=headers, timeout=20)
        assert f"<!-- companion:{companion:d} -->" in answer.text
