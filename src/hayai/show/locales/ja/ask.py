"""Texts of the room `ask`."""

TEXTS: dict[str, str] = {
    "rules.unknown_preset": "{word} というプリセットはありません。あるのは {known} です。",
    "rules.unknown_preset.maybe": "{word} というプリセットはありません。{suggestion} のことですか。あるのは {known} です。",
    # Targets: provider:model,option=value
    "target.none": "ターゲットが指定されていません。bedrock:us.amazon.nova-pro-v1:0 のように、1つ以上指定してください",
    "target.empty": "ターゲットが空です。{example} のように「プロバイダー:モデル」の形で書いてください",
    "target.no_provider": (
        "「{word}」の先頭にプロバイダー（使えるもの: {known}）がありません。{example} のようにモデルの前に書いてください"
    ),
    "target.unknown_provider": "プロバイダー「{word}」はありません。使えるプロバイダー: {known}",
    "target.unknown_provider.maybe": (
        "プロバイダー「{word}」はありません。「{suggestion}」の間違いではありませんか。使えるプロバイダー: {known}"
    ),
    "target.no_model": (
        "モデルが指定されていません。{provider}:モデル のように、プロバイダーのすぐ後に書いてください（オプションはその後にコンマで続けます）"
    ),
    "target.bad_model": "「{word}」はモデルIDとして使えません。空白または表示できない文字が含まれています",
    "target.bad_name": "ターゲットの名前は、表示できる文字だけを使い、{longest}文字以内にしてください",
    "target.name_twice": "名前「{word}」は {first} ですでに使われています。ターゲットごとに別の名前を付けてください",
    "target.full_width": "「{word}」に全角の記号が使われています。半角の , : = を使ってください（例: {suggestion}）",
    "target.empty_item": "コンマの後に何もありません。コンマを消すか、オプション=値 を続けてください",
    "target.not_an_option": (
        "「{word}」は オプション=値 の形になっていません。直前の値の続きであれば、値の中のコンマを \\, と書いてください"
    ),
    "target.unknown_option": "オプション「{word}」はありません。このプロバイダーのオプション: {known}",
    "target.unknown_option.maybe": (
        "オプション「{word}」はありません。「{suggestion}」の間違いではありませんか。このプロバイダーのオプション: {known}"
    ),
    "target.option_twice": "オプション「{word}」が2回指定されています。どちらか一方だけにしてください",
    "target.empty_value": "「{word}」の値がありません。{word}={example} のように値を書くか、このオプションを外してください",
    "target.not_a_choice": "「{value}」は {word} の値として使えません。次の中から選んでください: {choices}",
    "target.not_a_choice.maybe": (
        "「{value}」は {word} の値として使えません。「{suggestion}」の間違いではありませんか。次の中から選んでください: {choices}"
    ),
    "target.not_a_flag": "「{value}」は {word} の値として使えません。true か false を指定してください",
    "target.not_an_integer": "{word} には整数を指定してください（指定された値:「{value}」、例: {word}={example}）",
    "target.not_a_number": "{word} には数値を指定してください（指定された値:「{value}」、例: {word}={example}）",
    "target.below_bound": "{word}={value} は小さすぎます。{low} 以上にしてください",
    "target.above_bound": "{word}={value} は大きすぎます。{high} 以下にしてください",
    "target.out_of_bounds": "{word}={value} は範囲外です。{low} 以上 {high} 以下にしてください",
    "target.control_character": "{word} の値に制御文字または改行が含まれています。取り除いてください",
    "target.header_name": "「{word}」はHTTPヘッダーの名前になっていません。header.名前=値 の形で書いてください",
    "target.header_value": "{word} の値には、改行を含まない半角の英数字と記号だけを使ってください",
    "target.not_json": (
        "{word} の値がJSONとして読めません（{reason}）。{word}={example} のように書くか、{word}=@file.json の形でファイルを指定してください"
    ),
    "target.not_json_object": (
        "{word} の値は、{word}={example} のようなJSONのオブジェクトか配列、または {word}=@file.json の形のファイル指定にしてください"
    ),
    "target.file_missing": "{word} に指定されたファイル {path} がありません。@ の後のパスを確認してください",
    "target.file_too_big": "{word} に指定されたファイル {path} が1 MiBを超えています",
    "target.file_unreadable": "{word} に指定されたファイル {path} を読めません（{reason}）",
    # --vary option=a,b
    "vary.one_target": "--vary は1つのターゲットから複数のターゲットを作るので、ターゲットはちょうど1つ必要です（指定された数: {count}）",
    "vary.syntax": "「{word}」の値がありません。--vary latency=standard,optimized のように書いてください",
    "vary.twice": "オプション「{word}」が複数の --vary に現れています。値をすべて1つの --vary にまとめてください",
    "vary.same_value": "{word} の値「{value}」が2回指定されています。値はそれぞれ1回だけ書いてください",
    "vary.one_value": "{word} の値が「{value}」の1つだけです。比べるには、コンマで区切って2つ以上指定してください",
    "vary.already_set": "{word} がターゲットと --vary の両方で指定されています。ターゲットから外してください",
    # Secrets. Never a gap in these: nothing of the text may be repeated.
    "secret.aws": (
        "AWSの認証情報が含まれています。認証情報はコマンドラインやファイルに書かないでください。"
        "環境変数 AWS_ACCESS_KEY_ID、AWS_SECRET_ACCESS_KEY、AWS_SESSION_TOKEN に設定するか、AWS_PROFILE を使ってください。"
        "他の人の目に触れたおそれがあれば、そのキーを新しいものに替えてください"
    ),
    "secret.bedrock": (
        "キーまたはパスワードが含まれています。コマンドラインやファイルに書かないでください。"
        "BedrockのAPIキーは環境変数 AWS_BEARER_TOKEN_BEDROCK に設定してください"
        "（ほかのAWS認証情報は AWS_PROFILE、または AWS_ACCESS_KEY_ID と AWS_SECRET_ACCESS_KEY）。"
        "他の人の目に触れたおそれがあれば、そのキーを新しいものに替えてください"
    ),
    "secret.api_key": (
        "キーまたはパスワードが含まれています。コマンドラインやファイルに書かないでください。"
        "環境変数に設定し、api_key_env=OPENAI_API_KEY のようにその変数の名前を指定してください。"
        "BedrockのAPIキーであれば、環境変数は AWS_BEARER_TOKEN_BEDROCK です。"
        "他の人の目に触れたおそれがあれば、そのキーを新しいものに替えてください"
    ),
    "secret.url": (
        "アドレスにパスワードまたは署名が含まれています。コマンドラインやファイルに書かないでください。"
        "アドレスからは取り除き、認証情報は環境変数（AWS_PROFILE、AWS_BEARER_TOKEN_BEDROCK など）で渡してください"
    ),
    # The order and number of requests
    "rounds.budget_below_one_cycle": (
        "リクエスト数の上限 {limit} では1周に足りません。プロンプト{prompts}個×ターゲット{targets}個と"
        "ウォームアップ{warmup}件で、{needed}件必要です。上限を{needed}以上にするか、プロンプトを減らしてください"
    ),
    "rounds.budget_below_one_cycle.sessions": (
        "リクエスト数の上限 {limit} では、{sessions}回のセッションで1周ずつするのに足りません。毎回プロンプト{prompts}個×ターゲット{targets}個と"
        "ウォームアップ{warmup}件で、合計{needed}件必要です。上限を{needed}以上にするか、プロンプトかセッションを減らしてください"
    ),
    # Suites
    "suite.unknown": "スイート「{word}」はありません。ファイルかフォルダー、または次のいずれかを指定してください: {known}",
    "suite.unknown.maybe": (
        "スイート「{word}」はありません。「{suggestion}」の間違いではありませんか。ファイルかフォルダー、または次のいずれかを指定してください: {known}"
    ),
    "suite.unknown_format": "スイートの形式「{word}」はありません。次の中から選んでください: {known}",
    "suite.unknown_format.maybe": (
        "スイートの形式「{word}」はありません。「{suggestion}」の間違いではありませんか。次の中から選んでください: {known}"
    ),
    "suite.unknown_ending": "ファイル名からスイートの形式がわかりません。拡張子を {known} のいずれかにするか、形式を指定してください",
    "suite.unknown_prompt": "「{word}」というIDまたはカテゴリーのプロンプトはありません。このスイートにあるもの: {known}",
    "suite.unknown_prompt.maybe": (
        "「{word}」というIDまたはカテゴリーのプロンプトはありません。「{suggestion}」の間違いではありませんか。このスイートにあるもの: {known}"
    ),
    "suite.not_a_suite": "プロンプトの一覧になっていません。prompts というキーの下に一覧を書いてください",
    "suite.no_prompts": "プロンプトが1つもありません。1つ以上書いてください",
    "suite.no_text": "プロンプトの内容がありません。text か messages を書いてください",
    "suite.two_texts": "プロンプトが複数の場所（{keys}）に書かれています。どれか1つだけにしてください",
    "suite.empty_prompt": "本文が空です。質問や依頼の内容を書くか、取り除いてください",
    "suite.bad_id": (
        "「{word}」はIDとして使えません。半角の英数字と _ - . を使い、80文字以内で、- と . 以外の文字から始めてください"
    ),
    "suite.reserved_id": "ID「{word}」はhayai自身が使います。別のIDにしてください",
    "suite.duplicate_id": (
        "ID「{word}」は {first} ですでに使われています。プロンプトごとに別のIDを付けてください（大文字と小文字は区別しません）"
    ),
    "suite.bad_label": "表示できる文字だけを使い、1行、{longest}文字以内で書いてください（空にはできません）",
    "suite.unknown_role": (
        "「{word}」という role はありません。次の中から選んでください: {known}。システム向けの文は、プロンプトのキー system に書いてください"
    ),
    "suite.last_not_user": "最後のメッセージが assistant のものです。会話は user のメッセージで終わるようにしてください",
    "suite.part_unclear": (
        "それぞれの部分には text、image、image_base64 のどれか1つだけを書いてください（format は image_base64 にだけ使えます）"
    ),
    "suite.image_missing": "画像ファイル {path} がありません。パスはスイートのある場所を基準に書いてください",
    "suite.image_unreadable": "画像 {path} を読めません（{reason}）",
    "suite.image_type": "対応している種類の画像ではありません。使える形式: {known}",
    "suite.image_format_unknown": "そのような画像形式はありません。次の中から選んでください: {known}",
    "suite.image_other_format": "画像の形式が {announced} と書かれていますが、実際は {found} です。format を直してください",
    "suite.image_not_base64": "base64として読めません。画像を符号化するか、image でファイルを指定してください",
    "suite.image_too_big": "画像が{limit} MBを超えています（Bedrockが受け付ける上限）。小さくしてください",
    "suite.bad_tool_name": "ツールの名前は、半角の英数字と _ - を使い、64文字以内にしてください",
    "suite.unknown_column": "「{word}」という列は使えません。スイートで使える列: {known}",
    "suite.unknown_column.maybe": (
        "「{word}」という列は使えません。「{suggestion}」の間違いではありませんか。スイートで使える列: {known}"
    ),
    "suite.column_twice": "列「{word}」が2つあります。どちらか一方だけにしてください",
    "suite.no_text_column": "1行目に text（または prompt）という列名がありません。1行目には列名を書いてください",
    "suite.too_many_cells": "列は{expected}個ですが、値が{found}個あります。コンマを含む文は二重引用符で囲んでください",
    # Fields of files
    "field.unknown": "キー「{word}」はここでは使えません。使えるキー: {known}",
    "field.unknown.maybe": "キー「{word}」はここでは使えません。「{suggestion}」の間違いではありませんか。使えるキー: {known}",
    "field.missing": "キー {word} がありません。追加してください",
    "field.not_text": "{word} は文字列で書いてください（引用符で囲みます）",
    "field.key_not_text": "キー {word} は文字列ではありません。引用符で囲んでください",
    "field.half_character": "{word} に、文字として成り立たない符号（単独のサロゲート）が含まれています。取り除いてください",
    "field.not_integer": "{word} は整数で書いてください（引用符は付けません）",
    "field.not_flag": "{word} は true か false で書いてください（引用符は付けません）",
    "field.not_list": "{word} はリストで書いてください",
    "field.not_table": "ここにはキーと値の組を書いてください",
    "field.not_json": "JSONにない種類の値です。文字列、数値、true と false、リスト、キーと値の組を使ってください",
    "field.empty_list": "{word} が空です。1つ以上書いてください",
    "field.blank": "{word} が空です。値を書くか、取り除いてください",
    "field.too_small": "{word} は {low} 以上にしてください",
    "field.not_a_choice": "「{value}」は {word} の値として使えません。次の中から選んでください: {choices}",
    "field.not_a_choice.maybe": (
        "「{value}」は {word} の値として使えません。「{suggestion}」の間違いではありませんか。次の中から選んでください: {choices}"
    ),
    "field.invalid": "この値は正しくありません（{reason}）",
    # Files
    "file.missing": "ファイル {path} がありません。パスを確認してください",
    "file.unreadable": "ファイルを読めません（{reason}）",
    "file.too_big": "ファイルが{limit} MiBを超えています",
    "file.not_utf8": "UTF-8のテキストではありません。ファイルをUTF-8で保存してください（Excelでは「CSV UTF-8」）",
    "file.syntax": "{language}として読めません（{reason}）",
    # Durations
    "duration.not_a_duration": "「{word}」は時間の長さとして読めません。90s、10m、1h30m のように書くか、秒数で指定してください",
    "duration.not_positive": "「{word}」は0以下です。0より長い時間を指定してください",
    # Margins and precisions
    "ratio.not_a_ratio": "「{word}」は割合として読めません。10%、0.1、1.1x のように書いてください",
    "ratio.out_of_bounds": "「{word}」は0%から100%の間にありません。10%、0.1、1.1x のように書いてください",
    # Dollars
    "dollars.not_dollars": "「{word}」はドルの金額として読めません。1、0.50、$2 のように書くか、上限なしなら none と書いてください",
    "dollars.not_positive": "「{word}」は正の金額ではありません。実行にかけてよい最大の額を書くか、上限なしなら none と書いてください",
    # Rates
    "rate.not_a_rate": "「{word}」は送信の速さとして読めません。5/s、20/m、100/h のように、どの時間に何件かを書いてください",
    "rate.not_positive": "「{word}」では何も送れません。20/m のように0より大きくするか、制限しないなら指定を外してください",
    "rate.too_fast": "「{word}」は hayai が守れる速さを超えています。10000/s 以下にするか、制限しないなら指定を外してください",
    "rate.too_slow": "「{word}」は1時間に1件より遅すぎます。1/h 以上にしてください",
    "rate.below_one_cycle": "{rate} では、ウォームアップと1周分の {needed} リクエストが時間の上限に収まりません。"
    "--max-time {minutes} 以上にするか、速さを上げるか、プロンプトを減らして（--prompts）ください",
    # Rules that exclude each other
    "rules.precision_and_verdict_only": "判定が出た時点で終了する指定なので、精度とは一緒に使えません。どちらか一方だけにしてください",
    "rules.sessions_without_every": 'セッションを始める間隔も指定してください（例: --every 4h、ファイルでは every = "4h"）',
    "rules.every_without_sessions": "セッションの回数も指定してください（例: --sessions 3、ファイルでは sessions = 3）",
    # Configuration files
    "config.unknown_ending": "設定ファイルはTOMLかYAMLで書きます。拡張子を .toml、.yaml、.yml のいずれかにしてください",
    "config.two_models": "モデルが2通りに指定されています。target か、provider と model の組か、どちらか一方だけを書いてください",
    "config.options_in_target": "「{word}」にコンマが含まれています。オプションは、1行に1つずつ別のキーとして書いてください",
    "config.bad_option": "「{word}」はオプションの名前として使えません",
    "config.no_model": 'ターゲットが指定されていません。target = "プロバイダー:モデル" か、like = "別のターゲットの名前" を書いてください',
    "config.unknown_like": "「{word}」という名前のターゲットはありません。名前のあるターゲット: {known}",
    "config.unknown_like.maybe": (
        "「{word}」という名前のターゲットはありません。「{suggestion}」の間違いではありませんか。名前のあるターゲット: {known}"
    ),
    "config.like_circle": "like が循環しています（{way}）。どれか1つのターゲットで、モデルを直接指定してください",
}
