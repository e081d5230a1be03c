"""The first page after signing in: what this person can do, the most urgent first."""

from __future__ import annotations

from flask import Blueprint, render_template

from broker.web.guard import signed_in

pages = Blueprint("home", __name__)


@pages.get("/")
@signed_in()
def show() -> str:
    return render_template("pages/home/home.html")
