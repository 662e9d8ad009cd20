# キーボード、ペイン、表示サイズ、動き

command-next-pane = 次のペイン
command-next-pane-tip = キーボードの操作先をウィンドウの次の部分へ移動
command-previous-pane = 前のペイン
command-previous-pane-tip = キーボードの操作先をウィンドウの前の部分へ移動
command-focus-time = 期間へ移動
command-focus-time-tip = 期間の開始を入力
command-reduce-motion = 動きを減らす設定の切り替え
command-reduce-motion-tip = アニメーションとカーソルの点滅なし。ここで設定するまではデスクトップの設定に従う
notice-still = 動きを減らす設定: オン
notice-moves = 動きを減らす設定: オフ
notice-drop-waits = ダイアログを閉じてからファイルをドロップしてください

pane-menu = メニューバー
pane-navigation = ビュー
pane-banner = ケースの状態
pane-filter = フィルター
pane-time = 期間
pane-histogram = ヒストグラム
pane-facets = 上位の値
pane-list = 一覧
pane-main = メインビュー
pane-beside = 右のビュー
pane-details = 選択項目の詳細
pane-inspector = 詳細パネル
pane-tour = ツアー
pane-status = ステータスバー
pane-dialog = ダイアログ

change-filter-apply = フィルター { $name }
change-filter-clear = フィルターの解除
change-range = 期間の変更

palette-query = 定義済みクエリ
palette-value = 値
palette-address = { $value } の詳細
palette-flows = フローログ: { $filter }
palette-events = CloudTrail: { $filter }
palette-records-tip = 該当レコードを表示。「戻る」で現在のビューに復帰
palette-nothing = 該当なし。操作の名前（フィルター、時間、タグ、メモ、エクスポート、報告書、元に戻す、拡大など）、または IP アドレス、アクセスキー、ARN、イベント ID、インターフェイス、ポートを入力してください。

choice-dataset = レコードの種類
choice-measure = 集計する値
choice-by = グループ化
choice-top = グループ数
choice-shape = グラフの種類
