# 画面とコマンドラインのエラー。本文は失敗した処理とその理由、属性 next は次の対処を示す。
# コマンドラインで対処が異なる場合、$face は `cli`、それ以外は `window`。

## 画面で行っていた処理
error-open-case = ケースを開けませんでした
error-create-case = ケースを作成できませんでした
error-query = クエリが失敗しました
error-import = 取り込みを開始できませんでした
error-import-stopped = 取り込みが停止しました
error-file = ファイルを取り込めませんでした
error-export = エクスポートが失敗しました
error-copy = 行をコピーできませんでした
error-exhibit = 証拠資料を開けませんでした
error-settings = 設定を保存できませんでした
error-settings-read = 設定を読み取れませんでした
error-unsaved = 未保存の文章
error-index = 列索引を作成できませんでした
error-upgrade = ケースを更新できませんでした
error-rescue = ケースを復旧できませんでした
error-not-verified = 報告書は作成しましたが、検証は不合格です

## ケース
error-case-not-found = { $path } がありません。
    .next = パスを確認するか、{ $face ->
        [cli] 次のコマンドでケースを作成してください: coldtrail new CASE
       *[window] 「ケース」メニューの「ケースの新規作成...」で作成してください。
    }
error-case-exists = { $path } は既に存在します。
    .next = 別の名前を選ぶか、{ $face ->
        [cli] 次のコマンドで既存のケースに取り込んでください: coldtrail import CASE PATH...
       *[window] 既存のケースを開いて取り込んでください。
    }
error-case-unreadable = { $path } を開けませんでした: { $reason }
    .next = パス、アクセス権、ディスクの空き容量を確認するか、別のパスを選んでください。
error-not-a-case = { $path } は Coldtrail のケースではありません。
    .next = ケースは .coldtrail ファイルです。証拠は{ $face ->
        [cli] 次のコマンドで取り込んでください: coldtrail import CASE PATH...
       *[window] ケースを開き、「証拠の取り込み...」で取り込んでください。
    }
error-case-newer = { $path } は新しいバージョンの Coldtrail で作成されています（ケースのバージョン { $found }、このプログラムの対応は { $known } まで）。
    .next = 作成したバージョン以降の Coldtrail で開いてください。
error-case-needs-upgrade = { $path } は旧バージョンの Coldtrail で作成されています（ケースのバージョン { $found }、このプログラムが書き込むのは { $known }）。
    .next = 何も書き込んでいません。{ $face ->
        [cli] --upgrade を付けるか、次のコマンドで更新してください: coldtrail upgrade CASE
       *[window] 確認の表示に従って更新してください。
    }更新後は旧バージョンの Coldtrail では開けません。
error-case-not-upgraded = { $path } を更新できませんでした: { $reason }
    .next = 空き容量が十分にある書き込み可能なドライブに複製し、複製を更新してください。
error-case-no-room = { $path } は一時的な複製から読み取りますが、{ $folder } に複製を作成できませんでした: { $reason }
    .next = そのディスクの空き容量を増やすか、TMPDIR に別のフォルダーを指定してください。
error-case-untrusted = { $path } に想定外の内容があります: { $what }
    .next = 他のプログラムによる変更、または破損です。その内容は実行していません。提供元に原本を依頼するか、次のコマンドで行を新しいケースに復旧してください: coldtrail rescue CASE NEW
error-case-damaged = { $path } は破損しています: { $what }
    .next = { error-case-corrupt.next }
error-case-corrupt = ケースの一部が破損しており、読み取れません: { $reason }
    .next = ファイルには書き込みません。提供元に別の複製を依頼するか、次のコマンドで読み取れる部分を復旧してください: coldtrail rescue CASE NEW
error-case-busy = ケースは他のプログラムが使用中です。
    .next = 使用しているウィンドウを閉じるか取り込みを止めてから、もう一度実行してください。
error-disk-full = ディスクの空き容量がありません。
    .next = 空き容量を増やしてから、もう一度実行してください。
error-case-read-only = ケースが読み取り専用のドライブにあります。
    .next = ケースを書き込み可能なドライブに複製してください。
error-case-not-written = ケースに書き込めませんでした。
    .next = ディスク、空き容量、ファイルサイズの上限を確認してから、もう一度実行してください。
error-case-not-read = ドライブの障害によりケースを読み取れませんでした。
    .next = ドライブとケーブルを確認するか、複製を使用してください。
error-no-raw-content = 証拠 { $evidence } の原本の内容はケースにありません。
    .next = 元のファイルを開くか、原本の内容を保存する設定で新しいケースに取り込んでください。
error-no-such-record = レコード { $record } はケースにありません。
    .next = 参照を確認してください。形式は列 ref に表示される 証拠:位置 です。
error-no-such = ケースに { $what } はありません。
    .next = 番号または名前を確認してください。
error-bad-content = 証拠 { $evidence } の保存内容を読み取れません: { $reason }
    .next = 次のコマンドでケースを検証してください: coldtrail verify CASE
error-temporary-file = 一時ファイルを再び読み取れませんでした: { $reason }
    .next = 一時ファイルのフォルダー（TMPDIR）を削除しないでください。{ error-import-disk-full.resume }
error-sqlite = SQLite のエラー: { $reason }
    .next = もう一度実行してください。再発する場合は、次のコマンドでケースを検証してください: coldtrail verify CASE

## クエリ
error-cancelled = 中止しました。
    .next = 結果が必要な場合は、もう一度実行してください。
error-filter = { $reason }
    .next = フィルターを修正してください。フィルター言語の説明: { $face ->
        [cli] coldtrail flows --help
       *[window] フィルターのヘルプ（F1）
    }
error-statement = SQL 文は実行していません。
    { $reason }
    .next = 実行できるのは、読み取り専用の SELECT または WITH の文一つだけです。
error-timed-out = タイムアウトしました。
    .next = 対象を絞り込むか、時間の上限を長くしてください。
error-too-many-rows = 証拠資料の行数の上限は { $most } 行ですが、結果は { $rows } 行です。
    .next = フィルターで絞り込むか、行数の上限を指定してください。
error-exhibit-unreadable = 証拠資料を読み取れません: { $reason }
    .next = 新しいバージョンの Coldtrail で作成された可能性があります。次のコマンドでケースを検証してください: coldtrail verify CASE
error-unfit = { $reason }
    .next = 指定を修正してから、もう一度実行してください。

## ファイル
error-file-exists = { $path } は既に存在します。
    .next = 既存のファイルは上書きしません。別の名前を選んでください。
error-export-exists = { $path } は既に存在します。
    .next = 別の名前を選んでください。上書きするには、{ $face ->
        [cli] --force を指定してください。
       *[window] 確認の表示で承認してください。
    }
error-file-unreadable = { $path } を読み取れませんでした: { $reason }
    .next = パスとアクセス権を確認してください。
error-file-unwritable = { $path } に書き込めませんでした: { $reason }
    .next = パス、アクセス権、ディスクの空き容量を確認してから、もう一度実行してください。書きかけのファイルは残っていません。
error-not-a-list = { $path } は指標リストではありません: { $reason }
    .next = 指標のファイルを選ぶか、列を指定してください。
error-no-rules = { $path } に Sigma ルールがありません: .yml や .yaml のファイルがありません。
    .next = Sigma ルールのフォルダーかファイルを選んでください。
error-not-an-inventory = { $path } はインベントリではありません: { $reason }
    .next = AWS コマンドラインの JSON の応答（describe-instances など）を選んでください。
error-not-a-filter-file = { $path } はフィルターの一覧ではありません: { $reason }
    .next = フィルターのエクスポートで作成したファイルを選んでください。
error-not-a-database = { $path } は MaxMind 形式のデータベースではありません: { $reason }
    .next = GeoLite2、DB-IP、IPinfo の .mmdb ファイルを選んでください。
error-settings-unwritable = { $path } に書き込めませんでした: { $reason }
    .next = 作業は続けられますが、画面の設定は保存されません。
error-settings-unread = { $path } を読み取れませんでした: { $reason }
    .next = 標準の設定を使用しています。ファイルを読み取れるようにしてから、プログラムを起動し直してください。
error-settings-damaged = { $path } は破損していたため、{ $kept } として残しました。
    .next = 標準の設定を使用しています。作業は続けられます。ケースの内容に影響はありません。
error-unsaved-damaged = 未保存の文章のファイル { $path } は破損していたため、{ $kept } として残しました。
    .next = そのファイルをテキストエディターで確認してください。入力した文章が残っている可能性があります。ケースの内容に影響はありません。

## 取り込み
error-import-disk-full = { error-disk-full }
    .next = 空き容量を増やしてください。{ error-import-disk-full.resume }
    .resume = 取り込み済みのファイルはケースに保存されています。{ $face ->
        [cli] 続きの取り込み: coldtrail import CASE --resume
       *[window] 残りは、もう一度取り込むと続きから処理されます。
    }
error-import-not-written = { error-case-not-written }
    .next = ディスク、空き容量、ファイルサイズの上限を確認してください。{ error-import-disk-full.resume }
error-input-not-found = { $reason }
    .next = パスを確認してください。ここからは何も取り込んでいません。
error-input-forbidden = { $reason }
    .next = 読み取り権限を得てから、もう一度取り込んでください。
error-input-not-a-file = { $reason }
    .next = 取り込めるのはファイルとフォルダーだけです。
error-input-link = { $reason }
    .next = リンク先が証拠である場合は、リンク先をそのパスで取り込んでください。
error-input-nothing = { $reason }
    .next = 対処は不要です。
error-input-media = { $reason }
    .next = ドライブとケーブルを確認してから、ファイルをもう一度取り込んでください。このファイルの内容はケースに入っていません。
error-input-expansion = { $reason }
    .next = 信頼できるファイルであれば、{ $face ->
        [cli] --any-expansion を付けてもう一度取り込んでください。
       *[window] もう一度取り込み、「続行」を選んでください。
    }
error-input-temporary = { $reason }
    .next = 一時ファイルのフォルダー（TMPDIR）の空き容量を増やしてから、もう一度取り込んでください。
error-input-internal = { $reason }
    .next = もう一度取り込んでください。再び失敗する場合は、ファイルを保管し、問題を報告してください。

## 指標、ラベル、フィルター
error-bad-value = { $value } は有効な値ではありません: { $reason }
    .next = 値を修正してから、もう一度実行してください。
error-list-name-taken = { $name } という名前のリストは既にあります。
    .next = 別の名前を選んでください。
error-no-label = { $kind }にラベルは付けられません。
    .next = ラベルを付けられるのは、アドレス、範囲、インターフェイス、プリンシパル、キーです。
error-label-nameless = ラベルには名前が必要です。
    .next = 名前を入力してください。
error-bad-filter = フィルター { $name } は有効ではありません。
    { $reason }
    .next = ファイル内のフィルターを修正し、もう一度取り込んでください。
error-filter-nameless = フィルターには名前が必要です。
    .next = 名前を入力してください。

## 原本、ケースの一部、報告書、検証
error-original-not-kept = 証拠 { $evidence }（{ $path }）の原本の内容はケースに保存されていません: { $reason }
    .next = 元のファイルを、取り込んだときのパスに複製してください。
error-other-file = { $path } は取り込んだファイルではありません。SHA-256: { $found }
    .next = 取り込んだファイルをそのパスに戻してください。
error-original-unreadable = 証拠 { $evidence } の保存された原本を読み取れません: { $reason }
    .next = { error-bad-content.next }
error-stopped-unwritten = 中止しました。{ $path } は作成していません。
    .next = 必要な場合は、もう一度実行してください。
error-not-handed-over = 証拠 { $evidence } を複製できません: { $reason }
    .next = 確認用のコマンド: coldtrail verify CASE --replay
error-read-again = { $reason }
    .next = { error-bad-content.next }
error-report-stopped = 中止しました。報告書は作成していません。
    .next = { error-stopped-unwritten.next }
error-report-rows = 報告書の行を読み取れませんでした: { $reason }
    .next = { error-bad-content.next }
error-report-pdf = PDF を作成できませんでした: { $reason }
    .next = PDF を除いて報告書を作成し、この文面を報告してください。
error-report-picture = 画像を描画できませんでした: { $reason }
    .next = 該当する証拠資料を外し、この文面を報告してください。
error-report-folder = { $path } に、報告書の一部ではない { $what } があります。
    .next = 新しいフォルダー、または報告書だけを含むフォルダーを指定してください。
error-verify-scratch = 一時ケースを作成できませんでした: { $reason }
    .next = 一時ファイルのフォルダー（TMPDIR）の空き容量を増やしてから、もう一度検証してください。
error-case-differs = { $verdict }
    .next = 不合格の検査を次のコマンドで一覧し、検証に合格するケースの複製で作業を続けてください: coldtrail verify CASE

## プログラム自体
error-panic = プログラムエラー（{ $place }）: { $message }
    .next = もう一度実行してください。再発する場合は、この文面を報告してください。ケースに影響はありません。
error-no-thread = スレッドを開始できませんでした: { $reason }
    .next = 他のプログラムを終了してから、もう一度実行してください。
error-thread-ended = 処理スレッドが終了しました。
    .next = ケースを閉じて、もう一度開いてください。
