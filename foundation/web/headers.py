"""The headers every page carries, whatever room it comes from."""

from flask import Flask, Response, request

# Nothing from elsewhere, nothing inline: a note with a script in it stays a note.
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "media-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)

GUARDS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(self), microphone=()",
}
ONE_YEAR = 365 * 24 * 3600


def guard_headers(app: Flask) -> None:
    https_only = app.extensions["settings"].https_only

    @app.after_request
    def guard(response: Response) -> Response:
        for name, value in GUARDS.items():
            # A page that shows something from elsewhere, or a picture with a style of its own, says so itself.
            response.headers.setdefault(name, value)
        if https_only and request.is_secure:
            response.headers["Strict-Transport-Security"] = f"max-age={ONE_YEAR}"
        if "Cache-Control" not in response.headers:
            # A page may show what one person did: kept by their phone, asked for anew, never by a proxy.
            response.headers["Cache-Control"] = "private, no-cache"
        return response
