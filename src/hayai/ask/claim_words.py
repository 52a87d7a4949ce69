"""Which words may a claim hold, in English and Japanese, and what does each mean there?

A word has one meaning, whatever stands around it; `claims` tells from the whole sentence what is meant. Words that say nothing to a claim
are listed too: what is not in here is refused.
"""

from __future__ import annotations

from typing import Literal

Meaning = Literal[
    "typical", "roughly", "at_least", "always", "up_to", "more_than", "as_much_as", "over",
    "faster", "gain", "sooner", "as_fast", "slower", "later", "as_slow", "up", "down",
    "time", "speed", "e2e", "e2e_time", "e2e_speed", "ttft", "tpot", "tokens", "tokens_speed",
    "than", "above", "of", "possessive", "the", "filler",
]  # fmt: skip

PHRASES: dict[Meaning, str] = {
    # How often.
    "typical": "typical, typically, usually, usual, generally, in general, normally, on average, average, averages, mean, median, "
    "平均, 平均して, 平均的, 通常, 普通, 一般に, 典型的",
    "roughly": "about, around, roughly, approximately, approx, nearly, almost, ~, ≈, 約, およそ, ほぼ, 程度, くらい, ぐらい",
    "at_least": "at least, minimum of, no less than, not less than, ≥, >=, 少なくとも, 最低, 最低でも, 以上",
    "always": "always, every, each, 常に, いつも, 必ず, 毎回, すべて, 全て",
    "up_to": "up to, upto, maximum of, at best, best case, 最大, 最大で, 最高, 最高で",
    "more_than": "more than",
    "as_much_as": "as much as",
    "over": "over",
    # In which direction.
    "faster": "faster, quicker, speeds up, sped up, accelerates, better, 高速, 高速化, 速い, 速く, 速, 早い, 早く",
    "gain": "speedup, speed-up, speedups, acceleration, improvement, improves, improve, improved, gain, gains, boost, boosts, "
    "向上, 改善, アップ",
    "sooner": "sooner, earlier, shorter, 短い, 短く, 短縮",
    "as_fast": "as fast, as quick, as quickly, as many",
    "slower": "slower, slows down, 遅い, 遅く, 低速",
    "later": "later, longer, 長い, 長く",
    "as_slow": "as slow, as slowly, as long",
    "up": "higher, more, greater, larger, increases, increase, increased, raises, 高い, 高く, 多い, 多く, 増加, 増",
    "down": "less, lower, fewer, smaller, lowers, reduces, reduce, reduced, reduction, cuts, cut, saves, save, saved, saving, savings, "
    "decreases, decrease, decreased, 低い, 低く, 少ない, 少なく, 減少, 減, 削減, 低減",
    # Of what. A time shrinks and a speed grows where something gets faster.
    "time": "time, wait, waiting, waiting time, 時間, 待ち時間",
    "speed": "speed, 速さ, 速度, スピード",
    "e2e": "end to end, end-to-end, e2e, total, エンドツーエンド, 全体, 合計",
    "e2e_time": "latency, response time, response times, total time, answer time, end-to-end latency, レイテンシ, レイテンシー, 遅延, "
    "応答時間, 処理時間, 所要時間, レスポンスタイム",
    "e2e_speed": "response speed, 応答速度",
    "ttft": "ttft, first token, time to first token, first token latency, time-to-first-token, 最初のトークン, 最初のトークンまで, "
    "最初のトークンまでの時間, 初回トークン, 最初の文字",
    "tpot": "tpot, time per token, time per output token, inter-token latency, トークンあたりの時間",
    "tokens": "generation, token generation, 生成",
    "tokens_speed": "tokens per second, output tokens per second, token per second, tokens/s, tokens/sec, tokens/second, tok/s, tps, "
    "output speed, generation speed, inference speed, writing speed, throughput, token throughput, トークン/秒, トークン毎秒, "
    "毎秒トークン数, 1秒あたりのトークン数, 秒あたりのトークン数, 出力速度, 生成速度, 推論速度, スループット",
    # Who is compared with whom. `above` follows the baseline, `than` comes before it.
    "than": "than, compared to, compared with, relative to, against, versus, vs, vs., as",
    "above": "より, よりも, に比べ, に比べて, と比べ, と比べて, と比較して, 比, 比で, に対し, に対して",
    "of": "of",
    "possessive": "の",
    "the": "the",
    "filler": "is, are, was, be, can be, by, it, its, it's, that, a, an, and, in, on, at, to be, for, with, has, have, had, gets, get, "
    "gives, takes, take, runs, run, answers, answer, responds, response, responses, request, requests, prompt, prompts, inference, "
    "output, writes, 's, target, baseline, model, tokens, token, "
    "は, が, も, で, でも, に, と, を, だ, です, である, する, します, した, して, なる, なります, なった, できる, 方, ほう, 化, 回答, "
    "応答, 推論, 出力, プロンプト, ターゲット, モデル, トークン",
}  # fmt: skip
"""Meaning -> its words, comma-separated; upper and lower case are the same."""

AMOUNTS = {
    "twice": 2.0, "double": 2.0, "doubles": 2.0, "doubled": 2.0, "thrice": 3.0, "triple": 3.0, "triples": 3.0, "tripled": 3.0,
    "half": 0.5, "halves": 0.5, "halve": 0.5, "halved": 0.5, "倍": 2.0, "半分": 0.5, "半減": 0.5,
}  # fmt: skip
"""Words that are a factor by themselves."""
SPELT = {word: n for n, words in enumerate(("two 二", "three 三", "four 四", "five 五"), 2) for word in words.split()}
PERCENT_UNITS = {"%": 1.0, "percent": 1.0, "per cent": 1.0, "pct": 1.0, "パーセント": 1.0, "割": 10.0}
FACTOR_UNITS = ("x", "×", "times", "-fold", "fold", "倍")

MEANINGS: dict[str, Meaning] = {
    phrase.strip(): meaning for meaning, phrases in PHRASES.items() for phrase in phrases.split(", ")
}
"""Word -> what it means in a claim."""
