# 下位の層が英語で示す理由の日本語。`Texts::because` を参照。

## ファイルとフォルダー
because-empty-folder = 空のフォルダー
because-own-case = このケース自体
because-not-a-file = ファイルでもフォルダーでもない: { $what }
because-pipe = 名前付きパイプ
because-socket = ソケット
because-device = デバイス
because-special = 特殊ファイル
because-link-folder = フォルダー { $target } へのリンク
because-link-nowhere = { $target } へのリンク（リンク先なし: { $why }）
because-link-other = { $target } へのリンク、{ $what }
because-same-bytes = 証拠 { $evidence } と同一の内容
because-cannot-open = { $path } を開けない: { $why }
because-reading-failed = { $position } バイト目で読み取りに失敗: { $why }
because-unpacking = 展開用の一時ファイルの障害: { $why }
because-reading-cancelled = 読み取りを中止
because-reading-stopped = 読み取りを停止
because-members = { $packed } バイトの中に、入れ子のアーカイブを含めて { $members } 個以上のファイルがある。この大きさのファイルの上限は { $allowed } 個
because-expansion = { $packed } バイトが { $content } バイト超に展開される（{ $ratio } 倍）。上限は { $bytes } バイト、{ $most } 倍
because-longer = { $size } MiB を超えている
because-extracted = アーカイブから取り出したファイルである

## クエリと証拠資料
because-not-a-field = { $field } はこのレコードのフィールドではない
because-too-many-values = フィルターの値が多すぎる（{ $count } 個）。指標リストとして取り込むこと
because-pairs-flows = 通信ペアはフローログレコードのみが対象
because-playbook-flows = プレイブックの表示はフローログレコードのみが対象
because-both-directions = 双方向通信には両方の方向が必要
because-hours = { $from } から { $to } までの発生元ごとの時間数が { $most } を超えている。期間を短くすること
because-heat-days = ヒートマップは最大 { $most } 日間。期間を短くすること
because-compared = 比較できるのは { $least } ～ { $most } 件のレコード
because-not-one-of = レコード { $record } は { $dataset } のレコードではない
because-none-selected = レコードが選択されていない
because-no-list = ケースに { $name } という名前の指標リストはない
because-changing = { $word } は実行のたびに異なる値を返すため、再実行して比較できない
because-statement-rows = SQL 文の結果が { $most } 行を超えている。LIMIT を付けること
because-parameter-missing = { $query } にはパラメーター { $name } が必要: { $expected }
because-parameter-unreadable = { $value } はパラメーター { $name } の値として無効: { $expected }
because-expected-address = IP アドレス
because-expected-addresses = IP アドレスまたは CIDR ブロック（カンマ区切り）
because-expected-ports = 0 ～ 65535 のポート番号（カンマ区切り）
because-expected-text = 文字列
because-expected-boolean = true または false
because-expected-bytes = 5000000、5MB などのバイト数
because-expected-seconds = 1 ～ 86400 の秒数
because-digest = 保存された内容がダイジェストと一致しない
because-line-differs = { $line } 行目: { $was } から { $now } に変化
because-statement-late = SQL 文が { $secs } 秒でタイムアウト。タイムアウトを長くするか、証拠資料を削除すること
because-evidence-changed = 保存後に証拠ファイルが変わっている: 証拠 { $evidence }

## 調査担当者が記入するもの
because-tag-name = タグには名前が必要
because-tag-line = タグは前後に空白のない 1 行であること
because-tag-most = 一度にタグを付けられるのは最大 { $most } レコード。フィルターで絞り込むこと
because-note-text = メモには本文が必要
because-caption = 証拠資料には表題が必要
because-finding-title = 所見には題名が必要
because-technique = { $technique } は MITRE ATT&CK の技術 ID（T1530、T1078.004 など）ではない

## 指標
because-list-empty = ファイルが空
because-list-no-text = テキストではない
because-list-json = JSON だが、STIX、MISP のイベント、警告リストのいずれでもなく、指標を示す名前（ip、url、indicator、value など）もない
because-list-stix-one = STIX 1（XML またはその JSON）には未対応。stix2-elevator（OASIS）で STIX 2 に変換するか、提供元で STIX 2 または CSV としてエクスポートすること
because-list-xml = XML だが、OpenIOC の文書ではない
because-list-broken = { $format } として読み取れない: { $why }
because-list-none = 指標がない。指標ではない最初の行: { $first }
because-value-empty = 値が空
because-value-mail = メールアドレス。ユーザー名またはセッション名である場合は、種類にプリンシパルを指定すること
because-value-unknown = アドレス、範囲、ドメイン、URL、キー、ARN、アカウント、ハッシュのいずれでもない
because-value-port = ポート付きのアドレスでも名前でもない
because-value-url = URL ではない: ホストが名前でもアドレスでもない
because-not-in-logs = { $what }: フローログにも CloudTrail にも現れない種類

## 破損したケース
because-lost-row = { $table }: 行 { $after }（{ $why }）
because-lost-between = { $table }: { $after } の後から { $before } の前までの行（{ $why }）
because-lost-after = { $table }: { $after } より後の行（あれば）（{ $why }）
because-lost-before = { $table }: { $before } より前の行（あれば）（{ $why }）
because-lost-all = { $table }: すべての行（{ $why }）
because-lost-count = { $counted } 行のうち { $there } 行のみ存在
because-lost-page = ページの破損。行の欠落または変化の可能性
because-lost-numbers = 間の番号の欠落
because-lost-order = { $place } で順序が不正

## ファイルで気付いたこと
because-values-names = 値 { $found } 個に対し名前 { $names } 個
because-values-format = 値 { $found } 個（形式のフィールドは { $wanted } 個）
because-values-before = 値 { $found } 個（先行するレコードのフィールドは { $wanted } 個）
because-column-nothing = 列「{ $name }」にイベントもフローログレコードもない
because-message-no-flow = メッセージがフローログレコードではない
because-unknown-format = フローログでも CloudTrail でもない形式。ファイルはそのまま保存
because-content-ends = { $what }の途中で内容が終了
because-this-element = この要素
because-no-address = { $field } の { $value } はアドレスではない
because-above = { $field } の { $value } が { $most } を超えている
because-more-captured = { $member }: 取得した範囲の後に続きがある
because-format-not-known = このレコードの形式が不明
because-no-message = メッセージのないタイムスタンプ
because-no-time-stamp = 行にタイムスタンプがない
because-before-header = ヘッダーより前の行
because-row-before-header = ヘッダーより前の行
because-no-event-line = CloudTrail イベントのない行
because-no-json = イベントでもフローログレコードでもない JSON
because-too-long = { $count } バイトを超えている
because-same-element = 要素 { $element } と同一
because-first-element = 最初の箇所: 要素 { $element }、バイト位置 { $byte }
because-element = 要素 { $element }、バイト位置 { $byte }: { $why }
because-path-says = パスの { $what } は { $said }、レコードでは { $others }
because-status = クエリの状態: { $status }
because-quote = 閉じていない引用符。行は記載どおりに読み取り
because-gzip-damaged = gzip の { $member } 番目のメンバーが { $byte } バイト目の手前で破損: { $why }
because-gzip-ends = gzip が途中で終了: { $what }
because-zstd-ends = zstd がフレーム { $frame } の途中で終了
because-packed-over = 圧縮の入れ子が { $count } 段を超えるため、内側は展開していない
because-rows-unreadable = { $first } 行目から { $last } 行目まで読み取れない: { $why }

## オペレーティングシステム
because-os = { $what }（エラー { $number }）
because-os-not-found = ファイルまたはフォルダーがない
because-os-forbidden = アクセス権がない
because-os-not-permitted = 許可されていない操作
because-os-exists = ファイルが既に存在する
because-os-folder = フォルダーである
because-os-not-a-folder = フォルダーではない
because-os-full = ディスクの空き容量がない
because-os-quota = ディスクの割り当て量を超えている
because-os-too-large = ファイルが大きすぎる
because-os-read-only = 読み取り専用のファイルシステム
because-os-input-output = 入出力エラー
because-os-name-too-long = ファイル名が長すぎる
because-os-links = シンボリックリンクの段数が多すぎる
because-os-open-files = 開いているファイルが多すぎる
because-os-memory = メモリー不足
because-os-busy = リソースが一時的に使用できない
because-os-no-device = デバイスまたはアドレスがない
because-os-stale = 無効なファイルハンドル
