# フィルター言語の日本語: 構文の意味と、誤りの内容。

## ヘルプ
filter-help-operators = 演算子
filter-help-values = 値
filter-help-rules = 規則
filter-help-fields = 仮想フィールド
filter-help-examples = 例
filter-help-all-fields = フィールド（キャメルケースとハイフンも可）
filter-help-also = 別名 { $names }

filter-help-operator-compare = 比較。== と <> も可
filter-help-operator-in-values = いずれかの値。アドレスと CIDR ブロックの混在可
filter-help-operator-in-block = CIDR ブロックに含まれる
filter-help-operator-not-in = 値があり、いずれとも異なる
filter-help-operator-between = A 以上 B 以下。not between も可
filter-help-operator-like = 全体一致。% は任意の文字列、_ は任意の 1 文字。not like も可
filter-help-operator-contains = 文字列を含む。大文字と小文字は区別しない。not contains も可
filter-help-operator-matches = 正規表現に一致する部分がある。/.../i または (?i) 以外では大文字と小文字を区別。not matches も可
filter-help-operator-null = 値がない
filter-help-operator-exists = 値がある。exists FIELD の形も可
filter-help-operator-flags = フラグが立っている。has (syn, ack) はすべて。not has も可
filter-help-operator-in-indicators = アドレスが指標リストにある。not in indicators も可
filter-help-operator-and = 両方。or より結合が強い
filter-help-operator-or = 少なくとも一方
filter-help-operator-not = 続く条件の完全な補集合
filter-help-operator-group = グループ化

filter-help-field-ip = srcaddr または dstaddr。イベントでは source_ip_address
filter-help-field-port = srcport または dstport
filter-help-field-any = フローログレコードのすべての値、またはイベントの JSON。contains、like、matches で検索
filter-help-field-evidence = 証拠ファイル。番号、または文字列としてのパス
filter-help-field-duplicate = 別の証拠ファイルのレコードの写しであるか。true または false
filter-help-field-conflict = 同じ eventID で内容の異なる写しがあれば exists
filter-help-field-tag = 調査担当者が付けたタグ
filter-help-field-date-partition = 証拠ファイルのパスの日付（2021/05/16 の形）。なければレコードの日付（UTC）
filter-help-field-region-partition = 証拠ファイルのパスのリージョン。なければレコードのリージョン
filter-help-field-account-partition = 証拠ファイルのパスのアカウント。なければレコードのアカウント
filter-help-field-indicator = レコードに一致した指標。リスト名、値、名前
filter-help-field-label = レコード中のアドレス、範囲、インターフェイス、プリンシパル、キーに付けた名前
filter-help-field-sigma = イベントに一致する Sigma ルールのタイトルまたは ID
filter-help-field-sigma-level = イベントに一致する Sigma ルールのレベル: high
filter-help-field-rule = イベントに一致する監視ルールの ID
filter-help-field-event-user-name = AWS の表示と同じイベントのユーザー。ユーザー名、root、セッション名
filter-help-field-session-name = ロールまたはフェデレーションユーザーのセッション名
filter-help-field-login-result = サインインの結果。success または failure
filter-help-field-resource-name = イベントが操作したリソースの ARN、名前、ID（lookup-events と同じ）
filter-help-field-resource-type = そのリソースの種類（AWS::S3::Bucket など）。フローログレコードでは同名のフィールド
filter-help-field-user-agent-short = クライアントの短い名前（boto3 1.40.11 など）
filter-help-field-mfa = 多要素認証の使用。yes、no、ID プロバイダーにしか分からない場合は unknown
filter-help-field-policy-grants = リクエスト中のポリシーが許可する内容。public、public_limited、cross_account、admin、admin_conditional
filter-help-field-foreign-account = リクエスト中のアカウントのうち、記録先と呼び出し元のどちらでもないもの
filter-help-field-extra = フローログレコードのその他の値。ログでの名前で指定（ハイフンまたはアンダースコア）
filter-help-field-json-path = イベントの JSON 中の値。[0] は要素、[*] はリストの任意の要素
filter-help-field-json-root = イベントの JSON の最上位からのパス

filter-help-value-plain = 空白、括弧、カンマ、引用符、演算子を含まない値に引用符は不要
filter-help-value-quotes = 引用符。単一引用符は SQL と同じ、二重引用符はバックスラッシュでエスケープ
filter-help-value-sizes = K、KB、MB、GB、TB は 10 進、KiB、MiB、GiB、TiB は 2 進
filter-help-value-times = タイムゾーンの指定がなければ UTC。= と日付の組み合わせはその日全体、それ以外の日付はその日の 0 時
filter-help-value-epoch = 1970 年からの秒またはミリ秒
filter-help-value-protocols = プロトコルの名前または番号
filter-help-value-ports = ポートの名前または番号
filter-help-value-tcp-flags = TCP フラグの名前または合計値

filter-help-rule-needs-value = 比較には値が必要。!= と not in でも同じで、アクションのないレコード（NODATA）は一致しない
filter-help-rule-complement = not は完全な補集合。NODATA のレコードも一致
filter-help-rule-several = 値が複数の場合（ip、port、[*]）: 値があり、そのいずれとも異なる。= はいずれかに等しい
filter-help-rule-case = action、log_status、type、flow_direction は大文字と小文字を区別せず、その他の文字列は記載どおりに比較
filter-help-rule-text-case = contains は大文字と小文字を区別せず、like と matches は区別（matches /x/i は区別しない）
filter-help-rule-json = JSON の数値は値、文字列はバイト列で比較。= '100' は文字列にも数値にも一致
filter-help-rule-athena = Athena クエリの WHERE 句はそのまま使用可。ORDER BY と LIMIT は除く

filter-help-flows-rejected = 内部アドレスから拒否された SSH と RDP
filter-help-flows-large = 一つのホストとの大容量のフロー（どちらの側も）
filter-help-flows-attempts = 接続の試行
filter-help-flows-hour = 1 時間
filter-help-flows-leaving = インターフェイスから出る内部トラフィック
filter-help-flows-not-rejected = 拒否されなかったすべてのフロー。NODATA を含む
filter-help-flows-no-instance = インスタンスのないインターフェイスのフロー

filter-help-events-failed-logins = 失敗したコンソールサインイン
filter-help-events-administrators = 管理者による変更
filter-help-events-bucket = 一つのバケットの 1 日
filter-help-events-outside = 外部からの呼び出し
filter-help-events-arn = S3 バケットに対するイベント
filter-help-events-downloads = 大容量のダウンロード
filter-help-events-refused = 拒否された呼び出し

filter-help-kind-text = 文字列
filter-help-kind-integer = 数値
filter-help-kind-address = アドレス
filter-help-kind-port = ポート
filter-help-kind-protocol = プロトコル
filter-help-kind-tcp-flags = TCP フラグ
filter-help-kind-bytes = バイト数
filter-help-kind-time = 時刻
filter-help-kind-boolean = 真偽値
filter-help-kind-json = JSON
filter-help-kind-list = 文字列のリスト

## フィルターの誤り
filter-error-expected = 入力できるもの: { $list }
filter-error-proposal = 候補: { $proposal }
filter-error-case-function = { $name } は不要です。contains は大文字と小文字を区別せず、matches も (?i) を付ければ区別しません
filter-error-value-function = { $name } はフィルター言語の関数ではありません。値そのものを記述してください
filter-error-function = { $name } はフィルター言語の関数ではありません
filter-error-not-json = { $field } は JSON ではありません
filter-error-json-path = JSON のパスではありません
filter-error-cast = cast には型が必要です
filter-error-open-comment = コメントが閉じていません
filter-error-single = 単独の { $symbol } は演算子ではありません
filter-error-open-quotation = 引用符が閉じていません
filter-error-pattern-flag = 正規表現のフラグが不明です
filter-error-open-pattern = 正規表現が閉じていません
filter-error-operator-between = { $field } と { $word } の間に演算子が必要です
filter-error-several-values = { $field } は複数の値を表すため、フィールドとは比較できません。フィールド名を指定してください
filter-error-no-order = { $field } は真偽値であり、大小の比較はできません
filter-error-operator-after = { $name } の後に演算子が必要です
filter-error-equals-null = null と等しい値はありません。{ $field } { $proposal } と記述してください
filter-error-block-order = アドレスのブロックは大小の比較ができません。in を使用してください
filter-error-any-compared = any は比較ではなく検索に用います。any contains ... と記述してください
filter-error-between = between には値が二つ必要です
filter-error-escape = escape には対応していません。contains または matches を使用してください
filter-error-after-not = not の後に演算子が必要です
filter-error-long-text = 検索する文字列が長すぎます
filter-error-after-is = is の後に null が必要です
filter-error-time-searched = { $field } は時刻です。範囲で比較してください
filter-error-boolean = { $field } は真偽値です
filter-error-only-flags = フラグを持つのは tcp_flags だけです
filter-error-not-address-field = { $field } はアドレスではありません。指標はアドレスで照合します
filter-error-inner-query = フィルター内のクエリは (select threat_ip from incident_iocs) だけが使用でき、指標として扱います
filter-error-end-value = { $field } の値の前でフィルターが終わっています
filter-error-keyword-value = { $field } の値が必要です。{ $word } はフィルター言語の語です
filter-error-value = { $field } の値が必要です
filter-error-here = ここには{ $expected }が必要です
filter-error-end = { $expected }の前でフィルターが終わっています
filter-error-pattern = 正規表現が正しくありません: { $reason }
filter-error-json-field = { $field } は JSON であり、フィールドとは比較できません。文字列と比較するには { $word } を引用符で囲んでください
filter-error-types = { $field } は{ $one }、{ $other } は{ $two }です。比較できるのは同じ型のフィールドだけです。文字列と比較するには { $word } を引用符で囲んでください
filter-error-too-long = フィルターの上限は { $most } バイトですが、{ $bytes } バイトあります
filter-error-only-where = フィルターとして使用できるのはクエリの WHERE 句だけです
filter-error-closing-bracket = 対応する開き括弧がありません
filter-error-sort = フィルターで並べ替えはできません。--sort または列の見出しを使用してください
filter-error-limit = フィルターで行数は制限できません。--limit を使用してください
filter-error-group = フィルターで集計はできません。通信ペア、タイムライン、クエリ集を使用してください
filter-error-pipeline = これは Logs Insights のクエリ全体です。フィルターになるのは条件だけで、全体は SQL コンソールで実行できます
filter-error-word-after = ここに { $word } は続けられません
filter-error-after = ここにこの記述は続けられません
filter-error-open-bracket = 括弧が閉じていません
filter-error-depth = 括弧と not の入れ子が { $most } 段を超えています
filter-error-end-field = フィールドの前でフィルターが終わっています
filter-error-field-before = { $shown } の前にフィールドが必要です
filter-error-flow-path = フローログレコードに JSON のパスはありません
filter-error-extra = その他の値は一つの名前で指定します。他の文字を含む場合は引用符で囲んでください
filter-error-member = { $root } は CloudTrail イベントのメンバーではありません。それでも指定するには $.{ $name } と記述してください
filter-error-partition = { $name } は Athena テーブルのパーティションです。ケースでは時刻で指定します: { $time }
filter-error-other-field = { $dataset ->
        [flows] { $name } は CloudTrail イベントのフィールドであり、フローログレコードにはありません
       *[events] { $name } はフローログレコードのフィールドであり、CloudTrail イベントにはありません
    }
filter-error-no-field = { $dataset ->
        [flows] フローログレコードにフィールド { $name } はありません
       *[events] CloudTrail イベントにフィールド { $name } はありません
    }
filter-error-unknown-value = { $text } は { $field } の既知の値ではありません。それでも検索するには引用符で囲んでください
filter-error-too-large = { $text } は大きすぎます
filter-error-not-whole = { $text } は整数ではありません
filter-error-not-number = { $field } は数値ですが、{ $text } は数値ではありません
filter-error-not-port = { $text } はポートではありません
filter-error-not-protocol = { $text } はプロトコルではありません
filter-error-not-flag = { $name } は TCP フラグではありません
filter-error-no-flag = TCP フラグの名前がありません
filter-error-not-address = { $text } は IP アドレスではありません
filter-error-not-time = { $field } は時刻ですが、{ $text } は時刻ではありません

## 入力できるもの
filter-expected-a-text = 文字列
filter-expected-number = 数値
filter-expected-port = ポート
filter-expected-protocol = プロトコル
filter-expected-tcp-flags = TCP フラグの組
filter-expected-address = アドレス
filter-expected-a-time = 時刻
filter-expected-true-or-false = true または false
filter-expected-json = JSON
filter-expected-evidence = 証拠ファイル
filter-expected-field = フィールド
filter-expected-end = 終わり
filter-expected-size = 10MB などの大きさ
filter-expected-port-name = ssh などの名前
filter-expected-block = 10.0.0.0/8 などのブロック
filter-expected-time = 2021-05-16T07:49:46Z などの時刻
filter-expected-path = パス
filter-expected-whole-number = 整数
filter-expected-bytes = 10MB、1.5GiB などの大きさ
filter-expected-port-number = 0 ～ 65535
filter-expected-port-names = ssh、rdp、https などの名前
filter-expected-protocol-number = 0 ～ 255
filter-expected-protocol-name = tcp、udp、icmp などの名前
filter-expected-any-address = IPv4 または IPv6 のアドレス
filter-expected-date = 2021-05-16 などの日付
filter-expected-epoch = 1970 年からの秒またはミリ秒
filter-expected-json-path = '$.bucketName' などのパス
filter-expected-type = bigint などの型
filter-expected-length = 長さ
filter-expected-format = 書式
filter-expected-like = '%x%' などのパターン
filter-expected-flag = syn などのフラグ
filter-expected-pattern = /x.*y/ などのパターン
filter-expected-text = 文字列
