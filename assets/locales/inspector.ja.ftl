### 詳細パネル、フィルターと期間の行、タグ、比較。


inspector-tab-summary = 要約
inspector-tab-json = JSON
inspector-tab-raw = 原文
inspector-tab-provenance = 出所
inspector-tab-notes = メモ
inspector-tab-notes-count = メモ { $count }
inspector-json-search = JSON 内の検索
inspector-json-none = 該当するキー、パス、値なし
inspector-json-found = { $count } 件
inspector-json-fold = すべて折りたたみ
inspector-json-unfold = すべて展開
inspector-json-long = ツリー表示の上限を超える JSON。「原文」タブに表示
inspector-json-broken = JSON として読めないイベント。「原文」タブに表示
inspector-members = { $count } メンバー
inspector-elements = { $count } 要素
inspector-bytes = バイト列の確認方法
inspector-bytes-command = 証拠内の該当バイト列をそのまま出力
copy-command = コマンドをコピー
inspector-selected-tags = 上のレコードのタグとメモ。選択行のタグ付けは、表で Space キー

examiner-name = 氏名
examiner-why = このケースには調査担当者の氏名がありません。入力した氏名は、追加した内容とともに記録され、次のケースでも使われます。
examiner-set = 続行

menu-record-5m = このレコードの前後 5 分
menu-record-1h = このレコードの前後 1 時間
menu-session = このロールセッションの引き受け元
menu-hourly-pairs = 1 時間ごとの通信量（ペア別）
menu-hourly-principals = 1 時間ごとのイベント数（プリンシパル別）
menu-hourly-events = 1 時間ごとのイベント数（イベント名別）
menu-tag-rows = 選択行にタグを設定...
menu-compare = 選択したレコードの比較
menu-show-column = { $field } を列として表示
menu-exists = この値を持つレコードのみ
menu-copy-path = パスをコピー
menu-copy-field = フィールドと値をコピー

tags-title = レコード { $count } 件
tags-field = タグ
tags-hint = 新規または既存のタグ（複数はカンマ区切り）
tags-keys = Enter: 設定　スペース: 複数選択　Esc: 閉じる
tags-apply = 設定
tags-none = このケースにはまだタグがありません。たとえば「持ち出し」のように入力してください。
tags-all = 全件に設定済み
tags-some = { $count } 件に設定済み
tags-will-add = 追加予定
tags-will-remove = 削除予定

command-compare = 比較
command-compare-tip = 選択した 2 ～ 5 行を並べて表示（相違を先頭に）
notice-compare-count = 比較には 2 ～ 5 行の選択が必要です（Ctrl+クリック、Shift+矢印キー）。現在 { $count } 行。
compare-title = { $count } 件のレコードの比較
compare-differ = { $all } 件中 { $count } 件が相違
compare-only = 相違のみ
compare-field = フィールド
compare-equal = 同一の値 { $count } 件
compare-differs = 相違
compare-same = 同一
compare-copy-text = テキストとしてコピー
compare-copy-csv = CSV としてコピー
compare-exhibit = 証拠資料に追加...
compare-close = 比較を閉じる
compare-no-difference = 相違なし

time-tip = { $name }: 日付、時刻、または式。日付のない時刻は、期間の日（期間がなければケースの最終日）とみなす。
    03:30    03:30-04:10    2026-03-11    2026-03-11 01:44
    今日、昨日: ケースの最終日とその前日
    +1h: 開始から 1 時間後    -30m: 終了の 30 分前
    最後の3時間    最初の3時間    この行の前後 5分
when-unknown = 時刻として読めない入力。入力例: 03:30、03:30-04:10、2026-03-11、2026-03-11 01:44、+1h、-30m、今日、昨日、最後の3時間、この行の前後 5分
when-no-records = 基準となる時刻を持つレコードがケースにありません。日付と時刻を入力してください。
when-no-row = 行を選択してください。その行の時刻が基準になります。
when-order = 開始より後の終了が必要
time-presets = プリセット
time-typed-today = 今日
time-typed-yesterday = 昨日
time-typed-last-1h = 最後の1時間
time-typed-last-3h = 最後の3時間
time-typed-last-24h = 最後の24時間
time-typed-row-5m = 前後5分
time-typed-row-1h = 前後1時間
time-preset-today = ケースの最終日
time-preset-yesterday = 最終日の前日
time-preset-last-1h = ケースの最後の 1 時間
time-preset-last-3h = ケースの最後の 3 時間
time-preset-last-24h = ケースの最後の 24 時間
time-preset-row-5m = 選択行の前後 5 分
time-preset-row-1h = 選択行の前後 1 時間
inspector-hidden = 2 つのビューを表示中は、ウィンドウの高さが足りないため詳細パネルは非表示
inspector-hidden-show = ビューを 1 つにする
