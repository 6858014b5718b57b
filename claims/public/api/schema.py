"""The OpenAPI document: what each address takes and every answer that it can give."""

import json
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_view,
)
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from claims.validators import PUBLIC_ID_SQL

from .serializers import ErrorSerializer, GoneSerializer

View = TypeVar("View", bound=type[APIView])

PATHS = {
    "claim": OpenApiParameter(
        "claim",
        {"type": "string", "pattern": PUBLIC_ID_SQL},
        OpenApiParameter.PATH,
        description="The claim’s public id.",
    ),
    "number": OpenApiParameter(
        "number",
        {"type": "integer", "minimum": 1},
        OpenApiParameter.PATH,
        description="The number of the edition.",
    ),
}
LANGUAGE = OpenApiParameter(
    "Accept-Language",
    str,
    OpenApiParameter.HEADER,
    description="The language of the answer where no parameter names one.",
)
UNCHANGED = OpenApiParameter(
    "If-None-Match",
    str,
    OpenApiParameter.HEADER,
    description="The ETag of the answer that you hold; 304 says that it still holds.",
)


def described(
    operation: str,
    summary: str,
    parameters: type[Serializer[Any]] | None,
    answer: type[Serializer[Any]] | None,
    *paths: str,
) -> Callable[[View], View]:
    """Documents a view; without a serializer the answer is any object."""
    responses: dict[Any, Any] = {
        200: OpenApiResponse(answer or OpenApiTypes.OBJECT, "The answer."),
        304: OpenApiResponse(description="What you hold still holds."),
        (400, "application/json"): OpenApiResponse(
            ErrorSerializer, "A parameter is unknown, repeated or wrong."
        ),
        (400, "text/plain"): OpenApiResponse(
            str, "The request holds characters or headers that no request here has."
        ),
        404: OpenApiResponse(ErrorSerializer, "There is nothing here, or not yet."),
        405: OpenApiResponse(ErrorSerializer, "Another method than GET and HEAD."),
        406: OpenApiResponse(ErrorSerializer, "The asker does not accept JSON."),
        412: OpenApiResponse(description="A condition other than If-None-Match is not met."),
        (414, "text/plain"): OpenApiResponse(str, "The address is too long."),
        (431, "text/plain"): OpenApiResponse(str, "The headers are too long."),
    }
    if paths:
        responses[301] = OpenApiResponse(description="Merged: the claim is at another address now.")
        responses[410] = OpenApiResponse(GoneSerializer, "Withdrawn, or removed by law.")
    return extend_schema_view(
        get=extend_schema(
            operation_id=operation,
            summary=summary,
            description="",
            parameters=[
                *([parameters] if parameters else []),
                *(PATHS[name] for name in paths),
                LANGUAGE,
                UNCHANGED,
            ],
            responses=responses,
            auth=[],
        )
    )


@cache
def document() -> dict[str, Any]:
    """The same for everybody, so that it is made once."""
    with translation.override("en"):
        generator = SchemaGenerator()  # type: ignore[no-untyped-call]
        schema = generator.get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
        return dict(json.loads(OpenApiJsonRenderer().render(schema, renderer_context={})))
