"""A small OpenID provider for the tests: discovery, a form to sign in, tokens signed with RS256, sign-out.

It asks no password: who signs in writes their subject. It is strict about all that a client must do.
"""

import base64
import contextlib
import hashlib
import html
import secrets
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT, SECRET = "atlante", "un segreto solo per le prove"
FORM = """<!doctype html><html lang="it"><title>Servizio di identità</title><h1>Servizio di identità</h1>
<form method="post" action="/authorize?{query}"><label>Chi sei <input name="sub"></label>
<button name="how" value="yes">Accetta</button><button name="how" value="no">Rifiuta</button>
<button name="how" value="state">Altera</button><button name="how" value="nonce">Altro nonce</button>
<button name="how" value="key">Altra chiave</button></form></html>"""


@dataclass
class Provider:
    """What it holds: its address, its keys, the codes it gave out, and what it saw."""

    address: str = ""
    redirect_uri: str = ""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "uno", "use": "sig"}))
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)
    down: bool = False

    def app(self):
        where = [
            ("/.well-known/openid-configuration", self.discovery, ["GET"]),
            ("/jwks", self.jwks, ["GET"]),
            ("/authorize", self.authorize, ["GET", "POST"]),
            ("/token", self.token, ["POST"]),
            ("/logout", self.logout, ["GET"]),
            ("/favicon.ico", lambda _: Response(status_code=204), ["GET"]),
        ]
        return Starlette(routes=[Route(path, does, methods=how) for path, does, how in where])

    async def discovery(self, _):
        if self.down:
            return Response(status_code=503)
        ends = {"authorization": "authorize", "token": "token", "end_session": "logout"}
        return JSONResponse(
            {
                "issuer": self.address,
                "jwks_uri": f"{self.address}/jwks",
                **{f"{name}_endpoint": f"{self.address}/{path}" for name, path in ends.items()},
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "code_challenge_methods_supported": ["S256"],
            }
        )

    async def jwks(self, _):
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})

    async def authorize(self, request):
        """The form; then back to the client with a code, or with what the button pressed makes go wrong."""
        asked = request.query_params
        good = (
            asked.get("client_id") == CLIENT
            and asked.get("redirect_uri") == self.redirect_uri
            and asked.get("response_type") == "code"
            and "openid" in asked.get("scope", "").split()
            and asked.get("code_challenge_method") == "S256"
        )
        if not good:
            return Response("bad request", status_code=400)
        if request.method == "GET":
            return HTMLResponse(FORM.format(query=html.escape(str(asked), quote=True)))
        form = await request.form()
        self.seen.append(f"{form['how']} {form['sub']}")
        if form["how"] == "no":
            return self._back({"error": "access_denied", "state": asked["state"]})
        code = secrets.token_urlsafe()
        self.codes[code] = {**asked, "sub": str(form["sub"]), "how": str(form["how"])}
        return self._back({"code": code, "state": asked["state"] + "x" * (form["how"] == "state")})

    def _back(self, said):
        return RedirectResponse(f"{self.redirect_uri}?{urlencode(said)}", status_code=303)

    async def token(self, request):
        """A signed identity for a code, once, to the client that asked for it."""
        form = await request.form()
        kind, _, told = request.headers.get("authorization", "").partition(" ")
        client = base64.b64decode(told).decode() if kind == "Basic" else ""
        given = self.codes.pop(str(form.get("code")), None)
        proof = hashlib.sha256(str(form.get("code_verifier")).encode()).digest()
        challenge = base64.urlsafe_b64encode(proof).rstrip(b"=").decode()
        if (
            given is None
            or client != f"{CLIENT}:{SECRET}"
            or form.get("grant_type") != "authorization_code"
            or form.get("redirect_uri") != self.redirect_uri
            or challenge != given["code_challenge"]
        ):
            return JSONResponse({"error": "invalid_grant"}, status_code=400)
        now = int(time.time())
        nonce = "un altro" if given["how"] == "nonce" else given["nonce"]
        key = RSAKey.generate_key(2048, {"kid": "uno"}) if given["how"] == "key" else self.key
        claims = {
            "iss": self.address,
            "sub": given["sub"],
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": nonce,
        }
        signed = jwt.encode({"alg": "RS256", "kid": "uno"}, claims, key)
        return JSONResponse(
            {
                "access_token": secrets.token_urlsafe(),
                "token_type": "Bearer",
                "expires_in": 300,
                "id_token": signed,
            }
        )

    async def logout(self, request):
        """Back to the client, if it is ours that asks and says whom it signs out."""
        asked = request.query_params
        if asked.get("post_logout_redirect_uri") != self.redirect_uri or asked.get("client_id") != CLIENT:
            return Response("bad request", status_code=400)
        self.seen.append(f"out {jwt.decode(asked['id_token_hint'], self.key).claims['sub']}")
        return RedirectResponse(self.redirect_uri, status_code=303)


@contextlib.contextmanager
def running(port, redirect_uri):
    """The provider, answering on a port of this machine."""
    made = Provider(f"http://127.0.0.1:{port}", redirect_uri)
    settings = uvicorn.Config(made.app(), host="127.0.0.1", port=port, log_level="warning", ws="none")
    server = uvicorn.Server(settings)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    try:
        yield made
    finally:
        server.should_exit = True
        thread.join()
