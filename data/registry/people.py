"""Who edits: local accounts, ways in, and the signed passes that every change must show.

A pass names an account and nothing of what it may do: role and Ambiti are read from the registry at each
change. There is no account until one is made on the machine, so no editing either, and no default password.
"""

import datetime as dt
import hashlib
import hmac
import math
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from data.registry.areas import known
from data.registry.books import ROLES, Account, Attempt
from data.registry.store import Store
from errors import (
    Fault,
    FieldsRefused,
    NotAllowed,
    PassRefused,
    RecordMissing,
    SignInRefused,
    TooManyAttempts,
)

PASS_HOURS: Final = 12
"""How long a pass holds after signing in."""
WRONG_MOST, WRONG_MINUTES = 5, 15
"""How many wrong passwords for a name in how many minutes before it must wait."""
WRONG_MOST_EVERYWHERE: Final = 60
"""The same over all names together: guessing one password on many names is guessing too."""
SHORTEST: Final = 12
"""Characters that a password needs; nothing else is asked of it, but that it is not the name."""
LONGEST: Final = 500
EVERYWHERE: Final = "ovunque"
NO_PASS: Final = ("forged", "expired", "revoked", "disabled")
"""Every word a refused pass may give as its reason; ``screens/errors.py`` has the Italian for each."""

FIRST: Final = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
"""Since when epochs count their seconds."""

HASHER: Final = PasswordHasher()
NAME: Final = r"[a-z0-9](?:[a-z0-9.-]{1,38})[a-z0-9]"


@cache
def nobody() -> str:
    """The hash of a password that nobody has: a name that is not there takes as long as one that is."""
    return HASHER.hash(secrets.token_hex(16))


def signer(store: Store, what: str) -> URLSafeSerializer:
    """What signs passes or links; one cannot stand for the other."""
    return URLSafeSerializer(
        store.secret, salt=f"registry.{what}", signer_kwargs={"digest_method": hashlib.sha256}
    )


def sealed(store: Store, what: str, said: dict[str, Any]) -> str:
    """What is said as a token that only we can make."""
    made: str | bytes = signer(store, what).dumps(said)
    return made if isinstance(made, str) else made.decode()


def opened(store: Store, what: str, token: str) -> dict[str, Any]:
    """What a token says, if we signed it for this use, letter by letter; else ``PassRefused``.

    Base 64 reads over letters that are not its own: a token with some added is not the one we gave.
    """
    try:
        said = signer(store, what).loads(token)
    except (BadSignature, UnicodeError, ValueError) as fault:
        raise PassRefused(why="forged") from fault
    if not isinstance(said, dict) or not hmac.compare_digest(
        sealed(store, what, said).encode(), token.encode()
    ):
        raise PassRefused(why="forged")
    return said


def add(
    store: Store,
    *,
    name: str,
    role: str,
    ambiti: Sequence[str] = (),
    password: str | None = None,
    oidc: str | None = None,
    email: str | None = None,
) -> str:
    """Make an account, from the machine itself; gives back its key.

    Parameters
    ----------
    name
        What to sign in with: small letters, digits, dots and dashes.
    role, ambiti
        ``regione``, or ``ambito`` with at least one Ambito.
    password, oidc
        One of the two: a password, or the identity as ``issuer subject`` that OIDC vouches for.

    Raises
    ------
    FieldsRefused
        Naming everything that cannot be; the password is never repeated.
    """
    with store.writing() as session:
        faults = _faults(
            session, name=name, role=role, ambiti=ambiti, password=password, oidc=oidc, email=email
        )
        if faults:
            raise FieldsRefused(kind="accounts", faults=faults)
        made = Account(
            id=f"conto-{secrets.token_hex(6)}",
            name=name,
            password=None if password is None else HASHER.hash(password),
            oidc=oidc,
            role=role,
            ambiti=sorted(set(ambiti)) or None,
            email=email,
            epoch=1,
            created_at=store.clock(),
        )
        session.add(made)
    return made.id


def _faults(
    session: Session,
    *,
    name: str,
    role: str,
    ambiti: Sequence[str],
    password: str | None,
    oidc: str | None,
    email: str | None,
) -> list[Fault]:
    said = {
        ("name", "pattern", name): not re.fullmatch(NAME, name),
        ("name", "taken", name): _named(session, name) is not None,
        ("role", "code", role): role not in ROLES,
        ("ambiti", "needed", ""): role == "ambito" and not ambiti,
        ("ambiti", "not_there", ", ".join(ambiti)): any(f"ambito:{one}" not in known() for one in ambiti),
        ("password", "needed", ""): (password is None) == (oidc is None),
        ("password", "too_short", ""): password is not None and not _good(password, name),
        ("oidc", "taken", oidc or ""): oidc is not None and _vouched(session, oidc) is not None,
        ("email", "pattern", email or ""): email is not None
        and not re.fullmatch(r"[^@\s]+@[^@\s]+\.\w+", email),
    }
    return [Fault(*fault) for fault, holds in said.items() if holds]


def _good(password: str, name: str) -> bool:
    return SHORTEST <= len(password) < LONGEST and name not in password.lower() and len(set(password)) > 4


def _named(session: Session, name: str) -> Account | None:
    fit = re.fullmatch(NAME, name) is not None
    return session.scalar(select(Account).where(Account.name == name)) if fit else None


def _vouched(session: Session, oidc: str) -> Account | None:
    return session.scalar(select(Account).where(Account.oidc == oidc))


def editing_is_on(store: Store) -> bool:
    """Whether anybody may edit: there is an account that is not disabled."""
    with store.reading() as session:
        return session.scalar(select(Account.id).where(Account.disabled_at.is_(None)).limit(1)) is not None


def sign_in(store: Store, name: str, password: str) -> str:
    """A pass for a name and its password.

    Raises
    ------
    SignInRefused
        If the two do not open, whatever the reason: no such name, another password, a disabled account.
    TooManyAttempts
        After too many wrong ones, even if this one is right.
    """
    return _pass(store, _opened_by(store, name, password))


def _opened_by(store: Store, name: str, password: str) -> Account:
    """The account that a name and password open; raises as ``sign_in``."""
    subject = hmac.new(store.secret.encode(), name.encode(errors="replace"), hashlib.sha256).hexdigest()
    with store.writing() as session:
        _wait(session, subject, store.clock())
        tries = [Attempt(subject=one, at=store.clock()) for one in (subject, EVERYWHERE)]
        session.add_all(tries)
        account = _named(session, name)
        usable = account is not None and account.password is not None and account.disabled_at is None
        kept = account.password if account is not None and usable and account.password else nobody()
    try:
        HASHER.verify(kept, password[:LONGEST])
    except (VerificationError, InvalidHashError, UnicodeError) as fault:
        raise SignInRefused from fault
    if account is None or not usable:
        raise SignInRefused
    with store.writing() as session:
        good = (Attempt.subject == subject) | Attempt.id.in_([one.id for one in tries])
        session.execute(delete(Attempt).where(good))
        if HASHER.check_needs_rehash(kept):
            found = session.get(Account, account.id)
            if found is not None:
                found.password = HASHER.hash(password)
    return account


def _wait(session: Session, subject: str, moment: dt.datetime) -> None:
    """``TooManyAttempts`` while there were too many in the last minutes; older ones are swept away."""
    since = moment - dt.timedelta(minutes=WRONG_MINUTES)
    session.execute(delete(Attempt).where(Attempt.at <= since))
    for who, most in ((subject, WRONG_MOST), (EVERYWHERE, WRONG_MOST_EVERYWHERE)):
        asked = select(func.count(), func.min(Attempt.at)).where(Attempt.subject == who)
        count, first = session.execute(asked).one()
        if count >= most:
            left = (first - since).total_seconds() / 60
            raise TooManyAttempts(minutes=max(1, math.ceil(left)))


def sign_in_vouched(store: Store, identity: str, *, at: dt.datetime | None = None) -> str:
    """A pass for an identity (``issuer subject``) that OIDC vouched for at a moment (missing: just now).

    Raises
    ------
    SignInRefused
        If the identity is of no account, or of a disabled one.
    PassRefused
        If it was vouched for too long ago, or before the account's passes were taken back.
    """
    now = store.clock()
    moment = now if at is None else min(at, now)
    with store.reading() as session:
        account = _vouched(session, identity)
    if account is None or account.disabled_at is not None:
        raise SignInRefused
    if moment + dt.timedelta(hours=PASS_HOURS) <= now:
        raise PassRefused(why="expired")
    if at is not None and _second(moment) <= account.epoch:
        raise PassRefused(why="revoked")
    return _pass(store, account, moment)


def _second(moment: dt.datetime) -> int:
    """A moment as an epoch of accounts: seconds since 2020, which last for 68 years in 32 bits."""
    return int((moment - FIRST).total_seconds())


def _pass(store: Store, account: Account, since: dt.datetime | None = None) -> str:
    until = (since or store.clock()) + dt.timedelta(hours=PASS_HOURS)
    return sealed(
        store, "pass", {"account": account.id, "epoch": account.epoch, "until": int(until.timestamp())}
    )


def account_of(session: Session, store: Store, token: str) -> Account:
    """The account that a pass names, as it is in the registry now; ``PassRefused`` if the pass does not hold."""
    said = opened(store, "pass", token)
    account = session.get(Account, str(said.get("account")))
    if account is None:
        raise PassRefused(why="forged")
    if account.disabled_at is not None:
        raise PassRefused(why="disabled")
    if said.get("epoch") != account.epoch:
        raise PassRefused(why="revoked")
    if store.clock().timestamp() >= int(said.get("until", 0)):
        raise PassRefused(why="expired")
    return account


def set_password(store: Store, name: str, password: str) -> None:
    """Give an account another password, from the machine itself; every pass it has stops holding."""
    with store.writing() as session:
        _renew(store, _there(session, name), password)


def change_password(store: Store, token: str | None, old: str, new: str) -> str:
    """Give one's own account another password, knowing the old one; gives back the only pass that then holds.

    Raises
    ------
    NotAllowed, PassRefused
        Without a pass of an account that signs in by password.
    SignInRefused, TooManyAttempts
        If the old one is wrong; each wrong one counts as an attempt to sign in.
    FieldsRefused
        If the new one is too short or is the name.
    """
    with store.reading() as session:
        account = account_of(session, store, token or "")
    if account.password is None:
        raise NotAllowed(what="change a password", why="not_here")
    _opened_by(store, account.name, old)
    with store.writing() as session:
        account = account_of(session, store, token or "")
        _renew(store, account, new)
    return _pass(store, account)


def _renew(store: Store, account: Account, password: str) -> None:
    if account.password is None or not _good(password, account.name):
        raise FieldsRefused(kind="accounts", faults=[Fault("password", "too_short", "")])
    account.password = HASHER.hash(password)
    account.epoch = _later(store, account)


def _later(store: Store, account: Account) -> int:
    """The next epoch: no pass given before holds, nor does what OIDC vouched for before."""
    return max(account.epoch + 1, _second(store.clock()))


def sign_out_everywhere(store: Store, name: str) -> None:
    """Take back every pass of an account; by OIDC too it must sign in again."""
    with store.writing() as session:
        account = _there(session, name)
        account.epoch = _later(store, account)


def disable(store: Store, name: str) -> None:
    """Let an account in no more, from the machine itself; what it did stays in the log."""
    with store.writing() as session:
        _there(session, name).disabled_at = store.clock()


def enable(store: Store, name: str) -> None:
    """Let a disabled account in again, from the machine itself; it must sign in anew."""
    with store.writing() as session:
        account = _there(session, name)
        account.disabled_at, account.epoch = None, _later(store, account)


@dataclass(frozen=True)
class Person:
    """An account as it may be listed: nothing of how it signs in but whether by password."""

    key: str
    name: str
    role: str
    ambiti: tuple[str, ...]
    by_password: bool
    email: str | None
    created_at: dt.datetime
    disabled_at: dt.datetime | None


def person(account: Account) -> Person:
    """An account as it may be shown."""
    return Person(
        account.id, account.name, account.role, tuple(account.ambiti or ()), account.password is not None,
        account.email, account.created_at, account.disabled_at,
    )  # fmt: skip


def listed(store: Store) -> list[Person]:
    """Every account by name; for whoever is on the machine itself."""
    with store.reading() as session:
        return [person(one) for one in session.scalars(select(Account).order_by(Account.name))]


def myself(store: Store, token: str | None) -> Person:
    """The account whose pass this is; raises as ``account_of``."""
    with store.reading() as session:
        return person(account_of(session, store, token or ""))


def _there(session: Session, name: str) -> Account:
    account = _named(session, name)
    if account is None:
        raise RecordMissing(kind="accounts", key=name)
    return account
