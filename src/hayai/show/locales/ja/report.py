"""Texts of reports, cautions and their explanations."""

TEXTS: dict[str, str] = {
    # Banner
    "report.simulated": "シミュレーション、実時間の{speed}倍速 (プロファイル {profile})。実際のサービスは測定していません",
    "report.simulated.real_time": "シミュレーション、実時間と同じ速さ (プロファイル {profile})。実際のサービスは測定していません",
    "report.simulated.unknown_speed": "シミュレーション (プロファイル {profile})。実際のサービスは測定していません",
    # What ran
    "report.title": "{targets}個のターゲットを{prompts}個のプロンプトで比較 (スイート {suite})",
    "report.title.one": "1個のターゲットを{prompts}個のプロンプトで測定 (スイート {suite})",
    "report.ran": "完了した周回 {cycles}、リクエスト {requests}件 (失敗 {failed}件)、所要 {duration}。{window}。",
    "report.pace": "送信は全ターゲット合計で最大{rate}、等間隔。",
    "report.pace.less": "送信は全ターゲット合計で最大{rate}、等間隔。実際は{reached}でした。前の応答も待つためです (--concurrency で同時に進む数を増やせます)。",
    "report.pace.late": "送信は全ターゲット合計で最大{rate}、等間隔。実際は{reached}でした (W116 を参照)。",
    "rate.s": "毎秒{requests}件",
    "rate.m": "毎分{requests}件",
    "rate.h": "毎時{requests}件",
    "report.window": "{start}〜{end} ({zone})",
    "report.window.unknown": "時刻は不明",
    "report.machines": "測定元: {machines}。",
    "report.unpaired": "保存してあり、比較には使わないもの: 途中で切れたラウンドの{unpaired}件、再試行に置き換わった{retried}件。",
    "report.ended": "終了の理由: {reason}。",
    "report.ended.cycles": "すべての周回を完了",
    "report.ended.max_requests": "リクエスト数の上限に到達",
    "report.ended.max_cost": "費用の上限に到達",
    "report.ended.max_time": "時間の上限に到達",
    "report.ended.finished_early": "Ctrl-C による終了 (送信済みのものは完了)",
    "report.ended.stopped": "即時停止",
    "report.ended.parent": "測定プロセスへの停止指示",
    "report.ended.no_verdict": "片方の応答だけが切れており、続けても判定できない",
    "report.ended.verdict": "決着した",
    "report.ended.waiting": "残りのセッションを待っている",
    "report.ended.access": "認証情報またはモデルへのアクセス権がない",
    "report.ended.cannot_connect": "ターゲットに接続できない",
    "report.ended.disk": "実行ディレクトリに書き込めない",
    "report.ended.instrument": "測定プロセスの障害",
    "report.ended.failures": "失敗が続いた",
    "report.span.s": "{s}秒",
    "report.span.min": "{min}分{s}秒",
    "report.span.h": "{h}時間{min}分",
    "report.nothing": "すべてのターゲットがそろったラウンドがまだないので、比較できるものはありません。",
    "report.place": "測定したものはすべてここにあります: {place}",
    # Table of targets
    "report.targets": "ターゲット",
    "report.baseline": "基準",
    # The published table
    "report.prompts": "プロンプト別の応答時間",
    "report.prompts.note": "繰り返しの中央値。短縮: {baseline}に対して短くなった時間の割合。速さ: {baseline}の何倍の速さか。"
    "tok/s: 出力トークン数 ÷ 応答時間全体。",
    "report.prompts.note.one": "繰り返しの中央値。tok/s: 出力トークン数 ÷ 応答時間全体。",
    "report.region_names": "リージョン: {names}。",
    "report.cell.answered": "{target}: {requests}件のうち{answered}件が応答",
    "report.category.none": "カテゴリなし",
    "report.column.prompt": "プロンプト",
    "report.column.category": "カテゴリ",
    "report.column.target": "ターゲット",
    "report.column.region": "リージョン",
    "report.column.time": "時間({unit})",
    "report.column.saved": "短縮",
    "report.column.fast": "速さ",
    "report.column.tokens": "出力tok",
    "report.column.speed": "tok/s",
    "report.column.prompts": "件数",
    "report.times": "{number}倍",
    "report.unknown": "不明",
    # By category
    "report.categories": "カテゴリ別",
    "report.categories.note": "カテゴリに属するプロンプトの幾何平均。件数: プロンプトの数。",
    "report.categories.note.gains": "カテゴリに属するプロンプトの幾何平均。差とその区間は「{section}」にあります。",
    # Per target
    "report.per_target": "ターゲット別",
    "report.per_target.note": "中央値。括弧内は、標本が十分に大きければ95パーセンタイル (p95)、そうでなければ最大値 (max)。",
    "report.spread": "{median} ({high})",
    "report.row.p95": "{row} (p95)",
    "report.row.max": "{row} (max)",
    "report.row.answered": "応答",
    "report.row.of": "{part} / {whole}",
    "report.row.e2e": "応答時間 {unit}",
    "report.row.ttft": "最初のトークン {unit}",
    "report.row.ttfv": "最初の本文 {unit}",
    "report.row.tpot": "1トークンあたり {unit}",
    "report.row.output_speed": "出力速度 tok/s",
    "report.row.e2e_tokens_per_s": "全体 tok/s",
    "report.row.e2e_characters_per_s": "全体 文字/s",
    "report.row.output_characters_per_s": "出力速度 文字/s",
    "report.row.output_tokens": "出力トークン",
    "report.row.chunk_gap": "チャンク間隔 {unit}",
    "report.row.dns": "DNS {unit}",
    "report.row.tcp": "TCP {unit}",
    "report.row.tunnel": "プロキシのトンネル {unit}",
    "report.row.tls": "TLS {unit}",
    "report.row.service_time": "サービスの時間 {unit}",
    "report.row.service_first_byte": "サービス初バイト {unit}",
    "report.row.network_share": "ネットワークの割合",
    "report.row.lateness": "送信の遅れ {unit}",
    "report.row.regions": "応答したリージョン",
    "report.row.latency.asked": "要求したレイテンシ",
    "report.row.latency.served": "提供されたレイテンシ",
    "report.row.tier.asked": "要求した階層",
    "report.row.tier.served": "提供された階層",
    "report.row.clock": "時計",
    "report.row.coalesced": "まとめて届いた断片",
    "report.not_told": "記載なし",
    "report.clock.kernel": "カーネル",
    "report.clock.user": "ユーザー空間",
    "report.clock.mixed": "混在",
    # Averages
    "report.gains": "{baseline}に対する応答時間、平均の取り方ごと",
    "report.gains.note": "どちらを基準にしても対等なのは幾何平均です。二つの単位は別々に平均しています。",
    "report.average.geometric": "幾何平均",
    "report.average.totals": "合計の比",
    "report.average.mean": "比の平均",
    "report.average.median": "中央のプロンプト",
    "report.average.lowest": "最小の効果",
    "report.average.highest": "最大の効果",
    "report.ratios": "{baseline}に対するその他の比 (プロンプトの幾何平均)",
    "report.ratio.e2e": "応答時間",
    "report.ratio.ttft": "最初のトークンまでの時間",
    "report.ratio.tpot": "出力1トークンあたりの時間",
    "report.ratio.output_tokens": "出力トークン数",
    "report.ratio.e2e_tokens_per_s": "全体の毎秒トークン数",
    "report.ratio.e2e_characters_per_s": "全体の毎秒文字数",
    "report.speeds": "全体の毎秒トークン数、平均の取り方ごと",
    "report.speeds.note": "すべてのターゲットが答えたプロンプト ({prompts}個中{count}個) の値。残りを含めると、失敗したターゲットが速く見えてしまいます。",
    "report.speed.mean": "プロンプトの平均",
    "report.speed.totals": "トークン合計 ÷ 時間合計",
    "report.speed.geometric": "幾何平均",
    "report.speed.time": "応答時間の平均 ({unit})",
    # Differences
    "report.differences": "応答時間の差 ({unit})、前から後を引いた値",
    "report.differences.mean": "平均",
    # Failures
    "report.failures": "失敗したリクエスト",
    "report.failure": "{target}: {outcome} {count}件",
    "report.failure.code": "{target}: {outcome} {count}件、{code}",
    "report.outcome.ok": "成功",
    "report.outcome.throttled": "スロットリング",
    "report.outcome.refused": "拒否",
    "report.outcome.server_error": "サーバーエラー",
    "report.outcome.cut_off": "途中で切断",
    "report.outcome.timed_out": "タイムアウト",
    "report.outcome.no_connection": "接続できず",
    "report.outcome.bad_protocol": "プロトコル違反",
    "report.outcome.cancelled": "取り消し",
    # Cautions
    "report.cautions": "注意",
    "report.cautions.none": "ありません。",
    "report.cautions.more": "くわしい説明: hayai explain {code}",
    "report.list.more": "ほか{count}件",
    "report.list": "、",
    "caution.W100": "応答はシミュレーター (プロファイル {profiles}) のものです。数値は実際のサービスについて何も語りません。",
    "caution.W101": "{total}件のうち{count}件の応答で、サービスが入力の一部をキャッシュから読みました ({targets})。キャッシュがあると早く始まります。"
    "キャッシュなしで比べるには --cache avoid を使ってください。",
    "caution.W102": "モードを指定した{total}件のうち{count}件の応答が、指定と異なるレイテンシモードまたは階層で提供されました ({targets})。"
    "集計では指定した側に残しています。そのモードの割り当て (クォータ) を確認してください。",
    "caution.W103": "モードを指定した{total}件のうち{count}件の応答に、提供されたレイテンシモードや階層が書かれていません ({targets})。"
    "指定どおりだったかは不明です。同じサービスの別のAPIなら分かることがあります。",
    "caution.W104": "同じプロンプトへの応答のうち、一部だけがトークン上限で切れました ({targets}。プロンプト {prompts})。切れた応答は速い応答ではありません。"
    "max_tokens を上げてください。",
    "caution.W105": "すべてのターゲットのすべての応答がトークン上限で切れました (プロンプト {prompts})。時間は比べられますが、長さは比べられません。"
    "応答全体が必要なら max_tokens を上げてください。",
    "caution.W106": "{total}件のうち{count}件の応答にトークン数がありません ({targets})。毎秒トークン数は不明です。毎秒文字数で比べてください。",
    "caution.W107": "{total}件のうち{count}件の応答は、ユーザー空間の時計で時刻を取りました ({targets})。このマシンの混み具合が時間に含まれます。"
    "ほかの処理を止めるか、Linuxで測定してください。",
    "caution.W108": "最大{worst_ratio}の断片が、ほかの断片と同じ読み取りでまとめて届きました ({targets})。その間隔は集計から除いています。"
    "応答時間には影響しません。",
    "caution.W109": "{total}件のうち{count}件のリクエストが失敗しました。うち{throttled}件はスロットリングです ({targets})。時間は成功した分だけのものです。"
    "失敗の一覧でサービス自身の言葉を確かめてください。スロットリングなら、--rate で送信を遅くするか、割り当ての引き上げを申請してください。",
    "caution.W110": "完了した周回は{cycles}です。2周に満たないと、各セルは1件だけで、ばらつきと差を区別できません。周回を増やしてください。",
    "caution.W111": "{total}件のうち{count}件が、予定より{limit_ns}以上遅れて送信されました (最大 {worst_ns})。測定側が混んでいました。"
    "ほかの処理を止めるか、同時実行数を下げてください。",
    "caution.W112": "ターゲットのモデル系列が異なり ({families})、トークンの切り方も異なります。トークンではなく毎秒文字数で比べてください。",
    "caution.W113": "{targets} は複数のリージョン ({regions}) から応答しました。ばらつきの一部は経路の違いです。除くにはリージョンを固定してください。",
    "caution.W114": "{total}件のうち{count}件で、測定中に接続を開き直しました ({targets})。接続の各段階を確認してください。"
    "サービスや途中の機器が、使われていない接続を閉じています。",
    "caution.W115": "測定は{cycles}周を終えたところで中断されました。測定済みの分を示しています。ターゲットに接続できる間は、--resume で続きを実行できます。",
    "caution.W116": "このマシンが限界だった可能性があります。測定プロセスは CPU コアの{core_ratio}を使い、時計の確認の{held_up_ratio}が遅れました（最大 {worst_ns}）。同時実行数を減らすか、ほかに仕事のないマシンを使ってください。",
    "caution.W116.rate": "このマシンは指定の速さを守れませんでした。送信が遅れ（最大 {worst_ns}）、速さの{behind_ratio}を失いました。測定プロセスは CPU コアの{core_ratio}を使い、時計の確認の{held_up_ratio}が遅れました。"
    "--rate を下げるか、ほかに仕事のないマシンを使ってください。",
    "caution.W119": "cache=on ですが、キャッシュを使ったと示す応答がありません ({targets}、{total}件中{count}件)。モデルは、多くは 1,024 トークンより短い部分をキャッシュしません。",
    "explain.W119": "キャッシュポイントを設定しました（cache=on）が、どの応答の使用量にもキャッシュの読み書きがありません。ポイントより前の部分（システムテキスト。なければ最後より前の発言、それもなければプロンプト全体）が短すぎるかもしれません。"
    "多くのモデルは 1,024 トークン未満をキャッシュせず、2,048 や 4,096 のモデルもあります。または、このモデルにはここでキャッシュがありません。測定結果は、設定しない場合と同じです。",
    "cache.title": "プロンプトキャッシュ",
    "cache.note": "ヒット: キャッシュから読んだ応答。割合: 入力トークン全体に占める割合。",
    "cache.column.hits": "ヒット",
    "cache.column.read": "読み取り",
    "cache.column.written": "書き込み",
    "cache.column.share": "割合",
    "cache.effect.ttft": "{target}: ヒットすると、最初のトークンまでの時間は、しない場合の {ratio} 倍です（{interval}、95%、同じプロンプト同士の比較）。",
    "cache.effect.e2e": "{target}: ヒットすると、応答全体の時間は、しない場合の {ratio} 倍です（{interval}、95%、同じプロンプト同士の比較）。",
    "report.row.cache_written_tokens": "キャッシュしたトークン",
    "caution.W120": "{total}件のうち{count}件のリクエストで SDK が内部で再試行しました ({targets})。その待ち時間は測定値に含まれ、アプリケーションには遅い応答に見えます。",
    "explain.W120": "boto3 は、スロットリングや接続の切断のときに、自動で待って再試行します。呼び出す側には、時間のかかった 1 回の呼び出しに見えます。bedrock-boto3: のターゲットはまさにそれを測り、"
    "回数は指標 sdk_retries が示します。サービス自体の動きを見るには、max_attempts=1 にするか、何も再試行しない bedrock: と比べてください。",
    "report.row.sdk_retries": "SDK の再試行",
    "caution.W117": "{total}件のうち{count}件の応答が、最後にまとめて届きました ({targets})。途中の何かが応答をためています。その最初のトークンまでの時間、間隔、書く速さは、"
    "ためた側のものなので除いています。応答時間は有効です。プロキシを通らない経路にするか、そのバッファリングを切ってください。",
    # Explanations
    "explain.W100": "hayaiには、本物と同じプロトコルを話し、プロファイルどおりに振る舞うローカルのサービスが付いています。アカウントなしでhayaiを試すため、"
    "また真の値が分かっている相手で測定器を点検するためのものです。その結果には、必ず先頭にシミュレーションと書かれます。実際のサービスを測定するには、"
    "シミュレーターのエンドポイントを外したターゲットを指定してください。",
    "explain.W101": "サービスは、プロンプトの先頭部分を覚えておき、読み直しを省くことがあります。最初のトークンが早く届き、入力の料金も下がりますが、毎回新しいプロンプトを"
    "送る利用者には起こりません。hayaiは、指定がなければプロンプトを書かれたまま送ります。--cache avoid では、どのリクエストも先頭に固有の短い文字列を"
    "付けるので、再利用は起こりません。--cache warm では、測定の前にすべてのターゲットにキャッシュを作る機会を与えます。",
    "explain.W102": "割り当てを超えると、サービスは最適化レイテンシの指定に対して標準レイテンシで応答したり、別の階層で応答したりすることがあります。どれが提供されたかは応答に"
    "書かれています。指定した利用者が実際に受け取るのはその応答なので、hayaiは指定した側に残し、件数を明示します。指定どおり提供されたときの速さを"
    "知りたい場合は、同時に送る数を減らすか、割り当てを増やしてください。",
    "explain.W103": "レイテンシモードまたは階層を指定しましたが、提供されたものを示す項目もヘッダーも応答にありません。知らないうちに別のモードで応答された可能性があります。"
    "BedrockのConverse系の呼び出しは応答の最後で、Invoke系の呼び出しは応答ヘッダーで知らせます。古いサービスや途中のプロキシが落とすこともあります。",
    "explain.W104": "トークン上限に達した応答は早く止まるので、その時間は短すぎます。一つのターゲットで他より多く起こると、そのターゲットは実際より速く見えます。"
    "どの応答も切れなくなるまで max_tokens を (スイート、ターゲット、または計画で) 上げるか、全部が同じように切れるよう、全員に同じ低い上限を設定してください。",
    "explain.W105": "これらのプロンプトでは、すべてのターゲットがトークン上限に達しました。応答のトークン数がそろうので時間は比べやすくなりますが、最後まで書かれた応答は一つもありません。"
    "応答の品質や本来の長さは比べられません。",
    "explain.W106": "トークナイザーを知っているのはサービスだけなので、hayaiはサービスが報告したトークン数だけを使います。チャンクも単語もトークンではありません。報告がなければ、"
    "トークン数、毎秒トークン数、1トークンあたりの時間は不明とし、推定はしません。毎秒文字数はhayai自身が数えるので、いつでも分かります。",
    "explain.W107": "Linuxでは、パケットが届いた時刻をカーネルが記録します。ほかの環境や、その記録が届かなかった場合は、測定プロセスが起きた時刻を使うので、混んだマシンでは遅れます。"
    "差はふつう1ミリ秒未満で、どのターゲットにも同じようにかかりますが、短い時間や断片の間隔には加わります。",
    "explain.W108": "応答の複数の断片が1回の読み取りで届くと、正確な時刻が分かるのは最後の断片だけで、ほかはそれより前のどこかで届いています。サービスがまとめて送る、ネットワークがまとめる、"
    "測定側が混んでいる、といったときに起こります。hayaiはそうした断片の時刻を区間として残し、チャンク間隔の集計から除きます。応答時間と毎秒トークン数には影響しません。"
    "ほかの断片とまとめて届いた最初のトークンは、実際にはそれより早く、ただし一つ前の読み取りより後に届いています。小分けにためて渡すプロキシは、そのように最初のトークンを遅らせます。",
    "explain.W109": "失敗したリクエストに応答時間はありません。hayaiは、失敗をサービス自身の言葉とともに種類ごとに数え、時間には混ぜません。片方だけ失敗が多い場合、その時間は調子のよい"
    "ときだけのものです。スロットリングは、アカウントの割り当てかサービスの容量に達したことを意味します。--rate で送信を遅くする、割り当ての引き上げを申請する、"
    "または再試行を許可してください。再試行は1回ずつ記録されます。",
    "explain.W110": "応答時間はリクエストごとに、しばしば1割以上変わります。プロンプトとターゲットの組に1件しかないと、差がターゲットの違いなのか、その瞬間の違いなのか、データからは"
    "分かりません。2周以上あれば、同じ条件の繰り返しがどれだけ違うかが分かります。2024年の公開比較にあったのは、最初の1周だけでした。",
    "explain.W111": "どのリクエストにも送るべき時刻があります。それより遅れたなら、測定側が混んでいて、サービスには予定より軽い負荷しかかかっていません。送信からの時間に遅れは"
    "含まれず、予定からの時間には含まれます。どちらも記録しています。ほかのプログラムを止める、大きなマシンを使う、同時実行数を下げる、のいずれかを試してください。",
    "explain.W112": "トークンは文章の切れ端で、切り方はモデルの系列ごとに異なります。同じ文が、ある系列では100トークン、別の系列では140トークンになることがあります。したがって、"
    "系列の異なる毎秒トークン数や1トークンあたりの時間は、別の単位です。毎秒文字数なら、応答の言語が同じであるかぎり、どの系列でも同じ単位です。",
    "explain.W113": "クロスリージョン推論プロファイルは、空きのあるリージョンにリクエストを送ります。そこまでの経路の長さも、リージョンの混み具合も異なります。そのターゲットのばらつきには"
    "この選択も含まれます。利用者が受け取るのもそれなので、誤りではありません。モデルだけを比べるには、一つのリージョンに留まるモデルIDやプロファイルを使ってください。",
    "explain.W114": "DNS、TCP、TLSの時間が応答時間に入らないように、hayaiは最初のリクエストの前に接続を開きます。測定中に接続を開くと、リクエストは送信の前にそれを待ちます。"
    "理由は、使われていない接続を閉じるサービス、途中のプロキシやNAT、接続を壊したエラーなどです。そうした接続の各段階は、独立した指標として記録されます。",
    "explain.W115": "Ctrl-C、シグナル、または測定プロセスの停止により、予定より前に終わりました。送信中だったリクエストは、完了したか、失われています。終わっていたものはすべて"
    "実行ディレクトリにあります。そろっていないラウンドは、保存しますが比較には使わず、--resume で最初からやり直します。",
    "explain.W116": "測定プロセスは 1 秒に 20 回時計を見て自分の遅れを確かめ、CPU 時間も数えています。遅れが多いとき、またはコアをほぼ使い切っているときは、リクエストの送信が遅れ、届いたデータが読まれるのを待ちます。カーネルが記録した到着時刻は正しいままですが、"
    "送信時刻と、まとめて届いた断片に影響します。--rate を使うときは、送信が予定からどれだけ遅れたかも数えます。遅れは取り戻さないため、そのぶん速さが落ちます。"
    "--concurrency や --rate を下げる、ほかのプログラムを止める、または空きコアの多いマシンで測ってください。同じラウンドのターゲットは等しく影響を受けるため、比は時間そのものより影響を受けにくくなります。",
    "caution.W118": "{total}件のうち{count}件の応答がプロキシを経由しました ({targets})。プロキシでかかる時間は、経由するすべてのターゲットのすべての時間に含まれます。",
    "explain.W118": "HTTPS_PROXY が設定され、NO_PROXY でもこの宛先が除かれていないため、hayai はプロキシにトンネル（CONNECT）を開きます。その時間は接続の一部として別に測りますが、その後はすべてのバイトがプロキシを通り、"
    "サービスの時間と区別できません。同じ経路を通るターゲット同士なら、どちらにも含まれるので公平に比べられます。片方だけがプロキシを通る比較は公平ではありません。プロキシなしで測るには、宛先を NO_PROXY に入れるか、VPC エンドポイントを使います。",
    "explain.W117": "ストリーミングを求めたのに、多くの断片が、全体の時間の最後の20分の1のうちに、まとめて、または数十マイクロ秒おきに届きました。このように書くモデルはありません。"
    "プロキシやゲートウェイ、または見かけだけストリーミングのサービスが、応答をためて、そろってから渡しています。その断片から分かるのは、ためたものを出した時刻だけです。"
    "そのため、こうした応答の最初のトークンまでの時間、1トークンの時間、書く速さ、間隔は、一括の応答と同じく不明とします。最後の断片までの時間はそのとおりなので、"
    "応答時間についての判定は有効です。小分けにためて渡すバッファは、この規則では見つかりません。W108 を見てください。",
    # Markdown, CSV, JSON, published files
    "published.note.first_cycle": "注記: 時間は最初に測定した周回のものです。",
    "published.compared_at": "比較時刻",
    "published.prompt": "プロンプト",
    "published.answer": "{name}の応答",
    "published.time": "応答時間",
    "published.seconds": "{number}秒",
    "published.tokens": "出力トークン数",
    "published.times": "実行時間の比較",
    "published.differences": "実行時間の差分",
    "published.token_counts": "出力トークン数の比較",
    "published.not_such_a_file": "公開比較の結果ファイルではありません。時間、差分、トークン数の各節が見つかりません。hayai または公開スクリプトが書いたファイルを指定してください。",
    "published.unknown": "不明",
    # Progress
    "progress.failed": "失敗 {count}",
    "progress.speed": "{number} tok/s",
    "progress.ttft": "最初のトークン {duration}",
    "progress.line": "{cycle}周目: {done}/{planned}件、失敗 {failed}件、経過 {elapsed}",
    "progress.line.left": "{cycle}周目: {done}/{planned}件、失敗 {failed}件、経過 {elapsed}、残り最大 {left}",
    "progress.spent": "{line}、{spent}",
    "progress.simulated": "シミュレーション、{line}",
}
