### The inspector, the filter and time lines, tags by keyboard, the comparison.


inspector-tab-summary = Summary
inspector-tab-json = JSON
inspector-tab-raw = Raw
inspector-tab-provenance = Provenance
inspector-tab-notes = Notes
inspector-tab-notes-count = Notes { $count }
inspector-json-search = Search in the JSON
inspector-json-none = No key, path or value contains the text.
inspector-json-found = { $count } { $count ->
        [one] value
       *[other] values
    }
inspector-json-fold = Fold all
inspector-json-unfold = Unfold all
inspector-json-long = The JSON is too long for a tree. It is on the tab Raw.
inspector-json-broken = The text of this event is no JSON. It is on the tab Raw.
inspector-members = { $count } { $count ->
        [one] member
       *[other] members
    }
inspector-elements = { $count } { $count ->
        [one] element
       *[other] elements
    }
inspector-bytes = How to see the bytes
inspector-bytes-command = Prints exactly these bytes from the evidence
copy-command = Copy the command
inspector-selected-tags = Tags and notes are those of the record above; Space in the table tags all selected rows.

examiner-name = Your name
examiner-why = The case names no examiner. Your name is recorded with what you add, in this case and in the next.
examiner-set = Continue

menu-record-5m = 5 minutes around this record
menu-record-1h = 1 hour around this record
menu-session = Who assumed this role session
menu-hourly-pairs = Traffic per hour, by pair
menu-hourly-principals = Events per hour, by principal
menu-hourly-events = Events per hour, by event name
menu-tag-rows = Tag the selected rows...
menu-compare = Compare the selected rows
menu-show-column = Show { $field } as a column
menu-exists = Only records that have this value
menu-copy-path = Copy the path
menu-copy-field = Copy the field and its value

tags-title = { $count } { $count ->
        [one] record
       *[other] records
    }
tags-field = Tag
tags-hint = New or known tag; several with commas
tags-keys = Enter sets, Space picks several, Esc closes
tags-apply = Set
tags-none = No tags in this case yet. Type one, for example exfiltration.
tags-all = on all
tags-some = on { $count }
tags-will-add = will be set
tags-will-remove = will be removed

command-compare = Compare
command-compare-tip = 2 to 5 selected rows side by side, differences first
notice-compare-count = Select 2 to 5 rows to compare them (Ctrl+click or Shift+arrows); { $count } { $count ->
        [one] is
       *[other] are
    } selected.
compare-title = Comparison of { $count } records
compare-differ = { $count } of { $all } values differ
compare-only = Only differences
compare-field = Field
compare-equal = { $count } equal { $count ->
        [one] value
       *[other] values
    }
compare-differs = differs
compare-same = equal
compare-copy-text = Copy as text
compare-copy-csv = Copy as CSV
compare-exhibit = Add exhibit...
compare-close = Close the comparison
compare-no-difference = The records say the same.

time-tip = { $name }: a date, a time or an expression. Times without a date are on the day of the range, or on the last day of the case.
    03:30    03:30-04:10    2026-03-11    2026-03-11 01:44
    today, yesterday: the last day of the case and the one before
    +1h: so long after From    -30m: so long before To
    last 3h of the case    first 3h of the case    ±5m around this row
when-unknown = Not a time. Accepted: 03:30, 03:30-04:10, 2026-03-11, 2026-03-11 01:44, +1h, -30m, today, yesterday, last 3h of the case, ±5m around this row
when-no-records = The case has no records with a time that this could be relative to. Enter a date and a time.
when-no-row = Select a row first: the time is relative to it.
when-order = The end is not after the start.
time-presets = Presets
time-typed-today = today
time-typed-yesterday = yesterday
time-typed-last-1h = last 1h
time-typed-last-3h = last 3h
time-typed-last-24h = last 24h
time-typed-row-5m = ±5m
time-typed-row-1h = ±1h
time-preset-today = Last day of the case
time-preset-yesterday = Day before the last day
time-preset-last-1h = Last hour of the case
time-preset-last-3h = Last 3 hours of the case
time-preset-last-24h = Last 24 hours of the case
time-preset-row-5m = 5 minutes around the selected row
time-preset-row-1h = 1 hour around the selected row
inspector-hidden = The details of the record are not shown: the window is too low for two views and the details.
inspector-hidden-show = Show one view
