# The texts of the window in English. Numbers and times arrive formatted.

## Menus and commands
menu-case = Case
menu-evidence = Evidence
menu-view = View
menu-query = Query
menu-help = Help
command-new-case = New case...
command-new-case-tip = Create an empty case file
command-open-case = Open case...
command-open-case-tip = Open a case file
command-open-sample = Open the sample case
command-open-sample-tip = Create a case from the sample logs of a small fictitious incident
command-close-case = Close case
command-close-case-tip = Close the case; asks first while an import is running
command-quit = Quit
command-quit-tip = Close the window
command-import = Import evidence...
command-import-tip = Import flow logs, CloudTrail files, folders and archives into the case
command-jobs = Imports
command-jobs-tip = Running and finished imports, with the result of each file
command-overview = Show the overview
command-overview-tip = Summary of the case
command-evidence = Show evidence
command-evidence-tip = Evidence files with their record counts and warnings
command-flows = Show flows
command-flows-tip = Flow records
command-pairs = Show pairs
command-pairs-tip = Traffic by source and destination address
command-events = Show CloudTrail
command-events-tip = CloudTrail events
command-timeline = Show the timeline
command-timeline-tip = Flow logs and CloudTrail events over time, on one axis
command-indicators = Show indicators
command-indicators-tip = Indicator lists, their entries, and labels
command-sightings = Show sightings
command-sightings-tip = Indicators that match records in the evidence, and those that do not
command-import-indicators = Import indicators...
command-import-indicators-tip = Import a list of IOCs (addresses, keys, names ...), with a preview before anything is added
command-add-indicators = Add indicators manually...
command-add-indicators-tip = Type or paste values
command-add-label = Add label...
command-add-label-tip = Name an address, range, interface, principal or access key; the name is shown wherever it occurs
command-owners = GeoIP and ASN database...
command-owners-tip = Use a database in MaxMind format (GeoLite2, DB-IP, IPinfo) from its current location; the case records which one and its build date
command-only-sightings = Only sightings
command-only-sightings-tip = Show only records that match an indicator; run again to show all records
command-queries = Show the query library
command-queries-tip = AWS's predefined queries, the playbook's queries, and CloudTrail monitoring patterns
command-sql = Show the SQL console
command-sql-tip = Run one read-only SELECT over the documented views
command-inspector = Toggle inspector
command-inspector-tip = Show or hide all fields of the selected record
command-histogram = Toggle histogram
command-histogram-tip = Show or hide the histogram of the result over time
command-facets = Toggle top values
command-facets-tip = Show or hide the most frequent values of the result beside the table
facets-title = Top values
facets-fields = Fields
facets-usual = Default fields
facets-none = No fields are selected. Select them with the Fields button.
facets-hide = Hide top values ({ $shortcut })
facets-values = { $count } different values; no value counts as one
facets-value = { $field } { $value }: { $count }, { $share }
facets-other = other ({ $count })
facets-tip = Click: only these records. Shift+click: exclude them. Enter and Shift+Enter do the same.
facets-no-room = Top values: enlarge the window or hide the inspector to show them.
command-zone = Time zone...
command-zone-tip = Time zone in which times are displayed and entered; UTC is shown in every tooltip
command-theme-system = Theme: system
command-theme-system-tip = Follow the desktop's light or dark setting
command-theme-light = Theme: light
command-theme-light-tip = Dark text on a light background
command-theme-dark = Theme: dark
command-theme-dark-tip = Light text on a dark background
command-language-english = Language: English
command-language-english-tip = Show the window in English
command-language-japanese = Language: 日本語
command-language-japanese-tip = 画面を日本語で表示
command-zoom-in = Zoom in
command-zoom-in-tip = Make everything larger
command-zoom-out = Zoom out
command-zoom-out-tip = Make everything smaller
command-zoom-reset = Reset zoom
command-zoom-reset-tip = Use the display's own scale
command-palette = All commands...
command-palette-tip = Find a command by name
command-focus-filter = Go to the filter
command-focus-filter-tip = Enter a display filter
command-clear-filter = Clear the filter
command-clear-filter-tip = Show all records in the time range
command-all-times = All times
command-all-times-tip = Remove the time range
command-address = Address details...
command-address-tip = Pairs, ports, interfaces, activity over time and events of one address
command-back = Back
command-back-tip = Return to the previous view, filter and time range
command-forward = Forward
command-forward-tip = Return to the view, filter and time range before going back
command-go-to-row = Go to row...
command-go-to-row-tip = Go to a row by its number
command-duplicates = Toggle duplicates
command-duplicates-tip = Count records that occur in several evidence files once, or as often as they occur
command-export = Export results...
command-export-tip = Export the current view as Parquet, CSV or JSON Lines
command-errors = Errors
command-errors-tip = What failed, why, and what to do next
command-help = Help and keyboard shortcuts
command-help-tip = Keyboard shortcuts, and an overview of the filter language

## Shell
palette-button = Commands...
palette-hint = Type to find a command
zone-button = Time zone: { $zone }
zone-hint = Type a city or region, for example Asia/Tokyo
list-nothing = No matches
drop-here = Drop files to import them, or a case to open it
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
nav-warnings-tip = Lines or elements that could not be parsed; all of them are kept

## Start
start-subtitle = Evidence viewer for AWS VPC flow logs and CloudTrail
start-drop = Drop flow logs, CloudTrail files, folders or archives here, or a .coldtrail case.
start-recent = Recent cases
start-forget = Remove from this list
start-no-sample = The sample-logs folder was not found next to the program
sample-title = Sample case

## Status bar
status-records = { $shown } of { $total } records
status-events = { $shown } of { $total } events
status-evidence-size = { $size } of evidence
status-indexing = Building the column index
status-indexing-tip = Until it is complete, queries read the rows directly: the results are the same but take longer.
status-no-index = No column index
status-no-index-tip = Queries read the rows directly: the results are the same but take longer: { $why }
status-importing = importing { $percent }
status-import-records = { $count } { $count ->
    [one] record
   *[other] records
}
status-time-left = { $time } left
status-errors = Errors: { $count }
cancel-import = Cancel import
status-exporting = writing { $path }
cancel-export = Cancel export
status-copying = copying rows
cancel-copy = Cancel copy
notice-exported = Exported { $rows } { $rows ->
    [one] row
   *[other] rows
} ({ $size }): { $path }
notice-exported-cut = Exported { $rows } rows ({ $size }): { $path }; { $cut } times were truncated to whole seconds, because the format has no fractions
notice-export-cancelled = Export cancelled; no file was written: { $path }
notice-filter-saved = Filter saved in the case
notice-filter-removed = Filter removed
notice-filters-imported = Filters imported: { $added }; already in the case: { $known }
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
notice-import-cancelled = Import cancelled; files that were already imported are in the case
notice-copied-rows = Copied { $rows } { $rows ->
    [one] row
   *[other] rows
}
notice-copied-first = Copied only the first { $rows } of { $all } rows: the clipboard takes at most { $most } rows or { $size }. Export them to get all.
notice-copy-cancelled = Copy cancelled; the clipboard is unchanged

## Filter and time
filter-label = Filter
filter-hint-events = event_name = ConsoleLogin and error_code exists
filter-hint = srcaddr in 10.0.0.0/8 and action = REJECT
filter-apply = Apply
filter-clear = Clear the filter
filter-history = History
filter-used = Recent
filter-save = Save
filter-save-tip = Save the current filter in the case, under a name
filter-save-title = Save this filter
filter-name = Name
filter-note = Note
filter-replaces = A filter with this name exists; it will be replaced.
filter-remove = Remove { $name }
filters-title = Saved filters
filters-none = No saved filters. Use Save next to the filter.
filters-import = Import...
filters-export = Export...
filters-import-tip = Add the filters of a file to the saved filters; if a name is taken, a number is appended.
filters-export-tip = Export all saved filters of this case, for use in another case.
filter-history-empty = No recent filters
filter-problem = At character { $place }: { $message }
filter-proposal = Use { $proposal }
filter-in-force = Applied: { $filter }
time-label = Time
time-from = From
time-to = To
time-lengths = Duration
time-all = All
time-earlier = Earlier
time-later = Later
time-length-tip = A time range of this duration, from the current start, or up to the end of the evidence
bin-accepted = accepted
bin-rejected = rejected
bin-other = other
bin-ok = ok
bin-error = error
histogram-name = Histogram of the result over time; drag to select a time range
histogram-bin = { $length } per bar

## Tables
grid-row = Row
grid-absent = no value
grid-sighted = indicator

mark-indicator = Indicator of list { $list }: { $value }
mark-label = Label { $name } of { $value }
mark-severity = severity { $severity }
mark-outside = outside its validity period
mark-in-part = the rest of its pattern does not match, so it is not counted
header-ascending = Sort ascending
header-descending = Sort descending
header-left = Move left
header-right = Move right
header-hide = Hide this column
header-columns = Columns
columns-lent = Columns of the query
columns-own = Custom columns
header-reset = Reset columns
header-sort-tip = Click to sort
menu-only = Only this value
menu-exclude = Exclude this value
menu-pair = Only this pair, both directions
menu-address = Address details
menu-around-5m = 5 minutes before and after
menu-around-1h = 1 hour before and after
menu-copy-value = Copy the value
menu-copy-rows = Copy the selected rows
menu-show-records = Show the records
menu-copy-column = Copy this column of the selected rows

copy-csv = Copy as CSV
copy-csv-tip = Copy the displayed rows, with a header line

## Timeline
timeline-bin = Bin
timeline-bins = bins of { $length }
timeline-bin-auto = automatic
timeline-bin-too-many = Too many bins to draw: choose a shorter time range first
timeline-add-flows = + Flows
timeline-add-events = + CloudTrail
timeline-nat = NAT alarm
timeline-nat-tip = The playbook's alarm: 5,000,000 bytes of egress of one interface in 15 minutes. You can change the threshold and the bin.
timeline-csv-tip = Every bin of every track; empty cells where there is no evidence
timeline-save = Save image...
timeline-empty = Add a track of flows or of CloudTrail events.
timeline-no-flows = The case has no flow records.
timeline-no-events = The case has no CloudTrail events.
timeline-nothing = No matching records in this time range.
timeline-by = by { $field }
timeline-top = top { $count }
timeline-threshold = Threshold
timeline-threshold-tip = Mark the bins of a line that reach this value; leave empty for none
timeline-reached = ▼ { $count } { $count ->
    [one] bin reaches
   *[other] bins reach
} { $threshold }
timeline-remove = Remove this track
timeline-rest = Other
timeline-none = no value
timeline-total = total { $count }
timeline-name = Timeline: { $lines }; gaps in the evidence: { $gaps }
timeline-events-all = all events
timeline-events-filter = events: { $filter }
timeline-events-tip = Change the event filter in the CloudTrail view
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
heat-name = Heat map of hours by day
heat-most = maximum: { $value } per hour; hatched: no evidence
heat-none = no evidence
export = Export
export-what = The rows of this view, in its order.
export-rows = The rows of this view, in its order: { $count } { $count ->
    [one] row
   *[other] rows
}.
export-nothing = This view has nothing to export.
export-parquet = Parquet
export-parquet-tip = AWS's own column names: can be read by Athena, DuckDB and Spark
export-csv = CSV
export-csv-tip = With a header line; times in UTC
export-jsonl = JSON Lines
export-jsonl-tip = One object per line; times in UTC
export-replace = Replace the existing file
export-tip = The file appears only when the export is complete. If you cancel, no file is left behind.
save-chart = Save the timeline
save-picture = Save image
save-chart-tip = Use the extension .svg for a vector image, .png for a bitmap.

## Address page
address-no-address = Not a complete IP address
address-hint = An IP address
address-private = private address space
address-external = outside private address space
address-records = Show flow records
address-pairs = Show pairs
address-events = Show events
address-sent = Sent
address-received = Received
address-passed-on = Forwarded by another interface
address-figures = { $records } { $records ->
    [one] record
   *[other] records
}, { $bytes }, { $packets } { $packets ->
    [one] packet
   *[other] packets
}; { $accepted } accepted, { $rejected } rejected
address-figures-other = { $records } { $records ->
    [one] record
   *[other] records
}, { $bytes }, { $packets } { $packets ->
    [one] packet
   *[other] packets
}; { $accepted } accepted, { $rejected } rejected, { $other } without an action
address-span = { $from } – { $to } { $zone }
address-events-count = { $count } { $count ->
    [one] CloudTrail event
   *[other] CloudTrail events
} from it, { $errors } with an error
address-none = No records of this address in this time range.
address-line-sent = sent
address-line-received = received
address-list-pairs = Pairs
list-ports-reached = Ports contacted
list-ports-offered = Ports contacted by others
list-actions = Actions

## Query library
query-search = Search queries
query-filter = Filter
query-filter-all = all records
query-needs = Requires { $fields }
query-limit = Maximum rows
query-no-limit = no limit
query-optional = optional
query-run = Run
query-empty = No matching records in this time range.
query-lacks-flows = The case has no flow records.
query-lacks-events = The case has no CloudTrail events.
query-lacks-field = No record in the case has { $field }.
origin-predefined = Predefined by AWS
origin-playbook = Playbook
origin-monitoring = CloudTrail
origin-published = AWS incident response
origin-analysis = Analyses

## SQL console
sql-statement = SQL statement
sql-hint = SELECT ... FROM flow_record
sql-run = Run
sql-row-limit = Maximum rows
sql-time-limit = Timeout
result-search = Rows containing
result-table = Query result
sql-rows-at-most = at most { $count } rows
sql-time-at-most = at most { $time }
sql-result = Result of the statement
sql-rows = { $count } { $count ->
    [one] row
   *[other] rows
}
sql-cut = The row limit was reached; there are more rows.
sql-no-rows = The statement returned no rows.
sql-empty = Enter one SELECT statement and run it. Statements cannot change the case.
sql-running = Running...
sql-late = Timed out after { $time }. Narrow the statement, or increase the timeout.
sql-problem-at = Line { $line }, column { $column }: { $message }
sql-reads-only = The console is read-only: one SELECT or WITH statement.
sql-views = Views
sql-views-tip = Click a name to insert it into the statement. Times are UTC.

## Overview
overview-flows = Flow records
overview-events = CloudTrail events
overview-evidence = Evidence
overview-reference = Reference { $reference }
overview-examiner = Examiner { $examiner }
overview-rescued = Recovered from the damaged case { $case }; unreadable places: { $count }
overview-files = { $count } { $count ->
    [one] file
   *[other] files
}, { $size }
overview-warnings = { $count } { $count ->
    [one] warning
   *[other] warnings
}
overview-no-warnings = no warnings
overview-duplicates = { $count } duplicate flow { $count ->
    [one] record
   *[other] records
}
overview-records = { $count } { $count ->
    [one] record
   *[other] records
}
overview-event-count = { $count } { $count ->
    [one] event
   *[other] events
}
overview-bytes = { $size } in { $packets } { $packets ->
    [one] packet
   *[other] packets
}
overview-bytes-tip = { $bytes } bytes
overview-span = { $from } – { $to } { $zone }
overview-counting = Counting...
overview-old = Updating...
overview-gap = No records from { $from } to { $to } { $zone }
overview-gaps = { $count } { $count ->
    [one] gap
   *[other] gaps
} in the evidence
coverage-name = Hours with records; gaps are hatched
count-accepted = { $count } accepted
count-rejected = { $count } rejected
count-no-data = { $count } NODATA
count-skip-data = { $count } SKIPDATA
count-logins = { $count } { $count ->
    [one] console sign-in
   *[other] console sign-ins
}
count-failed-logins = { $count } { $count ->
    [one] failed sign-in
   *[other] failed sign-ins
}
count-logins-without-mfa = { $count } { $count ->
    [one] sign-in without MFA, successful or not
   *[other] sign-ins without MFA, successful or not
}
count-root = { $count } by the root user
count-trail-changes = { $count } { $count ->
    [one] trail change
   *[other] trail changes
}
list-more = { $shown } of { $all }
list-whole = Show the full list
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
list-tip = { $records } { $records ->
    [one] record
   *[other] records
}, { $bytes } { $bytes ->
    [one] byte
   *[other] bytes
}

## Pairs
pairs-by-address = By pair
pairs-by-address-tip = One row for each srcaddr and dstaddr
pairs-by-direction = With direction
pairs-by-direction-tip = One row for each srcaddr, dstaddr and flow_direction
pairs-by-packet = Packet level
pairs-by-packet-tip = One row for each pkt_srcaddr and pkt_dstaddr: the original endpoints, where the interface only forwarded the traffic
pairs-fold = Combine directions
pairs-fold-tip = One row for a pair and its reverse: sent, received, and which side probably started it
pairs-once = Count the same traffic once
pairs-once-tip = Traffic recorded at two interfaces is counted once (conversations only)
pairs-repeats-tip = Records of traffic that is already recorded at another interface
pairs-only-external = Only external
pairs-only-external-tip = Pairs in which at least one address is public
pairs-none-external = No pair includes a public address.
started-by = started by (inferred)
started-why = inferred from
started-both = both
started-unknown = unknown
started-syn_flags = SYN flags
started-ports = ports
started-first_seen = first seen
started-tip = Inferred, not recorded: from the SYN flags that a side sent; otherwise from well-known ports; otherwise from whose record starts first
pairs-counting = Counting: { $done } of { $all } records read
pairs-stopped = Stopped
pairs-series = bytes over time
pairs-series-text = bytes in { $count } of { $of } intervals
pairs-records = Show records
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
pairs-total-packets = { $count } { $count ->
    [one] packet
   *[other] packets
}
pairs-total-accepted = { $count } accepted
pairs-total-rejected = { $count } rejected
pairs-total-no-action = { $count } without an action
pairs-total-bytes = { $count } bytes ({ $size })
pairs-left-out = { $count } without data
pairs-left-out-tip = NODATA and SKIPDATA records: counted as records, but not as bytes or packets

## Inspector
inspector-empty = Select a row to see its details.
inspector-title = Record { $record }
inspector-selected = { $count } { $count ->
    [one] row
   *[other] rows
} selected
inspector-fields = Fields
inspector-json = JSON
inspector-raw = Raw text
inspector-no-raw = The original content was not stored in the case.
inspector-cut = { $bytes } more bytes are not shown; Copy includes all of them
inspector-value-cut = { $chars } more characters are not shown; Copy includes all of them
copy-raw = Copy raw text
copy-provenance = Copy provenance
provenance-file = Evidence file
provenance-position = Line or element
provenance-offset = Byte offset
provenance-length = Bytes
provenance-sha256 = SHA-256 of the file
provenance-record = Record
provenance-duplicate = Duplicate of record
provenance-occurrences = Also found in
provenance-conflict = Another copy of this event differs in

## Evidence
evidence-count = { $count } { $count ->
    [one] file
   *[other] files
}
received-title = Not imported
received-title-count = Not imported ({ $count })
received-none = No skipped files.
received-copy = duplicate file
received-unreadable = unreadable
received-refused = refused
received-skipped = skipped
received-special = special file
received-link = symbolic link, not followed
received-empty_folder = empty folder
column-state = State
column-received-at = Time ({ $zone })
warnings-title = Warnings
warnings-count = { $elements } { $elements ->
    [one] line or element
   *[other] lines or elements
}, { $notes } { $notes ->
    [one] note about a file
   *[other] notes about files
}
warnings-of = for evidence { $evidence }
warnings-all = All warnings
warnings-none = No warnings.
column-id = No.
column-file = File
column-format = Format
column-records = Records
column-duplicates = Duplicates
column-warnings = Warnings
column-size = Bytes
column-first = First ({ $zone })
column-last = Last ({ $zone })
column-raw = Original stored
column-imported = Imported ({ $zone })
column-sha256 = SHA-256
column-evidence = Evidence
column-position = Line
column-offset = Byte offset
column-reason = Reason
column-detail = Detail
column-raw-text = Raw text
reason-field-count = Wrong number of values
reason-bad-value = Invalid value for its field
reason-not-a-record = Not a record
reason-bad-json = Invalid JSON
reason-too-long = Longer than the limit
reason-too-deep = Nested deeper than the limit
reason-cut-off = Truncated: the file ends inside this element
reason-damaged-stream = Corrupt compressed data
reason-unknown-format = Unknown format
reason-format-needed = Format must be specified
reason-incomplete-capture = Incomplete capture
reason-path-mismatch = Path and records do not match
reason-expansion-limit = The expansion limit was reached
reason-container-depth = Archives nested too deep
reason-unreadable-member = Unreadable archive member
reason-invalid-utf8 = Invalid UTF-8
reason-conflicting-copy = Copies of one event differ
reason-read-as = Format inferred, not stated by the file
reason-inexact = Values lost precision
reason-unknown-column = Unknown column with a name similar to a field's
reason-odd-time = Implausible time

## Dialogs
browse = Browse...
picker-missing = No file dialog is available on this desktop (install xdg-desktop-portal or zenity). Type the path, or drop files on the window.
field-case-file = Case file
field-title = Title
field-examiner = Examiner
field-reference = Reference
field-path = Path
new-case-then-import = The case is created first, then these are imported: { $count } { $count ->
    [one] file or folder
   *[other] files or folders
}.
import-title = Import evidence
import-tip = Files, folders including subfolders, and archives. The originals are only read.
import-add = Add
import-files = Choose files...
import-folder = Choose folders...
import-remove = Remove { $path }
import-keep-raw = Store the original content in the case
import-keep-raw-tip = Every file can then be exported again byte for byte, and raw text is always available
import-format = Format of flow records without a header
import-format-tip = Only for files without a header line: field names in order, for example version account-id interface-id ..., or the CREATE EXTERNAL TABLE statement of an Athena table
import-format-wrong = This is neither a list of field names nor a CREATE EXTERNAL TABLE statement of a table of lines.
format-default = Default format
format-v5 = All version 5 fields
import-go = Import
go-to-row-hint = Row number, 1 to { $rows }
question-title = Import warning
question-continue = Continue
question-stop = Skip this file
question-expansion = { $path } decompresses to far more than its size: { $unpacked } so far from { $packed } ({ $ratio } times). It may be a decompression bomb. Continue reading it?
question-members = { $path } has { $members } or more members, including those of nested archives: unusually many for a file of { $packed }. It may be a decompression bomb. Continue reading it?
leaving-title = An import is running
leaving-text = Evidence is still being imported into { $case }. Continue the import in the background while you work in another case, or cancel it now. If you cancel, files that are already imported stay in the case, and you can resume the rest when you open it again.
leaving-goes-on = Continue in background
quitting-text = Evidence is still being imported into { $case }. If you quit now, the import is cancelled; files that are already imported stay in the case, and you can resume the rest when you open it again.
quitting-export-title = An export is running
quitting-export = { $path } is still being written. If you quit now, the export is cancelled and no file is written.
quitting-stay = Do not quit
quitting-cancel = Cancel it and quit
leaving-stay = Stay in this case
job-into = into { $case }
jobs-none = No imports since the program was started. Files that were imported earlier are in Evidence.
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
job-format-needed = Records without a header: specify their format
job-format-proposal = Suggested format: { $format }
job-format-unknown = The format could not be inferred from the values; look it up in the flow log's settings.
job-format-new-case = Imported records are never replaced. To read the file in another format, import it into a new case.
job-read-otherwise = Already in the case, imported with another format
job-read-as = Imported with format: { $format }
job-format-confirm = Review and use this format...
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
errors-times = { $count } { $count ->
    [one] time
   *[other] times
}
errors-copy = Copy all
errors-clear = Clear list

## Errors
unfinished = An import was interrupted: { $count } { $count ->
    [one] file has
   *[other] files have
} not been imported yet.
unfinished-resume = Resume import

## Indicators, sightings, labels
bin-sighted = ◆ { $count } { $count ->
    [one] indicator match
   *[other] indicator matches
}
nav-indicators = Indicators
nav-sightings = Sightings
menu-add-indicator = Add to indicators...
menu-label = Add label...
filter-watched = Indicators
filter-only-sightings = Only sightings
filter-no-sightings = Exclude sightings
filter-only-list = Only list { $name }
filter-only-label = Only label { $name }
count-flow-sightings = { $count } { $count ->
    [one] indicator match
   *[other] indicator matches
}
count-event-sightings = { $count } { $count ->
    [one] indicator match
   *[other] indicator matches
}
column-sightings = Sightings
column-name = Name
column-purpose = Purpose
column-entries = Entries
column-looked-for = Enabled
column-not-used = Not imported
column-list-date = List date
column-licence = Licence
column-added = Added ({ $zone })
column-of = For
column-kind = Kind
column-note = Note
column-value = Value
column-entry-name = Name
column-comment = Comment
column-severity = Severity
column-tags = Tags
column-valid-from = Valid from ({ $zone })
column-valid-to = Valid to ({ $zone })
indicators-lists = Indicator lists
indicators-entries = Entries
indicators-issues = Entries that could not be imported
indicators-no-issues = All entries of this list were imported.
indicators-order = Click to sort; initially in the order of the list
indicators-written = Original text: { $text }
indicators-validity = Apply validity periods
indicators-validity-tip = An entry matches only records within the validity period that its list states
indicators-sightings = Show sightings
indicators-on = enabled
indicators-off = disabled
indicators-out = removed
indicators-turn-on = Enable
indicators-turn-off = Disable
indicators-take-out = Remove
indicators-bring-back = Restore
indicators-records = Show records
indicators-tab-entries = Entries { $count }
indicators-tab-issues = Not imported { $count }
indicators-tab-labels = Labels { $count }
indicators-format = Format
indicators-by-content = detect automatically
indicators-kind = Type of values
indicators-by-form = detect automatically
indicators-columns = Column mapping
indicators-entries-found = { $count } { $count ->
    [one] entry
   *[other] entries
} ({ $format })
indicators-of-kind = { $count } { $kind }
indicators-cautions = Review first: { $count } would match too broadly
indicators-not-used = Cannot be imported: { $count }
indicators-known = This file is already in the case, as { $name }
indicators-licence = Licence and terms
indicators-import-tip = CSV, plain lists, STIX 2.1, MISP events and warning lists, OpenIOC 1.1. Nothing is imported before you review it here.
indicators-values = Values
indicators-values-hint = 198.51.100.7, 203.0.113.0/24, evil[.]example, AKIA...
indicators-values-count = { $count } { $count ->
    [one] value
   *[other] values
}
indicators-value-unknown = The type of { $value } was not recognised; choose the type of the values.
indicators-into-list = Add to list
indicators-typed = Typed
add = Add
label-thing = Address, range, interface, principal or key
label-name = Name
label-off = Remove label
label-on = Restore label
label-is-on = active
label-is-off = removed
labels-title = Labels
labels-none = No labels yet. A label is a name for an address, range, interface, principal or key, shown wherever it occurs. Add one here or from the menu of a value.
purpose-known-bad = known bad
purpose-well-known = well known (warnings only)
purpose-own = own networks
role-value = indicators
role-range-end = last address of the range
role-prefix = prefix length or mask
role-type = type of the value
role-looked-for = detection or context only
role-name = name
role-comment = comment
role-severity = severity
role-tags = tags
role-valid-from = valid from
role-valid-to = valid to
role-ignored = ignored
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
indicator-issue-withdrawn = Revoked by the list
indicator-issue-repeated = Duplicate of an earlier entry
indicator-issue-malformed = Malformed
caution-everything = matches every address
caution-wide = a very wide range
caution-private = private address space
caution-own = one of your own networks
caution-well-known = well-known infrastructure
sightings-by-indicator = By indicator
sightings-by-indicator-tip = One row per indicator; indicators without hits last
sightings-by-host = By host
sightings-by-host-tip = Hosts that communicated with an indicator
sightings-by-list = By list
sightings-by-list-tip = One row per list
sightings-by-playbook = Playbook
sightings-by-playbook-tip = The playbook's view: one row per direction; records between two indicators appear twice
sightings-list = List
sightings-all-lists = all
sightings-none = No indicator matches in this evidence and time range.
sightings-no-list = No indicator list is enabled
sightings-order = Click to sort; initially by number of hits, indicators without hits last
sightings-playbook-order = In the playbook's order: start, end, session time, interface, connecting address, direction
sightings-told-indicator = { $seen } { $seen ->
    [one] indicator
   *[other] indicators
} with hits, { $unseen } without hits in this evidence
sightings-told-host = { $seen } { $seen ->
    [one] host
   *[other] hosts
} with indicator matches
sightings-told-list = { $seen } { $seen ->
    [one] list
   *[other] lists
} with hits, { $unseen } without hits in this evidence
sightings-looked-flows = searched { $count } flow records, { $from } – { $to } { $zone }
sightings-looked-events = and { $count } CloudTrail events, { $from } – { $to } { $zone }
sightings-words = direction (Coldtrail)
sightings-playbook-word = direction (playbook)
sightings-to-ioc = to IOC
sightings-from-ioc = from IOC
sightings-direction-tip = Traffic to the indicator is INBOUND in the playbook, which takes the threat's point of view
sightings-mentions-tip = Events that contain it outside the compared fields; not included in any other figure
sightings-outside-tip = Records outside the validity period, or that match only part of the pattern; not included in any other figure
sightings-flows = Show flow records
sightings-pairs = Show pairs
sightings-timeline = Show timeline
sightings-events = Show CloudTrail events
not-seen-not-matchable = cannot occur in these logs
not-seen-no-events = no CloudTrail events to search
not-seen-no-flows = no flow records to search
not-seen-not-there = no hits
notice-indicators-imported = Imported { $count } { $count ->
    [one] indicator
   *[other] indicators
}
notice-indicators-added = Added { $count } { $count ->
    [one] indicator
   *[other] indicators
}
notice-indicators-on = Enabled
notice-indicators-off = Disabled
notice-indicators-out = Removed; it can be restored
notice-indicators-back = Restored
notice-validity = Validity setting changed
notice-owners = GeoIP and ASN database set
notice-owners-back = GeoIP and ASN database setting restored
owners-told = { $told } (by { $kind }, built { $built })
owners-nothing = No entry in { $kind }
address-own = in one of your own networks
notice-labelled = Label saved
notice-label-off = Label removed
## What examiners write
menu-report = Report
nav-findings = Findings
nav-exhibits = Exhibits
command-add-exhibit = Add exhibit...
command-add-exhibit-tip = Save this view as an exhibit, with its query, its evidence and a digest of its rows
command-tag-rows = Tag the selected rows
command-tag-rows-tip = Choose tags for the selected rows; also with the space bar
command-findings = Findings
command-findings-tip = Conclusions, with the records and exhibits that support them
command-exhibits = Exhibits and report
command-exhibits-tip = The report: its first page, and its exhibits in order
command-check-exhibits = Check all exhibits
command-check-exhibits-tip = Run the query of every exhibit again and compare the rows
inspector-written = Tags and notes
grid-tagged = tagged
row-tags = Tags: { $tags }
tag-new = New tag
tag-add = Add tag
tag-remove = Remove the tag { $tag }
note-new = New note
note-add = Add note
note-save = Save note
edit = Edit
remove = Remove
revert = Revert
move-up = Move up
move-down = Move down
written-by = { $by }, { $time }
subject-record = Record { $what }
subject-pair = Pair { $what }
subject-address = Address { $what }
subject-principal = Principal { $what }
menu-pair-written = Tags and notes of this pair...
menu-principal-written = Tags and notes of this principal...
menu-add-exhibit = Add exhibit...
notice-tagged = Tag added.
notice-untagged = Tag removed.
notice-written = Saved.
notice-removed = Removed. Ctrl+Z undoes it.
notice-nothing-changed = Nothing changed.
notice-exhibit-added = Exhibit added.
notice-too-many-tagged = You can tag at most { $most } records at once; narrow the filter.
exhibit-what = Content
exhibit-flows = Table of flow records
exhibit-events = Table of events
exhibit-selected = The { $what } selected rows
exhibit-compare = The { $what } selected rows side by side
exhibit-event = Record { $what } with all fields
exhibit-pairs = Pairs
exhibit-conversations = Conversations
exhibit-top = Top list { $what }
exhibit-series = Timeline chart { $what }
exhibit-heatmap = Heat map of hours by day { $what }
exhibit-address = Address details of { $what }
exhibit-text = Free text
exhibit-sightings-indicator = Sightings by indicator
exhibit-sightings-host = Sightings by host
exhibit-sightings-list = Sightings by list
exhibit-playbook = The playbook's view
exhibit-figure = Figure
exhibit-groups = Top values
exhibit-evidence = List of evidence files
exhibit-sql = Result of the SQL statement
exhibit-rows = Rows
exhibit-rows-tip = at most { $most }; the total number is recorded
exhibit-rows-wrong = Rows: enter a whole number within the limit.
exhibit-words = Text
exhibit-caption = Caption
exhibit-note = Note
exhibit-finding = Supports
exhibit-no-finding = no finding
exhibit-tip = The rows are saved as they are now, in the order of the view and with times in { $zone }, together with the query, the hashes of the evidence, and what was excluded.
exhibit-add = Add exhibit
exhibit-live = Live view
exhibit-live-tip = Open this view with the current data of the case
exhibit-facts = Based on
exhibit-as-frozen = As saved
exhibit-rows-all = { $rows } { $rows ->
    [one] row
   *[other] rows
}
exhibit-rows-of = { $rows } of { $all } rows
exhibit-none = Nothing matched
exhibit-none-filter = Filter: { $filter }
exhibit-none-unfiltered = Filter: none, all records
exhibit-none-range = Time range: { $from } to { $to } { $zone }
exhibit-none-anytime = Time range: all times
exhibit-none-columns = Columns: { $columns }
exhibits-add-text = Add text
exhibits-empty = Open the view that shows what you want to prove, and press Ctrl+E: its query, its rows and the hashes of its evidence are saved. Every exhibit can be checked again later.
exhibits-checking = checking ...
exhibits-verdicts = { $same } of { $checked } unchanged
verdict-same = Unchanged: the case returns the same rows from the same evidence.
verdict-altered = The stored exhibit was modified
verdict-differs = The case now returns different rows
verdict-other-evidence = The underlying evidence has changed
verdict-failed = The check failed
drag-tip = Drag to reorder, or press Alt with the arrow keys
report-settings = First page of the report
report-title = Title
report-reference = Case reference
report-examiner = Examiner
report-organisation = Organisation
report-mark = Distribution mark
report-summary = Summary
facts-left-out = Excluded: { $duplicates } duplicates; NODATA { $nodata } and SKIPDATA { $skipdata } records in the time range; { $untimed } records without a time; { $hours } hours without evidence.
facts-unread = Lines or elements in the case that could not be parsed: { $count }
facts-evidence = Evidence files used: { $count }
findings-empty = Enter a title, then cite records from the inspector and link the exhibits that support it.
finding-new = Title of the finding
finding-add = Add finding
finding-title = Title
finding-text = Description
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
finding-technique-wrong = Enter a technique ID such as T1530 or T1078.004.
finding-rests = { $exhibits } { $exhibits ->
    [one] exhibit
   *[other] exhibits
}, { $records } { $records ->
    [one] record
   *[other] records
}
finding-line = { $status } · { $rests }
finding-exhibits = Supporting exhibits
finding-no-exhibits = none
finding-records = Cited records
finding-no-records = None. Select records and cite them from the inspector.
finding-show-records = Show records
finding-uncite = Remove the citation of { $record }
finding-more = and { $count } more
finding-cite = Cite the selected records in a finding
finding-cite-first = Only the first { $count } of { $all } selected records are cited; { $left } are left out.
finding-cited-in = Cited in: { $findings }
command-preview-report = Report preview
command-preview-report-tip = Show the pages of the report; run again to return to the exhibits
preview-page = Page
preview-of = of { $count }
preview-back = Previous page (PgUp)
preview-on = Next page (PgDn)
preview-fit = Fit page
preview-width = Fit width
preview-laying-out = rendering pages ...
preview-reading = reading exhibit { $done } of { $total } ...
preview-rows = Rows
preview-name = Page { $page } of the report
command-write-report = Generate report...
report-verdict-good = Verification passed.
report-verdict-outdated = Verification passed; the results of some exhibits have changed, and the report lists them.
report-verdict-failed = Verification failed: the first page of the report lists the failed checks.
report-verdict-changed = The case changed during verification; the report states that it is not verified.
report-verdict-unverified = The case was not verified.
report-verdict-later = The case was not verified.
command-write-report-tip = Generate the report: findings and exhibits as HTML, PDF, attachments, JSON and images, with a manifest of their hashes
notice-report = Report written: { $files } files, { $size }, into { $path }; SHA-256 of its manifest { $sha256 }
report-folder = Folder
report-language = Language
language-en = English
language-ja = 日本語
report-forms = Formats
report-rows = Maximum rows per table
report-with-time = Print the export time on the first page (two exports then differ)
report-tip = Times are in { $zone }, with UTC next to them. Attachments contain all rows; check the manifest with sha256sum -c SHA256SUMS. An existing report in the folder is replaced; other files are not changed.
report-write = Generate

## Undo
command-undo = Undo
command-undo-tip = Undo the last change to the case (tags, notes, findings, exhibits, indicators, labels, saved filters); the journal keeps both
command-redo = Redo
command-redo-tip = Redo the last change that was undone
undo-what = Undo: { $what }
redo-what = Redo: { $what }
undo-takes-out = This removes all of it from the case. You can restore it with Redo (Ctrl+Shift+Z); the journal keeps both.
undo-agreed = Undo
notice-undone = Undone: { $what }
notice-redone = Redone: { $what }
notice-undo-waits = A change is still being saved; try Undo again afterwards
notice-filters-restored = Saved filters restored
change-tag = tag { $count } { $count ->
    [1] record
   *[other] records
} as { $name }
change-tag-thing = tag { $thing } as { $name }
change-tags = change { $tags } tags of { $count } { $count ->
    [1] record
   *[other] records
}
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
change-validity = change whether validity periods of indicators apply
change-label = label { $thing } as { $name }
change-label-remove = remove the label { $name } from { $thing }
change-label-restore = restore the label { $name } of { $thing }
change-owners = use the GeoIP and ASN database { $name }
change-filter-save = save the filter { $name }
change-filter-remove = remove the saved filter { $name }
change-filters-import = import the filters of { $name }
change-filters-export = export the filters to { $name }
change-filters = restore the saved filters
banner-damaged = This case is damaged. The readable part is shown; unreadable places: { $count }. The file is not written to.
banner-damaged-whole = This case is damaged. All rows could be read; the file is not written to.
banner-rescue = Recover into a new case...
banner-older = This case was written by an older version ({ $version }; this program writes { $known }). A temporary copy is shown; the file is not changed.
banner-upgrade = Upgrade the case...
banner-upgrading = Upgrading the case: { $percent } %
upgrade-text = Before changes can be saved, { $case } must be upgraded to version { $known }, in place; older versions of Coldtrail cannot open it afterwards. The journal records who upgraded it.
upgrade-go = Upgrade
rescue-text = All readable rows are copied into a new case. Its journal records the SHA-256 of the damaged file and what could not be read. The damaged file is not changed.
rescue-go = Recover
notice-upgraded = The case was upgraded
