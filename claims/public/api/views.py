"""The addresses of the API: ask, arrange, write, deliver."""

from functools import partial
from typing import Any, cast
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from claims.choices import NoticeKind
from claims.public import asking, records
from claims.public.asking import Basis
from claims.public.delivery import revalidated, sent_on, uncached
from claims.public.paging import to_token
from claims.public.records import Edition
from claims.public.wording import by_language

from .parameters import (
    ListParameters,
    NoParameters,
    Parameters,
    asked_language,
    filters_of,
    understood,
)
from .schema import described, document
from .serializers import ClaimListSerializer, ClaimSerializer, GoneSerializer


class PlainJSON(JSONRenderer):
    """One answer for one address: `Accept: application/json; indent=4` changes nothing."""

    def get_indent(self, *_asked: Any) -> None:
        return None


class ReadersView(APIView):
    """GET and HEAD alone, in the language that is asked for, cached like the pages."""

    http_method_names = ["get", "head"]
    permission_classes = [AllowAny]
    renderer_classes = [PlainJSON]
    parameters: type[Serializer[Any]] = Parameters
    asked: dict[str, Any]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        translation.activate(asked_language(request._request))
        super().initial(request, *args, **kwargs)
        if request.method in ("GET", "HEAD"):
            self.asked = understood(self.parameters, request.query_params)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = cast(HttpResponse, super().dispatch(request, *args, **kwargs))
        if isinstance(response, Response):
            response = response.render()  # perhaps a 304 in its place
        response["Access-Control-Allow-Origin"] = "*"
        return uncached(response) if response.status_code >= 400 else response

    def answer(self, data: Any, basis: Basis) -> Response:
        """To be compared with what the asker has as soon as it is written."""
        response = Response(data)
        response.add_post_render_callback(
            partial(
                revalidated,
                self.request._request,
                editions=basis.editions,
                modified=basis.modified,
            )
        )
        return response

    @property
    def reader(self) -> str:
        return translation.get_language() or ""


@described(
    "list_claims",
    "The newest claims, each beside what is said against it.",
    ListParameters,
    ClaimListSerializer,
)
class ClaimList(ReadersView):
    """What the list shows, last opened first."""

    parameters = ListParameters

    def get(self, request: Request) -> Response:
        filters, after = filters_of(self.asked)
        claims, rest, basis = asking.one_list(filters, after, self.reader)
        query = request.query_params.dict() | {"language": self.reader}
        following = None
        if rest:
            path = reverse("api:claim_list") + "?" + urlencode(query | {"after": to_token(rest)})
            following = request.build_absolute_uri(path)
        shown = {"results": claims, "next": following}
        data = ClaimListSerializer(shown, context={"request": request}).data
        return self.answer(data, basis)


class OneClaim(ReadersView):
    """What the page of a claim or of an edition shows."""

    at_own_address = False

    def show(
        self, request: Request, edition: Edition | None, editions: list[Edition]
    ) -> HttpResponse:
        if edition is None:
            return self.instead(request, editions)
        page, basis = asking.one_claim(
            edition, editions, self.reader, at_own_address=self.at_own_address, token=None
        )
        return self.answer(ClaimSerializer(page, context={"request": request}).data, basis)

    def instead(self, request: Request, editions: list[Edition]) -> HttpResponse:
        """What stands where a claim stood: the way on from a merged one, otherwise always 410,
        since a program reads no notice.

        (The page of a withdrawn claim is a notice to be read, and so answers with 200.)
        """
        notice = None if editions else records.notice(self.kwargs["claim"])
        if notice is None:
            raise Http404
        if notice.kind is NoticeKind.MERGED:
            path = reverse("api:claim_detail", args=[notice.merged_into])
            query = request.query_params.urlencode()
            return sent_on(f"{path}?{query}" if query else path)
        withdrawn = notice.kind is NoticeKind.WITHDRAWN
        gone = {
            "detail": _("This claim has been withdrawn")
            if withdrawn
            else _("This claim has been removed by law"),
            "reason": notice.kind,
            "notice": by_language(notice.texts, self.reader) if withdrawn else None,
            "made_at": notice.made_at,
        }
        return Response(GoneSerializer(gone).data, status=410, headers={"X-Robots-Tag": "noindex"})


@described("read_claim", "The current edition of a claim.", Parameters, ClaimSerializer, "claim")
class ClaimDetail(OneClaim):
    def get(self, request: Request, claim: str) -> HttpResponse:
        editions = records.editions(claim)
        return self.show(request, asking.current(editions), editions)


@described(
    "read_edition",
    "One edition at its own address, for as long as it is readable. Its rebuttals and its standing"
    " are those of now; `of_now` says so.",
    Parameters,
    ClaimSerializer,
    "claim",
    "number",
)
class EditionDetail(OneClaim):
    at_own_address = True

    def get(self, request: Request, claim: str, number: int) -> HttpResponse:
        editions = records.editions(claim)
        return self.show(request, asking.numbered(editions, number), editions)


@described("read_openapi", "This document.", None, None)
class OpenAPI(ReadersView):
    """The document for programmers, in English at every address."""

    parameters = NoParameters

    def get(self, request: Request) -> Response:
        response = self.answer(document(), Basis(()))
        response["Content-Language"] = "en"
        return response
