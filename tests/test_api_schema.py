"""The API's OpenAPI document: complete, valid, and what the API does, case after case."""

import copy
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator

import pytest
import schemathesis
from django.conf import settings as project
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.settings import SPECTACULAR_DEFAULTS
from drf_spectacular.validation import validate_schema
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jsonschema import ValidationError
from rest_framework.response import Response
from rest_framework.settings import DEFAULTS
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from claims.public import asking
from claims.public.api import schema, views
from claims.public.api.serializers import ClaimListSerializer
from tests.rich_claim import rich_claim

BOTH_SIDES = pytest.mark.django_db(transaction=True, databases=["default", "public"])


def unknown_settings(given, known):
    return sorted(set(given) - set(known))


def test_no_setting_is_misspelt():
    assert unknown_settings(project.REST_FRAMEWORK, DEFAULTS) == []
    assert unknown_settings(project.SPECTACULAR_SETTINGS, SPECTACULAR_DEFAULTS) == []
    # The control: DRF itself would not say a word.
    assert unknown_settings({"DEFAULT_RENDERER_CLASS": []}, DEFAULTS) == ["DEFAULT_RENDERER_CLASS"]


def routes(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield "/" + re.sub(r"<\w+:(\w+)>", r"{\1}", route)
        else:
            yield from routes(entry, route)


def test_every_address_of_the_api_is_documented():
    documented = set(schema.document()["paths"])
    assert documented == {route for route in routes(get_resolver()) if route.startswith("/api/")}
    assert len(documented) == 4
    for path in schema.document()["paths"].values():
        assert list(path) == ["get"]
        assert {"200", "304", "400", "404", "405", "406"} <= set(path["get"]["responses"])


def test_the_document_is_valid(tmp_path):
    """Fails on a warning too."""
    call_command(
        "spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "openapi.yaml")
    )
    # The control: what the command asks, of a document without a title.
    with pytest.raises(ValidationError, match="title"):
        validate_schema({**schema.document(), "info": {"version": "1"}})


def test_the_document_is_served(client):
    response = client.get("/api/v1/openapi.json", headers={"accept-language": "ko"})
    assert response.json() == schema.document()
    assert (response["Content-Type"], response["Content-Language"]) == ("application/json", "en")


SERVE_PUBLIC = """
import sys, django; django.setup()
from django.test import Client
client = Client(headers={"host": "localhost"})
print([client.get(f"/api/v1/{path}").status_code for path in ("openapi.json", "claims/?a=1", "a")])
print({"django.contrib.sessions.models", "django.contrib.admin.models"} & set(sys.modules))
"""


def test_a_readers_process_answers_without_sessions_and_admin():
    environ = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DATABASE_", "FACTCHECK_"))
    }
    result = subprocess.run(
        [sys.executable, "-c", SERVE_PUBLIC],
        env={
            **environ,
            "DJANGO_SETTINGS_MODULE": "factcheck.settings",
            "FACTCHECK_SURFACE": "public",
        },
        cwd=project.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.stdout.splitlines() == ["[200, 400, 404]", "set()"], result.stderr


# --- Case after case ----------------------------------------------------------------------------

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
CASES = 2000


def closed(document):
    """The document, taken at its word: no object has a member that it does not name."""
    document = copy.deepcopy(document)
    for shape in document["components"]["schemas"].values():
        if "properties" in shape:
            shape["additionalProperties"] = False
    return document


def exercise(claims, cases) -> Counter:
    """Send that many cases, of every operation, right ones and wrong ones; raises at the first
    answer that the document does not foresee. Returns {(path, status): how often}."""
    api = schemathesis.openapi.from_dict(closed(schema.document()))
    api.app = get_wsgi_application()
    operations = [found.ok() for found in api.get_all_operations()]
    right = [operation.as_strategy(GenerationMode.POSITIVE) for operation in operations]
    wrong = [
        operation.as_strategy(GenerationMode.NEGATIVE)
        for operation in operations
        if operation.query or operation.path_parameters
    ]
    answered: Counter = Counter()

    @settings(
        max_examples=cases,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(
        case=st.one_of(*right, *wrong),
        place=st.fixed_dictionaries(
            {"claim": st.sampled_from(claims), "number": st.integers(1, 3)}
        ),
        exists=st.booleans(),
    )
    def send(case, place, exists):
        if exists:
            for name in case.path_parameters:
                case.path_parameters[name] = place[name]
        # The client in the process unpacks nothing.
        response = case.call(headers={"Accept-Encoding": "identity"})
        answered[case.operation.path, response.status_code] += 1
        # Of a claim that is there, what was wrong about the case may be right by then.
        checks = CHECKS if exists else [*CHECKS, negative_data_rejection]
        case.validate_response(response, checks=checks)

    send()
    return answered


@pytest.fixture
def claims(newsroom_live, settings):
    settings.VERDICT_SCALE = "snu"
    found = rich_claim(newsroom_live)
    names = ("claim", "rebuttal", "withdrawn", "suppressed")
    return [found[name].public_id for name in names]


@BOTH_SIDES
@pytest.mark.slow
def test_the_api_does_what_its_document_says(claims):
    answered = exercise(claims, CASES)
    assert answered.total() >= CASES
    statuses = {status for _path, status in answered}
    assert statuses >= {200, 304, 400, 404, 410}
    assert all(answered[path, 200] for path in schema.document()["paths"])


def mistake(*args, **kwargs):
    raise RuntimeError


def talkative(self, shown):
    return {"results": [], "next": None, "draft": "A word too much"}


DEFECTS = {
    "ServerError": (asking, "one_list", mistake),
    "JsonSchemaError": (ClaimListSerializer, "to_representation", talkative),
    "UndefinedStatusCode": (views.ReadersView, "answer", lambda *_: Response(status=203)),
    "AcceptedNegativeData": (views, "understood", lambda *_: {}),
}


@BOTH_SIDES
@pytest.mark.slow
@pytest.mark.parametrize("failure", DEFECTS)
def test_a_defect_is_found(newsroom_live, monkeypatch, failure):
    """Control: of four mistakes each is seen, and as what it is."""
    owner, name, defect = DEFECTS[failure]
    monkeypatch.setattr(owner, name, defect)
    with pytest.raises(FailureGroup) as found:
        exercise([newsroom_live.published().public_id], 200)
    assert failure in {type(one).__name__ for one in found.value.exceptions}
