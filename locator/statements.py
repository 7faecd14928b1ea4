"""What whoever publishes the pages owes to who reads them: the accessibility statement and what is kept of visitors."""

import datetime as dt
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from locator.contacts import Contact, emails
from locator.drawing import render
from locator.visit import Made, Visit
from locator.words import ITALIAN, words

BODY_NAME: Final = "ATLANTE_BODY_NAME"
BODY_EMAIL: Final = "ATLANTE_BODY_EMAIL"

TESTED_ON: Final = dt.date(2026, 11, 23)
"""When what the statement says was last seen to be so: to be moved on with the tests that it names."""


@dataclass(frozen=True)
class Body:
    """The administration that publishes the pages, as far as the environment says it.

    Parameters
    ----------
    name
        Its name; missing where nobody said it.
    email
        Where to write to it; missing where nobody said it.
    """

    name: str | None
    email: Contact | None


def body(environment: Mapping[str, str]) -> Body:
    """The administration named by the environment.

    >>> body({"ATLANTE_BODY_NAME": "Comune di Borgo", "ATLANTE_BODY_EMAIL": " "})
    Body(name='Comune di Borgo', email=None)
    """
    written = emails(environment.get(BODY_EMAIL, "").strip() or None)
    return Body(environment.get(BODY_NAME, "").strip() or None, written[0] if written else None)


def accessibility(visit: Visit) -> Made:
    """The statement in the form of AGID; its text is Italian on every page, as it has legal force."""
    unread = [code for code in visit.setting.languages if code != ITALIAN and not words(code).reviewed_by]
    italian = words(ITALIAN)
    return render(
        visit,
        "statement.html",
        page="statement",
        body=body(os.environ),
        tested_on=italian.date(TESTED_ON),
        languages=len(visit.setting.languages),
        unread=[italian.language(code) for code in unread],
    )


def privacy(visit: Visit) -> Made:
    """What is kept of who visits the pages, and what is not."""
    return render(visit, "privacy.html", page="privacy", body=body(os.environ))
