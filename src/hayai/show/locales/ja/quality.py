"""Texts of the quality of answers: which checks they passed, and how two targets compare by that."""

TEXTS: dict[str, str] = {
    "quality.checks.title": "品質: モデルを使わない検査",
    "quality.checks.note": "完全なラウンドの応答のうち、検査できたものの合格数です。あてはまる検査すべてに通った応答だけが合格で、検査できないものが一つでもある応答は最後の行に含めません。「拒否でない」は冒頭の言い回しによる目安です。",
    "quality.column.check": "検査",
    "quality.row.all": "すべての検査",
    "quality.check.finished": "最後まで",
    "quality.check.not_empty": "空でない",
    "quality.check.no_refusal": "拒否でない",
    "quality.check.length": "長さ",
    "quality.check.languages": "言語",
    "quality.check.code": "コードの構文",
    "quality.check.json_schema": "JSON Schema",
    "quality.check.contains": "含む文字列",
    "quality.check.regex": "パターン",
    "quality.check.exact": "答えの一致",
    "quality.check.number": "数値",
    "quality.pair.not_worse": "{pair}: 劣っていません（許容差{margin}ポイント以内）。",
    "quality.pair.worse": "{pair}: 劣っています。検査に通る割合が低くなっています。",
    "quality.pair.open": "{pair}: まだ言えません。{margin}ポイント以上は劣っていないと示すには、同じようなプロンプトがおよそ{needed}個必要です（今は{prompts}個）。",
    "quality.pair.few_prompts": "{pair}: プロンプト{prompts}個では品質を判定できません。{margin}ポイント以上は劣っていないと示すには、およそ{needed}個必要です。",
    "quality.pair.none_passed": "{pair}: 品質の判定はありません。どちらの側もほとんど合格していません。期待する内容の指定を見直してください。どちらも通らなければ同じに見えるだけで、何も示しません。",
    "quality.pair.unchecked": "{pair}: まだ言えません。検査できなかった項目がすべて不合格だったとすると、{margin}ポイントを超えて劣る可能性があります。",
    "quality.pair.numbers": "合格は{share}対{baseline}、差は{difference}ポイント（{level}区間 {interval}）。",
    "quality.pair.moved": "合格が多いプロンプトは{more}個、少ないプロンプトは{less}個です（McNemarの正確検定 p {p}）。",
    "quality.repeats": "同じプロンプトの繰り返しは、新しいプロンプトとは数えません。プロンプトごとに1個です。",
    "quality.pair.unmade": "両方で検査できないため、比較から除いた検査: {checks}。",
    "quality.pair.unmade.one": "「{check}」{rounds}",
    "quality.pair.left_out": "{rounds}は、リクエストの失敗か、両方に共通して検査できるものがないため除きました。",
    "quality.form_only": "{prompts}個のうち{count}個のプロンプトでは、形式だけを検査していて（自作の検査が見るものを除く）、応答の内容は見ていません。選ぶうえで、応答の質が劣らないことを示すものではありません。",
    "quality.no_texts": "本文がない (--no-texts か、あとで削除) ため、応答の内容は検査できません。",
    "quality.failed_requests": "失敗したリクエストは応答ではないので、合格にも不合格にも数えません（完全なラウンドに{count}件）。「{section}」をご覧ください。",
    "quality.missed": "{prompt}、{target}、{cycle}周目: {reasons}",
    "quality.missed.several": "{prompt}、{target}、{count}件（最初は{cycle}周目）: {reasons}",
    "quality.missed.more": "このほか{count}件が不合格です。hayai report RUN --format csv の checks 列をご覧ください。",
    "quality.list": " / ",
    "quality.reason.of": "{check}: {reason}",
    "quality.reason.with": "{reason} ({detail})",
    "quality.reason.cut": "トークン数の上限で途切れた",
    "quality.reason.filtered": "フィルターで止められた",
    "quality.reason.stop_untold": "サービスが終了の理由を伝えない",
    "quality.reason.no_text": "本文がない",
    "quality.reason.empty": "見える文字がない",
    "quality.reason.declined": "モデルが断った",
    "quality.reason.refusal_words": "拒否の言い回しで始まる",
    "quality.reason.too_short": "短すぎる",
    "quality.reason.too_long": "長すぎる",
    "quality.reason.languages_missing": "求めた言語がない",
    "quality.reason.block_missing": "コードブロックがない",
    "quality.reason.block_broken": "構文が正しくない",
    "quality.reason.too_large": "大きすぎて検査できない",
    "quality.reason.too_deep": "入れ子が深すぎて検査できない",
    "quality.reason.not_json": "JSONでない",
    "quality.reason.several_json": "JSONのブロックが複数ある",
    "quality.reason.against_schema": "スキーマに合わない",
    "quality.reason.text_missing": "含まれていない",
    "quality.reason.pattern_missing": "見つからない",
    "quality.reason.pattern_slow": "パターンの検索に時間がかかりすぎる",
    "quality.reason.other_text": "別の答え",
    "quality.reason.no_number": "数値がない",
    "quality.reason.other_number": "別の数値",
    "quality.reason.too_strange": "1文字に付く記号が多すぎて検査できない",
    "quality.reason.own": "不合格",
    "quality.reason.own_broken": "検査自体が失敗した",
    "quality.reason.not_looked_at": "まだ検査していない（--check で指定）",
    "caution.W121": "{total}件のうち{count}件の応答が拒否か、拒否の言い回しで始まっています ({targets})。拒否は短く、早く返ります。それは速さではありません。",
    "explain.W121": (
        "サービスが「モデルが断った」と伝えたか、応答の冒頭が英語か日本語の拒否の言い回しかを見ています。言い回しによる判断は目安です。拒否でない応答を拒否とみなすことも、別の言い方の拒否を見逃すこともあります。"
        "どのプロンプトかは品質の節にあります。その応答を読んでください。拒否なら、求めた答えより短い時間で終わっているので、プロンプトを直すか、外してください (--prompts)。"
        '拒否でなければ、そのプロンプトの expect に skip = ["no_refusal"] と書いてください。'
    ),
    "caution.W122": "{total}件のうち{count}件の応答に、検査できない項目がありました ({targets})。その検査は合格にも不合格にも数えていません。",
    "explain.W122": (
        "検査ができなかった理由は、サービスが応答の終わった理由を伝えない、ブロックが大きすぎるか入れ子が深すぎて安全に構文解析できない、パターンの検索に時間がかかりすぎる、自作の検査がエラーになったか --check で改めて指定されていない、"
        'のいずれかです。応答は、両方で検査できた項目だけで比べます。「劣らない」と言うのは、残りの項目がターゲット側で不合格だったとしても成り立つ場合だけです。どれがなぜかは品質の節にあります。どの応答についても分からないことは、skip = ["finished"] のように外せます。'
    ),
    "caution.W123": "{targets}は、検査に通る割合がベースラインより低く ({target_ratio} 対 {baseline_ratio})、偶然では説明できません。速くなっていても、同じ品質での速さではありません。",
    "explain.W123": (
        "同じプロンプト、同じラウンドで、一方のターゲットの応答が検査に通る割合が低くなっています。プロンプトについての正確検定でも、対応のある割合の差の区間でもそう言えます。"
        "速さと費用の測定値は、これらの検査では質の劣る応答のものです。不合格の応答を読んでください。その検査が用途にとって重要かどうかは、お使いになる方の判断です。max_tokens で途切れているなら、上げて測り直してください。"
    ),
    "caution.W124": "比較のどちらの側でも、ほとんどの応答が検査に通っていません ({targets}、多くて {most_ratio})。結論を出す前に、期待する内容の指定を見直してください。指定が誤っていれば、誰もが同等に見えます。",
    "explain.W124": (
        "両方でほとんど合格がなければ、割合は同じになります。それは同じ品質のしるしではなく、期待する内容の誤り、自作の検査の不具合、または解けない課題のときに起こることです。"
        "どちらの側の合格も許容差の2倍（許容差5ポイントなら10%）を超えないとき、hayaiは判定を出しません。許容差以内の低下が、合格全体の半分以上にもなるからです。"
        "品質の節にある不合格の応答を、プロンプトに指定した期待と並べて読んでください。指定が正しければ、そのプロンプトは難しすぎて、これらのターゲットを区別できません。"
    ),
}
