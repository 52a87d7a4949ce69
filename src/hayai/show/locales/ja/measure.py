"""Texts of the rooms `measure` and `keep`: connections, the agent, run directories."""

TEXTS: dict[str, str] = {
    "measure.dial.dns_failed": "名前を解決できません（{reason}）。リージョンと接続先を確認してください",
    "measure.dial.connection_refused": "接続先で待ち受けているサービスがありません（{reason}）。アドレスとポート、起動しているかを確認してください",
    "measure.dial.connect_timeout": "接続できませんでした（{reason}）。ネットワークを確認するか、--connect-timeout を延ばしてください",
    "measure.dial.tls_refused": "安全な接続を確立できません（{reason}）。社内やシミュレーターの証明書なら、その認証局を AWS_CA_BUNDLE に指定してください。"
    "平文のHTTPサービスなら http:// と書いてください",
    "measure.dial.proxy_refused": "プロキシがトンネルを開きません（{reason}）。管理者にこの宛先の許可を求めるか、直接届くなら NO_PROXY に宛先を入れてください",
    "measure.dial.proxy_login": "プロキシがログインを求めています（{reason}）。アドレスに含めてください（HTTPS_PROXY=http://名前:パスワード@ホスト:ポート）。hayai はどのファイルにも残しません",
    "measure.sdk_failed": "SDK のプロセスが処理を続けられません: {words}",
    "measure.dial.unreachable": "サービスに到達できません（{reason}）。ネットワークと接続先を確認してください",
    "measure.dial.too_many_files": "開いているファイルが多すぎます（{reason}）。上限（ulimit -n）を上げるか、--concurrency を下げてください",
    "measure.only_failures": "{count} 回続けて失敗したため終了しました。最後の失敗: {code}: {words}",
    "measure.agent_died": "測定プロセスが予期せず終了しました（終了ステータス {code}）。記録済みのデータはすべて残っています",
    "measure.broken": "測定器そのものに問題が起きたため終了しました（{kind}: {words}）。記録済みのデータは残っています。--debug を付けてご報告ください",
    "journal.cannot_write": "{path} に書き込めません: {reason}。書き込み権限と空き容量を確認するか、別の場所を指定してください。それまでの測定結果は残っています",
    "journal.cannot_read": "{path} を読めません: {reason}",
    "journal.busy": "別の hayai が {path} に記録中です。終わるのを待つか、先に止めてください",
    "journal.damaged": "{path} が壊れています: {reason}",
    "journal.newer_version": "{path} はより新しい hayai で書かれています（形式 {version}、このバージョンが読めるのは {known} まで）。hayai を更新してください",
    "journal.no_runs": "{path} に実行がありません。まず hayai demo を試してください",
    "journal.no_such_run": "{path} に「{name}」という実行はありません",
    "journal.not_a_run": "{path} は実行ディレクトリではありません（{missing} がありません）",
    "journal.other_suite": "{path} の内容が、この実行で使ったプロンプトと一致しません",
    "journal.several_runs": "「{name}」に当てはまる実行が {path} に {count} 個あります。名前をもう少し長く書いてください",
}
