"""Where does a user keep prices? Their own, and those that AWS's list told, beside each other in the user's configuration.

`$XDG_CONFIG_HOME/hayai/prices.toml` (`~/.config/…` where that is not set) is the user's; `prices-aws.toml` beside it is hayai's, and may be
deleted: it is written again by `hayai prices update`.
"""

from __future__ import annotations

import contextlib
import os
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

import msgspec

from hayai.ask.prices.stated import StatedPrice
from hayai.ask.prices.write import prices_text
from hayai.errors import JournalError
from hayai.keep.journal import cannot_read, cannot_write

_REMARKS = (
    "What AWS's price list said, US dollars per million tokens. Written by `hayai prices update`; may be deleted.",
    "Prices of your own belong into prices.toml beside this file (`hayai prices set`): they count before these.",
)


class _AwsPrice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    model: str
    region: str
    latency: str | None = None
    tier: str | None = None
    input: str
    output: str
    cache_read: str | None = None
    cache_write: str | None = None
    flat_to: int | None = None
    source: str
    usage_types: tuple[str, ...] = ()
    as_of: date
    elsewhere: bool = False


class _AwsPrices(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    prices: tuple[_AwsPrice, ...] = ()


def own_prices_at(environ: Mapping[str, str]) -> Path:
    """Where the prices of this user lie. A relative XDG_CONFIG_HOME is to be ignored (XDG Base Directory Specification)."""
    told = environ.get("XDG_CONFIG_HOME", "")
    root = Path(told) if told.startswith("/") else Path(environ.get("HOME") or "~").expanduser() / ".config"
    return root / "hayai" / "prices.toml"


def aws_prices_at(environ: Mapping[str, str]) -> Path:
    """Where lies what AWS's list told."""
    return own_prices_at(environ).with_name("prices-aws.toml")


def read_aws_prices(path: Path) -> tuple[StatedPrice, ...]:
    """What AWS's list told; none where it was never asked. JournalError when the file is there and cannot be understood."""
    try:
        found = msgspec.convert(tomllib.loads(path.read_bytes().decode()), _AwsPrices)
        return tuple(_stated(one) for one in found.prices)
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except OSError as error:
        raise cannot_read(path, error) from error
    except (ValueError, InvalidOperation, RecursionError) as error:
        raise JournalError("prices.broken_list", path=str(path), reason=str(error)[:200]) from error


def _stated(one: _AwsPrice) -> StatedPrice:
    return StatedPrice(
        model=one.model,
        region=one.region,
        latency=one.latency,
        tier=one.tier,
        input_usd=_usd(one.input),
        output_usd=_usd(one.output),
        cache_read_usd=None if one.cache_read is None else _usd(one.cache_read),
        cache_write_usd=None if one.cache_write is None else _usd(one.cache_write),
        flat_to=one.flat_to,
        source=one.source,
        usage_types=one.usage_types,
        as_of=one.as_of,
        own=False,
        elsewhere=one.elsewhere,
    )


def _usd(told: str) -> Decimal:
    found = Decimal(told)
    if not found.is_finite() or found < 0:
        raise ValueError(f"{told} is no price")
    return found


def write_aws_prices(path: Path, prices: Iterable[StatedPrice]) -> None:
    """Keeps what AWS's list told. JournalError when it cannot be written; the old file stands then."""
    tables = [
        {
            "model": one.model,
            "region": one.region,
            "latency": one.latency,
            "tier": one.tier,
            "input": one.input_usd.normalize(),
            "output": one.output_usd.normalize(),
            "cache_read": None if one.cache_read_usd is None else one.cache_read_usd.normalize(),
            "cache_write": None if one.cache_write_usd is None else one.cache_write_usd.normalize(),
            "flat_to": one.flat_to,
            "source": one.source,
            "usage_types": one.usage_types,
            "as_of": one.as_of,
            "elsewhere": one.elsewhere or None,
        }
        for one in sorted(prices, key=lambda one: tuple(word or "" for word in one.subject))
    ]
    write_whole(path, prices_text(tables, remarks=_REMARKS))


def write_whole(path: Path, text: str) -> None:
    """All of it or nothing: what was there stands until the new file is complete. JournalError when it cannot be written."""
    place = path.resolve()  # Where a link leads: dotfiles are often kept elsewhere.
    beside = place.with_name(f"{place.name}.{os.getpid()}.part")
    try:
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside.write_text(text, encoding="utf-8", newline="")
        beside.replace(place)
    except OSError as error:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise cannot_write(path, error) from error
