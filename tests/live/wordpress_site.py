"""A real WordPress from Debian's package, for tests, for the browser and for the demo.

    site = WordPressSite(folder)
    site.start()
    site.install_companion(pairing_text(...))
    site.create_user("nurse", role="subscriber", password="...")
    note = site.create_post("Allergies", patient="P-1001", content="penicillin")
    ...
    site.stop()

A folder that was started before keeps its database, users, posts and pairing.
"""

from __future__ import annotations

import json
import secrets
import shutil
import subprocess
from pathlib import Path
from typing import Any

import requests

from broker.adapters.wordpress.companion_files import FOLDER as COMPANION
from tests.live.mariadb import MariaDB
from tests.live.php_server import PhpServer

DEBIAN = Path("/usr/share/wordpress")
DEBIAN_CONTENT = Path("/var/lib/wordpress/wp-content")
PLUGIN = "emergency-access-broker/emergency-access-broker.php"
_HERE = Path(__file__).resolve().parent


def missing_packages(source: Path = DEBIAN) -> list[str]:
    """What has to be installed (Debian's package names) before a site can start."""
    missing = [] if (source / "wp-load.php").exists() else ["wordpress"]
    if not shutil.which("php"):
        missing.append("php-cli")
    elif "mysqli" not in subprocess.run(["php", "-m"], capture_output=True, text=True, check=True).stdout:
        missing.append("php-mysql")
    if not Path("/usr/sbin/mariadbd").exists() and not shutil.which("mariadbd"):
        missing.append("mariadb-server")
    return missing


class WordPressSite:
    """``source`` is an unpacked WordPress; ``folder`` receives a copy, the database and the logs."""

    def __init__(self, folder: Path, *, port: int = 0, source: Path = DEBIAN) -> None:
        self.folder = folder.resolve()
        self.root = self.folder / "site"
        self._compiled = self.folder / "compiled"
        self.database = MariaDB(self.folder / "database")
        self._source = source
        self._network: dict[str, Any] = {}
        self._server = PhpServer(self.root, port)
        kept = self.folder / "pairing"
        self._pairing = kept.read_text() if kept.exists() else ""

    @property
    def url(self) -> str:
        return self._server.url

    def start(self) -> None:
        fresh = not self.root.is_dir()
        self._compiled.mkdir(parents=True, exist_ok=True)
        if fresh:
            self._copy()
        self.database.start()
        self._configure()
        if fresh:
            self._run_script("install.php", self.url)
        else:
            self.run_php(f"update_option('siteurl', '{self.url}'); update_option('home', '{self.url}');")
        self._server.start()

    def become_network(self) -> None:
        """Make it the first site of a network, whose super administrator is ``admin``."""
        self._run_script("network.php", self.url)
        host = self.url.removeprefix("http://")
        self._network = {
            "MULTISITE": True,
            "SUBDOMAIN_INSTALL": False,
            "DOMAIN_CURRENT_SITE": host,
            "PATH_CURRENT_SITE": "/",
            "SITE_ID_CURRENT_SITE": 1,
            "BLOG_ID_CURRENT_SITE": 1,
        }
        self._configure()

    def stop(self) -> None:
        try:
            self._server.stop()
        finally:
            self.database.stop()

    def install_companion(self, pairing: str) -> None:
        """Do what the site's operator does: copy the folder, paste the line, switch it on."""
        target = self.root / "wp-content/plugins/emergency-access-broker"
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(COMPANION, target)
        self.pair(pairing)
        self.switch_companion(on=True)

    def pair(self, pairing: str) -> None:
        """Write the pairing into wp-config.php; '' takes it out."""
        self._pairing = pairing
        (self.folder / "pairing").write_text(pairing)
        self._configure()

    def switch_companion(self, *, on: bool) -> None:
        act = f"activate_plugin('{PLUGIN}')" if on else f"deactivate_plugins('{PLUGIN}')"
        self.run_php(f"require_once ABSPATH . 'wp-admin/includes/plugin.php'; {act};")

    def create_user(self, login: str, *, role: str = "subscriber", password: str) -> int:
        """Create the account or set its password and role; answers its id."""
        return int(self._run_script("user.php", login, role, password))

    def create_post(
        self,
        title: str,
        *,
        patient: str,
        content: str = "",
        post_type: str = "telehealth_note",
        status: str = "private",
        meta_key: str = "patient_ref",
        author: str = "admin",
    ) -> int:
        """A post marked with ``patient``; the demo clinic's note type unless told otherwise."""
        return int(self._run_script("post.php", title, content, post_type, status, meta_key, patient, author))

    def application_password(self, login: str) -> str:
        return self._run_script("application_password.php", login)

    def log_in(self, login: str, password: str) -> requests.Session:
        """A browser's cookies after the ordinary login form."""
        session = requests.Session()
        form = {"log": login, "pwd": password, "wp-submit": "Log In"}
        session.post(f"{self.url}/wp-login.php", data=form, allow_redirects=False, timeout=20)
        if not any(cookie.name.startswith("wordpress_logged_in") for cookie in session.cookies):
            raise RuntimeError("the site did not let this account log in")
        return session

    def nonce(self, session: requests.Session) -> str:
        """What the site's own pages send along with REST calls."""
        return session.get(f"{self.url}/wp-admin/admin-ajax.php?action=rest-nonce", timeout=20).text

    def rest(self, session: requests.Session, method: str, route: str, **kwargs: Any) -> requests.Response:
        """A REST call as the site's own JavaScript makes it: cookies and a nonce."""
        path, _, query = route.partition("?")
        address = f"{self.url}/?rest_route={path}" + (f"&{query}" if query else "")
        headers = {"X-WP-Nonce": self.nonce(session)}
        return session.request(method, address, headers=headers, timeout=20, **kwargs)

    def run_php(self, code: str) -> str:
        """Run code with WordPress loaded, as an operator with a shell could; answers what it prints."""
        return self._php("-r", f"require '{self.root}/wp-load.php'; {code}")

    def sql(self, statement: str) -> str:
        return self.database.sql(statement)

    def _run_script(self, name: str, *arguments: str) -> str:
        return self._php(str(_HERE / "clinic" / name), str(self.root), *arguments)

    def _php(self, *arguments: str) -> str:
        # Compiled files are kept: each script loads the whole of WordPress.
        options = {
            "display_errors": "stderr",
            "opcache.enable_cli": "1",
            "opcache.file_cache": str(self._compiled),
            "opcache.file_cache_only": "1",
        }
        done = subprocess.run(
            ["php", *(f"-d{name}={value}" for name, value in options.items()), *arguments],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"PHP failed on the site: {done.stderr.strip()[-2000:]}")
        return done.stdout

    def _copy(self) -> None:
        shutil.copytree(self._source, self.root, ignore=shutil.ignore_patterns("wp-config.php", "wp-content"))
        content = DEBIAN_CONTENT if self._source == DEBIAN else self._source / "wp-content"
        # What a packager put there to replace the database or to hook in is left out.
        shutil.copytree(
            content,
            self.root / "wp-content",
            ignore=shutil.ignore_patterns("db.php", "database", "mu-plugins"),
        )
        (self.root / "wp-content/mu-plugins").mkdir(exist_ok=True)
        shutil.copy(_HERE / "clinic/clinic.php", self.root / "wp-content/mu-plugins/clinic.php")

    def _configure(self) -> None:
        keys = self.folder / "keys.json"
        if not keys.exists():
            keys.write_text(json.dumps({name: secrets.token_hex(32) for name in _KEYS}))
        constants = {
            **json.loads(keys.read_text()),
            "DB_NAME": "wordpress",
            "DB_USER": "root",
            "DB_PASSWORD": "",
            "DB_HOST": f"localhost:{self.database.socket}",
            "DB_CHARSET": "utf8mb4",
            "WP_ENVIRONMENT_TYPE": "local",
            "WP_HTTP_BLOCK_EXTERNAL": True,
            "DISABLE_WP_CRON": True,
            "AUTOMATIC_UPDATER_DISABLED": True,
        }
        if self._pairing:
            constants["EMERGENCY_ACCESS_PAIRING"] = self._pairing
        constants |= self._network
        lines = [f"define({name!r}, {json.dumps(value)});" for name, value in constants.items()]
        text = "\n".join(["<?php", *lines, _CONFIG_END])
        (self.root / "wp-config.php").write_text(text, encoding="utf-8")


_KEYS = [f"{use}_{kind}" for use in ("AUTH", "SECURE_AUTH", "LOGGED_IN", "NONCE") for kind in ("KEY", "SALT")]
_CONFIG_END = """$table_prefix = 'wp_';
if (!defined('ABSPATH')) { define('ABSPATH', __DIR__ . '/'); }
require_once ABSPATH . 'wp-settings.php';
"""
