"""Passkeys, the ways to confirm it is you, and the way back when all of them are lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from playwright.sync_api import Page, expect
from sqlalchemy import update

from broker.identity.caller import Caller
from broker.identity.factors.change import Change, changing
from broker.identity.factors.lost.ask_help import Asked, ask_help, spoken_code
from broker.identity.factors.lost.vouch import refuse_help, vouch, vouching
from broker.identity.factors.passkeys.add import add_passkey, begin_passkey
from broker.identity.factors.step_up import Method, Proof
from broker.identity.people import Role
from broker.identity.tables import sessions
from tests.browser.demo_broker import Member
from tests.browser.scenes.scene import scene
from tests.browser.stage import Stage
from tests.browser.windows import fill_request
from tests.fakes.soft_passkey import SoftPasskey


def named(stage: Stage) -> Stage:
    """The same stage by the broker's name: no browser makes passkeys for a bare address."""
    at = stage.broker.url.replace("127.0.0.1", "localhost")
    return Stage(stage.broker, replace(stage.windows, at=at))


def give_passkey(member: Member, name: str = "Ward phone") -> Member:
    """On a device that nobody holds here; enough for a page to offer it."""
    parts, who = member.broker.parts, member.person.id
    desk = parts.lobby.passkeys
    assert desk.party is not None
    device = SoftPasskey(origin=desk.party.origin, party=desk.party.id)
    with parts.store.write() as tx:
        proof = Proof(who, changing(who, Change.PASSKEY).digest, Method.TOTP, tx.at)
        options = begin_passkey(tx, desk, who, proof, session="")
        add_passkey(tx, desk, who, device.make(options), name=name, session="")
    return member


def age_sign_in(member: Member, by: timedelta) -> None:
    """As if the person had signed in that long ago."""
    with member.broker.parts.store.write() as tx:
        mine = sessions.c.person_id == member.person.id
        tx.execute(update(sessions).where(mine).values(mfa_at=tx.at - by))


def ask(stage: Stage, member: Member) -> Asked:
    parts = stage.broker.parts
    with parts.store.write() as tx:
        reason = "Phone stolen on the train, the codes are at home"
        return ask_help(tx, parts.ledger, member.person, Caller("127.0.0.1", "Chrome on Linux"), reason)


def let_vouch(stage: Stage, asked: Asked) -> None:
    parts, approver = stage.broker.parts, stage.approver.person
    with parts.store.write() as tx:
        proof = Proof(approver.id, vouching(asked.reset.id).digest, Method.TOTP, tx.at)
        code = spoken_code(parts.lobby.box, asked.reset)
        vouch(tx, parts.ledger, parts.lobby.box, approver, asked.reset.id, code, proof)


def open_plea(stage: Stage, member: Member, asked: Asked) -> Page:
    """In the browser it was made in."""
    page = stage.open(member, "/factor/lost", first_factor=True)
    page.context.add_cookies([{"name": "plea", "value": asked.token, "url": stage.windows.url}])
    page.goto("/factor/lost")
    return page


@scene
def sign_in(stage: Stage) -> Page:
    page = named(stage).open(None, "/sign-in")
    expect(page.get_by_role("button", name="Use a passkey")).to_be_visible()
    return page


@scene
def sign_in_refused(stage: Stage) -> Page:
    page = sign_in(stage)
    button = page.get_by_role("button", name="Use a passkey")
    button.evaluate("button => { button.form.elements.passkey.value = '{}'; button.form.submit(); }")
    expect(page.get_by_role("alert")).to_be_focused()
    return page


@scene
def code_or_passkey(stage: Stage) -> Page:
    return named(stage).open(give_passkey(stage.clinician), "/", first_factor=True)


@scene
def first_set_up(stage: Stage) -> Page:
    newcomer = stage.broker.join(Role.CLINICIAN, enrolled=False)
    page = named(stage).open(newcomer, "/", first_factor=True)
    expect(page.get_by_role("button", name="Set up a passkey")).to_be_visible()
    return page


@scene
def ways_to_confirm(stage: Stage) -> Page:
    member = give_passkey(give_passkey(stage.clinician), "Key in the drawer of the ward's emergency room")
    page = named(stage).open(member, "/factor")
    page.get_by_text("Rename Ward phone").click()
    page.get_by_text("Remove one of them").click()
    return page


@scene
def ways_to_confirm_with_nothing_typed(stage: Stage) -> Page:
    page = named(stage).open(stage.clinician, "/factor")
    page.get_by_role("button", name="Get new recovery codes").click()
    expect(page.get_by_role("alert")).to_be_focused()
    return page


@scene
def ways_to_confirm_while_somebody_pleads(stage: Stage) -> Page:
    ask(stage, stage.clinician)
    return stage.open(stage.clinician, "/factor")


@scene
def request_form(stage: Stage) -> Page:
    page = named(stage).open(give_passkey(stage.clinician), "/requests/new")
    expect(page.get_by_role("button", name="Confirm with passkey")).to_be_visible()
    return page


@scene
def request_form_nothing_confirmed(stage: Stage) -> Page:
    page = request_form(stage)
    fill_request(page, "")
    page.evaluate(
        "() => { navigator.credentials.get = () => Promise.reject(new DOMException('', 'NotAllowedError')); }"
    )
    page.get_by_role("button", name="Confirm with passkey").click()
    expect(page.get_by_text("Nothing was confirmed")).to_be_visible()
    return page


@scene
def decision(stage: Stage) -> Page:
    approver, asked = give_passkey(stage.approver), stage.ask()
    page = named(stage).open(approver, "/")
    age_sign_in(approver, timedelta(hours=1))
    page.goto(f"/requests/{asked.id}/decide")
    page.get_by_role("button", name="Confirm with passkey").click()
    expect(page.get_by_text("Your passkey is asked for then")).to_be_visible()
    return page


@scene
def everything_is_lost(stage: Stage) -> Page:
    page = stage.open(stage.clinician, "/sign-in/code", first_factor=True)
    page.get_by_role("link", name="I have lost my phone, passkey and codes").click()
    expect(page.get_by_label("What happened?")).to_be_visible()
    return page


@scene
def everything_is_lost_and_nothing_said(stage: Stage) -> Page:
    page = everything_is_lost(stage)
    page.get_by_role("button", name="Ask for help").click()
    expect(page.get_by_role("alert")).to_be_focused()
    return page


@scene
def code_to_read_out(stage: Stage) -> Page:
    page = everything_is_lost(stage)
    page.get_by_label("What happened?").fill("Phone stolen on the train, the codes are at home")
    page.get_by_role("button", name="Ask for help").click()
    expect(page.get_by_role("heading", name="Read this code to an approver")).to_be_visible()
    return page


@scene
def vouched_for(stage: Stage) -> Page:
    asked = ask(stage, stage.clinician)
    let_vouch(stage, asked)
    page = open_plea(stage, stage.clinician, asked)
    expect(page.get_by_role("link", name="Set up anew")).to_be_visible()
    return page


@scene
def nobody_vouched(stage: Stage) -> Page:
    asked, parts, approver = ask(stage, stage.clinician), stage.broker.parts, stage.approver.person
    with parts.store.write() as tx:
        refuse_help(tx, parts.ledger, approver, asked.reset.id)
    return open_plea(stage, stage.clinician, asked)


@scene
def plea_among_what_waits(stage: Stage) -> Page:
    ask(stage, stage.clinician)
    return stage.open(stage.approver, "/waiting")


@scene
def plea(stage: Stage) -> Page:
    return stage.open(stage.approver, f"/pleas/{ask(stage, stage.clinician).reset.id}")


@scene
def plea_with_a_wrong_code(stage: Stage) -> Page:
    page = plea(stage)
    page.get_by_label("Code they read to you").fill("AAA-AAA")
    page.get_by_label("One-time code").fill("000 000")
    page.get_by_role("button", name="Vouch for them").click()
    expect(page.get_by_role("alert")).to_be_focused()
    return page


@scene
def plea_answered(stage: Stage) -> Page:
    asked = ask(stage, stage.clinician)
    let_vouch(stage, asked)
    return stage.open(stage.approver, f"/pleas/{asked.reset.id}")
