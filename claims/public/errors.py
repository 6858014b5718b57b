"""What is answered when a page cannot be: a sentence, a way on, no technical detail."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


def error_page(request: HttpRequest, status: int, title: str, sentence: str) -> HttpResponse:
    """One page for all errors; `status` is the HTTP status."""
    # No pages in the footer: they would have to be asked for, and the database may be what failed.
    context = {"title": title, "sentence": sentence, "footer_pages": ()}
    response = render(request, "claims/error.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(
        request,
        400,
        _("Bad request"),
        _("This request could not be understood. Nothing was changed."),
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 403, _("Not allowed"), _("You may not do this or see this page."))


def csrf_failure(request: HttpRequest, reason: str = "", **options: Any) -> HttpResponse:
    return error_page(
        request,
        403,
        _("This form has expired"),
        _("Go back, reload the page and send the form again. Nothing was changed."),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(
        request, 404, _("Page not found"), _("There is no page at this address, or not yet.")
    )


def too_many_requests(request: HttpRequest) -> HttpResponse:
    return error_page(
        request,
        429,
        _("Too many attempts"),
        _("Somebody has tried this too often. Wait a few minutes and try again."),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    return error_page(
        request,
        500,
        _("Something went wrong"),
        _("The mistake is ours. Please try again in a moment."),
    )
