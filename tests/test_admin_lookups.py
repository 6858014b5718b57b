"""What an address may ask of the admin's lists: their filters, search, order and page, no more."""

import pytest
from django.contrib import admin
from django.urls import reverse

from claims import actions
from claims.models import Claim, History
from tests.admin_client import address, sign_in

REGISTERED = sorted(admin.site._registry, key=lambda model: model._meta.label)
NONSENSE = [("__regex", "("), ("__year", "9" * 20), ("", "x" * 1500)]
ORDINARY = [
    {"q": "usage"},
    {"o": "1"},
    {"o": "-6.2"},
    {"p": "1"},
    {"e": "1"},
    {"_popup": "1"},
    {"_popup": "1", "_to_field": "id"},
    {"_facets": "True"},
    {"all": ""},
]


@pytest.fixture
def listed(newsroom):
    claim = newsroom.published(topics=[newsroom.topic()])
    actions.recheck(claim.pk, actor=newsroom.editor, version=claim.version)
    return newsroom


def list_of(newsroom, model):
    """The address of a model's list, and somebody signed in who sees it."""
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    clients = map(sign_in, (newsroom.publisher, newsroom.admin))
    return url, next(client for client in clients if client.get(url).status_code == 200)


@pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model._meta.model_name)
def test_no_lookup_of_an_address_is_a_server_error(listed, model):
    url, client = list_of(listed, model)
    columns = [field.name for field in model._meta.fields]
    for name in [*columns, "nothing", "o", "p", "_to_field"]:
        for lookup, value in NONSENSE:
            status = client.get(url, {f"{name}{lookup}": value}).status_code
            assert status in (200, 302, 400, 422), (name, lookup)
    if model is not History:  # its list is not Django's, and leaves out what it does not know
        assert client.get(url, {"id__regex": "("}).status_code == 400


def test_the_control_django_itself_lets_any_lookup_of_a_column_through():
    mine = admin.site._registry[Claim]
    assert admin.ModelAdmin.lookup_allowed(mine, "id__regex", "(")
    assert not mine.lookup_allowed("id__regex", "(")


@pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model._meta.model_name)
def test_what_a_list_offers_can_be_asked_of_it(listed, model):
    url, client = list_of(listed, model)
    for asked in ORDINARY:
        assert client.get(url, asked).status_code == 200, asked
    if model is History:
        return
    for spec in client.get(url).context["cl"].filter_specs:
        for choice in spec.choices(client.get(url).context["cl"]):
            assert client.get(url + choice["query_string"]).status_code == 200, choice


def test_a_list_is_narrowed_by_its_filters(listed):
    listed.draft("Another")
    client, url = sign_in(listed.publisher), address("claim_changelist")
    for asked, number in (
        ({"state__exact": "draft"}, 1),
        ({"confidence__exact": "high", "state__exact": "draft"}, 0),
        ({"merged": "no"}, 2),
    ):
        assert client.get(url, asked).context["cl"].result_count == number, asked
