"""Which topic is a prompt about, and in which language is it written? By words, without understanding.

Each topic has words that name it (weight 3), words that point to it (2) and words that only agree with it (1). A prompt
is about the topic with the highest sum, if that sum is at least 3 and no other topic reaches it; else about none.
Each pattern counts once, however often it occurs, so a long prompt is not a better match than a short one.
"""

import re
from functools import cache
from typing import Literal

_WORDS: dict[str, dict[int, str]] = {
    "web_scraping": {
        3: r"scrap(?:e|er|ing)\b|beautiful ?soup|bs4|スクレイピング|スクレーピング|スクレイパ",
        2: r"crawl|クローリング|クローラ|robots\.txt|extract\w* .{0,40}\b(?:web ?page|html|site)|(?:ウェブ|web)ページ.{0,30}(?:抽出|取得|取り出)",
        1: r"\bpython\b|\bhtml\b|\brequests\b|web ?(?:page|site)|ウェブ|webページ|サイト",
    },
    "fastapi_auth": {
        3: r"fast ?api\b",
        2: r"authenticat|\bauth\b|oauth|\bjwt\b|認証|login|ログイン|トークン認証",
        1: r"\brest(?:ful)?\b|\bapi\b|endpoint|エンドポイント|\bpython\b|pydantic",
    },
    "microservices": {
        3: r"micro-?services?|マイクロサービス|monolith|モノリス|モノリシック",
        2: r"service-oriented|分散アーキテクチャ|一枚岩",
        1: r"architect|アーキテクチャ|trade-?offs?|トレードオフ|比較|compare",
    },
    "data_processing": {
        3: r"(?:large|big|huge|massive|大規模|大量).{0,20}(?:data|データ)|data (?:processing|pipeline|platform)|データ(?:処理|パイプライン|基盤)",
        2: r"performance (?:problem|trouble|issue|bottleneck|degrad)|bottleneck|ボトルネック|パフォーマンス|性能(?:問題|劣化|低下|改善)|処理が遅|\bslow",
        1: r"step[- ]by[- ]step|段階的|手順|ステップ|特定|diagnos|identify|throughput|バッチ|batch|システム|system|データ",
    },
    "llm_impact": {
        3: r"large language models?|\bllms?\b|大規模言語モデル|生成ai|generative ai|生成系ai",
        2: r"言語モデル|language models?|chatgpt",
        1: r"business|compan(?:y|ies)|enterprise|企業|ビジネス|impact|影響|リスク|\brisks?\b|benefit|恩恵|メリット|会社",
    },
    "blockchain": {
        3: r"block ?chain|ブロックチェーン|ブロックチェイン",
        2: r"distributed ledger|分散(?:型)?台帳|smart contract|スマートコントラクト|bitcoin|ビットコイン|暗号資産",
        1: r"use cases?|活用(?:例|事例)|manage(?:r|ment)|executive|経営|管理職|ledger",
    },
    "quality_multilingual": {
        3: r"(?:software|ソフトウェア|ソフトウエア|软件).{0,12}(?:quality|品質|质量)|quality (?:management|control|assurance)|品質(?:管理|保証)|质量管理",
        2: r"english.{0,16}chinese|英語.{0,8}中国語|japanese.{0,30}chinese|日本語.{0,16}中国語|三言語|3言語|3か国語|three languages",
        1: r"three (?:key |main |important )?points|3つ|三つ|中国語|chinese|\bsoftware\b|ソフトウェア",
    },
    "ml_project": {
        3: r"(?:machine[- ]learning|\bml\b|機械学習).{0,30}(?:project|プロジェクト|initiative|案件)|project.{0,40}machine[- ]learning",
        2: r"machine[- ]learning|\bml\b|機械学習|mlops",
        1: r"project managers?|プロジェクトマネ|プロジェクト|\bprojects?\b|マネージャ|日本語と英語|japanese and english|\bpm\b",
    },
    "docker_intro": {
        3: r"docker|ドッカー",
        2: r"containers?\b|コンテナ|container[iz]",
        1: r"beginner|初心者|入門|basics|基礎|基本|imag(?:e|es)\b|イメージ",
    },
    "cicd": {
        3: r"\bci ?(?:/|-|&|and|・)? ?cd\b|github actions|continuous (?:integration|delivery|deployment)|継続的(?:インテグレーション|デリバリー|デプロイ)",
        2: r"pipeline|パイプライン|workflow|ワークフロー",
        1: r"deploy|デプロイ|ya?ml|自動化|automat|github|テスト",
    },
}
TOPICS = tuple(_WORDS)
_ENOUGH = 3
_NONCE = re.compile(r"\s*\[[^\[\]]{0,80}\]\s*")
_CJK = re.compile(r"[\u3041-\u30ff\u3400-\u9fff]")
_KANA = re.compile(r"[\u3041-\u30fa]")
_LATIN_WORD = re.compile(r"[A-Za-z]+")


@cache
def _patterns() -> dict[str, tuple[tuple[int, re.Pattern[str]], ...]]:
    """The words as patterns; compiled on first use, because compiling takes longer than the rest of the import."""
    return {
        topic: tuple((weight, re.compile(words, re.IGNORECASE | re.ASCII)) for weight, words in weighted.items())
        for topic, weighted in _WORDS.items()
    }


def without_nonce(prompt: str) -> str:
    """The prompt without a bracketed mark at its start, such as a cache-avoiding nonce."""
    mark = _NONCE.match(prompt)
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
    characters = len(_CJK.findall(prompt))
    words = len(_LATIN_WORD.findall(prompt))
    if characters == words:
        return "ja" if _KANA.search(prompt) else "en"
    return "ja" if characters > words else "en"
