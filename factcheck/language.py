"""The language of an answer: that of its address, else the browser's."""

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.middleware.locale import LocaleMiddleware


class LanguageOfAddress(LocaleMiddleware):
    """Django's own, without the cookie: nothing here sets one, and shared caches can keep the way
    to a language only where no cookie decides it."""

    def process_request(self, request: HttpRequest) -> None:
        request.COOKIES.pop(settings.LANGUAGE_COOKIE_NAME, None)
        super().process_request(request)

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        sent = super().process_response(request, response)
        if sent is not response:  # the way to the page in a language
            sent.headers["Vary"] = "Accept-Language"
        return sent
