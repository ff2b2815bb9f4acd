"""Whom a question is about, where its arrangement needs to know: those who run a service, or one's own."""

from __future__ import annotations

from matchmaker.errors import InvalidParameter
from matchmaker.features.profiles import Profiles
from matchmaker.features.services import (
    check_known,
    does_not_run,
    known_services,
    runs,
    service_named,
    with_services,
)
from matchmaker.models.arrangement import Arrangement
from matchmaker.models.eligibility.rules import rules
from matchmaker.snapshot.own_figures import own_organisations


def with_service(on_day: Profiles, name: str, focus: tuple[str, ...]) -> tuple[Profiles, tuple[str, ...]]:
    """Profiles that hold the figures of services, and the features by which one of them is judged.

    Args:
        on_day: as of the day.
        name: of the service.
        focus: of the same question.

    Raises:
        InvalidParameter: there is no such service, nothing current is known of it, or the question names
            features too.
    """
    service = service_named(on_day.sector, name)
    if focus:
        text = f"The question names both the service {service.name} and features to be strong on."
        raise InvalidParameter(
            text, "Name one of the two: a service is judged by figures of its own.", ("focus",)
        )
    extended = with_services(on_day.snapshot, on_day.as_of)
    check_known(extended, service)
    return extended, service.feature_names


def service_notes(on_day: Profiles, name: str, recipient: str) -> tuple[str, ...]:
    """What a reader must know of the service of a question: how many run it, and whether the recipient does.

    Args:
        on_day: of `with_service`.
        name: of the service.
        recipient: code.
    """
    service = service_named(on_day.sector, name)
    running = runs(on_day, service)
    count, words = int(running.sum()), on_day.sector.words
    run = "1 is" if count == 1 else f"{count} {words.organisations} of any {words.organisation_type} are"
    notes = [f"About {service.phrase}: {run} shown to run it, and strength is compared among these."]
    at = on_day.position[recipient]
    if not running[at]:
        notes.append(f"Of the recipient itself: {does_not_run(on_day, service, at)}")
    return tuple(notes)


def needs_service(arrangement: Arrangement, on_day: Profiles, focus: tuple[str, ...] = ()) -> bool:
    """Whether an arrangement ranks nobody before a question names a service.

    Args:
        arrangement: whose rules say so.
        on_day: as of the day; a user's own data in it may hold candidates of their own.
        focus: features that the question names.
    """
    known = rules(on_day.sector)
    for rule in arrangement.rules:
        spec = known.get(rule.name)
        if spec is not None and spec.form == "service" and not dict(rule.parameters):
            stated = own_organisations(on_day.snapshot) if spec.own_data else focus
            if not stated:
                return True
    return False


def any_service(arrangement: Arrangement, on_day: Profiles) -> str | None:
    """A service to try an arrangement with: the first of which something is known; None where it needs none.

    Args:
        arrangement: one that comes with the sector, or of a user's own.
        on_day: as of the day.
    """
    if not needs_service(arrangement, on_day):
        return None
    return next(iter(known_services(with_services(on_day.snapshot, on_day.as_of))), None)


def stating_candidates(
    arrangement: Arrangement, on_day: Profiles, service: str | None, areas: tuple[str, ...]
) -> Arrangement:
    """An arrangement whose rule on the service says which one the question is about.

    Args:
        arrangement: as it comes.
        on_day: as of the day, with the figures of services if one is named.
        service: name of the service.
        areas: the features that the question, or the service, names.

    Raises:
        InvalidParameter: it needs to know, and the question does not say; what can be said is named.
    """
    known = rules(on_day.sector)
    own = [
        rule.name for rule in arrangement.rules if rule.name in known and known[rule.name].form == "service"
    ]
    if not own:
        return arrangement
    if service is None and needs_service(arrangement, on_day, areas):
        raise _not_stated(arrangement, on_day, own_data=known[own[0]].own_data)
    stated: dict[str, tuple[str, ...]] = {}
    if service is not None:
        stated = {"service": (service_named(on_day.sector, service).name,)}
    else:
        stated = {} if known[own[0]].own_data else {"focus": areas}
    return arrangement.with_rules(parameters=dict.fromkeys(own, stated))


def check_own_candidates(arrangement: Arrangement, on_day: Profiles, recipient: str) -> None:
    """Check that own data, where they are all that a question says, hold a candidate beside the recipient.

    Args:
        arrangement: as the question changed it.
        on_day: as of the day.
        recipient: code.

    Raises:
        InvalidParameter: they hold none.
    """
    known = rules(on_day.sector)
    by_own_data = any(
        known[rule.name].form == "service" and known[rule.name].own_data and not rule.parameters
        for rule in arrangement.rules
    )
    if by_own_data and not own_organisations(on_day.snapshot) & on_day.position.keys() - {recipient}:
        raise _not_stated(arrangement, on_day, own_data=True)


def _not_stated(arrangement: Arrangement, on_day: Profiles, *, own_data: bool) -> InvalidParameter:
    """That a question must say whom it is about, and what can be said."""
    names = ", ".join(known_services(with_services(on_day.snapshot, on_day.as_of)))
    if own_data:
        text = f"{arrangement.label} needs to know whom to rank: no service and no candidates are named."
        step = f"Lay your own candidates over the figures (data), or name a service. Services: {names}."
    else:
        text = f"{arrangement.label} needs to know what it is about: no service is named."
        step = f"Name a service, or the features to be strong on (focus). Services: {names}."
    return InvalidParameter(text, step, ("service",))
