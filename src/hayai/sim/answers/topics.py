"""Which topic is a prompt about, and in which language is it written? By words, without understanding.

Each topic has words that name it (weight 3), words that point to it (2) and words that only agree with it (1). A prompt
is about the topic with the highest sum, if that sum is at least 3 and no other topic reaches it; else about none.
Each pattern counts once, however often it occurs, so a long prompt is not a better match than a short one.
"""

import re
from functools import cache
from typing import Literal

_WORDS: dict[str, dict[int, tuple[str, ...]]] = {
    "web_scraping": {
        3: (r"scrap(?:e|er|ing)\b", r"beautiful ?soup", r"\bbs4\b", "スクレイピング", "スクレーピング", "スクレイパ"),
        2: (
            *("crawl", "クローリング", "クローラ", r"robots\.txt"),
            r"(?:extract|collect|headline)\w* .{0,60}\b(?:web ?page|html|web ?site)",
            r"(?:ウェブ|web)(?:ページ|サイト).{0,30}(?:抽出|取得|取り出|収集)",
        ),
        1: (r"\bpython\b", r"\bhtml\b", r"\brequests\b", "web ?(?:page|site)", "ウェブ", "サイト"),
    },
    "fastapi_auth": {
        3: (r"\bfast ?api\b",),
        2: ("authenticat", r"\bauth\b", "oauth", r"\bjwt\b", "認証", "login", "ログイン"),
        1: (r"\brest(?:ful)?\b", r"\bapis?\b", "endpoint", "エンドポイント", r"\bpython\b", "pydantic"),
    },
    "microservices": {
        3: ("micro-?services?", "マイクロサービス", "monolith", "モノリス", "モノリシック"),
        2: ("service-oriented", "分散アーキテクチャ", "一枚岩"),
        1: ("architect", "アーキテクチャ", "trade-?offs?", "トレードオフ", "比較", "compare"),
    },
    "data_processing": {
        3: (
            r"\b(?:large|big|huge|massive)\b.{0,20}\bdata",
            "data (?:processing|pipeline|platform)",
            "(?:大規模|大量).{0,10}データ",
            "データ(?:処理|パイプライン|基盤)",
        ),
        2: (
            "performance (?:problem|trouble|issue|bottleneck|degrad)",
            *("bottleneck", "ボトルネック", "パフォーマンス", "性能(?:問題|劣化|低下|改善)", "処理が遅", r"\bslow"),
        ),
        1: (
            *("step[- ]by[- ]step", "段階", "手順", "ステップ", "特定", "切り分け", "diagnos", "identify"),
            *("throughput", "バッチ", r"\bbatch", "システム", "system", "データ"),
        ),
    },
    "llm_impact": {
        3: ("large language models?", r"\bllms?\b", "大規模言語モデル", "生成(?:系)?ai", "generative ai"),
        2: ("言語モデル", "language models?", "chatgpt"),
        1: (
            *("business", "compan(?:y|ies)", "enterprise", "企業", "ビジネス", "impact", "影響", "リスク"),
            *(r"\brisks?\b", "benefit", "恩恵", "メリット", "会社"),
        ),
    },
    "blockchain": {
        3: ("block ?chain", "ブロックチェー?イ?ン"),
        2: (
            "distributed ledger",
            "分散(?:型)?台帳",
            "smart contract",
            "スマートコントラクト",
            "bitcoin",
            "ビットコイン",
        ),
        1: ("use cases?", "活用(?:例|事例)", "manage(?:r|ment)", "executive", "経営", "管理職", "ledger"),
    },
    "quality_multilingual": {
        3: (
            r"\bsoftware\b.{0,12}\bquality",
            "(?:ソフトウェア|ソフトウエア).{0,8}品質",
            "软件.{0,8}质量",
            "quality (?:management|control|assurance)",
            "品質(?:管理|保証)",
            "质量管理",
        ),
        2: (
            *("english.{0,16}chinese", "japanese.{0,30}chinese", "英語.{0,8}中国語", "日本語.{0,16}中国語"),
            *("三言語", "[3３]言語", "[3３]か国語", "three languages"),
        ),
        1: ("three .{0,20}points", "[3３]つ", "三つ", "中国語", "chinese", r"\bsoftware\b", "ソフトウェア"),
    },
    "ml_project": {
        3: (
            r"(?:machine[- ]learning|\bml\b).{0,30}(?:project|initiative)",
            "project.{0,40}machine[- ]learning",
            "機械学習.{0,20}(?:プロジェクト|案件)",
        ),
        2: ("machine[- ]learning", r"\bml\b", "機械学習", "mlops"),
        1: (
            *("project managers?", "プロジェクト", r"\bprojects?\b", "マネージャ", r"\bpm\b"),
            *("日本語と英語", "japanese and english"),
        ),
    },
    "docker_intro": {
        3: ("docker", "ドッカー"),
        2: (r"\bcontainers?\b", "コンテナ", "container[iz]"),
        1: ("beginner", "初心者", "入門", "basics", "基礎", "基本", r"\bimages?\b", "イメージ"),
    },
    "cicd": {
        3: (
            r"\bci ?(?:/|-|&|and|・)? ?cd\b",
            "github actions",
            "continuous (?:integration|delivery|deployment)",
            "継続的(?:インテグレーション|デリバリー|デプロイ|統合)",
        ),
        2: ("pipeline", "パイプライン", "workflow", "ワークフロー"),
        1: ("deploy", "デプロイ", r"\bya?ml\b", "自動化", "automat", "github", "テスト"),
    },
}
TOPICS = tuple(_WORDS)
_ENOUGH = 3
# Kept as text: re compiles a pattern on first use, and character ranges are slow to compile at import.
_NONCE = r"\s*\[[^\[\]]{0,80}\]\s*"
_CJK = r"[\u3041-\u30ff\u3400-\u9fff]"
_KANA = r"[\u3041-\u30fa]"
_LATIN_WORD = r"[A-Za-z]+"


@cache
def _patterns() -> dict[str, tuple[tuple[int, re.Pattern[str]], ...]]:
    """The words as patterns; compiled on first use, because compiling takes longer than the rest of the import."""
    return {
        topic: tuple(
            (weight, re.compile("|".join(words), re.IGNORECASE | re.ASCII)) for weight, words in weighted.items()
        )
        for topic, weighted in _WORDS.items()
    }


def without_nonce(prompt: str) -> str:
    """The prompt without a bracketed mark at its start, such as a cache-avoiding nonce."""
    mark = re.match(_NONCE, prompt)
    return prompt[mark.end() :] if mark else prompt


def topic_of(prompt: str) -> str | None:
    """The id of the topic that `prompt` is about, or None when no topic stands out."""
    prompt = without_nonce(prompt)
    scores = sorted(
        (
            (sum(weight for weight, words in patterns if words.search(prompt)), topic)
            for topic, patterns in _patterns().items()
        ),
        reverse=True,
    )
    (best, topic), (second, _), *_ = scores
    return topic if best >= _ENOUGH and best > second else None


def language_of(prompt: str) -> Literal["ja", "en"]:
    """`ja` when Japanese (or Chinese) script carries the text, else `en`.

    A Latin word weighs as much as one Japanese character: Japanese prompts are full of English product names, and
    English ones quote a Japanese word now and then. On a tie, kana decide: they are the grammar of Japanese.
    """
    prompt = without_nonce(prompt)
    characters = len(re.findall(_CJK, prompt))
    words = len(re.findall(_LATIN_WORD, prompt))
    if characters == words:
        return "ja" if re.search(_KANA, prompt) else "en"
    return "ja" if characters > words else "en"
