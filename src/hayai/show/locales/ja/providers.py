"""Texts about how services speak: the options of their targets, what cannot work, credentials and access."""

TEXTS: dict[str, str] = {
    # Options of a Bedrock target.
    "option.bedrock.api": "使う API。converse-stream(既定)、converse、invoke-stream、invoke。オペレーション名でも書けます。",
    "option.bedrock.latency": "要求するレイテンシーモード。実際に使われたモードは応答から読み取ります。",
    "option.bedrock.tier": "要求するサービスティア。実際に使われたティアは応答から読み取ります。",
    "option.bedrock.region": "AWS リージョン。省略すると AWS_REGION、AWS_DEFAULT_REGION、プロファイルの順に探します。",
    "option.bedrock.profile": "認証情報とリージョンを取得する AWS プロファイル。",
    "option.bedrock.endpoint": "サービスのアドレス。VPC エンドポイントやシミュレーター用。",
    "option.bedrock.signing_region": "署名に使うリージョン。ターゲットのリージョンと異なる場合に指定します。",
    "option.bedrock.family": "invoke 系 API で送る固有形式。モデル ID から判別できない場合に指定します。",
    "option.bedrock.temperature": "サンプリング温度。",
    "option.bedrock.top_p": "top-p サンプリングの累積確率。",
    "option.bedrock.top_k": "候補とする上位トークン数(Claude と Nova)。",
    "option.bedrock.max_tokens": "回答の最大トークン数。",
    "option.bedrock.system": "システムプロンプト。プロンプト自身のシステム文より前に置かれます。",
    "option.bedrock.cache": "on: システムテキストの後ろにキャッシュポイントを置く。なければ最後より前の発言の後ろ、それもなければプロンプト全体の後ろ（Converse の呼び出し）。",
    "providers.cache_in_invoke": "cache=on は Converse のキャッシュポイントを使いますが、invoke の呼び出しにはありません。api=converse-stream か api=converse を使ってください。",
    "providers.access.cache_unsupported": "{model} では、このレイテンシーモードとプロンプトキャッシュを併用できません。cache= か latency= を外してください。Bedrock の応答: {words}",
    "option.bedrock.stop": "停止シーケンス(JSON のリスト)。",
    "option.bedrock.extra": "リクエスト本文に統合する JSON オブジェクト。thinking、guardrailConfig、requestMetadata など。",
    "option.bedrock.header.": "追加のリクエストヘッダー。",
    "option.bedrock-boto3.api": "使う API。converse-stream(既定)、converse、invoke-stream、invoke。オペレーション名でも書けます。",
    "option.bedrock-boto3.latency": "要求するレイテンシーモード。実際に使われたモードは応答から読み取ります。",
    "option.bedrock-boto3.tier": "要求するサービスティア。実際に使われたティアは応答から読み取ります。",
    "option.bedrock-boto3.region": "AWS リージョン。省略すると AWS_REGION、AWS_DEFAULT_REGION、プロファイルの順に探します。",
    "option.bedrock-boto3.profile": "認証情報とリージョンを取得する AWS プロファイル。",
    "option.bedrock-boto3.endpoint": "サービスのアドレス。VPC エンドポイントやシミュレーター用。",
    "option.bedrock-boto3.family": "invoke 系 API で送る固有形式。モデル ID から判別できない場合に指定します。",
    "option.bedrock-boto3.temperature": "サンプリング温度。",
    "option.bedrock-boto3.top_p": "top-p サンプリングの累積確率。",
    "option.bedrock-boto3.top_k": "候補とする上位トークン数(Claude と Nova)。",
    "option.bedrock-boto3.max_tokens": "回答の最大トークン数。",
    "option.bedrock-boto3.system": "システムプロンプト。プロンプト自身のシステム文より前に置かれます。",
    "option.bedrock-boto3.cache": "on: システムテキストの後ろにキャッシュポイントを置く。なければ最後より前の発言の後ろ、それもなければプロンプト全体の後ろ（Converse の呼び出し）。",
    "option.bedrock-boto3.stop": "停止シーケンス(JSON のリスト)。",
    "option.bedrock-boto3.extra": "リクエスト本文に統合する JSON オブジェクト。thinking、guardrailConfig、requestMetadata など。",
    "option.bedrock-boto3.retry_mode": "boto3 の再試行モード。指定しなければ boto3 の既定。",
    "option.bedrock-boto3.max_attempts": "boto3 が試みる最大回数（最初を含む）。1 なら再試行なし。",
    "option.bedrock-boto3.read_timeout": "boto3 が次のバイトを待つ秒数（既定は 60）。",
    "option.bedrock-boto3.client": "shared（既定）: 1 つのクライアントを共用。each: 呼び出しごとに、測定時間の中で新しいクライアントを作る。",
    # Targets that cannot work.
    "providers.api_unknown": "Bedrock に {api} という API はありません。api= には次のいずれかを指定してください: {choices}",
    "providers.model_id": "{model} は Bedrock のモデル ID として使えません。ID は空白を含まない ASCII 文字で 1〜{longest} 文字です。"
    "モデル ID、推論プロファイル ID、または ARN を指定してください。",
    "providers.family_needed": "モデル ID {model} からは、invoke 系 API で送る固有形式を判別できません。"
    "family=claude または family=nova を加えるか、api=converse-stream を使ってください。",
    "providers.invoke_family": "hayai が対応する固有形式は Claude と Nova だけで、{model} の形式には対応していません。"
    "すべてのモデルに共通の api=converse-stream または api=converse を使ってください。",
    "providers.top_k_family_needed": "top_k= の送り方はモデルの系列によって異なりますが、{model} からは判別できません。"
    "family=claude または family=nova を加えるか、extra= に直接書いてください。",
    "providers.top_k_family": "{model} に top_k を渡す方法がわかりません。"
    'extra={{"additionalModelRequestFields":{{"top_k":50}}}} のように extra= に直接書いてください。',
    "providers.max_tokens_needed": "Claude の固有形式では回答の最大トークン数が必須ですが、次のプロンプトに指定がありません: {prompts}。"
    "ターゲットまたはプロンプトに max_tokens= を加えてください。",
    "providers.stop_not_list": 'stop= は ["END"] のような文字列の JSON リストで指定してください。',
    "providers.extra_not_object": 'extra= は {{"requestMetadata":{{"team":"search"}}}} のような JSON オブジェクトで指定してください。',
    "providers.extra_in_invoke": "invoke 系 API は本文中の {field} を受け付けず、ヘッダーで受け取ります。代わりに {option} を使ってください。",
    "providers.header_name": "{header} はヘッダー名として使えません。",
    "providers.header_reserved": "ヘッダー {header} は接続や署名に関わるため hayai が設定します。指定から外してください。",
    "providers.header_value": "ヘッダー {header} の値は、前後に空白のない印字可能な ASCII 文字で指定してください。",
    # Where and who.
    "providers.endpoint_url": "このアドレスには接続できません。http(s)://ホスト[:ポート][/パス] の形で、? と # を含めずに書いてください。",
    "providers.endpoint_secret": "アドレスにユーザー名かパスワードが含まれています。取り除いてください。認証情報は AWS の設定から、キーは環境変数から取得します。",
    "providers.endpoint_fips": "FIPS エンドポイントが有効(AWS_USE_FIPS_ENDPOINT または use_fips_endpoint)になっており、"
    "独自のエンドポイントとは併用できません。どちらかを無効にしてください。",
    "providers.endpoint_variant": "このリージョンには該当するエンドポイントがありません: {reason}。"
    "別のリージョンを選ぶか、FIPS またはデュアルスタックの設定を無効にしてください。",
    "providers.bearer_needs_https": "このままでは Bedrock API キーが {endpoint} へ平文で送られます。https:// のアドレスを使うか、"
    "AWS_BEARER_TOKEN_BEDROCK を解除して AWS 認証情報で署名してください。",
    "providers.region_missing": "AWS リージョンが設定されていません。ターゲットに region= を加えるか、AWS_REGION またはプロファイルで設定してください。",
    "providers.region_invalid": "{region} はリージョン名ではありません。us-east-1 のような形で指定してください。",
    "providers.proxy_address": "プロキシのアドレスとして読めません。http://ホスト:ポート または http://名前:パスワード@ホスト:ポート と書いてください。",
    "providers.proxy_kind": "hayai が使えるのは http のプロキシだけで、{scheme} は使えません。http:// のプロキシを指定するか、NO_PROXY で宛先を除いてください。",
    "providers.boto3_missing": "bedrock-boto3: は boto3 を使って送りますが、ここにインストールされていません。hayai と同じ環境に入れるか（pip install boto3）、bedrock: を使ってください。",
    "providers.profile_missing": "AWS の設定に {profile} というプロファイルはありません。`aws configure list-profiles` で一覧を確認できます。",
    "providers.config_unreadable": "AWS の設定ファイル {path} を解釈できません。修正するか、AWS_CONFIG_FILE で別のファイルを指定してください。",
    "providers.services_missing": "プロファイルが参照している services セクション {section} が AWS の設定にありません。",
    # Credentials.
    "providers.credentials.none": "AWS の認証情報が見つかりません。`aws configure` か `aws sso login` を実行する、AWS_ACCESS_KEY_ID と "
    "AWS_SECRET_ACCESS_KEY または AWS_BEARER_TOKEN_BEDROCK を設定する、profile= でプロファイルを指定する、のいずれかを行ってください。"
    "`hayai demo` は認証情報なしで動きます。",
    "providers.credentials.partial": "{source} から得た AWS の認証情報が不完全です。{variable} がありません。",
    "providers.credentials.sso_expired": "SSO のログインが期限切れか、まだ行われていません。`aws sso login`"
    "(プロファイルを使う場合は --profile 付き)を実行してからやり直してください。({reason})",
    "providers.credentials.login_expired": "AWS のログインが期限切れか、まだ行われていません。`aws login` を実行してからやり直してください。({reason})",
    "providers.credentials.mfa": "この認証情報には MFA コードが必要ですが、入力できる端末がありません（またはコードが違います）。"
    "`aws configure export-credentials --profile 名前 --format env` などで一時認証情報を取得して環境変数に設定し、profile= を外してください。",
    "providers.credentials.config": "この認証情報に関する AWS の設定に誤りがあります: {reason}",
    "providers.credentials.role_refused": "このロールまたはログインの認証情報の発行を AWS に拒否されました: {reason}",
    "providers.credentials.unreachable": "認証情報を発行するサービスに接続できません: {reason}",
    "providers.credentials.process_failed": "プロファイルの credential_process が失敗しました。直接実行して原因を確認してください。出力: {reason}",
    "providers.credentials.not_json": "プロファイルの credential_process の出力が JSON ではありません。直接実行して出力を確認してください。({reason})",
    "providers.credentials.program_missing": "AWS の認証情報に必要なプログラムまたはファイルを開けません: {reason}",
    "providers.credentials.failed": "AWS の認証情報を読み込めませんでした: {reason}",
    # The service's refusals, with what helps.
    "providers.access.denied": "この認証情報には {model} を呼び出す権限がありません。モデルに対して bedrock:InvokeModel と "
    "bedrock:InvokeModelWithResponseStream を許可してください。推論プロファイルの場合は、プロファイルと、対象となる各リージョンのモデルにも許可が必要です。"
    "Bedrock の応答: {words}",
    "providers.access.model_access": "このアカウントはまだ {model} を利用できません。このリージョンの Bedrock コンソールで利用を申請してください。"
    "Bedrock の応答: {words}",
    "providers.access.api_key": "{model} に使った API キーを Bedrock が受け付けません。短期キーの有効期間は最長 12 時間で、1 つのリージョンでのみ使えます。"
    "新しいキーを作るか、AWS_BEARER_TOKEN_BEDROCK を解除して AWS 認証情報で署名してください。Bedrock の応答: {words}",
    "providers.access.expired": "{model} に使った認証情報が期限切れです。更新(`aws sso login` または新しい一時キー)してから測定を再開してください。"
    "Bedrock の応答: {words}",
    "providers.access.unrecognised": "{model} に使った認証情報を AWS が認識できません。アクセスキーが存在するか、キーとセッショントークンの組が正しいかを"
    "確認してください。Bedrock の応答: {words}",
    "providers.access.unsigned": "{model} へのリクエストは署名なしで送られましたが、サービスは署名を求めています。AWS の認証情報を設定してください。"
    "Bedrock の応答: {words}",
    "providers.access.signature": "{model} へのリクエストの署名が正しくありません。シークレットキーと、signing_region= がエンドポイントのリージョンと"
    "一致しているかを確認してください。Bedrock の応答: {words}",
    "providers.access.clock": "このマシンの時計が AWS の時刻と大きくずれているため、{model} への署名が無効です。時計を合わせてください。"
    "Bedrock の応答: {words}",
    "providers.access.end_of_life": "{model} は提供を終了しており、呼び出せません。新しいモデルを選ぶか（候補は hayai doctor）、公開された比較を hayai demo でシミュレーションしてください。Bedrock の応答: {words}",
    "providers.access.legacy": "{model} はレガシー扱いで、このアカウントでは最近使われていないため利用できません。現行のモデルを選んでください。"
    "Bedrock の応答: {words}",
    "providers.access.use_case_form": "{model} を使うには、Bedrock コンソールで提供元のユースケースフォームをアカウントごとに一度提出する必要があります。"
    "Bedrock の応答: {words}",
    "providers.access.not_found": "このリージョンに {model} が見つかりません。ID と、モデルまたはプロファイルがそのリージョンにあるかを確認してください。"
    "Bedrock の応答: {words}",
    "providers.access.model_id": "{model} は、このリージョンの Bedrock が認識するモデル ID ではありません。つづりとリージョンを確認してください。"
    "Bedrock の応答: {words}",
    "providers.access.needs_profile": "{model} は推論プロファイル経由でのみ呼び出せます。プロファイルの ID(多くは同じ名前の前に "
    "us.、eu.、apac.、global. などを付けたもの)を使ってください。Bedrock の応答: {words}",
    "providers.access.latency_unsupported": "{model} はここではこのレイテンシーモードに対応していません。対応する推論プロファイルとリージョンを使うか、"
    "latency= を外してください。Bedrock の応答: {words}",
    "providers.access.no_reservation": "tier=reserved には {model} の予約済み容量が必要ですが、このアカウントにはありません。別のティアを選んでください。"
    "Bedrock の応答: {words}",
    "providers.access.tier_unsupported": "{model} はここではこのサービスティアに対応していません。別のティアを選ぶか、tier= を外してください。"
    "Bedrock の応答: {words}",
    "providers.access.proxy": "{model} のサービスとの間にあるプロキシがログインを求めています。HTTPS_PROXY に含めるか、"
    "NO_PROXY でこの宛先をプロキシから除いてください。プロキシの応答: {words}",
    "providers.access.redirected": "{model} のアドレスは、別のアドレスへ転送しています。指定されていない先にプロンプトや署名を送らないため、hayai は転送に従いません。"
    "転送先が正しければ endpoint= に書いてください。ログインページなら、途中にプロキシや認証ポータルがあります。応答: {words}",
    # OpenAI-compatible targets: options, what cannot work, keys, refusals.
    "option.openai.base_url": "サービスのアドレス（/chat/completions の手前まで）。既定は OpenAI 自身のアドレスです。",
    "option.openai.endpoint": "base_url と同じ（base_url があればそちらが優先）。--endpoint で設定されます。",
    "option.openai.api_key_env": "キーが入っている環境変数の名前。OpenAI 自身のアドレスでは OPENAI_API_KEY を使い、それ以外には、ここで指定しない限りキーを送りません。none でキーなし。",
    "option.openai.stream": "回答を少しずつ受け取ります（既定）。false にすると一括で受け取り、最初のトークンの時刻はありません。",
    "option.openai.usage": "ストリームにトークン数の報告を求めます（既定）。stream_options を拒むサーバーでは false にします。",
    "option.openai.tier": "要求するサービスティア（service_tier）。実際に適用されたものは回答から読み取ります。",
    "option.openai.temperature": "サンプリングの温度。",
    "option.openai.top_p": "Nucleus サンプリング：候補とする確率の割合。",
    "option.openai.frequency_penalty": "すでに何度も現れたトークンへのペナルティ。",
    "option.openai.presence_penalty": "すでに現れたトークンへのペナルティ。",
    "option.openai.seed": "サンプリングのシード（サービスが対応している場合）。",
    "option.openai.reasoning_effort": "どれだけ推論させるか。サービスの用語で指定します。",
    "option.openai.max_tokens": "回答の最大長（トークン数）。",
    "option.openai.max_tokens_field": "最大長を入れる項目。OpenAI と Azure OpenAI では max_completion_tokens、それ以外では max_tokens です。",
    "option.openai.system": "システムテキスト。プロンプト自身のものより前に置かれます。",
    "option.openai.stop": "停止シーケンス（JSON の配列）。",
    "option.openai.extra": "リクエスト本文に合成する JSON オブジェクト。サービスが知っていて hayai が知らない項目に使います。",
    "option.openai.header.": "追加のリクエストヘッダー。",
    "providers.openai.whole_address": "/chat/completions は hayai が付け加えます。{suggestion} と書いてください。",
    "providers.openai.key_variable": "api_key_env= には OPENAI_API_KEY のような大文字の環境変数名か none を指定します。キーそのものは書かないでください。",
    "providers.openai.several_answers": "extra= が複数の回答（n）を求めています。hayai は 1 リクエストにつき 1 つの回答を計ります。n を外してください。",
    "providers.openai.extra_option": "extra= が {field} を設定していますが、これは hayai が把握していなければなりません。代わりに {option} を使ってください。",
    "providers.openai.key_missing": "環境変数 {variable} にキーがありません。設定するか、api_key_env= で別の変数を指定するか、キーの要らないサービスを base_url= で指定してください。",
    "providers.openai.key_odd": "環境変数 {variable} の中身はキーではありえません（空白または ASCII 以外の文字を含みます）。設定し直してください。",
    "providers.openai.key_needs_https": "このままでは {variable} のキーが {endpoint} へ平文で送られます。https:// のアドレスを使うか、api_key_env=none でキーを送らないようにしてください。",
    "providers.openai.access.key": "サービスは {model} にキーを求めていますが、受け付けられるキーが送られませんでした。キーの入った環境変数を api_key_env= で指定し、その中身を確かめてください。サービスの返答：{words}",
    "providers.openai.access.denied": "このキーでは {model} を使えません。利用を申請するか、別のキーを使ってください。サービスの返答：{words}",
    "providers.openai.access.model": "サービスに {model} が見つからないか、このアドレスには何もありません。モデル名（GET base_url/models で一覧できます）と base_url=（多くは /v1 で終わります）を確かめてください。サービスの返答：{words}",
    "providers.openai.access.address": "このアドレスには {model} と話す口がありません。base_url=（多くは /v1 で終わります）を確かめてください。サービスの返答：{words}",
    "providers.openai.access.redirected": "{model} のアドレスは、別のアドレスへ転送しています。指定されていない先にプロンプトやキーを送らないため、hayai は転送に従いません。転送先が正しければ base_url= に（/chat/completions を除いて）書いてください。ログインページなら、途中にプロキシや認証ポータルがあります。返答：{words}",
    "providers.openai.access.quota": "{model} に使える残高または割り当てがアカウントに残っていません。請求のページを確かめてください。サービスの返答：{words}",
    "providers.openai.access.proxy": "このマシンと {model} のサービスの間にあるプロキシがログインを求めています。HTTPS_PROXY に含めるか、NO_PROXY でこの宛先をプロキシから除いてください。プロキシの返答：{words}",
}
