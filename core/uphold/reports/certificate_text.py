"""Certificates as sentences for people and as JSON for programs."""

from dataclasses import asdict
from typing import Any

from uphold.formatting import count, of_n, p_value, percent, score
from uphold.records.certificates import (
    Certificate,
    CertificateState,
    DriftCheck,
    DriftState,
    Standing,
    TagAgreement,
    order_words,
)
from uphold.records.headline_judge import versioned_name
from uphold.records.statistics import Rate
from uphold.reports.model import Tone

Json = dict[str, Any]


def standing_sentence(standing: Standing) -> str:
    """Return what a certificate says, as one sentence: `haiku stands: agrees with people on 52 of 60 locked pairs, …`."""
    certificate = standing.certificate
    name = certificate.judge.name
    if standing.state is CertificateState.LAPSED:
        return f"{name} lapsed: {'; '.join(standing.reasons)}"
    if standing.state is CertificateState.NOT_SHOWN:
        return f"{name} is {not_shown(certificate)}: {test_words(certificate)}"
    return f"{name} stands: {test_words(certificate)}"


def standing_tone(standing: Standing) -> Tone:
    """Return how the sentence is to be read: muted where the certificate stands, else as a warning."""
    return Tone.MUTED if standing.stands else Tone.WARNING


def not_shown(certificate: Certificate) -> str:
    """Return what was not shown: `not shown to reach 75 %`, or not to be better than the other judge."""
    if not certificate.reaches_floor:
        return f"not shown to reach {percent(certificate.bound.floor)}"
    other = "the other judge" if certificate.against is None else certificate.against.name
    return f"not shown to be better than {other}"


def test_words(certificate: Certificate) -> str:
    """Return what the test found, against what: `the same as people on 52 of 60 locked pairs, at least 77.4 %; floor 75 %`."""
    rate = certificate.agreement
    words = f"the same as people on {of_n(certificate.agreed, rate.n)} locked pairs, {bound_words(rate)};"
    words = f"{words} floor {percent(certificate.bound.floor)}"
    test = certificate.test
    if test is not None and certificate.against is not None:
        split = f"{count(test.better)} better and {count(test.worse)} worse"
        words = f"{words}; against {certificate.against.name} {split}, p {p_value(test.p)}"
    return words


def bound_words(rate: Rate) -> str:
    """Return the bound that decides: `at least 77.4 % with 95 % confidence`."""
    return f"at least {score(rate.low or 0.0, is_share=True)} % with 95 % confidence"


def seen_sentence(certificate: Certificate) -> str:
    """Return on how many tested pairs the verdict was in view when people decided; empty where on none."""
    if not certificate.seen:
        return ""
    pairs = of_n(certificate.seen, certificate.agreement.n)
    return f"{pairs} were decided with its verdict in view: these lean to it"


def check_sentence(check: DriftCheck) -> str:
    """Return what a check for drift found."""
    allowed = f"up to {count(check.limit)} may"
    changed = f"{of_n(check.changed, check.asked)} verdicts changed, {allowed}"
    agreed = f"the same as people on {count(check.agreed_then)} then and {count(check.agreed_now)} now (p {p_value(check.p)})"
    served = "" if check.served is None else f"; the server answers as {check.served}"
    little = "; so few pairs see little" if check.sees_little and check.state is DriftState.HOLDS else ""
    return f"{check.state.value}: {changed}; {agreed}{served}{little}"


def uncovered_words(tags: tuple[TagAgreement, ...]) -> str:
    """Return the tags of which too few pairs were tested: `account (4), warranty (3)`."""
    return ", ".join(f"{tag.tag} ({count(tag.n)})" for tag in tags)


def bound_rows(certificate: Certificate) -> list[tuple[str, str]]:
    """Return what a certificate is bound to, as names and texts."""
    bound = certificate.bound
    times = "" if bound.samples < 2 else f", {count(bound.samples)} samples each"
    return [
        ("judge", versioned_name(certificate.judge)),
        ("orders", order_words(bound.orders).removesuffix(" orders") + times),
        ("floor", percent(bound.floor)),
        ("set", f"{bound.set} v{bound.version}, {bound.set_hash[:6]}"),
        ("examples", count(bound.examples)),
        ("tested", certificate.created_at[:10]),
    ]


def bound_json(certificate: Certificate) -> Json:
    """Return what a certificate is bound to as JSON."""
    bound = certificate.bound
    return {
        "judge": certificate.judge.name,
        "version": certificate.judge.version,
        "orders": [order.value for order in bound.orders],
        "samples": bound.samples,
        "floor": bound.floor,
        "set": bound.set,
        "set_version": bound.version,
        "set_hash": bound.set_hash,
        "examples": bound.examples,
        "date": certificate.created_at,
    }


def rate_json(rate: Rate) -> Json:
    """Return a rate as JSON, with a reason beside a null."""
    found = asdict(rate)
    if rate.reason is None:
        del found["reason"]
    return found


def certificate_json(standing: Standing | None) -> Json | None:
    """Return a certificate with what it is now as JSON; None where there is none."""
    if standing is None:
        return None
    certificate, test = standing.certificate, standing.certificate.test
    return {
        "state": standing.state.value,
        "judge": certificate.judge.name,
        "run": certificate.run,
        "n": certificate.agreement.n,
        "examples": certificate.examples,
        "agreement": rate_json(certificate.agreement),
        "floor": certificate.bound.floor,
        "reasons": list(standing.reasons),
        "bound_to": bound_json(certificate),
        "not_covered": [tag.tag for tag in certificate.not_covered],
        "unreadable": certificate.unreadable,
        "seen": certificate.seen,
        "against": None if certificate.against is None else certificate.against.name,
        **({} if test is None else {"better": test.better, "worse": test.worse, "p": test.p}),
        "rerun": None if standing.rerun is None else asdict(standing.rerun),
        "drift": [check_json(check) for check in standing.checks],
    }


def check_json(check: DriftCheck) -> Json:
    """Return a check for drift as JSON."""
    return asdict(check) | {"state": check.state.value}
