# 時間の長さ、日付、列挙。画面と報告書の両方で使う。

duration-s = { $count } 秒
duration-min = { $count } 分
duration-h = { $count } 時間
duration-d = { $count } 日
# 時間の長さの各部分の間。
duration-between = {" "}
# 列挙の項目の間。
list-between = 、
# 時間別の表の横に示す日付。
date-of-day = { $date } ({ $weekday })
weekday-0 = 月
weekday-1 = 火
weekday-2 = 水
weekday-3 = 木
weekday-4 = 金
weekday-5 = 土
weekday-6 = 日
