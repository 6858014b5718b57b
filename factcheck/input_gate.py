"""The gate in front of everything: only requests that the rest can handle come through.

Django passes on NUL bytes, broken UTF-8 and endless headers to code that does not expect them,
and answers some of them with a server error. Here they are refused with 400, 413, 414 or 431 and a
plain sentence. NUL inside a form field is left to the form, whose message stands beside the field.
"""

from collections.abc import Callable
from urllib.parse import unquote_to_bytes

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

MAX_PATH = 1024
MAX_QUERY = 2048
MAX_HEADER = 8 * 1024
MAX_HEADERS = 32 * 1024
MAX_BODY = 1024 * 1024
FORMS = {"", "application/x-www-form-urlencoded", "multipart/form-data"}
METHODS_WITHOUT_BODY = {"GET", "HEAD", "OPTIONS"}


class Blocked(Exception):
    """Why the gate stays shut; `status` is the HTTP status."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def clean(raw: bytes) -> bool:
    """Whether these bytes are UTF-8 without control characters."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return False
    return not any(char < " " or char == "\x7f" for char in text)


def check_address(path: bytes, query: bytes) -> None:
    if len(path) > MAX_PATH or len(query) > MAX_QUERY:
        raise Blocked(414, _("This address is too long."))
    if (
        not clean(path)
        or not clean(query)
        or not clean(unquote_to_bytes(query.replace(b"+", b" ")))
    ):
        raise Blocked(400, _("This address holds characters that no address here has."))


def check_headers(environ: dict[str, object]) -> None:
    headers = [
        str(value)
        for name, value in environ.items()
        if name.startswith("HTTP_") or name in ("CONTENT_TYPE", "CONTENT_LENGTH", "REMOTE_ADDR")
    ]
    if max(map(len, headers), default=0) > MAX_HEADER or sum(map(len, headers)) > MAX_HEADERS:
        raise Blocked(431, _("The headers of this request are too long."))
    if any((char < " " and char != "\t") or char == "\x7f" for value in headers for char in value):
        raise Blocked(400, _("A header of this request holds a control character."))


def check_body(request: HttpRequest) -> None:
    if request.method in METHODS_WITHOUT_BODY:
        return
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    if not (length.isascii() and length.isdigit()):
        raise Blocked(400, _("The length of this request is not a number."))
    if int(length) > MAX_BODY:
        raise Blocked(413, _("This is more than one megabyte; send less at a time."))
    if request.content_type not in FORMS:
        raise Blocked(415, _("Send this as a form."))
    charset = (request.content_params or {}).get("charset", "utf-8").lower()
    body = request.body
    if request.content_type != "multipart/form-data":
        body = unquote_to_bytes(body.replace(b"+", b" "))
    try:
        if charset not in ("utf-8", "utf8"):
            raise Blocked(400, _("This form is not valid UTF-8 text."))
        body.decode()
    except UnicodeDecodeError:
        raise Blocked(400, _("This form is not valid UTF-8 text.")) from None


class InputGate:
    """Middleware; first in the list, so that nothing runs on what it refuses."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            check_address(
                # Django has decoded the path, and written what is no UTF-8 as %FF.
                unquote_to_bytes(request.path_info),
                # The query is still as WSGI hands bytes over: Latin-1 text (PEP 3333).
                str(request.META.get("QUERY_STRING", "")).encode("latin-1", "replace"),
            )
            check_headers(request.META)
            request.get_host()
            check_body(request)
        except Blocked as blocked:
            return HttpResponse(
                str(blocked),
                status=blocked.status,
                content_type="text/plain; charset=utf-8",
                headers={
                    "X-Content-Type-Options": "nosniff",
                    "Content-Security-Policy": "default-src 'none'",
                    "Cache-Control": "no-store",
                },
            )
        return self.get_response(request)
