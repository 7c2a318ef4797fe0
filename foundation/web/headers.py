"""Response headers of every page: content security policy, HSTS, caching."""

from flask import Flask, Response, request

# Nothing from other sites, nothing inline: a script typed into a note does not run.
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

SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(self), microphone=()",
}
ONE_YEAR = 365 * 24 * 3600


def init_security_headers(app: Flask) -> None:
    https_only = app.extensions["settings"].https_only

    @app.after_request
    def guard(response: Response) -> Response:
        for name, value in SECURITY_HEADERS.items():
            # A view that needs other values sets the header itself.
            response.headers.setdefault(name, value)
        if https_only and request.is_secure:
            response.headers["Strict-Transport-Security"] = f"max-age={ONE_YEAR}"
        if "Cache-Control" not in response.headers:
            # A page may contain personal data: the phone may store it but must revalidate; proxies must not store it.
            response.headers["Cache-Control"] = "private, no-cache"
        return response
