# The texts of the window in English. Numbers and times arrive formatted.

## Menus and commands
menu-case = Case
menu-evidence = Evidence
menu-view = View
menu-query = Query
menu-help = Help
command-new-case = New case...
command-new-case-tip = Make an empty case file
command-open-case = Open case...
command-open-case-tip = Open a case file
command-open-sample = Open the sample case
command-open-sample-tip = Import the sample logs of a small invented incident into a case of its own
command-close-case = Close case
command-close-case-tip = Close the case; of a running import it asks first
command-quit = Quit
command-quit-tip = Close the window
command-import = Import evidence...
command-import-tip = Read flow logs and CloudTrail files, folders and archives into the case
command-jobs = Imports
command-jobs-tip = What is being imported, and what each file gave
command-overview = Show the overview
command-overview-tip = The case at a glance
command-evidence = Show evidence
command-evidence-tip = Evidence files, their counts and warnings
command-flows = Show flows
command-flows-tip = Flow records
command-pairs = Show pairs
command-pairs-tip = Who sent how much to whom
command-events = Show CloudTrail
command-events-tip = CloudTrail events
command-timeline = Show the timeline
command-timeline-tip = Measures over time: flows and CloudTrail on one axis
command-indicators = Show the indicators
command-indicators-tip = The lists that are looked for, their entries, and labels
command-sightings = Show the sightings
command-sightings-tip = Which indicators the evidence holds, and which it does not
command-import-indicators = Import indicators...
command-import-indicators-tip = A list of known bad addresses, keys or names; it is looked over first
command-add-indicators = Add indicators by hand...
command-add-indicators-tip = Values typed or pasted
command-add-label = Label something...
command-add-label-tip = Give an address, a range, an interface, a principal or a key a name that is shown wherever it occurs
command-owners = Countries and owners...
command-owners-tip = A database in MaxMind's format (GeoLite2, DB-IP, IPinfo), read where it lies; the case remembers which one and the day of its making
command-only-sightings = Only sightings
command-only-sightings-tip = Only records that meet an indicator; a second time everything again
command-queries = Show the query library
command-queries-tip = AWS's predefined queries, the playbook's, and CloudTrail's monitoring patterns
command-sql = Show the SQL console
command-sql-tip = One SELECT over the documented views, read-only
command-inspector = Inspector on or off
command-inspector-tip = Everything about the record under the cursor
command-histogram = Histogram on or off
command-histogram-tip = The result over time
command-zone = Time zone...
command-zone-tip = The zone in which times are shown and typed; UTC is in every tool tip
command-theme-system = Theme: as the system
command-theme-system-tip = Light or dark, as the desktop says
command-theme-light = Theme: light
command-theme-light-tip = Dark on light
command-theme-dark = Theme: dark
command-theme-dark-tip = Light on dark
command-zoom-in = Larger
command-zoom-in-tip = Everything larger
command-zoom-out = Smaller
command-zoom-out-tip = Everything smaller
command-zoom-reset = Normal size
command-zoom-reset-tip = The display's own scale
command-palette = All commands...
command-palette-tip = Find a command by its name
command-focus-filter = Go to the filter
command-focus-filter-tip = Type a filter
command-clear-filter = Clear the filter
command-clear-filter-tip = Show every record of the time range
command-all-times = All times
command-all-times-tip = No limit of time
command-address = Everything about an address...
command-address-tip = Its pairs, ports, interfaces, times and events on one page
command-back = Back
command-back-tip = The view, filter and time range before this one
command-forward = Forward
command-forward-tip = The view, filter and time range that Back left
command-go-to-row = Go to row...
command-go-to-row-tip = Go to a row by its number
command-duplicates = Count duplicates on or off
command-duplicates-tip = Records that two evidence files both hold are shown once, or as often as they occur
command-export = Export the result...
command-export-tip = What the view shows as Parquet, CSV or JSON Lines
command-errors = Errors
command-errors-tip = What failed, why, and what to do
command-help = Help and keys
command-help-tip = Keys, and the filter language in short

## Shell
palette-button = Commands...
palette-hint = Type to find a command
zone-button = Time zone: { $zone }
zone-hint = Type a city or region, as Asia/Tokyo
list-nothing = Nothing fits
drop-here = Let go to import these files, or to open a case
opening = Opening the case...
loading = Loading...
cancel = Cancel
close = Close
open = Open
save = Save
create = Create
go = Go
yes = yes
no = no
nav-overview = Overview
nav-evidence = Evidence
nav-flows = Flows
nav-pairs = Pairs
nav-events = CloudTrail
nav-timeline = Timeline
nav-queries = Queries
nav-sql = SQL
nav-warnings = { $count } { $count ->
    [one] warning
   *[other] warnings
}
nav-warnings-tip = Lines or elements that could not be read; nothing was dropped

## Start
start-subtitle = Evidence viewer for AWS VPC flow logs and CloudTrail
start-drop = Drop flow logs, CloudTrail files, folders or archives here, or a .coldtrail case.
start-recent = Recent cases
start-forget = Remove from this list
start-no-sample = The folder sample-logs is not beside the program
sample-title = Sample case

## Status bar
status-records = { $shown } of { $total } records
status-events = { $shown } of { $total } events
status-evidence-size = { $size } of evidence
status-indexing = Building the column index
status-indexing-tip = Until it is complete, queries read the rows themselves: their answers are the same and take longer.
status-no-index = No column index
status-no-index-tip = Queries read the rows themselves, which gives the same answers and takes longer: { $why }
status-importing = importing { $percent }
status-import-records = { $count } records
status-time-left = { $time } left
status-errors = Errors: { $count }
cancel-import = Cancel import
status-exporting = writing { $path }
cancel-export = Cancel export
notice-exported = Exported { $rows } { $rows ->
    [one] row
   *[other] rows
} ({ $size }): { $path }
notice-exported-cut = Exported { $rows } rows ({ $size }): { $path }; { $cut } times lost their fraction of a second, which the format has no place for
notice-export-cancelled = Export cancelled; nothing was written: { $path }
notice-filter-saved = The filter is kept in the case
notice-filter-removed = The filter was forgotten
notice-filters-imported = Filters imported: { $added }; known already: { $known }
notice-filters-exported = Filters exported: { $count } to { $path }
notice-saved = Saved: { $path }
notice-copied = Copied
notice-imported = Import done: { $files } { $files ->
    [one] file
   *[other] files
}, { $records } { $records ->
    [one] record
   *[other] records
}, { $warnings } { $warnings ->
    [one] warning
   *[other] warnings
}
notice-import-cancelled = Import cancelled; what was finished before is in the case
notice-copied-rows = Copied { $rows } { $rows ->
    [one] row
   *[other] rows
}
notice-copied-first = Copied the first { $rows } rows; { $missing } more do not fit the clipboard: export them
notice-copied-part = Copied { $rows } rows; { $missing } selected rows are not loaded and were left out

## Filter and time
filter-label = Filter
filter-hint-events = event_name = ConsoleLogin and error_code exists
filter-hint = srcaddr in 10.0.0.0/8 and action = REJECT
filter-apply = Apply
filter-clear = Clear the filter
filter-history = History
filter-used = Used lately
filter-save = Save
filter-save-tip = Keep the filter in force in the case, under a name
filter-save-title = Keep this filter
filter-name = Name
filter-note = Note
filter-replaces = The case has a filter of this name; it will be replaced.
filter-remove = Forget { $name }
filters-title = Saved filters
filters-none = Save a filter beside its line, and it stands here.
filters-import = Import...
filters-export = Export...
filters-import-tip = The filters of a file come beside those that are there; a name that is taken gets a number.
filters-export-tip = All saved filters of the case, for another case.
filter-history-empty = No filter was used yet
filter-problem = At character { $place }: { $message }
filter-proposal = Use { $proposal }
filter-in-force = In force: { $filter }
time-label = Time
time-from = From
time-to = To
time-lengths = Length
time-all = All
time-earlier = Earlier
time-later = Later
time-length-tip = A range of this length, from where the range begins now, or at the end of the evidence
time-mistake = Write a time as 2021-05-16 07:49:46, 2021-05-16 07:49 or 2021-05-16
bin-accepted = accepted
bin-rejected = rejected
bin-other = other
bin-ok = ok
bin-error = error
histogram-name = Histogram of the result over time; drag to select a time range
histogram-bin = one bar is { $length }

## Tables
grid-row = Row
grid-absent = no value
grid-sighted = indicator

mark-indicator = Indicator of list { $list }: { $value }
mark-label = Label { $name } of { $value }
mark-severity = severity { $severity }
mark-outside = outside the time in which it counts
mark-in-part = the rest of its pattern is not met, so it does not count
inspector-marks = Indicators and labels
header-ascending = Sort ascending
header-descending = Sort descending
header-left = Move left
header-right = Move right
header-hide = Hide this column
header-columns = Columns
columns-lent = Columns of the query
columns-own = Own columns
header-reset = Original columns
header-sort-tip = Click to sort
menu-only = Only this value
menu-exclude = Exclude this value
menu-pair = Only this pair, both directions
menu-address = Everything about this address
menu-around-5m = 5 minutes before and after
menu-around-1h = 1 hour before and after
menu-copy-value = Copy the value
menu-copy-rows = Copy the selected rows
menu-copy-column = Copy this column of the selected rows
empty-flows = The case holds no flow records. Drop flow logs here, or import them.
empty-events = The case holds no CloudTrail events. Drop CloudTrail files here, or import them.
empty-filtered = None of { $total } records fits the filter and the time range.
empty-evidence = The case is empty. Drop flow logs, CloudTrail files, folders or archives here.

copy-csv = Copy as CSV
copy-csv-tip = The rows as they are shown, with a header line

## Timeline
timeline-bin = Bin
timeline-bins = bins of { $length }
timeline-bin-auto = automatic
timeline-bin-too-many = More bins than could be drawn: choose a shorter time range first
timeline-add-flows = + Flows
timeline-add-events = + CloudTrail
timeline-nat = NAT alarm
timeline-nat-tip = The playbook's alarm: 5,000,000 bytes of egress of one interface in 15 minutes. Threshold and bin can be changed.
timeline-csv-tip = Every bin of every track; empty where there is no evidence
timeline-save = Save picture...
timeline-empty = Add a track of flows or of CloudTrail events.
timeline-no-flows = The case has no flow records.
timeline-no-events = The case has no CloudTrail events.
timeline-nothing = No record of this time fits the filter.
timeline-by = by { $field }
timeline-top = top { $count }
timeline-threshold = Threshold
timeline-threshold-tip = Bins of a line that reach it are marked; empty for none
timeline-reached = ▼ { $count } { $count ->
    [one] bin reaches
   *[other] bins reach
} { $threshold }
timeline-remove = Remove this track
timeline-rest = the rest
timeline-none = none
timeline-total = total { $count }
timeline-name = Over time: { $lines }; gaps in the evidence: { $gaps }
timeline-events-all = all events
timeline-events-filter = events: { $filter }
timeline-events-tip = Change the filter of the events in their own view
timeline-title-flows = Flow records: { $measure } in { $bin }
timeline-title-events = CloudTrail events in { $bin }
measure-bytes = bytes
measure-packets = packets
measure-records = records
shape-bars = bars
shape-area = area
shape-lines = lines
shape-heat = heat map
group-nothing = nothing
group-pair = pair
group-talker = talker
group-service = service
group-principal = principal
heat-name = Hours of the day by days
heat-most = brightest: { $value } in an hour; hatched: no evidence
heat-none = no evidence
export = Export
export-what = What this view shows, in its order.
export-rows = What this view shows, in its order: { $count } { $count ->
    [one] row
   *[other] rows
}.
export-nothing = This view shows nothing that could be exported.
export-parquet = Parquet
export-parquet-tip = AWS's own column names: Athena, DuckDB and Spark read it
export-csv = CSV
export-csv-tip = With a header line; times in UTC
export-jsonl = JSON Lines
export-jsonl-tip = One object a line; times in UTC
export-replace = Replace the file that is there
export-tip = The file appears when it is whole. Cancelling leaves nothing behind.
save-chart = Save the timeline
save-picture = Save picture
save-chart-tip = A name that ends in .svg gives vectors, one in .png a picture.

## Address page
address-hint = An IP address
address-private = private address space
address-external = outside private address space
address-records = Show its flow records
address-pairs = Show its pairs
address-events = Show its events
address-sent = Sent
address-received = Received
address-passed-on = Passed on by another interface
address-passed-on-tip = Records that have it as pkt_srcaddr or pkt_dstaddr only
address-figures = { $records } records, { $bytes }, { $packets } packets; { $accepted } accepted, { $rejected } rejected
address-span = { $from } – { $to } { $zone }
address-events-count = { $count } { $count ->
    [one] CloudTrail event
   *[other] CloudTrail events
} from it, { $errors } with an error
address-none = No record of this time has this address.
address-line-sent = sent
address-line-received = received
address-list-pairs = Pairs
list-ports-reached = Ports that it reached
list-ports-offered = Ports that it was reached at
list-actions = Actions

## Query library
query-search = Search the queries
query-filter = Filter
query-filter-all = all records
query-needs = Needs { $fields }
query-limit = Rows at the most
query-no-limit = all
query-optional = optional
query-run = Run
query-empty = No record of this time fits the query.
query-lacks-flows = The case holds no flow records.
query-lacks-events = The case holds no CloudTrail events.
query-lacks-field = No record of the case has a { $field }.
query-sent-received = { $total } = sent { $sent } + received { $received }
origin-predefined = Predefined by AWS
origin-playbook = Playbook
origin-monitoring = CloudTrail

## SQL console
sql-statement = SQL statement
sql-hint = SELECT ... FROM flow_record
sql-run = Run
sql-row-limit = Rows at the most
sql-time-limit = Time at the most
sql-rows-at-most = at most { $count } rows
sql-time-at-most = at most { $time }
sql-result = Result of the statement
sql-rows = { $count } { $count ->
    [one] row
   *[other] rows
}
sql-cut = There are more; the limit cut them off.
sql-no-rows = The statement ran and gave no rows.
sql-empty = Write one SELECT and run it. Nothing here can change the case.
sql-running = Running...
sql-late = Stopped at the limit of { $time }. Narrow the statement, or allow more time.
sql-problem-at = Line { $line }, column { $column }: { $message }
sql-reads-only = The console reads: one SELECT or WITH.
sql-views = Views
sql-views-tip = A click puts a name into the statement. Times are UTC.

## Overview
overview-flows = Flow records
overview-events = CloudTrail events
overview-evidence = Evidence
overview-reference = Reference { $reference }
overview-examiner = Examiner { $examiner }
overview-rescued = Saved from the damaged case { $case }; places that could not be read: { $count }
overview-files = { $count } { $count ->
    [one] file
   *[other] files
}, { $size }
overview-warnings = { $count } { $count ->
    [one] warning
   *[other] warnings
}
overview-no-warnings = everything could be read
overview-duplicates = { $count } { $count ->
    [one] duplicate
   *[other] duplicates
}
overview-records = { $count } { $count ->
    [one] record
   *[other] records
}
overview-event-count = { $count } { $count ->
    [one] event
   *[other] events
}
overview-bytes = { $size } in { $packets } packets
overview-bytes-tip = { $bytes } bytes
overview-hours = { $hours } of { $all } hours have records
overview-span = { $from } – { $to } { $zone }
overview-counting = Counting...
overview-old = Taking in what came since...
overview-gap = No records from { $from } to { $to } { $zone }
overview-gaps = { $count } { $count ->
    [one] gap
   *[other] gaps
} in the evidence
coverage-name = Hours with records, gaps hatched
count-accepted = accepted
count-rejected = rejected
count-no-data = NODATA
count-skip-data = SKIPDATA
count-errors = with an error
count-logins = console logins
count-failed-logins = failed logins
count-logins-without-mfa = logins without MFA
count-root = by root
count-trail-changes = trail changes
list-more = { $shown } of { $all }
list-whole = Show the whole list
list-back = Back
list-talkers = Top talkers
list-pairs = Top pairs
list-rejected-sources = Rejected sources
list-rejected-pairs = Rejected pairs
list-accepted-pairs = Accepted pairs
list-services = Services
list-ports = Destination ports
list-interfaces = Interfaces
list-instances = Instances
list-subnets = Subnets
list-event-names = Event names
list-event-sources = Event sources
list-error-codes = Error codes
list-principals = Principals
list-source-addresses = Source addresses
list-regions = Regions
list-by-bytes = by bytes
list-by-packets = by packets
list-by-records = by records
list-bar = { $list }: { $key }, { $value }
list-tip = { $records } records, { $bytes } bytes

## Pairs
pairs-by-address = By pair
pairs-by-address-tip = One row for each srcaddr and dstaddr
pairs-by-direction = With direction
pairs-by-direction-tip = One row for each srcaddr, dstaddr and flow_direction
pairs-by-packet = Packet level
pairs-by-packet-tip = One row for each pkt_srcaddr and pkt_dstaddr: the ends of the traffic, where the interface only passed it on
pairs-fold = Fold both directions
pairs-fold-tip = A pair and its reverse in one row: sent, received, and who is likely to have started it
pairs-once = Same traffic once
pairs-once-tip = Of traffic that two interfaces saw, only what one of them says is counted (conversations only)
pairs-repeats-tip = Records that say again what a record at another interface says
pairs-only-external = Only external
pairs-only-external-tip = Pairs of which an end is outside private address space
pairs-none-external = No pair has an end outside private address space.
started-by = started by (inferred)
started-why = inferred from
started-both = both
started-unknown = unknown
started-syn_flags = SYN flags
started-ports = ports
started-first_seen = first seen
started-tip = Inferred, not recorded: from the SYN flags that a side sent; else from well-known ports; else from whose record starts first
pairs-series = bytes over time
pairs-series-text = bytes in { $count } of { $of } stretches of time
pairs-records = Show its records
pairs-total-pairs = { $count } { $count ->
    [one] pair
   *[other] pairs
}
pairs-total-talks = { $count } { $count ->
    [one] conversation
   *[other] conversations
}
pairs-total-records = { $count } { $count ->
    [one] record
   *[other] records
}
pairs-total-packets = { $count } packets
pairs-total-accepted = { $count } accepted
pairs-total-rejected = { $count } rejected
pairs-total-bytes = { $count } bytes ({ $size })
pairs-left-out = { $count } without data
pairs-left-out-tip = Records that say that nothing was seen, or that it was skipped: counted as records, not as bytes or packets

## Inspector
inspector-empty = Select a row to see everything about it.
inspector-title = Record { $record }
inspector-selected = { $count } rows selected
inspector-fields = Fields
inspector-json = JSON
inspector-raw = Raw text
inspector-no-raw = The raw content was not kept in the case.
inspector-cut = { $bytes } more bytes are not shown; copy gives all
inspector-value-cut = { $chars } more characters are not shown; copy gives all
inspector-provenance = Provenance
copy-raw = Copy as written
copy-provenance = Copy provenance
provenance-file = Evidence file
provenance-position = Line or element
provenance-offset = Byte offset
provenance-length = Bytes
provenance-sha256 = SHA-256 of the file
provenance-record = Record
provenance-duplicate = Repeats record
provenance-occurrences = Met as
provenance-conflict = Another copy of this event differs in

## Evidence
evidence-count = { $count } { $count ->
    [one] file
   *[other] files
}
received-title = Not imported
received-none = Every file that was offered is in the list.
received-copy = identical copy
received-unreadable = unreadable
received-refused = refused
received-skipped = skipped
received-special = special file
received-link = link, not followed
received-empty_folder = empty folder
column-state = State
column-received-at = Offered at (UTC)
warnings-title = Warnings
warnings-count = { $elements } { $elements ->
    [one] line or element
   *[other] lines or elements
}, { $notes } { $notes ->
    [one] remark about a file
   *[other] remarks about files
}
warnings-of = of evidence { $evidence }
warnings-all = All warnings
warnings-none = Everything could be read.
column-id = No.
column-file = File
column-format = Format
column-records = Records
column-duplicates = Duplicates
column-warnings = Warnings
column-size = Bytes
column-first = First
column-last = Last
column-raw = Raw kept
column-imported = Imported (UTC)
column-sha256 = SHA-256
column-evidence = Evidence
column-position = Line
column-offset = Byte offset
column-reason = Reason
column-detail = Detail
column-raw-text = Raw text
reason-field-count = Wrong number of values
reason-bad-value = A value does not fit its field
reason-not-a-record = Text that is no record
reason-bad-json = JSON that does not parse
reason-too-long = Longer than the limit
reason-too-deep = Nested deeper than the limit
reason-cut-off = The file ends inside this element
reason-damaged-stream = The compressed data is damaged
reason-unknown-format = Unknown format
reason-format-needed = The format has to be named
reason-incomplete-capture = The capture says that there was more
reason-path-mismatch = Path and records disagree
reason-expansion-limit = The expansion limit was reached
reason-container-depth = Packed too deep
reason-unreadable-member = Archive member that cannot be read
reason-invalid-utf8 = Invalid UTF-8
reason-conflicting-copy = Copies of one event contradict each other
reason-read-as = Read by a rule that the file does not state
reason-inexact = Less exact than they were
reason-unknown-column = A column whose name is nearly a field's
reason-odd-time = Times outside of what a log can be about

## Dialogs
browse = Browse...
picker-missing = This desktop offers no file dialog (xdg-desktop-portal or zenity would). Type the path, or drop files on the window.
field-case-file = Case file
field-title = Title
field-examiner = Examiner
field-reference = Reference
field-path = Path
new-case-then-import = What was handed over is imported into it next: { $count } { $count ->
    [one] file or folder
   *[other] files or folders
}.
import-title = Import evidence
import-tip = Files, folders with everything in them, and archives. The originals are only read.
import-add = Add
import-files = Choose files...
import-folder = Choose folders...
import-remove = Remove { $path }
import-keep-raw = Keep the original content in the case
import-keep-raw-tip = Then every file can be written out again byte for byte, and raw text is always there
import-format = Format of flow records without a header
import-format-tip = Only for files that do not say it: field names in order, as version account-id interface-id ...
format-default = Default format
format-v5 = All fields of version 5
import-go = Import
go-to-row-hint = Row number, 1 to { $rows }
question-title = The import asks
question-continue = Go on
question-stop = Leave this file out
question-expansion = { $path } unpacks to far more than it holds: { $unpacked } so far out of { $packed } ({ $ratio } times). It may be built to fill the disk. Read it whatever its size?
question-members = { $path } holds { $members } members and more, those of archives inside it included: more than a file of { $packed } holds when it is no trap. It may be built to keep this program busy. Read it whatever it holds?
leaving-title = An import is running
leaving-text = Evidence is still being imported into { $case }. The import can go on there while you work elsewhere; or it is cancelled now, what was finished stays, and the rest is offered when that case is opened again.
leaving-goes-on = Let it go on
quitting-text = Evidence is still being imported into { $case }. If the program ends now, the import is cancelled; what was finished stays, and the rest is offered when the case is opened again.
quitting-export-title = An export is running
quitting-export = { $path } is still being written. If the program ends now, the export is cancelled and leaves no file.
quitting-stay = Stay
quitting-cancel = Cancel it and quit
leaving-stay = Stay in this case
job-into = into { $case }
jobs-none = Nothing was imported yet.
job-running = Importing
job-stopping = Stopping
job-done = Done
job-cancelled = Cancelled
job-counts = { $files } { $files ->
    [one] file
   *[other] files
}, { $warnings } { $warnings ->
    [one] warning
   *[other] warnings
}, { $failures } { $failures ->
    [one] failure
   *[other] failures
}
job-bytes = { $done } of { $total }
job-rate = { $rate } records per second
job-format-needed = Records without a header: their format has to be named
job-format-proposal = They seem to be: { $format }
job-format-unknown = Their values suggest no format; the flow log's settings name it.
job-format-new-case = A reading is never replaced. To read the file in another format, import it into a new case.
job-read-otherwise = Already in the case, read in another format
job-read-as = Its records were read as: { $format }
job-format-confirm = Check and use this format...
job-known = already in the case
job-records = { $count } { $count ->
    [one] record
   *[other] records
}
job-duplicates = { $count } { $count ->
    [one] duplicate
   *[other] duplicates
}
job-warnings = { $count } { $count ->
    [one] warning
   *[other] warnings
}
errors-none = No errors.
errors-times = { $count } times
errors-copy = Copy all
errors-clear = Clear the list

## Help
help-table = In a table
help-table-keys = Arrows, Page Up, Page Down, Home and End move; with Shift they select a range; Ctrl+A selects all; Ctrl+C copies the rows; Enter opens the inspector; Shift+F10 opens the menu of the cell. A click on a header sorts, with Shift by a further column; drag a header to move the column, its edge to resize it.
help-filter = The filter
help-filter-text = Comparisons such as srcaddr in 10.0.0.0/8, dstport in (22, 3389), bytes > 10MB, event_name like '%Login%', joined by and, or, not and brackets. A comparison with an absent value does not match, also !=; not (...) is the exact complement: not action = REJECT keeps records without an action, action != REJECT does not.

## Errors
error-open-case = The case could not be opened
error-create-case = The case could not be created
error-query = A question to the case failed
error-import = The import could not start
error-export = The export failed
next-export = Check the path, your rights and the room on the disk, then export again; no part of it was left.
error-settings = The settings could not be saved
next-check-path = Check the path and its permissions.
next-check-case = Check that the file is a Coldtrail case and can be read; a copy of it may help to find out.
next-other-path = Choose another path, where you may write and there is room.
next-try-again = Try again; if it happens again, close and reopen the case.
next-settings = The work goes on; only the settings of the window will not be remembered.
error-import-stopped = The import stopped
error-file = A file was not imported
next-import-stopped = What was finished before is in the case; import again for the rest.
next-not-found = Check the path; nothing of it was imported.
next-permission = Give yourself the right to read it, then import it again.
next-not-a-file = Only files and folders can be imported.
next-media = Check the medium and its cable, then import the file again; nothing of it is in the case.
next-expansion = If it is what it says, import it again and go on when asked.
next-temporary = Make room in the folder for temporary files (TMPDIR), then import it again.
next-internal = Import it again; if it fails again, keep the file and report it.
unfinished = An import was interrupted: { $count } { $count ->
    [one] file is
   *[other] files are
} still to be read.
unfinished-resume = Resume the import

## Indicators, sightings, labels
bin-sighted = ◆ { $count } meet an indicator
nav-indicators = Indicators
nav-sightings = Sightings
menu-add-indicator = Add to indicators...
menu-label = Label it...
filter-watched = Indicators
filter-only-sightings = Only sightings
filter-no-sightings = Without sightings
filter-only-list = Only list { $name }
filter-only-label = Only label { $name }
count-flow-sightings = meet an indicator
count-event-sightings = meet an indicator
column-sightings = Sightings
column-name = Name
column-purpose = Purpose
column-entries = Entries
column-looked-for = Looked for
column-not-used = Not used
column-list-date = Date of the list
column-licence = Licence
column-added = Added
column-of = Of
column-kind = Kind
column-note = Note
column-value = Value
column-entry-name = Called
column-comment = Comment
column-severity = Severity
column-tags = Tags
column-valid-from = Valid from
column-valid-to = Valid to
indicators-none = Nothing is looked for yet. Import a list of indicators, type some, or take them from any cell's menu.
indicators-lists = Lists of indicators
indicators-entries = Entries
indicators-issues = What could not be used
indicators-no-issues = Everything in this list could be used.
indicators-order = Click to sort; at first in the order of the list
indicators-written = In the list: { $text }
indicators-validity = Honour times of validity
indicators-validity-tip = An entry counts only for records of the time in which the list says that it was bad
indicators-sightings = Show the sightings
indicators-on = looked for
indicators-off = off
indicators-out = taken out
indicators-turn-on = Look for it
indicators-turn-off = Do not look for it
indicators-take-out = Take out
indicators-bring-back = Bring back
indicators-records = Show its records
indicators-tab-entries = Entries { $count }
indicators-tab-issues = Not used { $count }
indicators-tab-labels = Labels { $count }
indicators-format = Form
indicators-by-content = by its content
indicators-kind = Values are
indicators-by-form = what their form says
indicators-columns = What the columns mean
indicators-entries-found = { $count } entries ({ $format })
indicators-cautions = Look at these first: { $count } would meet more than is meant
indicators-not-used = Cannot be used: { $count }
indicators-known = The case has this very file already, as { $name }
indicators-licence = Licence, terms
indicators-import-tip = CSV, plain lists, STIX 2.1, MISP events and warning lists, OpenIOC 1.1. Nothing comes in before it is shown here.
indicators-values = Values
indicators-values-hint = 198.51.100.7, 203.0.113.0/24, evil[.]example, AKIA...
indicators-values-count = { $count } { $count ->
    [one] value
   *[other] values
}
indicators-value-unknown = { $value } is nothing that can be told by its form; say what the values are.
indicators-into-list = Into the list
add = Add
label-thing = Address, range, interface, principal or key
label-name = Name
label-off = Take the label off
label-on = Put the label back
label-is-on = shown
label-is-off = taken off
labels-title = Labels
labels-none = Nothing has a label yet.
purpose-known-bad = known bad
purpose-well-known = well known (warns)
purpose-own = own networks
role-value = indicators
role-range-end = last address of the range
role-prefix = prefix length or mask
role-type = kind of the value
role-looked-for = looked for, or context
role-name = name
role-comment = comment
role-severity = severity
role-tags = tags
role-valid-from = valid from
role-valid-to = valid to
role-ignored = not used
indicator-kind-address = address
indicator-kind-range = range
indicator-kind-domain = domain
indicator-kind-url = URL
indicator-kind-access-key = access key
indicator-kind-arn = ARN
indicator-kind-principal = principal
indicator-kind-account = account
indicator-kind-user-agent = user agent
indicator-kind-event-name = event name
indicator-kind-port = port
indicator-kind-interface = interface
indicator-kind-hash = hash (not in these logs)
indicator-issue-not-recognised = Not recognised
indicator-issue-unsupported = Not supported
indicator-issue-withdrawn = Withdrawn by the list
indicator-issue-repeated = Stands in the list before
indicator-issue-malformed = Malformed
caution-everything = it holds every address
caution-wide = a very wide range
caution-private = private address space
caution-own = an own network
caution-well-known = well-known infrastructure
sightings-by-indicator = By indicator
sightings-by-indicator-tip = A row for each entry, those never seen last
sightings-by-host = By host
sightings-by-host-tip = The addresses on the other side
sightings-by-list = By list
sightings-by-list-tip = A row for each list
sightings-by-playbook = Playbook
sightings-by-playbook-tip = The playbook's view: rows to an indicator and rows from one, each row twice where both ends are
sightings-list = List
sightings-all-lists = all
sightings-none = Nothing that is looked for is in this evidence and time range.
sightings-no-list = No indicator is looked for.
sightings-order = Click to sort; at first the most hits, and what was not seen last
sightings-playbook-order = In the playbook's order: start, end, session time, interface, connecting address, direction
sightings-told-indicator = { $seen } indicators seen, { $unseen } not seen in this evidence
sightings-told-host = { $seen } hosts met an indicator
sightings-told-list = { $seen } lists with sightings, { $unseen } without any in this evidence
sightings-looked-flows = looked at { $count } flow records, { $from } – { $to } { $zone }
sightings-looked-events = and { $count } CloudTrail events, { $from } – { $to } { $zone }
sightings-words = direction (ours)
sightings-playbook-word = direction (playbook)
sightings-direction-tip = To the indicator is INBOUND in the playbook's words, which are seen from the threat's side
sightings-mentions-tip = Events whose text holds it outside the fields that are compared; in no other figure
sightings-outside-tip = Records outside the time in which the entry counts, or without the rest of its pattern; in no other figure
sightings-flows = Show the flow records
sightings-pairs = Show the pairs
sightings-timeline = Show over time
sightings-events = Show the CloudTrail events
not-seen-not-matchable = cannot be in these logs
not-seen-no-events = no CloudTrail events to look in
not-seen-no-flows = no flow records to look in
not-seen-not-there = not seen
notice-indicators-imported = Imported: { $count } indicators
notice-indicators-added = Added: { $count } { $count ->
    [one] indicator
   *[other] indicators
}
notice-indicators-on = Looked for again
notice-indicators-off = Not looked for any more
notice-indicators-out = Taken out; it can be brought back
notice-indicators-back = Brought back
notice-validity = Times of validity were switched
notice-owners = The case remembers the database
notice-owners-back = The database is forgotten, or the one before it remembered again
owners-told = { $told } (by { $kind }, built { $built })
owners-nothing = Owner and country unknown to { $kind }
address-own = in an own network
notice-labelled = The label is kept in the case
notice-label-off = The label is taken off
## What examiners write
menu-report = Report
nav-findings = Findings
nav-exhibits = Exhibits
command-add-exhibit = Add to the exhibits...
command-add-exhibit-tip = Freezes what this view shows, with its question, its evidence and a digest
command-tag-rows = Tag the selected rows
command-tag-rows-tip = Gives the selected rows the tag that was given last, or takes it off again; also with the space bar
command-findings = Findings
command-findings-tip = What is concluded, with the records and exhibits that it rests on
command-exhibits = Exhibits and report
command-exhibits-tip = The report as it is put together: its first page and its exhibits in order
command-check-exhibits = Check all exhibits
command-check-exhibits-tip = Runs every exhibit again and says whether the case still gives the same rows
inspector-written = Tags and notes
grid-tagged = tagged
row-tags = Tags: { $tags }
tag-new = New tag
tag-add = Tag
tag-remove = Take the tag { $tag } off
note-new = New note
note-add = Add note
note-save = Save note
edit = Edit
remove = Remove
revert = Revert
move-up = Move up
move-down = Move down
subject-record = Record { $what }
subject-pair = Pair { $what }
subject-address = Address { $what }
subject-principal = Principal { $what }
menu-pair-written = Tags and notes of this pair...
menu-principal-written = Tags and notes of this principal...
menu-add-exhibit = Add to the exhibits...
notice-tagged = Tagged.
notice-untagged = The tag was taken off.
notice-written = Written into the case.
notice-nothing-changed = Nothing changed.
notice-exhibit-added = Frozen as an exhibit.
notice-no-quick-tag = Give a tag in the inspector first; the space bar then gives the same one.
notice-too-many-tagged = At most { $most } records are tagged at once; narrow the filter.
error-exhibit = The exhibit could not be opened
exhibit-what = What
exhibit-flows = The table of flow records
exhibit-events = The table of events
exhibit-selected = The { $what } selected rows
exhibit-compare = The { $what } selected rows side by side
exhibit-event = Record { $what } with all its fields
exhibit-pairs = The pairs
exhibit-conversations = The conversations
exhibit-top = Top list { $what }
exhibit-series = The plot over time { $what }
exhibit-heatmap = The heat map of hours by days { $what }
exhibit-address = The page of address { $what }
exhibit-text = A text of your own
exhibit-sightings-indicator = The sightings by indicator
exhibit-sightings-host = The sightings by host
exhibit-sightings-list = The sightings by list
exhibit-playbook = The playbook's view
exhibit-figure = The figure
exhibit-evidence = The list of evidence files
exhibit-sql = The rows of the statement
exhibit-rows = Rows
exhibit-rows-tip = at most { $most }; how many there are is told
exhibit-rows-wrong = Rows: a whole number within the limit.
exhibit-words = Text
exhibit-caption = Caption
exhibit-note = Note
exhibit-finding = Supports
exhibit-no-finding = no finding
exhibit-tip = The rows are kept as they are now, in the order of the view and with times of { $zone }, together with the question, the hashes of the evidence, and what was left out.
exhibit-add = Freeze
exhibit-live = Live view
exhibit-live-tip = Opens the view of this question as the case answers it now
exhibit-facts = What it rests on
exhibit-as-frozen = As frozen
exhibit-rows-all = { $rows } rows
exhibit-rows-of = { $rows } of { $all } rows
exhibits-add-text = Add a text
exhibits-empty = There are no exhibits yet. Open the view that shows what you want to prove, and press Ctrl+E: its question, its rows and the hashes of its evidence are kept. Every exhibit can be run again and compared.
exhibits-checking = running again ...
exhibits-verdicts = { $same } of { $checked } as they were
verdict-same = The case gives the same rows from the same evidence.
verdict-altered = The stored exhibit was altered
verdict-differs = The case gives other rows now
verdict-other-evidence = It rests on other evidence now
verdict-failed = It could not be run again
drag-tip = Drag to another place; by keyboard Alt with the arrows
report-settings = First page of the report
report-title = Title
report-reference = Case reference
report-examiner = Examiner
report-organisation = Organisation
report-mark = Distribution mark
report-summary = Summary
facts-left-out = Left out: { $duplicates } duplicates; NODATA { $nodata } and SKIPDATA { $skipdata } records in the time range; { $untimed } records without a time; { $hours } hours without evidence.
facts-unread = Elements of the whole case that could not be read: { $count }
facts-evidence = Evidence files that it rests on: { $count }
findings-empty = There are no findings yet. Write in a line what you conclude; then cite records from the inspector, and let exhibits support it.
finding-new = What is found, in a line
finding-add = Add finding
finding-title = Title
finding-text = In full
finding-status = Status
finding-open = open
finding-confirmed = confirmed
finding-ruled-out = ruled out
finding-confidence = Confidence
confidence-unstated = not stated
confidence-low = low
confidence-medium = medium
confidence-high = high
finding-technique = MITRE ATT&CK
finding-technique-wrong = Write T1530 or T1078.004.
finding-rests = { $exhibits } { $exhibits ->
    [one] exhibit
   *[other] exhibits
}, { $records } { $records ->
    [one] record
   *[other] records
}
finding-exhibits = Exhibits that support it
finding-no-exhibits = none
finding-records = Records that it cites
finding-no-records = None. Select records, and cite them from the inspector.
finding-show-records = Show them
finding-uncite = Cite { $record } no longer
finding-more = and { $count } more
finding-cite = Cite the selected records in a finding
finding-cited-in = Cited in: { $findings }
command-preview-report = Preview of the report
command-preview-report-tip = The pages of the report as they will be; a second time the exhibits again
preview-page = Page
preview-of = of { $count }
preview-back = Page before (PgUp)
preview-on = Next page (PgDn)
preview-fit = Whole page
preview-width = Page width
preview-laying-out = laying out the pages ...
preview-reading = putting together exhibit { $done } of { $total } ...
preview-rows = Rows
preview-name = Page { $page } of the report
command-write-report = Write the report...
report-verdict-good = The case verifies.
report-verdict-outdated = The case verifies; some exhibits have another answer now, and the report says which.
report-verdict-failed = The case does not verify: the report's first page says which checks failed.
report-verdict-changed = The case was changed while it was checked; the report says that it is not verified.
report-verdict-unverified = The case was not verified.
report-verdict-later = The case was not verified.
error-not-verified = The report is written, and the case does not verify
next-verify = See all that failed with: coldtrail verify CASE. Work on from a copy that verifies.
command-write-report-tip = The findings and exhibits as HTML, PDF, attachments, JSON and pictures, with a manifest of their hashes
notice-report = Report written: { $files } files, { $size }, into { $path }; SHA-256 of its manifest { $sha256 }
report-folder = Folder
report-language = Language
language-en = English
language-ja = Japanese
report-forms = Documents
report-rows = Rows of a table in the documents
report-with-time = The time of the export on the first page (two exports then differ)
report-tip = Times are of { $zone }, with UTC beside them. Attachments hold all rows; the manifest is checked with sha256sum -c SHA256SUMS. A report that is in the folder already is replaced; anything else is left alone.
report-write = Write

## Undo
command-undo = Undo
command-undo-tip = Undoes the last change to the case: tags, notes, findings, exhibits, indicators, labels, saved filters; the journal keeps both
command-redo = Redo
command-redo-tip = Makes the change again that was undone last
undo-what = Undo: { $what }
redo-what = Redo: { $what }
undo-takes-out = This removes all of it from the case. Redo (Ctrl+Shift+Z) restores it, and the journal keeps both.
undo-agreed = Undo
notice-undone = Undone: { $what }
notice-redone = Redone: { $what }
notice-undo-waits = Undo waits for the change that is being written
notice-filters-restored = The saved filters are as they were
change-tag = tag { $count } { $count ->
    [1] record
   *[other] records
} as { $name }
change-tag-thing = tag { $thing } as { $name }
change-untag = remove the tag { $name } from { $count } { $count ->
    [1] record
   *[other] records
}
change-untag-thing = remove the tag { $name } from { $thing }
change-note-add = add the note “{ $name }”
change-note-edit = edit the note “{ $name }”
change-note-remove = remove the note “{ $name }”
change-note-restore = restore a note
change-finding-add = add the finding “{ $name }”
change-finding-edit = edit the finding “{ $name }”
change-finding-move = move the finding “{ $name }”
change-finding-remove = remove the finding “{ $name }”
change-finding-restore = restore a finding
change-cite = cite { $count } { $count ->
    [1] record
   *[other] records
} in the finding “{ $name }”
change-uncite = remove { $count } { $count ->
    [1] record
   *[other] records
} from the finding “{ $name }”
change-exhibit-add = add the exhibit “{ $name }”
change-exhibit-edit = edit the exhibit “{ $name }”
change-exhibit-move = move the exhibit “{ $name }”
change-exhibit-remove = remove the exhibit “{ $name }”
change-exhibit-restore = restore an exhibit
change-report = change the report's { $name }
change-list-import = import the indicator list { $name } with { $count } { $count ->
    [1] entry
   *[other] entries
}
change-list-on = enable the indicator list { $name } with { $count } { $count ->
    [1] entry
   *[other] entries
}
change-list-off = disable the indicator list { $name } with { $count } { $count ->
    [1] entry
   *[other] entries
}
change-list-remove = remove the indicator list { $name } with { $count } { $count ->
    [1] entry
   *[other] entries
}
change-list-restore = restore the indicator list { $name } with { $count } { $count ->
    [1] entry
   *[other] entries
}
change-indicators-add = add { $count } { $count ->
    [1] indicator
   *[other] indicators
} to { $name }
change-indicators-on = enable { $count } { $count ->
    [1] indicator
   *[other] indicators
} of { $name }
change-indicators-off = disable { $count } { $count ->
    [1] indicator
   *[other] indicators
} of { $name }
change-indicators-remove = remove { $count } { $count ->
    [1] indicator
   *[other] indicators
} from { $name }
change-indicators-restore = restore { $count } { $count ->
    [1] indicator
   *[other] indicators
} of { $name }
change-validity = change whether the validity times of indicators count
change-label = label { $thing } as { $name }
change-label-remove = remove the label { $name } from { $thing }
change-label-restore = restore the label { $name } of { $thing }
change-owners = use the owner database { $name }
change-filter-save = save the filter { $name }
change-filter-remove = remove the saved filter { $name }
change-filters-import = import the filters of { $name }
change-filters-export = export the filters to { $name }
change-filters = restore the saved filters
banner-damaged = This case is damaged. What is whole is shown; places that could not be read: { $count }. Nothing is written to it.
banner-damaged-whole = This case is damaged. Every row could be read; nothing is written to it.
banner-rescue = Save what can be read into a new case...
banner-older = This case was written by an older version ({ $version }; this program writes { $known }). A temporary copy is shown; the file is not changed.
banner-upgrade = Upgrade the case...
upgrade-text = { $case } is to be written to. For that it is upgraded to version { $known }, in place; older programs cannot open it any more. The journal names who did it.
upgrade-go = Upgrade
rescue-text = Every row that can be read goes into a new case. Its journal names the damaged file by its SHA-256 and lists what could not be read. The damaged file is not changed.
rescue-go = Save what can be read
notice-upgraded = The case was upgraded
error-upgrade = The case could not be upgraded
error-rescue = What can be read could not be saved
