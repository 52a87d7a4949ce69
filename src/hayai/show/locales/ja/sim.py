"""Texts of the room `sim`."""

TEXTS: dict[str, str] = {
    "sim.profile_unknown": "この名前のシミュレータープロファイルはありません。使えるもの: {known}。TOML ファイルのパスも指定できます。",
    "sim.profile_unreadable": "シミュレータープロファイルを読み込めません: {reason}。",
    "sim.profile_not_toml": "シミュレータープロファイルが正しい TOML ではありません: {reason}。",
    "sim.profile_not_a_table": "ここにはテーブルが必要です(`[name]` または `{{key = value}}` の形)。",
    "sim.profile_unknown_key": "プロファイルにこのキーはありません。候補: {close}。",
    "sim.profile_missing_key": "必須のキーがありません。",
    "sim.profile_bad_value": "この値は使えません: {reason}。",
    "sim.bad_speed": "シミュレーターの速度に {speed} は使えません。0 より大きい数を指定してください(1 が実際の速さ、20 で 20 倍速)。",
    "sim.cannot_listen": "シミュレーターがこのアドレスで待ち受けできません: {reason}。別のポートを選ぶか、0 を指定すると空いているポートを使います。",
    "sim.died": "シミュレーターは準備が終わる前に終了しました。上に出ているメッセージを確認してください。",
}
