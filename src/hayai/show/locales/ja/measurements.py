"""Texts about measurements that were made elsewhere: what is wrong with a table of them, and what was assumed while reading it."""

TEXTS: dict[str, str] = {
    # The text as a whole
    "measurements.too_big": "{limit} MBを超えています。回答の本文などの列を除くか、ファイルを分けてください",
    "measurements.binary": "テキストではありません（ヌル文字が含まれています）。表をCSVで書き出してください（Excelでは「CSV UTF-8」）",
    "measurements.json_array": "全体が1つのJSON配列になっています。外側の角括弧を外し、1行に1つずつオブジェクトを書いてください（JSON Lines）",
    "measurements.no_rows": "測定値がありません。1行目に列名（prompt、target、seconds）を書き、2行目から1行に1リクエストずつ書いてください",
    "measurements.no_files": "結果ファイルがありません。ファイル、またはファイルの入ったフォルダーを指定してください",
    "measurements.more": "ほかに{count}件の問題があります。まず上のものを直してください",
    # Columns
    "measurements.no_column": "{column} の列がありません。いずれかの列に次のどれかの名前を付けてください: {known}",
    "measurements.no_column.maybe": "{column} の列がありません。「{word}」がその列なら、名前を「{suggestion}」にしてください。使える名前: {known}",
    "measurements.two_columns": "「{first}」と「{second}」は、どちらも {meaning} の列にあたります。使うほうの名前を {meaning} にするか、もう一方を削除してください",
    "measurements.too_many_cells": "1行目の列名は{expected}個ですが、値が{found}個あります。区切り文字を含む文は二重引用符で囲んでください",
    "measurements.too_few_cells": "1行目の列名は{expected}個ですが、値が{found}個しかありません。値がないところは、省かずに空欄にしてください",
    "measurements.not_an_object": 'この行はJSONのオブジェクトではありません。{{"prompt": "p1", "target": "a", "seconds": 1.5}} のように書いてください',
    # Cells
    "measurements.empty_name": "「{column}」の列が空です。どの行にもプロンプトとターゲットが必要です",
    "measurements.empty_time": (
        "「{column}」の列が空で、失敗したリクエストかどうかもわかりません。時間を書くか、status の列に failed と書いてください"
    ),
    "measurements.empty_round": "「{column}」の列が空です。すべての行に何回目かを書くか、列ごと削除してください（その場合は並び順で対にします）",
    "measurements.not_a_time": "「{column}」の列の「{cell}」は時間として読めません。1.5 のような数値か、1.5s、850ms のような単位付きの数値を書いてください",
    "measurements.not_finite": (
        "「{column}」の列の「{cell}」は、時間を表す数値ではありません。失敗したリクエストなら空欄にし、status の列に failed と書いてください"
    ),
    "measurements.not_positive": (
        "「{column}」の列が「{cell}」です。時間は0より大きくなければなりません。失敗したリクエストなら空欄にし、status の列に failed と書いてください"
    ),
    "measurements.not_whole": "「{column}」の列の「{cell}」は整数ではありません。数字だけで書くか、不明なら空欄にしてください",
    "measurements.not_yes_or_no": "「{column}」の列の「{cell}」は、はい・いいえのどちらにも読めません。true か false と書くか、不明なら空欄にしてください",
    "measurements.not_a_request": (
        "「{column}」の列の「{cell}」は、1マイクロ秒未満か1日を超えるリクエストになってしまいます。列名の単位を確かめてください"
    ),
    "measurements.ttft_after_end": (
        "最初のトークン（「{first}」）が、応答の終わり（「{column}」）より後になっています。同じリクエストの値か、単位が合っているかを確かめてください"
    ),
    "measurements.two_marks": (
        "「{column}」の列に、小数点がピリオドの値（{point}行目）とコンマの値（{comma}行目）があります。どちらかにそろえてください"
    ),
    # Units
    "measurements.mixed_units": (
        "「{column}」の列に、単位の付いた値が{united}個（「{example}」など）、付いていない値が{bare}個（行: {lines}）あります。"
        "すべてに単位を付けるか、すべて外してください"
    ),
    "measurements.two_units": (
        "「{column}」の列に、2つの単位が混ざっているようです。値が「{low}」（{low_line}行目）以下と「{high}」（{high_line}行目）以上の2群に分かれて"
        "います。{all}個のうち、まず{fewer}個（行: {lines}）を確かめてください。単位をそろえるか、すべての値に単位を付けてください（1.2s、850ms）。"
        "実際にこれほど離れた時間なら、--allow-wide を付けてください"
    ),
    "measurements.no_unit": (
        "「{column}」という列名には単位がなく、値（「{cell}」など）は秒にしては大きすぎます。"
        "1行目の列名に単位を付けてください: {column}_ms または {column}_s"
    ),
    # What belongs together
    "measurements.twice": "プロンプト「{prompt}」の「{target}」の同じ回が、すでに{first}行目にあります。一方を削除するか、回の番号を付け直してください",
    "measurements.two_categories": "プロンプト「{prompt}」のカテゴリーが、ここでは「{category}」、{first}行目では「{other}」です。どちらかにそろえてください",
    "measurements.one_target": "すべて1つのターゲット「{target}」の測定値です。比較するには、同じプロンプトで測った別のターゲットの値を加えてください",
    "measurements.no_pair": "同じ回に2つのターゲットへ送られたプロンプトがなく、比較できません。prompt と round の列を確かめてください",
    "measurements.all_failed": "すべてのリクエストが失敗していて、比べる時間がありません。成功したリクエストの状態は、次のどれかで書いてください: {known}",
    # Results files
    "measurements.same_file": "{first} と内容が同じです。どちらか一方を外してください",
    "measurements.target_twice": "このファイルにはターゲット「{target}」が2つあります。別々の名前にしてください",
    "measurements.file_time": "「{target}」の時間が、リクエストの時間としてありえない値です。ファイルを直すか、外してください",
    "measurements.file_tokens": "「{target}」の出力トークン数が0未満です。ファイルを直すか、外してください",
    # What was assumed
    "measurements.note.ignored": "使わなかった列: {columns}。",
    "measurements.note.seconds_assumed": "「{column}」という列名に単位がないので、秒として読みました。",
    "measurements.note.own_units": "「{column}」の列に、列名と違う単位の付いた値があります。それぞれの値に付いた単位で読みました。",
    "measurements.note.decimal_comma": "「{column}」の列のコンマは小数点として読みました（1,5 は 1.5）。",
    "measurements.note.rounds_by_order": (
        "round の列がないので、同じプロンプトとターゲットのn番目の行をn回目としました。"
        "近い時刻のリクエストが対になるのは、抜けた行がない場合だけです。"
    ),
    "measurements.note.failures": "状態の列により、{count}行を失敗したリクエストとして数えました: {words}。",
    "measurements.note.short_names": "本文がそのまま書かれた{count}個のプロンプトは、冒頭の語と番号で呼びます。",
    "measurements.note.prompts_from_text": "プロンプトは、冒頭の語と番号で呼びます。",
    "measurements.note.rounds_by_time": "同じプロンプトのファイルが複数あるので、古い順に1回目、2回目…としました。",
    "measurements.note.undated": "測定時刻のないファイルが{count}個あります。並び順のまま、最後の回としました。",
    "measurements.note.file_failures": "時間のない応答が{count}件あります。失敗したリクエストとして数えました。",
}
