"""The tables. Import models from here; modules inside import each other from the top down."""

from .user import User  # isort: skip
from .claim import Citation, Claim, ClaimText, Rebuttal
from .party import Party, PartyName
from .published import Edition, PublishedEdge, PublishedEdition, PublishedNotice, Release
from .review import Approval, Contribution, History, Policy
from .source import Source

__all__ = [
    "Approval",
    "Citation",
    "Claim",
    "ClaimText",
    "Contribution",
    "Edition",
    "History",
    "Party",
    "PartyName",
    "Policy",
    "PublishedEdge",
    "PublishedEdition",
    "PublishedNotice",
    "Rebuttal",
    "Release",
    "Source",
    "User",
]
