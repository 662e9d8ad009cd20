# The report in English. Arguments come as texts that are fit to be shown.

subtitle = Forensic report on AWS log evidence
untitled = Untitled
not-stated = not stated
none = none
contents = Contents
page-number = Page { $page } of { $pages }
link-text = { $text }

title-reference = Case reference
title-examiner = Examiner
title-organisation = Organisation
title-case = Case file
title-as-of = Case state as of
title-exported = Exported
title-journal-head = Journal head (SHA-256)
title-zone = Time zone
title-remark-characters = Control characters, characters that change the direction of text, and characters that the fonts of this document do not contain are written as ‹U+XXXX›. The rest of each value is unchanged; the attachments contain every value exactly.
title-remark-attachments = This document is part of a folder. The file SHA256SUMS in it lists every other file with its SHA-256; check it with: sha256sum -c SHA256SUMS

verification = Verification
verification-unverified = NOT VERIFIED: the case was not checked for this report.
verification-changed = NOT VERIFIED: the case changed during verification.
verification-later = Not verified in this preview, because the case is large. It is verified when the report is generated.
verification-good = Verification passed: every check that could be made succeeded.
verification-outdated = Verification passed. The results of { $count } { $count ->
    [one] exhibit have
   *[other] exhibits have
} changed, because evidence, lists, labels or tags were added or changed after the exhibits were saved.
verification-failed = VERIFICATION FAILED. Failed checks: { $count }
verification-counts = Checks: { $good } passed, { $failed } failed, { $outdated } outdated, { $unchecked } not possible
verification-state = Case state that was checked: { $time }, journal entries: { $entries }. Checked with Coldtrail { $version }
verification-replayed = Every row was derived again from the original files and compared.
verification-not-replayed = Not checked: whether deriving every row again from the original files gives the same rows (coldtrail verify --replay).
verification-check-failed = Failed: { $what }: { $detail }
verification-check-outdated = Outdated: { $what }: { $detail }
verification-check-unchecked = Not checked: { $what }: { $detail }
verification-more = and { $count } more, see Verification in the appendix
verification-about = For a report, the structure of the case file, the hash chain of the journal, all entries made by people against the journal, the hashes of the evidence, the column index and every exhibit are checked, as by the command coldtrail verify. Failed: something in the case is not what the program wrote. Outdated: the exhibit is unchanged, but the same query now gives a different result, because of later additions to the case, which the journal lists. Not checked: there was nothing to compare with, which proves nothing either way.
verification-list-failed = Failed checks: { $count }
verification-list-outdated = Outdated exhibits: { $count }
verification-list-unchecked = Checks that could not be made: { $count }
checks-cut = Truncated: the first { $shown } of { $all } are listed. More: { $file }, and the command coldtrail verify
area-structure = Structure
area-journal = Journal
area-case = Case information
area-indicators = Indicators and labels
area-conclusions = Tags, notes, findings, exhibits
area-evidence = Evidence
area-originals = Original files
area-index = Column index
area-exhibit = Exhibit
area-replay = Rows derived again

summary = Summary
summary-none = No summary was entered.
findings = Findings
exhibits = Exhibits
finding-number = Finding { $number }
finding-status = Status
finding-confidence = Confidence
finding-technique = MITRE ATT&CK technique
finding-written = Written by
status-open = open
status-confirmed = confirmed
status-ruled_out = ruled out
confidence-unstated = not stated
confidence-low = low
confidence-medium = medium
confidence-high = high
cited-records = Cited records
exhibit-number = Exhibit { $number }
exhibit-kind = Kind
exhibit-unreadable = CANNOT BE SHOWN: the stored exhibit was modified ({ $reason })
exhibit-finding = Supports
exhibit-frozen = Created by
exhibit-question = Query
exhibit-facts = Composition of the result
exhibit-evidence = Evidence used
exhibit-limits = What these logs cannot show

kind-pairs = Address pairs
kind-conversations = Conversations
kind-top = Ranking
kind-series = Time series
kind-event = One event
kind-compare = Comparison of events
kind-sightings = Sightings of indicators
kind-address = One address
kind-text = Text

rows-none = No rows.
rows-none-of = No rows. Columns: { $columns }
rows-cut = Truncated: the first { $shown } of { $all } rows are shown. All rows: { $file }
lines-cut = Truncated: the first { $shown } of { $all } lines are shown. All lines: { $file }
files-cut = Truncated: the first { $shown } of { $all } files are listed. All files: { $file }
gaps-cut = Truncated: the first { $shown } of { $all } gaps are listed. All gaps: { $file }
cut-value = … [truncated: { $shown } of { $count } characters; full value: { $file }]
attached = All rows:
attached-values = Values and image:
card = Row { $number }

figure-chart = { $measure } in bins of { $bin }
figure-heat = { $measure } by hour and day ({ $zone })
figure-gaps = Hatched: hours without evidence. They are not zero.
figure-left-out = NODATA and SKIPDATA records, counted as records but not as bytes or packets: { $count }
figure-untimed = Records without a time, in no bin: { $count }
line-all = All
line-other = All others
alt-chart = Chart over time:
alt-heat = Heat map of hours by day:
alt-line = { $name }: maximum { $most }, in the bin from { $time }.
measure-bytes = Bytes
measure-packets = Packets
measure-records = Records

time-in-zone = { $time } ({ $zone })
time-with-utc = { $time }, { $utc }
range-all = all times
range-from = from { $from } ({ $zone })
range-to = before { $to } ({ $zone })
range-both = from { $from } to before { $to } ({ $zone })
span = { $from } to { $to } ({ $zone })
bytes = { $count } bytes ({ $size })
column-in-zone = { $name } ({ $zone })
column-record_ref = Reference
column-recorded_time = Time
column-record_words = Record
column-evidence_file = Evidence file
column-evidence_place = Position
column-warning_reason = Reason
column-warning_detail = Detail
column-raw_text = Raw text
column-journal_action = Action
column-written_by = User
column-entry_hash = Hash
column-journal_parameters = Parameters
column-journal_result = Result
column-entry_number = No.
column-received_state = State
column-received_path = Path
column-received_bytes = Bytes
column-received_sha256 = SHA-256
column-received_reason = Reason

dataset-flows = VPC flow logs
dataset-events = CloudTrail events
fact-dataset = Records
fact-filter = Filter
fact-range = Time range
fact-zone = Time zone of the view
fact-sort = Order
fact-columns = Columns
fact-limit = Limit
fact-measure = Measure
fact-bin = Bin
fact-threshold = Threshold
fact-rows = Rows
fact-duplicates = Duplicates excluded
fact-digest = Digest of the rows (SHA-256)
fact-tool-version = Coldtrail version
fact-query = Query
fact-shape = Chart type
fact-version = Coldtrail version
fact-case-schema = Case file version
fact-case-title = Case title
fact-language = Report language
fact-shown-rows = Maximum rows per table

appendix = Appendix
evidence = Evidence
evidence-about = All files that were imported into the case. Both hashes were computed during the import: one of the original file, one of its uncompressed content.
evidence-sum = { $count ->
    [one] 1 file, { $size }
   *[other] { $count } files, { $size }
 }
evidence-number = Evidence { $number }
evidence-container = Extracted from
evidence-size = Bytes
evidence-holds = Contents
evidence-span = First and last record
coverage = Coverage
coverage-about = An hour is covered if a record of that type starts in it. For an hour without coverage, this evidence says nothing: neither that something happened nor that nothing happened.
coverage-none = The case has no records.
coverage-records = Records
coverage-hours = Hours covered
coverage-missing = Hours without coverage between the first and the last record
coverage-gaps = Gaps in coverage
received = Files not imported
received-about = Files that were selected for import but are not evidence files themselves: duplicates of evidence files, unreadable files, links, special files, empty folders. The case records the path and time of each.
received-none = Everything that was selected for import is in the list of evidence.
received-copy = duplicate file
received-unreadable = unreadable
received-refused = refused
received-skipped = skipped
received-special = special file
received-link = symbolic link, not followed
received-empty_folder = empty folder
warnings = Import warnings
warnings-about = Lines and elements that could not be parsed, and notes about files. Nothing was discarded: each is listed here with its position, and its bytes are in the case.
warnings-none = All elements of all files were parsed.
indicators = Indicators
settings = Program and settings
method = Method
limits = Limits
journal = Journal
journal-about = Every change to the case, with user and time, in a hash chain: the hash of each entry covers the previous entry, so no entry can be changed or removed without changing the head.
journal-broken = The hash chain of the journal is broken at entry { $entry }: that entry or an earlier one was modified by another program.

method-rescued = This case was recovered from the damaged file { $file }, SHA-256 { $sha256 }. Unreadable places in that file: { $count }. Their content is missing from this report.
method-damaged = The case file is damaged. Unreadable places: { $count }. Their content is missing from this report.
method-import = The evidence files were opened read-only and hashed with SHA-256 while they were read. Their content is stored in the case file, from which each original can be exported byte for byte.
method-records = Every line or element of every file became a record, a duplicate of a record from an earlier file, or a warning with its raw text; for each file the three add up to its total.
method-duplicates = A flow record that is identical in all values to a record in an earlier file is a duplicate and is counted once. A CloudTrail event found in several files is one event with several occurrences; the most complete occurrence is shown. Copies with different content are both kept as events; the notes on the evidence list them and the fields that differ.
method-exhibits = An exhibit is a query with its result. Its rows were saved when it was created, with a SHA-256 over their canonical form; running the same query on the same evidence again gives the same rows, which the command coldtrail verify checks.
method-report = This report depends only on the case, the exhibits, the language and the time zone. Generated again from the same case, it is identical byte for byte.

limits-about = These are properties of the logs themselves, independent of any query.
limits-see = See the appendix for what these logs never record:
source-flow_logs = VPC flow logs
source-cloud_trail = CloudTrail
alt-heat-most = { $days } { $days ->
    [one] day
   *[other] days
}; maximum { $most } per hour.


kind-flows = VPC flow records
kind-events = CloudTrail events
kind-selected = Selected records
kind-heatmap = Heat map of hours by day

yes = yes
no = no
no-filter = none: all records
each-copy = each record as often as it was delivered
rows-of = { $shown } of { $all }
fact-record = Record
fact-question = Query as stored in the case
fact-by = Grouped by
fact-top = Groups with their own line
fact-ip = Address (source or destination)
fact-address = Address
fact-copies = Copies
fact-once = Traffic recorded at two interfaces is counted once
fact-external = Only pairs with a public address
fact-keep_addressless = Including records without an address
fact-unread-in-case = Elements in the case that could not be parsed

reason-field_count = Wrong number of values
reason-bad_value = Invalid value for its field
reason-not_a_record = Not a record
reason-bad_json = Invalid JSON
reason-too_long = Longer than the limit
reason-too_deep = Nested deeper than the limit
reason-cut_off = Truncated: the file ends inside this element
reason-damaged_stream = Corrupt compressed data
reason-unknown_format = Unknown format
reason-format_needed = Format must be specified
reason-incomplete_capture = Incomplete capture
reason-path_mismatch = Path and records do not match
reason-expansion_limit = The expansion limit was reached
reason-container_depth = Archives nested too deep
reason-unreadable_member = Unreadable archive member
reason-invalid_utf8 = Invalid UTF-8
reason-conflicting_copy = Copies of one event differ
reason-read_as = Format inferred, not stated by the file
reason-inexact = Values lost precision
reason-unknown_column = Unknown column with a name similar to a field's
reason-odd_time = Implausible time
fact-report-zone = Time zone of this report
column-evidence_number = Evidence
column-evidence_byte = Byte
column-program_version = Version
exhibit-files = { $count } { $count ->
    [one] file
   *[other] files
}, by their numbers in the appendix: { $numbers }
evidence-file = File, format, source
evidence-hashes = SHA-256 of the file; below it, if different, of its content
holds-records = { $count } { $count ->
    [one] record
   *[other] records
}
holds-duplicates = { $count } { $count ->
    [one] duplicate
   *[other] duplicates
}
holds-warnings = { $count } unreadable
fact-left-out = Excluded
left-out-flows = flow records: duplicates { $duplicates }; NODATA in range { $nodata }; SKIPDATA in range { $skipdata }; without a time { $untimed }; hours in range without evidence { $hours }
left-out-events = events: repeated deliveries { $duplicates }; without a time { $untimed }; hours in range without evidence { $hours }
column-ref = Reference
column-name = Name
column-value = Value
column-field = Field
column-path = Path
column-differs = Differs
column-part = Part
column-list_name = List
column-list_purpose = Purpose
column-list_source = Source
column-list_format = Format
column-list_sha256 = SHA-256
column-list_date = List date
column-list_entries = Entries
column-list_enabled_entries = Enabled entries
column-list_issues = Unreadable
column-list_enabled = Enabled
column-list_removed = Removed
totals = Total
total = { $name } { $value }
total-between = {"; "}
kind-playbook = Traffic to and from indicators
kind-figure = A figure
kind-evidence = Evidence files
kind-groups = Top values
column-share = Share
column-other_groups = Other groups
kind-coverage = Coverage by hour and source
kind-sql = Result of an SQL statement
fact-statement = Statement
fact-sightings = Sightings by
fact-list = Only entries of the list
fact-flow_filter = Flow record filter
fact-figure = Figure
column-not_seen = Reason for no hits
not-seen-not_matchable = cannot occur in these logs
not-seen-no_events = no CloudTrail events to search
not-seen-no_flows = no flow records to search
not-seen-not_there = no hits
purpose-known_bad = known bad
purpose-well_known = well known
purpose-own = own
column-words = Direction
column-format = Format
column-duplicates = Duplicates
column-warnings = Unreadable
column-file_sha256 = SHA-256 of the file
fact-records = Selected records
