"""What does AWS's price list say today? Asked, understood, compared with what it said before, and kept."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from hayai.ask.prices.stated import StatedPrice
from hayai.ask.suggest import echo
from hayai.aws.cloud import Cloud, Unanswered
from hayai.aws.price_list import NotAPriceList, Product, Understood, understand
from hayai.aws.price_list_asking import (
    API_REGION,
    is_of_aws,
    offers_address,
    products_in_files,
    products_of_account,
)
from hayai.cli.telling import put_out, say
from hayai.clock import utc_today
from hayai.decide.price_rows import changes_between
from hayai.errors import AccessError, JournalError, Problem, UsageError
from hayai.keep.price_files import aws_prices_at, read_aws_prices, write_aws_prices
from hayai.measure.providers.address import is_local
from hayai.show import terminal
from hayai.show.format import clean
from hayai.show.json_report import visible
from hayai.show.locales import Texts
from hayai.show.prices import change_as_json, changes_page

REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d", re.ASCII)
LOGIN = re.compile(r"//[^/@]*@")
LIST, API = "AWS price list", "AWS price API"


def update_prices(said: Mapping[str, Any], texts: Texts, *, as_json: bool) -> int:
    """Asks, tells what changed on stdout, and writes unless told not to. The old file stands where something goes wrong.

    UsageError for what cannot be asked, and where nothing of the answer is understood; AccessError where no answer comes.
    """
    _must_be_right(said)
    path = aws_prices_at(os.environ)
    regions = _regions(said["region"])
    ask, source, address = _way(said)
    say([texts("prices.asking", address=clean(address), regions=texts("cli.list").join(regions))])
    found = [_understood(ask, region, source, address) for region in regions]
    before = _before(path)
    elsewhere = not is_of_aws(address)
    after = [one for one in before if one.region not in regions]
    after += [replace(price, elsewhere=elsewhere) for one in found for price in one.prices]
    changes = changes_between(before, after)
    if not said["dry_run"]:
        write_aws_prices(path, after)
    told = _told(found, texts)
    if elsewhere:
        told.append(texts("prices.not_aws", address=clean(address)))
    if as_json:
        document = {
            "version": 1,
            "address": address,
            "regions": list(regions),
            "written": None if said["dry_run"] else str(path),
            "products": sum(one.products for one in found),
            "taken": sum(one.taken for one in found),
            "left": _left(found),
            "names": _names(found),
            "changes": [change_as_json(one) for one in changes],
        }
        put_out(visible(json.dumps(document, ensure_ascii=False, indent=2)) + "\n")
    else:
        colour = terminal.wants_colour(os.environ, is_terminal=sys.stdout.isatty())
        width = shutil.get_terminal_size((80, 24)).columns
        put_out(terminal.lay_out(changes_page(changes, len(after), texts, facts=told), width=width, colour=colour))
    if said["dry_run"]:
        say([texts("prices.dry_run")])
    else:
        say([texts("cli.written", path=clean(str(path)))], to_copy=True)
    return 0


def _must_be_right(said: Mapping[str, Any]) -> None:
    problems = [
        Problem(place="--region", key="cli.prices.no_region", values={"word": echo(region)})
        for region in said["region"]
        if not REGION.fullmatch(region)
    ]
    endpoint = said["endpoint"]
    if endpoint is not None and not re.match(r"https?://[^/?#@\s]+/?$", endpoint):
        problems.append(Problem(place="--endpoint", key="cli.prices.no_address", values={"word": echo(endpoint)}))
    elif said["api"] and endpoint is not None and not is_local(endpoint):
        problems.append(Problem(place="--endpoint", key="cli.prices.api_elsewhere"))
    if said["profile"] is not None and not said["api"]:
        problems.append(Problem(place="--profile", key="cli.prices.needs_api"))
    if problems:
        raise UsageError(*problems)


def _regions(said: Sequence[str]) -> tuple[str, ...]:
    """Those that were named, the one of the environment, or the one whose list is the longest."""
    if said:
        return tuple(dict.fromkeys(said))
    told = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or ""
    return (told if REGION.fullmatch(told) else API_REGION,)


Ask = Callable[[str], list[Product]]


def _way(said: Mapping[str, Any]) -> tuple[Ask, str, str]:
    """How a Region is asked about, whose list that is, and where it is asked, without a login that may stand in the address."""
    if not said["api"]:
        address = offers_address(said["endpoint"], os.environ)
        shown = LOGIN.sub("//", address)
        return lambda region: products_in_files(address, region), _source(LIST, shown), shown
    cloud = Cloud(profile=said["profile"], region=API_REGION, endpoint=said["endpoint"])
    try:
        shown = LOGIN.sub("//", cloud.address("pricing"))
    except Unanswered as none:
        raise AccessError("prices.unanswered", address="pricing", words=none.words, code=none.code) from none
    return lambda region: products_of_account(cloud, region), _source(API, shown), shown


def _source(name: str, address: str) -> str:
    """What every price says: AWS's list, or one that somebody else gives."""
    return name if is_of_aws(address) else f"{name} at {address}"


def _understood(ask: Ask, region: str, source: str, address: str) -> Understood:
    try:
        products = ask(region)
    except Unanswered as none:
        key = (
            f"prices.unanswered.{none.why}" if none.why in ("denied", "missing", "credentials") else "prices.unanswered"
        )
        raise AccessError(key, address=address, region=region, words=none.words, code=none.code) from none
    except NotAPriceList as error:
        raise AccessError("prices.no_list", address=address, words=str(error)[:200]) from error
    found = understand(products, region=region, source=source, today=utc_today())
    if not found.prices:
        values: dict[str, object] = {"region": region, "products": found.products}
        raise UsageError(Problem(place=address, key="prices.nothing_understood", values=values))
    return found


def _before(path: Any) -> tuple[StatedPrice, ...]:
    """What the list said before; a file that cannot be understood is written anew."""
    try:
        return read_aws_prices(path)
    except JournalError:
        return ()


def _left(found: Sequence[Understood]) -> dict[str, int]:
    left: dict[str, int] = {}
    for one in found:
        for why, count in one.left.items():
            left[why] = left.get(why, 0) + count
    return left


def _names(found: Sequence[Understood]) -> list[str]:
    return list(dict.fromkeys(name for one in found for name in one.names))


def _told(found: Sequence[Understood], texts: Texts) -> list[str]:
    """How much of it was understood, and why the rest was left."""
    products, taken = sum(one.products for one in found), sum(one.taken for one in found)
    prices = sum(len(one.prices) for one in found)
    lines = [texts("prices.understood", products=products, taken=taken, prices=prices)]
    lines += [texts(f"prices.left.{why}", count=count) for why, count in _left(found).items()]
    names = _names(found)
    if names:
        shown = texts("cli.list").join(clean(name) for name in names[:MOST_NAMES])
        more = len(names) - MOST_NAMES
        lines.append(texts("prices.names" + (".more" if more > 0 else ""), names=shown, more=more))
    return lines


MOST_NAMES = 12
"""Names of models that are told; the rest is counted, and all stand in the JSON."""
