"""What does `docs/cli.md` say? Every verb and option, made from the commands themselves, so that the page cannot drift from the code.

python -m hayai.cli.reference > docs/cli.md
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click

from hayai.cli.help_layout import written
from hayai.cli.verbs import VERBS, Verbs
from hayai.show.locales import LANGUAGES, Language, Texts, texts_in

_INTRODUCTION = """\
# Command line / コマンドライン

This page is made from the code by `python -m hayai.cli.reference`; a test holds it current.
このページは上のコマンドでコードから生成され、テストが最新であることを保証します。

How targets are written: [bedrock.md](bedrock.md), [openai.md](openai.md). Prompts: [suites.md](suites.md). Files for `hayai run`:
[config.md](config.md).
Results go to stdout, everything else to stderr.
"""

_CLOSING = """
## Exit codes / 終了コード

The first that applies.

| code | meaning | 意味 |
|---|---|---|
| 130 | interrupted (Ctrl-C, SIGTERM, disk full, the measuring process died, something unexpected); what was measured is kept | \
中断（Ctrl-C、SIGTERM、ディスク不足、測定プロセスの異常終了、想定外のエラー）。測定済みのものは残ります |
| 2 | the command, a file or a run directory cannot be used as it is; or the limits do not pay for one cycle | \
コマンド、ファイル、実行ディレクトリに誤りがある、または上限が1周に足りない |
| 3 | credentials or access are missing, or no connection could be opened before the first request | \
認証情報やアクセス権がない、または最初のリクエストの前に接続できない |
| 5 | a target failed ten times in a row, or more often than it answered | \
あるターゲットが10回続けて失敗した、または失敗が成功より多い |
| 4 | the limits were reached and something that was to be decided is not: a comparison that is judged, or a claim | \
上限に達しても、判定すべき比較や主張に未決のものがある |
| 1 | a claim is contradicted | 主張が誤りだと分かった |
| 0 | otherwise | それ以外 |

Which target won is in no exit code: faster, slower and practically the same are all 0. The self-test of `--aa`, and pairs that are only
described, are not judged; a single target has no verdict. `hayai report` shows what there is and ends with 0.

## Language / 言語

`--lang`, else `HAYAI_LANG`, `LC_ALL`, `LC_MESSAGES`, `LANG`: the first that is set. Japanese when it begins with `ja`, otherwise English.
A terminal gets colour unless `NO_COLOR` is set.
"""


def reference_page() -> str:
    """The page in Markdown."""
    groups = {language: Verbs(texts_in(language), "") for language in LANGUAGES}
    commands = {name: {language: _command(group, name) for language, group in groups.items()} for name in VERBS}
    shared = set.intersection(*({o.opts[0] for o in _options(each["en"])} for each in commands.values()))
    everywhere = next(iter(commands.values()))
    parts = [
        _INTRODUCTION,
        *(_verb(name, each, shared) for name, each in commands.items()),
        "\n## Every verb / すべてのコマンド\n",
        _table(everywhere, shared, only=True),
        f"\n`hayai` alone takes {_listed(groups['en'])}.\n",
        _CLOSING,
    ]
    return "".join(parts)


def _command(group: Verbs, name: str) -> click.Command:
    command = group.get_command(click.Context(group), name)
    assert command is not None  # noqa: S101  Every name in VERBS has a module.
    return command


def _options(command: click.Command) -> Iterator[click.Option]:
    return (param for param in command.params if isinstance(param, click.Option))


def _verb(name: str, commands: dict[Language, click.Command], shared: set[str]) -> str:
    texts: dict[Language, Texts] = {language: texts_in(language) for language in commands}
    return (
        f"\n## hayai {name}\n\n    hayai {name} {texts['en'](f'cli.{name}.usage')}\n\n"
        f"{texts['en'](f'cli.{name}.short')}<br>{texts['ja'](f'cli.{name}.short')}\n"
        + _table(commands, shared, only=False)
    )


def _listed(command: click.Command) -> str:
    return ", ".join(f"`{option.opts[0]}`" for option in _options(command))


def _table(commands: dict[Language, click.Command], shared: set[str], *, only: bool) -> str:
    """The options that every verb has (`only`), or those that it does not share; empty where there are none."""
    japanese = {option.opts[0]: option.help for option in _options(commands["ja"])}
    rows = "".join(
        f"| `{_cell(written(option))}` | {_cell(option.help)} | {_cell(japanese[option.opts[0]])} |\n"
        for option in _options(commands["en"])
        if (option.opts[0] in shared) is only
    )
    return f"\n| option | meaning | 意味 |\n|---|---|---|\n{rows}" if rows else ""


def _cell(text: str | None) -> str:
    return (text or "").replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(reference_page())
