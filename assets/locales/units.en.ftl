# Durations, dates and lists, for the window and for reports.

duration-s = { $count } s
duration-min = { $count } min
duration-h = { $count } h
duration-d = { $count } { $count ->
    [one] day
   *[other] days
}
# Between the parts of a duration.
duration-between = {" "}
# Between the items of a list.
list-between = {", "}
# A day beside its hours.
date-of-day = { $date } { $weekday }
weekday-0 = Mon
weekday-1 = Tue
weekday-2 = Wed
weekday-3 = Thu
weekday-4 = Fri
weekday-5 = Sat
weekday-6 = Sun
