"""What would a good answer to a prompt of the work suites look like? Short ones, as a person would write them, where it can be checked.

Answers that end in a number or are a certain word come from the proofs (`tests/ask/work_proofs.py`); these are all the others.
"""

from __future__ import annotations

_FENCE = "```"


def _block(language: str, code: str, *, before: str = "", after: str = "") -> str:
    return f"{before}\n\n{_FENCE}{language}\n{code.strip()}\n{_FENCE}\n\n{after}".strip()


_TOTALS = _block(
    "python",
    """
import csv
from decimal import Decimal, InvalidOperation


def totals_by_customer(path):
    totals, skipped = {}, 0
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            try:
                amount = Decimal(row["amount"])
            except (InvalidOperation, TypeError):
                skipped += 1
                continue
            totals[row["customer"]] = totals.get(row["customer"], Decimal(0)) + amount
    return totals, skipped
""",
)
_SERVICE = _block(
    "toml",
    """
name = "billing"
debug = false

[network]
port = 8443
workers = 4
timeout_seconds = 2.5
allowed_origins = ["app.example", "admin.example"]
""",
)
_COMPOSE = _block(
    "yaml",
    """
services:
  web:
    image: shop-web:1.4
    ports:
      - "8080:8080"
    depends_on:
      db:
        condition: service_healthy
  db:
    image: postgres:16
    environment:
      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?not set}
    volumes:
      - data:/var/lib/postgresql/data
    healthcheck:
      test: ["CMD-SHELL", "pg_isready -U postgres"]
      interval: 5s
volumes:
  data:
""",
)
_EVENT = (
    '{"level": "ERROR", "service": "billing-api", "request_id": "7f3a", "message": "card declined", '
    '"duration_ms": 1840, "retryable": true}'
)
_ADD_TAG = _block(
    "python",
    """
def add_tag(tag, tags=None):
    if tags is None:
        tags = []
    tags.append(tag)
    return tags
""",
)
_FEE = """
def shipping_fee(weight_kg, express, member):
    if weight_kg <= 0:
        return None
    if express:
        return {0} if member else {1}
    if member:
        return 0
    return {2} if weight_kg > 10 else {3}
"""
_TESTS = _block(
    "python",
    """
import pytest

from durations import parse_duration


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90), ("15m", 900), ("1h30m", 5400), ("2h", 7200)])
def test_durations(text, seconds):
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "5x", "90", "30m1h"])
def test_mistakes(text):
    with pytest.raises(ValueError):
        parse_duration(text)
""",
)
_RETRY = _block(
    "python",
    """
import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def retry(call: Callable[[], Awaitable[T]], attempts: int = 5, first: float = 0.2, longest: float = 10.0) -> T:
    for attempt in range(attempts):
        try:
            return await call()
        except (ConnectionError, TimeoutError):
            if attempt == attempts - 1:
                raise
            await asyncio.sleep(random.uniform(0, min(longest, first * 2**attempt)))
    raise AssertionError
""",
)
_BOTH_FORMATS = "\n\n".join(
    [
        _block("json", '{"name": "web-1", "port": 8080, "admins": ["aki", "ben"], "debug": false}'),
        _block("yaml", "name: web-1\nport: 8080\nadmins:\n  - aki\n  - ben\ndebug: false"),
    ]
)
_SPLIT = """
def split_bill(total, people):
    # {0}
    share, rest = divmod(total, people)
    # {1}
    return [share + 1] * rest + [share] * (people - rest)
"""
_ENGLISH = (
    "This is why it happens: the reasons are told here one after another, with what follows from each of them. " * 4
)
_JAPANESE = "なぜそうなるのかを、理由と、そこから言えることに分けて、順に説明します。" * 6

GOOD: dict[tuple[str, str], str] = {
    ("en", "csv_totals"): f"{_TOTALS}\n\n{_ENGLISH}",
    ("ja", "csv_totals"): f"{_TOTALS}\n\n{_JAPANESE}",
    ("en", "service_toml"): _SERVICE,
    ("ja", "service_toml"): _SERVICE,
    ("en", "compose_yaml"): f"{_COMPOSE}\n\n{_ENGLISH}",
    ("ja", "compose_yaml"): f"{_COMPOSE}\n\n{_JAPANESE}",
    ("en", "event_json"): _EVENT,
    ("ja", "event_json"): _block("json", _EVENT),
    ("en", "mutable_default"): f"{_ENGLISH}\n\n{_ADD_TAG}",
    ("ja", "mutable_default"): f"{_JAPANESE}\n\n{_ADD_TAG}",
    ("en", "flatten_ifs"): _block("python", _FEE.format(8, 12, 9, 5), after="Is express really free of the weight?"),
    ("ja", "flatten_ifs"): _block(
        "python", _FEE.format(800, 1200, 900, 500), after="速達の料金は、重さによらず同じでよいのでしょうか。"
    ),
    ("en", "pytest_cases"): f"{_TESTS}\n\n{_ENGLISH}",
    ("ja", "pytest_cases"): f"{_TESTS}\n\n{_JAPANESE}",
    ("en", "retry_async"): f"{_RETRY}\n\n{_ENGLISH}",
    ("ja", "retry_async"): f"{_RETRY}\n\n{_JAPANESE}",
    ("en", "cron_weekdays"): "30 7 * * 1-5",
    ("ja", "cron_weekdays"): "30 7 * * MON-FRI\n",
    ("en", "minutes_json"): _block(
        "json",
        '{"actions": [{"owner": "Tanaka", "task": "Send the corrected quote to the customer.", "due": "Wednesday"}, '
        '{"owner": "Lee", "task": "Book a room for the workshop.", "due": null}, '
        '{"owner": "Garcia", "task": "Repair the login test.", "due": "Friday"}]}',
    ),
    ("ja", "minutes_json"): '{"actions": [{"owner": "田中", "task": "訂正した見積書を顧客に送る", "due": "水曜"}, '
    '{"owner": "李", "task": "会議室を予約する", "due": null}, {"owner": "小林", "task": "テストを直す", "due": "金曜"}]}',
    ("en", "ui_strings_json"): '{"en": "Save changes", "ja": "変更を保存", "zh": "保存更改", "ko": "변경 사항 저장"}',
    ("ja", "ui_strings_json"): '{"ja": "変更を保存", "en": "Save Changes", "zh": "保存更改", "ko": "변경사항 저장"}',
    ("en", "comment_translation"): _block(
        "python",
        _SPLIT.format("The first people bear the remainder, one yen each", "Return the list of what everybody pays"),
        after="It splits a bill as evenly as whole yen allow.",
    ),
    ("ja", "comment_translation"): _block(
        "python",
        _SPLIT.format("端数は先頭の人から1円ずつ負担する", "全員の支払額をリストで返す"),
        after="合計金額を、できるだけ均等に割り振る関数です。",
    ),
    (
        "en",
        "json_and_yaml",
    ): f"{_ENGLISH}\n\n{_BOTH_FORMATS}\n\nNo is read as false, and indentation decides what belongs where.",
    ("ja", "json_and_yaml"): f"{_JAPANESE}\n\n{_BOTH_FORMATS}\n\nnoは偽と読まれ、字下げの深さで構造が変わります。",
    # Open answers whose expectations could be taken too narrowly.
    ("en", "subject_line"): "Parking garage closed Monday to Wednesday: please use the pool car park",
    ("ja", "subject_line"): "【お知らせ】屋内駐車場の利用休止（月〜水）と代替駐車場について",
    ("en", "room_change"): "Hello everyone, tomorrow's training moves to room 4B and begins at 1:15 p.m., not at 1. "
    "The slides will be sent round afterwards, so there is no need to take notes. See you there!",
    (
        "ja",
        "room_change",
    ): "明日の研修は、会場が2A会議室から４Ｂ会議室に変わり、開始は13時15分になります。資料は終わってからお配りします。"
    "お間違えのないよう、気をつけてお越しください。",
    (
        "ja",
        "decline_invitation",
    ): "いつもお世話になっております。このたびはご丁寧なご招待をいただき、誠にありがとうございます。申し訳ありませんが、ご要望には"
    "お応えできません。社内の規程と日程の都合によるものです。代わりに、30分ほどオンラインでお話しできましたら幸いです。",
    (
        "en",
        "error_wording",
    ): "This picture is larger than 10 MB and was not uploaded. Choose a smaller one or reduce its size.",
    (
        "ja",
        "error_wording",
    ): "画像が10 MBを超えているため、アップロードされていません。10 MB以下に縮小してから、もう一度お試しください。",
    ("en", "three_point_summary"): "- 4,120 requests (+12 %), yet first replies came after 3.8 hours instead of 5.5.\n"
    "- Satisfaction rose slightly, from 4.2 to 4.3.\n- Questions about invoices doubled; the order number comes back.",
    (
        "ja",
        "three_point_summary",
    ): "・問い合わせは4,120件（12%増）だが、最初の返信は5.5時間から3.8時間に短縮\n・満足度は4.2から4.3に微増\n"
    "・請求書の問い合わせが倍増。年内に注文番号を1ページ目に戻す",
    (
        "en",
        "translate_notice",
    ): "土曜日の22:00から23:30まで、ディスク交換のためファイルサーバーをご利用いただけません。それまでに作業内容を保存し、すべての"
    "ファイルを閉じてください。月曜日に不具合がありましたら、内線4417までご連絡ください。",
    (
        "ja",
        "translate_notice",
    ): "The file server will be unavailable on Saturday from 22:00 to 23:30 while its disks are replaced. Please save "
    "your work and close all files before then. If anything does not work on Monday, call extension 4417.",
    (
        "en",
        "glossary_three",
    ): "| English | Japanese | Simplified Chinese |\n|---|---|---|\n| requirement | 要件 | 需求 |\n| deadline | 納期 | 截止日期 |\n"
    "| code review | コードレビュー | 代码审查 |\n| test environment | テスト環境 | 测试环境 |\n| go-live | 本番稼働 | 上线 |\n\n"
    "The code review ends before the deadline.\n\nコードレビューは納期までに終えます。\n\n代码审查必须在截止日期前完成。",
    (
        "ja",
        "greeting_four",
    ): "日本語：ようこそお越しくださいました。受付でご記名をお願いいたします。\n英語：Welcome! Please sign in at the desk.\n"
    "中国語（簡体字）：欢迎光临，请到前台登记\n韓国語：방문을 환영합니다. 안내 데스크에서 서명해 주세요.",
    (
        "en",
        "notice_chinese",
    ): "1. 机器运转时请佩戴护目镜。\n2. 严禁将手伸入机器。请先按下红色按钮。\n3. 任何损坏，无论大小，均须报告班长。",
    (
        "en",
        "reply_korean",
    ): "안녕하세요, 고객님. 주문번호 K-2087의 교체용 필터에 패킹이 빠져 있었던 점 진심으로 사과드립니다. 패킹은 내일 무료로 발송해 드리며, "
    "필터는 그대로 사용하셔도 됩니다.",
    (
        "en",
        "product_units",
    ): "刃渡り25.4センチ、重さわずか226.8グラムの包丁です。切れ味が長く続き、お手入れも簡単です。",
    (
        "ja",
        "product_units",
    ): 'With its 10" (10 in.) blade, this kitchen knife weighs just 8 oz. It keeps its edge and is easy to clean.',
}
"""By language and id of the prompt."""
