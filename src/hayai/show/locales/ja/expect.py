"""Texts of what is wrong with expectations, and with checks of the user's own."""

TEXTS: dict[str, str] = {
    "cli.option.expect": "すべての応答に期待すること: min_chars=200、languages=ja,en、contains=文字列、regex=パターン、number=42、skip=no_refusal など（繰り返し可）",
    "cli.option.check": "自作の検査。(プロンプト, 応答の本文) で呼ばれ、True か False、またはそれと理由の組を返す（繰り返し可）",
    "cli.option.check_again": "自作の検査（compare と同じ）を今行って結果を残す。none はこれまでの検査を以後のレポートから除く（繰り返し可）",
    "expect.blank": "空です。期待する内容を書くか、削除してください",
    "expect.bad_regex": "このパターンは読めません: {reason}",
    "expect.bad_schema": "JSON Schema として使えません: {reason}。参照できるのはスキーマ自身の中 (#/…) だけです",
    "expect.not_a_number": "引用符なしの数値か、value と tolerance のテーブルを書いてください",
    "expect.negative": "0未満にはできません",
    "expect.min_above_max": "min_chars が{low}、max_chars が{high}です。両方を満たす応答はありません。入れ替えるか、一方を削除してください",
    "expect.not_key_value": "「{word}」は KEY=VALUE の形ではありません。例: --expect min_chars=200",
    "expect.twice": "{word} が2回指定されています。一方だけにしてください",
    "expect.not_json": "JSONではありません: {reason}。スキーマをその場に書くか、json_schema=@file.json のようにファイルを指定してください",
    "expect.bad_check": "「{word}」は検査の名前ではありません。module:function の形で書いてください。例: checks.py の関数 is_polite なら checks:is_polite",
    "expect.no_module": "モジュール「{word}」がありません。hayai を起動したフォルダー、設定ファイルのあるフォルダー、Pythonの検索場所を探しました",
    "expect.no_function": "モジュール {module} に関数「{word}」はありません",
    "expect.no_function.maybe": "モジュール {module} に関数「{word}」はありません。「{suggestion}」のことですか？",
    "expect.broken_module": "{word} を読み込めません: {kind}: {reason}",
    "expect.looking": "{check} で応答を調べています（自作の検査で、時間の制限はありません）。Ctrl-C を押すと残りは調べず、分かったところまでを表示します。",
    "expect.given_up": "Ctrl-C により自作の検査を中止しました。調べ終えていない応答はその旨を表示します。もう一度調べるには: hayai report RUN --check MODULE:FUNCTION",
    "expect.never_made": "{check} はどの応答にも実行できませんでした（{reason}）。結果は分からないままです。直してもう一度 --check で指定するか、この実行のレポートから除いてください: hayai report RUN --check none",
}
