"""What the API answers when it cannot answer: JSON, a sentence, no technical detail."""

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import translation
from django.utils.translation import gettext as _
from rest_framework.exceptions import (
    APIException,
    MethodNotAllowed,
    NotAcceptable,
    NotFound,
    ValidationError,
)
from rest_framework.response import Response

from claims.public import errors as pages
from claims.public.delivery import uncached

from .parameters import asked_language

PREFIX = "/api/"


def error(detail: str, parameters: Mapping[str, Any] | None = None) -> dict[str, Any]:
    return {"detail": detail, "errors": dict(parameters or {})}


def sentence(status: int) -> str:
    """What went wrong, as far as the status says it."""
    return {
        400: _("This request could not be understood. Nothing was changed."),
        404: _("There is nothing at this address, or not yet."),
        405: _("This address answers GET and HEAD only."),
        406: _("This API answers in JSON only (application/json)."),
        500: _("The mistake is ours. Please try again in a moment."),
    }[status]


def answer(exception: Exception, context: Mapping[str, Any]) -> Response | None:
    """DRF’s exception handler. None hands the exception on: it is logged and answered with 500."""
    if isinstance(exception, ValidationError) and isinstance(exception.detail, dict):
        names = ", ".join(sorted(exception.detail))
        detail = _("These parameters cannot be answered: %(names)s.") % {"names": names}
        sentences = {name: str(found) for name, found in exception.detail.items()}
        return Response(error(detail, sentences), status=400)
    for kinds, status in (
        (SuspiciousOperation, 400),
        ((Http404, NotFound), 404),
        (MethodNotAllowed, 405),
        (NotAcceptable, 406),
    ):
        if isinstance(exception, kinds):
            return Response(error(sentence(status)), status=status)
    if isinstance(exception, APIException):
        return Response(error(str(exception.detail)), status=exception.status_code)
    return None


Handler = Callable[..., HttpResponse]


def _as_json_too(page: Handler, status: int) -> Handler:
    """Answers addresses of the API with JSON and all others with `page`."""

    def handler(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.path_info.startswith(PREFIX):
            return page(request, *args, **kwargs)
        try:
            language = asked_language(request)
        except SuspiciousOperation:
            language = translation.get_language() or ""
        with translation.override(language):
            response = JsonResponse(error(sentence(status)), status=status)
        response["Content-Language"] = language
        response["Access-Control-Allow-Origin"] = "*"
        return uncached(response)

    return handler


# For what no view of ours answers: wrong addresses, wrong hosts, our own mistakes.
bad_request = _as_json_too(pages.bad_request, 400)
not_found = _as_json_too(pages.not_found, 404)
server_error = _as_json_too(pages.server_error, 500)
