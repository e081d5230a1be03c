"""Every page of the product in every state it has: SCENES maps a name to what opens it."""

from __future__ import annotations

from tests.browser.scenes import (
    asking,
    auditing,
    deciding,
    doors,
    drift,
    errors,
    keeping,
    lending,
    looking_back,
    passkeys,
    people,
    reviewing,
    running,
    settling,
    software,
    telling,
    watching,
)
from tests.browser.scenes.scene import Scene

SCENES: dict[str, Scene] = {
    f"{room.__name__.rsplit('.', 1)[1]}: {name.replace('_', ' ')}": scene
    for room in (
        doors,
        asking,
        deciding,
        watching,
        reviewing,
        settling,
        looking_back,
        keeping,
        auditing,
        running,
        software,
        telling,
        lending,
        people,
        passkeys,
        drift,
        errors,
    )
    for name, scene in vars(room).items()
    if getattr(scene, "is_scene", False)
}
