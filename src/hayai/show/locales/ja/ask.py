"""Texts of the room `ask`."""

TEXTS: dict[str, str] = {
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
    "target.not_json": (
        "{word} の値がJSONとして読めません（{reason}）。JSONオブジェクトか、{word}=@file.json の形でファイルを指定してください"
    ),
    "target.not_json_object": (
        "{word} の値は、JSONのオブジェクトか配列、または {word}=@file.json の形のファイル指定にしてください"
    ),
    "target.file_missing": "{word}: ファイル {path} がありません。@ の後のパスを確認してください",
    "target.file_too_big": "{word}: ファイル {path} が1 MiBを超えています",
    "target.file_unreadable": "{word}: ファイル {path} を読めません（{reason}）",
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
        "リクエスト数の上限 {limit} では1サイクルに足りません。プロンプト{prompts}個×ターゲット{targets}個と"
        "ウォームアップ{warmup}件で、{needed}件必要です。上限を{needed}以上にするか、プロンプトを減らしてください"
    ),
}
