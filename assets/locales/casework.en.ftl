# The journal, the evidence, imports, the overview, the tour of the sample, and what empty views say.

## Journal
nav-journal = Journal
command-journal = Show the journal
command-journal-tip = History and audit trail: every change to the case with time and examiner, and the state of the hash chain
journal-count = { $count } { $count ->
    [one] entry
   *[other] entries
}
journal-checking = Checking the hash chain: { $checked } of { $all } entries
journal-whole = Hash chain intact: all { $count } entries verified
journal-whole-tip = Each entry contains the hash of the entry before it. Compare the head with a copy that was noted elsewhere, for example in a report: only then is it certain that no entries were replaced.
journal-broken = Hash chain broken at entry { $entry }: { $why }
journal-show-break = Show the entry
journal-fault-number = its number is not the next one, so an entry is missing or was added.
journal-fault-link = it does not contain the hash of the entry before it.
journal-fault-content = its content does not match its hash, so it was changed after it was written.
journal-unchecked = Hash chain not checked
journal-check = Check
journal-head = Head
journal-head-tip = Hash of the last entry. It changes with every change to the case.
journal-copy-head = Copy head
journal-copy-hash = Copy hash
journal-all-kinds = All actions
journal-all-examiners = All examiners
journal-no-examiner = (no name)
journal-none = No matching entries
journal-none-next = No entry of the journal matches this text, action and examiner.
journal-all = Show all entries
journal-only-kind = Only this action
journal-only-examiner = Only this examiner
journal-column-time = Time ({ $zone })
journal-column-examiner = Examiner
journal-column-action = Action
journal-column-subject = About
journal-column-hash = Hash
journal-entry = Entry { $number }
journal-version = Program version
journal-members = Details
journal-no-members = No details recorded.
journal-raw = As stored
journal-parameters = Parameters
journal-counts = Counts
journal-hashes = Hashes
journal-hash = Hash of this entry (SHA-256)
journal-previous-hash = Hash of the entry before it
journal-show-evidence = Show evidence { $number }
journal-show-received = Show what was not imported
journal-show-exhibit = Show exhibit { $number }
journal-show-finding = Show the finding
journal-show-tag = Show records tagged { $name }
journal-show-records = Show { $count } { $count ->
    [one] record
   *[other] records
}
journal-show-address = Show address { $address }
journal-show-indicators = Show indicators
journal-action-create = Case created
journal-action-migrate = Case upgraded
journal-action-subset = Created as part of another case
journal-action-rescue = Recovered from a damaged case
journal-action-import = Evidence imported
journal-action-import-cancelled = Import cancelled
journal-action-received = Files not imported
journal-action-read-again = Evidence read again
journal-action-custody-add = Chain of custody: entry added
journal-action-signature-add = Signature made
journal-action-hashes-compare = Hashes compared with a list
journal-action-setting = Setting changed
journal-action-index-dropped = Column index removed
journal-action-index-rebuilt = Column index rebuilt
journal-action-filter-save = Filter saved
journal-action-filter-rename = Filter renamed
journal-action-filter-remove = Filter removed
journal-action-filter-import = Filters imported
journal-action-indicator-import = Indicator list imported
journal-action-indicator-add = Indicators added
journal-action-indicator-carry = Indicators copied from another case
journal-action-indicator-enable = Indicator enabled
journal-action-indicator-disable = Indicator disabled
journal-action-indicator-remove = Indicator removed
journal-action-indicator-restore = Indicator restored
journal-action-supplement-add = Rules or inventory added
journal-action-supplement-remove = Rules or inventory removed
journal-action-supplement-restore = Rules or inventory restored
journal-action-supplement-carry = Rules and inventories copied from the original case
journal-action-label-add = Label added
journal-action-label-remove = Label removed
journal-action-label-restore = Label restored
journal-action-tag-add = Tag added
journal-action-tag-remove = Tag removed
journal-action-note-add = Note added
journal-action-note-edit = Note changed
journal-action-note-remove = Note removed
journal-action-note-restore = Note restored
journal-action-finding-add = Finding added
journal-action-finding-edit = Finding changed
journal-action-finding-cite = Records cited in a finding
journal-action-finding-uncite = Citation removed from a finding
journal-action-finding-move = Finding moved
journal-action-finding-remove = Finding removed
journal-action-finding-restore = Finding restored
journal-action-exhibit-add = Exhibit added
journal-action-exhibit-edit = Exhibit changed
journal-action-exhibit-move = Exhibit moved
journal-action-exhibit-remove = Exhibit removed
journal-action-exhibit-restore = Exhibit restored
journal-action-report-set = Report text changed
journal-member-after = after
journal-member-before = before
journal-member-about = about
journal-member-at = time
journal-member-by = examiner
journal-member-caption = caption
journal-member-content-sha256 = SHA-256 of the content
journal-member-sha256 = SHA-256
journal-member-created = created
journal-member-changed = changed
journal-member-removed = removed
journal-member-digest = digest
journal-member-duplicates = duplicates
journal-member-entries = entries
journal-member-evidence = evidence
journal-member-examiner = examiner
journal-member-format = format
journal-member-record-format = record format
journal-member-id = number
journal-member-issues = entries not imported
journal-member-key = name
journal-member-kind = kind
journal-member-licence = licence
journal-member-list = list
journal-member-modified-utc = file time
journal-member-name = name
journal-member-note = note
journal-member-notes = notes about the file
journal-member-order = order
journal-member-path = path
journal-member-purpose = purpose
journal-member-query = query
journal-member-raw-kept = original stored
journal-member-records = records
journal-member-reference = reference
journal-member-rows = rows
journal-member-source = source
journal-member-status = status
journal-member-text = text
journal-member-title = title
journal-member-value = value
journal-member-warnings = warnings
journal-member-zone = time zone

## Lists
list-search = Search in this list
list-columns = Columns

## Evidence
evidence-file = Evidence { $number }
evidence-details = Show details
evidence-warnings = Show its warnings
evidence-of-file = Only warnings of this file
evidence-copy-sha256 = Copy SHA-256
evidence-copy-path = Copy path
evidence-flows = { $count } flow { $count ->
    [one] record
   *[other] records
}
evidence-events = { $count } CloudTrail { $count ->
    [one] event
   *[other] events
}
evidence-duplicates = { $count } { $count ->
    [one] duplicate
   *[other] duplicates
} of records in earlier files
evidence-event-copies = { $count } of these events { $count ->
    [one] is
   *[other] are
} also in earlier files; each event is counted once.
evidence-archive = Archive: its members are evidence files of their own.
evidence-no-records = No records were read from this file.
evidence-container = Extracted from evidence { $number }
evidence-members = { $count } { $count ->
    [one] member
   *[other] members
}
evidence-facts = File
evidence-record-format = Record format
evidence-file-size = Size
evidence-content-size = Uncompressed
evidence-size = { $size } ({ $bytes } bytes)
evidence-packing = Compression
evidence-encoding = Encoding
evidence-modified = File time
evidence-imported = Imported
evidence-path-facts = From the path
evidence-hashes = Hashes
evidence-file-sha256 = SHA-256 of the file
evidence-content-sha256 = SHA-256 of the uncompressed content
evidence-same-hash = The file is not compressed: its content has the same hash.
evidence-copies = Duplicate files
evidence-no-copies = No other file with the same bytes was offered for import.
evidence-bytes = Bytes
evidence-bytes-hex = Hex
evidence-bytes-text = Text
evidence-bytes-back = Earlier bytes
evidence-bytes-on = Later bytes
evidence-bytes-go = Go to byte
evidence-bytes-place = Bytes { $first } to { $last } of { $all } (uncompressed)
evidence-bytes-marked = Marked: bytes { $first } to { $last }
evidence-bytes-next = To see the bytes, put the original back to its path, or import it into a new case with its content stored.
evidence-not-stored = The original content is not stored in this case. It can be read from the path it was imported from, if the file there is unchanged. To store it, import the file into a new case with "Store the original content in the case" enabled.
evidence-read-outside = Read the original file

## Imports
job-rate = { $rate } records/s, { $size }/s
job-files = { $done } of { $all } files
job-finishing = All files read; finishing
job-left-unknown = Time left not known yet
job-sum-found = { $count } { $count ->
    [one] file
   *[other] files
} found
job-sum-imported = { $count } imported
job-sum-unrecognised = { $count } not recognized (kept as evidence)
job-sum-empty = { $count } empty
job-sum-copies = { $count } duplicate { $count ->
    [one] file
   *[other] files
}
job-sum-failed = { $count } failed
job-sum-left-out = { $count } left out (links, special files, empty folders)
job-sum-waiting = { $count } still to be read
job-sum-unreached = { $count } not reached
job-sum-read = { $count } records and lines read
job-sum-flows = { $count } flow { $count ->
    [one] record
   *[other] records
} stored
job-sum-events = { $count } { $count ->
    [one] event
   *[other] events
} stored
job-sum-listed = { $count } digest { $count ->
    [one] entry
   *[other] entries
}
job-sum-duplicates = { $count } { $count ->
    [one] duplicate
   *[other] duplicates
}
job-sum-rejected = { $count } { $count ->
    [one] warning
   *[other] warnings
} (could not be parsed)
job-sum-members = Also { $count } { $count ->
    [one] file
   *[other] files
} extracted from archives, each evidence of its own.
job-sum-notes = Also { $count } { $count ->
    [one] note about a file
   *[other] notes about files
}.
job-sum-in-copies = { $count } records and lines in duplicate files were not read again.
job-noteworthy = With warnings or notes: { $count } { $count ->
    [one] file
   *[other] files
}
job-others = Other files
job-more = { $count } more; all of them are in Evidence.
job-notes = { $count } { $count ->
    [one] note
   *[other] notes
}

## Overview
overview-parts = =
overview-among = Among them:
count-no-action = { $count } without an action (transit gateway)
count-other-action = { $count } with another action
count-no-errors = { $count } without an error
count-errors = { $count } with an error
overview-hours = records in { $hours } of { $all } hours, all sources together
overview-hours-tip = An hour counts as soon as any source has a record in it. Sources without records in single hours are listed below.
overview-sources-flows = { $count } of { $all } interfaces and transit gateways { $count ->
    [one] has
   *[other] have
} hours without a record:
overview-sources-events = { $count } of { $all } accounts and Regions { $count ->
    [one] has
   *[other] have
} hours without an event:
overview-source = { $source } ({ $hours } h)
overview-coverage = Show coverage
overview-import = Import details

## Address page
address-counting = Counting: { $done } of { $all } parts
address-stopped = Stopped: { $done } of { $all } parts counted

## What stands out
standouts-title = What stands out
standouts-tip = Found by predefined queries. Each line states what the records contain, not what happened; click it to see the records.
standouts-searching = Searching: { $done } of { $all }
standouts-stopped = Stopped: { $done } of { $all } searches done
standouts-resume = Continue
standouts-none = Nothing stands out: no indicator matches, no bursts of denied calls or rejected traffic, no changes to trails, no use of the root user, no missing hours. That does not mean that nothing happened.
standout-flow-indicators = { $count } flow { $count ->
    [one] record matches
   *[other] records match
} an indicator, { $time } { $zone }
standout-event-indicators = { $count } CloudTrail { $count ->
    [one] event matches
   *[other] events match
} an indicator, { $time } { $zone }
standout-trail = Logging of a trail was stopped, started or changed: { $events } { $zone }
standout-gap = No flow records of { $source } from { $first } to { $last } { $zone }: missing evidence, or no traffic logged
standout-gaps = No flow records of { $source } in { $hours } hours, first from { $first } to { $last } { $zone }
standout-span = { $first } – { $last }
standout-denied = { $count } calls by { $who } were denied, { $time } { $zone }
standout-root = The root user appears in { $count } { $count ->
    [one] event
   *[other] events
}, { $time } { $zone }
standout-logins = { $count } successful console { $count ->
    [one] sign-in
   *[other] sign-ins
} without MFA, { $time } { $zone }
standout-users = { $count } { $count ->
    [one] call
   *[other] calls
} to create a user, { $time } { $zone }
standout-rejected = { $source } was rejected { $count } times on { $ports } { $ports ->
    [one] port
   *[other] ports
}, { $time } { $zone }
standout-outbound = { $source } sent { $bytes } to { $destination } in { $count } { $count ->
    [one] record
   *[other] records
}, { $time } { $zone }

## Empty views
empty-asking = Looking up why...
empty-flows = No flow records
empty-flows-text = Import VPC flow logs to see them here: text, gzip or Parquet files, folders, or archives. You can also drop them on the window.
empty-events = No CloudTrail events
empty-events-text = Import CloudTrail log files, the result of lookup-events, or the event history to see them here. You can also drop them on the window.
empty-filtered = None of { $total } records match
empty-why-no-records = The case has no records of this kind.
empty-why-range = The case has no records from { $from } to { $to } { $zone }.
empty-why-match = No record in the time range matches the filter.
empty-why-match-ever = No record in the case matches the filter.
empty-why-time = Without the conditions on time, { $count } { $count ->
    [one] record matches
   *[other] records match
}.
empty-why-never = No record matches at any other time either.
empty-why-gap = No evidence file has a record of { $source } from { $from } to { $to } { $zone }. Missing evidence does not mean that there was no traffic.
empty-show-anytime = Show { $count } { $count ->
    [one] record
   *[other] records
} at any time
empty-show-coverage = Show coverage by hour
empty-evidence = No evidence yet
empty-evidence-text = Drop VPC flow logs, CloudTrail files, folders or archives on the window, or import them. The originals are only read; the case stores what they contain and where every record came from.
empty-indicators = No indicators yet
empty-indicators-text = Indicators are addresses, domains, keys and names known to be bad. Every record that matches one is marked in all views. Import a list, type some, or use the menu of any cell.
empty-sightings-text = Sightings show which indicators match the evidence, and which do not. Import a list of indicators, or enable one.
empty-sightings-none-text = The enabled lists were compared with every record in the time range.
empty-findings = No findings yet
empty-exhibits = No exhibits yet
empty-query = No rows
empty-query-all-times = Run for all times
empty-queries = Run a query
empty-queries-text = Select a query in the list, fill in its parameters, and run it. Results that are records open in their own view; others are shown here as a table, and can be exported or saved as an exhibit.
empty-queries-coverage = Run the coverage query
empty-sql = Query the case with SQL
empty-sql-example = Insert an example
empty-sql-statement = SELECT start, srcaddr, dstaddr, dstport, bytes FROM flow_record WHERE action = 'REJECT' ORDER BY start LIMIT 100

## Tour of the sample case
command-tour = Tour of the sample case
command-tour-tip = The fourteen steps of the sample's story, each with its searches
command-tour-next = Next step
command-tour-next-tip = To the next step of the tour
command-tour-previous = Previous step
command-tour-previous-tip = To the previous step of the tour
tour-step = Step { $step } of { $all }
tour-close = Close tour
tour-searches = Show records
tour-close-tip = Open it again from the Help menu
tour-found = { $found } found
tour-found-other = { $found } found in this case; the story has { $expected }
tour-title-1 = 10 March, 04:12: a search for open doors
tour-text-1 = One address tries 320 ports on each of three hosts, a port every few seconds; all are rejected. In the histogram it is the first spike of rejected traffic. An IPv6 scanner joins in.
tour-title-2 = 17:02: the root password is tried
tour-text-2 = Somebody signs in to the console as the root user four times, and fails.
tour-title-3 = 18:20: SSH passwords are guessed
tour-text-3 = On the web hosts and the NAT gateway port 22 is closed. On the SSH host it is open to the world: a wrong password is a short connection of about two kilobytes.
tour-title-4 = 11 March, 01:37: a password fits
tour-text-4 = The small records end, and long sessions from the same address begin. Sorted by start.
tour-title-5 = 01:44: the key of the host's role is used from outside
tour-text-5 = The theft itself leaves no record, because the metadata service is never in flow logs. What shows is a session named like an instance, calling from an address that is not AWS's, and being denied again and again.
tour-title-6 = 02:03: two hops
tour-text-6 = From the host's role to the deploy role, and from there to the data account. In the inspector, the access key in each answer is the key of the next call.
tour-title-7 = 02:11: a user to come back with
tour-text-7 = A new user is created and given a key, all permissions and a password.
tour-title-8 = 02:20: the trail is stopped
tour-text-8 = Until 03:25 no log file and no digest covers the time. The event history kept the management events, and two captures of it are in the evidence.
tour-title-9 = 03:00: strange names
tour-text-9 = Queries to Amazon's resolver are never in flow logs, so every query to a resolver outside stands out. These are all of one size, day and night.
tour-title-10 = 13:42: the new user signs in
tour-text-10 = From another address, without MFA. Then it reads object after object in the data account.
tour-title-11 = 14:00 to 19:30: the data leaves
tour-text-11 = From the SSH host to one address: 5.44 GB in the records at hand. Sorted by bytes.
tour-title-12 = 18:31: an hour of evidence is deleted
tour-text-12 = The flow log file of 17:00 was deleted from the bucket. No records in that hour means missing evidence, not silence: the transit gateway's log covers the hour.
tour-title-13 = 12 March, 05:10: the responders act
tour-text-13 = The key is disabled, the policy and password are removed, older sessions are revoked, and port 22 is closed.
tour-title-14 = Afterwards
tour-text-14 = The intruder's key is refused, and so are the guesses.
tour-find-scan = Show the scan
tour-find-ipv6 = Show the IPv6 scan
tour-find-root = Show the sign-ins
tour-find-guesses-rejected = Show rejected guesses
tour-find-guesses-accepted = Show guesses on the SSH host
tour-find-sessions = Show the sessions
tour-find-stolen-key = Show calls with the key
tour-find-stolen-key-denied = Show denied calls
tour-find-hops = Show the role changes
tour-find-staying = Show the new user's calls
tour-find-trail = Show stop and start
tour-find-dark = Show what happened meanwhile
tour-find-odd-names = Show the queries
tour-find-no-second-factor = Show the sign-in
tour-find-objects-read = Show objects read
tour-find-leak = Show the transfer
tour-find-objects-deleted = Show the deletion
tour-find-gap = Show the missing hour
tour-find-leak-transit = Show the transit gateway
tour-find-response = Show the response
tour-find-locked-out = Show refused calls
tour-find-shut-out = Show rejected guesses
