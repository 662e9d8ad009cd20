## ウィンドウの枠: ナビゲーション、分割表示、最近のケース、未保存の文章、保存済みビュー

nav-group-case = ケース
nav-group-explore = 調査
nav-group-conclude = 結論

command-split = 2 つのビューを並べて表示
command-split-tip = 同じケースの別のビューを隣に表示。もう一度実行すると 1 つのビューに戻る
command-other-half = もう一方のビューへ移動
command-other-half-tip = 隣のビューで操作を続ける
command-navigation = ナビゲーションの表示切り替え
command-navigation-tip = ビューの名前と件数の表示と、アイコンのみの表示を切り替え
split-left = 左側のビュー
split-right = 右側のビュー
split-close = この側を閉じる

start-missing = ファイルなし

banner-unsaved = 前回の終了時に未保存だった文章 { $count } 件を入力欄に復元
banner-unsaved-show = 表示
banner-unsaved-later = 隠す
banner-unsaved-later-tip = 文章は、保存または破棄するまで入力欄に保持
unsaved-title = 未保存の文章
unsaved-text = 入力後に保存されなかった文章です。それぞれの入力欄に復元しました。入力欄で保存するか、ここで破棄してください。
unsaved-go = 入力欄へ移動
unsaved-copy = コピー
unsaved-discard = 破棄
unsaved-no-place = 対象はケースに残っていません。文章はコピーできます。
unsaved-field = 未保存
unsaved-note = { $what } のメモ
unsaved-edited-note = { $what } の変更中のメモ
unsaved-finding = 所見 { $what }
unsaved-exhibit = 証拠資料 { $what }
unsaved-new-exhibit = 新しい証拠資料
unsaved-report = 報告書: { $what }
unsaved-statement = SQL 文

command-saved-views = 保存済みビュー...
command-saved-views-tip = 画面の状態（ビュー、フィルター、期間、並び順、列）を名前を付けてケースに保存、または保存済みビューに戻る
views-name = 名前
views-save = このビューを保存
views-replaces = 同じ名前の保存済みビューを置き換え
views-tip = ビュー、フィルター、期間、並び順、列をケースファイルに保存
views-none = 保存済みビューなし
views-open = { $name } を開く
views-remove = { $name } を削除
notice-view-saved = ビューを保存
notice-view-removed = ビューを削除
change-view-save = ビュー { $name } の保存
change-view-remove = 保存済みビュー { $name } の削除
