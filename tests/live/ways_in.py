"""Every way into an account of a WordPress, tried one by one."""

from __future__ import annotations

import requests

from tests.live.conftest import PASSWORD, Ward

_ASK_XMLRPC = """<?xml version="1.0"?><methodCall><methodName>wp.getUsersBlogs</methodName><params>
<param><value><string>{login}</string></value></param><param><value><string>{password}</string></value></param>
</params></methodCall>"""


def sign_in(ward: Ward, password: str = PASSWORD, login: str = "") -> str:
    """What the login page answers; '' when it let the nurse in."""
    form = {"log": login or ward.nurse, "pwd": password, "wp-submit": "Log In"}
    answer = requests.post(f"{ward.site.url}/wp-login.php", data=form, allow_redirects=False, timeout=20)
    return "" if answer.status_code == 302 else answer.text


def whoami(ward: Ward, **how: object) -> requests.Response:
    return requests.get(f"{ward.site.url}/?rest_route=/wp/v2/users/me", timeout=20, **how)  # type: ignore[arg-type]


def xmlrpc(ward: Ward, password: str) -> bool:
    """Whether XML-RPC takes the password."""
    body = _ASK_XMLRPC.format(login=ward.nurse, password=password)
    return "<fault>" not in requests.post(f"{ward.site.url}/xmlrpc.php", data=body, timeout=20).text


def api_key(ward: Ward) -> dict[str, str]:
    ward.site.run_php(
        f"update_option('demo_api_key', 'k-{ward.nurse}');"
        f"update_option('demo_api_key_user', get_user_by('login', '{ward.nurse}')->ID);"
    )
    return {"X-Demo-Api-Key": f"k-{ward.nurse}"}
