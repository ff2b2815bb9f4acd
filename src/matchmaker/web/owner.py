"""Who runs this copy: what the statutory pages need to be true."""

from __future__ import annotations

from dataclasses import dataclass, field, fields


@dataclass(frozen=True, slots=True)
class Owner:
    """The organisation that runs this copy, in its own words; empty where it has not said."""

    organisation: str = field(default="", metadata={"needed": ("About", "Privacy", "Transparency record")})
    """Its name."""
    team: str = field(default="", metadata={"needed": ("Transparency record",)})
    """The team that uses it."""
    contact: str = field(default="", metadata={"needed": ("Every page", "Transparency record")})
    """E-mail address or web page for questions about its use."""
    senior_owner: str = field(default="", metadata={"needed": ("Transparency record",)})
    """The role of the senior responsible owner."""
    accessibility_contact: str = field(default="", metadata={"needed": ("Accessibility statement",)})
    """E-mail address, web page or telephone number for accessibility."""
    privacy_contact: str = field(default="", metadata={"needed": ("Privacy",)})
    """How to reach the data protection officer."""
    retention: str = field(default="", metadata={"needed": ("Privacy", "Transparency record")})
    """How long logs, working shortlists and decisions are kept."""
    website: str = field(default="", metadata={"needed": ("Transparency record",)})
    """Where it offers this service, or says how it uses it."""
    phase: str = field(default="", metadata={"needed": ("Transparency record",)})
    """Pre-deployment, beta or pilot, production, or retired."""
    record: tuple[tuple[str, str], ...] = ()
    """Further fields of the transparency record: name and text."""

    @property
    def missing(self) -> tuple[tuple[str, str], ...]:
        """Each setting that was not given, and the pages that lack it."""
        return tuple(
            (f"MATCHMAKER_OWNER_{one.name.upper()}", ", ".join(one.metadata["needed"]))
            for one in fields(self)
            if one.name != "record" and not getattr(self, one.name)
        )


def href(contact: str) -> str:
    """The address behind a contact; empty where it is none that can be opened."""
    if contact.startswith("https://"):
        return contact
    mail = "@" in contact and not any(letter.isspace() or letter in '<>"' for letter in contact)
    return f"mailto:{contact}" if mail else ""
