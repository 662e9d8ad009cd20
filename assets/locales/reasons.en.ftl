# Reasons as the layers below the window give them, in English, for logs and the command line. The window in another language
# recognises them by these patterns; see `Texts::because`. Patterns of the operating system begin with because-os.

## Files and folders
because-empty-folder = an empty folder
because-own-case = the case itself
because-not-a-file = neither a file nor a folder: { $what }
because-pipe = a named pipe
because-socket = a socket
because-device = a device
because-special = a special file
because-link-folder = a link to the folder { $target }
because-link-nowhere = a link to { $target } that leads nowhere: { $why }
because-link-other = a link to { $target }, { $what }
because-same-bytes = the same bytes as evidence { $evidence }
because-cannot-open = cannot open { $path }: { $why }
because-reading-failed = reading failed at byte { $position }: { $why }
because-unpacking = the temporary file for unpacking failed: { $why }
because-reading-cancelled = reading was cancelled
because-reading-stopped = reading was stopped
because-members = { $packed } bytes hold { $members } members and more, with those of archives inside it; the limit for a file of this size is { $allowed }
because-expansion = { $packed } bytes expand to more than { $content } ({ $ratio } to 1); the limits are { $bytes } bytes and { $most } to 1
because-longer = it is longer than { $size } MiB
because-extracted = it was extracted from an archive

## Queries and exhibits
because-not-a-field = { $field } is not a field of these records
because-too-many-values = the filter holds too many values ({ $count }); import them as an indicator list instead
because-pairs-flows = pairs are available for flow records only
because-playbook-flows = the playbook's view is available for flow records only
because-both-directions = a conversation needs both directions
because-hours = from { $from } to { $to } there are more than { $most } hours of sources; narrow the time range
because-heat-days = a heat map can have at most { $most } days; narrow the time range
because-compared = { $least } to { $most } records can be compared
because-not-one-of = record { $record } is not one of the { $dataset }
because-none-selected = no records are selected
because-no-list = the case has no indicator list named { $name }
because-changing = { $word } returns a different value each time: such a statement cannot be rerun and compared
because-statement-rows = the statement returns more than { $most } rows; add a LIMIT
because-parameter-missing = { $query } requires the parameter { $name }: { $expected }
because-parameter-unreadable = { $value } is not valid for parameter { $name }: { $expected }
because-expected-address = an IP address
because-expected-addresses = IP addresses or CIDR blocks, separated by commas
because-expected-ports = port numbers from 0 to 65535, separated by commas
because-expected-text = a text
because-expected-boolean = true or false
because-expected-bytes = a number of bytes such as 5000000 or 5MB
because-expected-seconds = seconds, 1 to 86400
because-digest = its stored content does not match its digest
because-line-differs = line { $line } was { $was } and is { $now }
because-statement-late = its statement timed out after { $secs } s; increase the timeout, or remove the exhibit
because-evidence-changed = its evidence files have changed since it was saved: evidence { $evidence }

## What examiners write
because-tag-name = a tag needs a name
because-tag-line = a tag must be a single line without leading or trailing spaces
because-tag-most = at most { $most } records can be tagged at once; narrow the filter
because-note-text = a note needs a text
because-caption = an exhibit needs a caption
because-finding-title = a finding needs a title
because-technique = { $technique } is not a MITRE ATT&CK technique ID such as T1530 or T1078.004

## Indicators
because-list-empty = the file is empty
because-list-no-text = the file is no text
because-list-json = the file is JSON, but no STIX, no MISP event or warning list, and nothing in it is named as an indicator (ip, url, indicator, value ...)
because-list-stix-one = the file is STIX 1 (XML or its JSON), which is not read; convert it to STIX 2 with stix2-elevator (OASIS), or export the list as STIX 2 or CSV where it comes from
because-list-xml = the file is XML, but no OpenIOC document
because-list-broken = the file cannot be read as { $format }: { $why }
because-list-none = the file holds no indicator; its first line that is none: { $first }
because-value-empty = it is empty
because-value-mail = an e-mail address; where it is the name of a user or a session, say principal
because-value-unknown = no address, range, domain, URL, key, ARN, account or hash
because-value-port = no address with a port, and no name with one
because-value-url = no URL: its host is neither a name nor an address
because-not-in-logs = { $what }: neither flow records nor CloudTrail hold any

## A damaged case
because-lost-row = { $table }: row { $after } ({ $why })
because-lost-between = { $table }: rows after { $after } and before { $before } ({ $why })
because-lost-after = { $table }: rows after { $after }, if there were any ({ $why })
because-lost-before = { $table }: rows before { $before }, if there were any ({ $why })
because-lost-all = { $table }: all rows ({ $why })
because-lost-count = of { $counted } rows { $there } are there
because-lost-page = a page of it is damaged; rows may be missing or changed
because-lost-numbers = the numbers between are missing
because-lost-order = out of order at { $place }

## What was noticed in files
because-values-names = { $found } values under { $names } names
because-values-format = { $found } values, the format has { $wanted } fields
because-values-before = { $found } values, the records before it have { $wanted } fields
because-column-nothing = the column { $name } holds no event and no flow record
because-message-no-flow = the message is no flow record
because-unknown-format = no flow log or CloudTrail format; the file is kept as it is
because-content-ends = the content ends inside { $what }
because-this-element = this element
because-no-address = { $field } { $value } is not an address
because-above = { $field } { $value } is above { $most }
because-more-captured = { $member }: there was more than this capture holds
because-format-not-known = the format of this record is not known
because-no-message = a time stamp without a message
because-no-time-stamp = the line has no time stamp
because-before-header = the line stands before the header
because-row-before-header = the row comes before a header
because-no-event-line = a line without a CloudTrail event
because-no-json = JSON that is neither an event nor a flow record
because-too-long = longer than { $count } bytes
because-same-element = the same as element { $element }
because-first-element = first in element { $element } at byte { $byte }
because-element = element { $element } at byte { $byte }: { $why }
because-path-says = the path says { $what } { $said }, records say { $others }
because-status = the query's status was { $status }
because-quote = a quote that is not closed; the line is read as it stands
because-gzip-damaged = the gzip stream is damaged in member { $member }, before byte { $byte }: { $why }
because-gzip-ends = the gzip stream ends inside { $what }
because-zstd-ends = the zstd stream ends inside frame { $frame }
because-packed-over = packed more than { $count } times over; what is inside was not unpacked
because-rows-unreadable = rows { $first } to { $last } cannot be read: { $why }

## The operating system
because-os = { $what } (os error { $number })
because-os-not-found = No such file or directory
because-os-forbidden = Permission denied
because-os-not-permitted = Operation not permitted
because-os-exists = File exists
because-os-folder = Is a directory
because-os-not-a-folder = Not a directory
because-os-full = No space left on device
because-os-quota = Disk quota exceeded
because-os-too-large = File too large
because-os-read-only = Read-only file system
because-os-input-output = Input/output error
because-os-name-too-long = File name too long
because-os-links = Too many levels of symbolic links
because-os-open-files = Too many open files
because-os-memory = Cannot allocate memory
because-os-busy = Resource temporarily unavailable
because-os-no-device = No such device or address
because-os-stale = Stale file handle
