# The filter language, for the command line's help and the window: what each piece of syntax means, and what is wrong with a filter.

## Help
filter-help-operators = Operators
filter-help-values = Values
filter-help-rules = Rules
filter-help-fields = Virtual fields
filter-help-examples = Examples
filter-help-all-fields = Fields (camelCase and dashes are accepted)
filter-help-also = also { $names }

filter-help-operator-compare = comparison; also == and <>
filter-help-operator-in-values = one of the values; addresses and CIDR blocks can be mixed
filter-help-operator-in-block = in the CIDR block
filter-help-operator-not-in = has a value, but none of these
filter-help-operator-between = from A to B, both included; not between
filter-help-operator-like = whole text with % for any characters and _ for one; not like
filter-help-operator-contains = contains the text, ignoring case; not contains
filter-help-operator-matches = regular expression found in the text; case matters unless /.../i or (?i); not matches
filter-help-operator-null = has no value
filter-help-operator-exists = has a value; also: exists FIELD
filter-help-operator-flags = the flag is set; has (syn, ack): all of them; not has
filter-help-operator-in-indicators = the address is in an indicator list; not in indicators
filter-help-operator-and = both; binds more tightly than or
filter-help-operator-or = at least one of them
filter-help-operator-not = the exact complement of what follows
filter-help-operator-group = groups

filter-help-field-ip = srcaddr or dstaddr; source_ip_address of an event
filter-help-field-port = srcport or dstport
filter-help-field-any = every value of a flow record, or the JSON of an event; contains, like, matches
filter-help-field-evidence = the evidence file: its number, or its path as text
filter-help-field-duplicate = whether the record is a copy of one in another evidence file: true or false
filter-help-field-conflict = exists if two copies of the event, with the same eventID, have different content
filter-help-field-tag = a tag added by an examiner
filter-help-field-date-partition = the day of the evidence's path as 2021/05/16; without one that of the record, in UTC
filter-help-field-region-partition = the region of the evidence's path; without one that of the record
filter-help-field-account-partition = the account of the evidence's path; without one that of the record
filter-help-field-indicator = an indicator that the record matches: the name of its list, its value, or its name
filter-help-field-label = the name of something in the record: an address, a range, an interface, a principal, a key
filter-help-field-rule = the id of a monitoring rule that the event matches: root-use
filter-help-field-sigma = title or id of a Sigma rule that the event matches
filter-help-field-sigma-level = the level of a Sigma rule that the event matches: high
filter-help-field-event-user-name = the user of an event as AWS shows it: the user name, root, or the session name
filter-help-field-session-name = the session name of a role or a federated user
filter-help-field-login-result = the result of a sign-in: success or failure
filter-help-field-resource-name = an ARN, a name or an id of a resource that an event touched, as lookup-events knows it
filter-help-field-resource-type = the type of such a resource: AWS::S3::Bucket; of a flow record, the field of that name
filter-help-field-user-agent-short = the client in short: aws-cli 2.22.3, console, browser firefox 128, service ec2, tool pacu
filter-help-field-mfa = whether multi-factor authentication was used: yes, no, or unknown where only the identity's provider knows
filter-help-field-policy-grants = what a policy in the request grants: public, public_limited, cross_account, admin, admin_conditional
filter-help-field-foreign-account = an account in the request that is neither the recipient's nor the caller's
filter-help-field-extra = a further value of a flow record, by its name in the log (dashes or underscores)
filter-help-field-json-path = a value in the JSON of an event; [0] an element, [*] any element of a list
filter-help-field-json-root = any path from the root of an event's JSON

filter-help-value-plain = no quotes are needed if a value has no space, bracket, comma, quote or operator
filter-help-value-quotes = quotes: single as in SQL, double with backslashes
filter-help-value-sizes = K, KB, MB, GB, TB are decimal; KiB, MiB, GiB, TiB binary
filter-help-value-times = UTC unless a time zone is given; = with a date means that whole day, otherwise a date is its midnight
filter-help-value-epoch = seconds or milliseconds since 1970
filter-help-value-protocols = protocols by name or number
filter-help-value-ports = ports by name or number
filter-help-value-tcp-flags = TCP flags by name or as a sum

filter-help-rule-needs-value = a comparison needs a value, also with != and not in: records without an action (NODATA) do not match
filter-help-rule-complement = not is the exact complement: NODATA records match
filter-help-rule-several = if there are several values (ip, port, [*]): has a value, and none of them is this; = means one of them is
filter-help-rule-case = action, log_status, type and flow_direction compare regardless of case; all other text exactly as written
filter-help-rule-text-case = contains ignores case; like and matches do not (matches /x/i does)
filter-help-rule-json = JSON: a number compares by value, a text by its bytes; = finds '100' as text and as number
filter-help-rule-athena = a WHERE clause of an Athena query works unchanged, without ORDER BY and LIMIT

filter-help-flows-rejected = rejected SSH and RDP from internal addresses
filter-help-flows-large = large flows with one host, either side
filter-help-flows-attempts = connection attempts
filter-help-flows-hour = one hour
filter-help-flows-leaving = internal traffic leaving an interface
filter-help-flows-not-rejected = all flows that were not rejected, including NODATA
filter-help-flows-no-instance = flows of interfaces without an instance

filter-help-events-failed-logins = failed console sign-ins
filter-help-events-administrators = changes by administrators
filter-help-events-bucket = one bucket on one day
filter-help-events-outside = calls from outside
filter-help-events-arn = events on S3 buckets
filter-help-events-downloads = large downloads
filter-help-events-refused = denied calls

filter-help-kind-text = text
filter-help-kind-integer = number
filter-help-kind-address = address
filter-help-kind-port = port
filter-help-kind-protocol = protocol
filter-help-kind-tcp-flags = TCP flags
filter-help-kind-bytes = bytes
filter-help-kind-time = time
filter-help-kind-boolean = true or false
filter-help-kind-json = JSON
filter-help-kind-list = list of texts

## What is wrong with a filter
filter-error-expected = expected: { $list }
filter-error-proposal = did you mean: { $proposal }
filter-error-case-function = { $name } is not needed; contains ignores case, and matches does with (?i)
filter-error-value-function = { $name } is not a function of the filter language; write the value itself
filter-error-function = { $name } is not a function of the filter language
filter-error-not-json = { $field } is not JSON
filter-error-json-path = this is not a path into JSON
filter-error-cast = cast needs a type
filter-error-open-comment = this comment does not end
filter-error-single = a single { $symbol } is not an operator
filter-error-open-quotation = this quotation does not end
filter-error-pattern-flag = unknown flag of a regular expression
filter-error-open-pattern = this regular expression does not end
filter-error-operator-between = an operator is expected between { $field } and { $word }
filter-error-several-values = { $field } stands for more than one value and is not compared with a field; name the field
filter-error-no-order = { $field } is true or false and has no order
filter-error-operator-after = an operator is expected after { $name }
filter-error-equals-null = nothing equals null; say { $field } { $proposal }
filter-error-block-order = a block of addresses has no order; use in
filter-error-any-compared = any is searched, not compared; use any contains ...
filter-error-between = between needs two values
filter-error-escape = escape is not supported; use contains or matches
filter-error-after-not = an operator is expected after not
filter-error-long-text = this text is too long to search for
filter-error-after-is = null is expected after is
filter-error-time-searched = { $field } is a time; compare it with a range
filter-error-boolean = { $field } is true or false
filter-error-only-flags = only tcp_flags has flags
filter-error-not-address-field = { $field } is not an address, and indicators are looked up by address
filter-error-inner-query = of queries inside a filter only (select threat_ip from incident_iocs) is read, as the indicators
filter-error-end-value = the filter ends where a value of { $field } is expected
filter-error-keyword-value = a value of { $field } is expected; { $word } is a word of the filter language
filter-error-value = a value of { $field } is expected
filter-error-here = { $expected } is expected here
filter-error-end = the filter ends where { $expected } is expected
filter-error-pattern = this regular expression is not valid: { $reason }
filter-error-json-field = { $field } is JSON, and JSON is not compared with a field; quote { $word } to compare with the text
filter-error-types = { $field } is { $one }, { $other } is { $two }: only fields of one type compare; quote { $word } to compare with the text
filter-error-too-long = a filter may have { $most } bytes, this one has { $bytes }
filter-error-only-where = only the WHERE clause of a query is a filter
filter-error-closing-bracket = this bracket closes nothing
filter-error-sort = a filter does not sort; use --sort or a column's header
filter-error-limit = a filter does not limit; use --limit
filter-error-group = a filter does not group; see the pairs, series and queries
filter-error-pipeline = this is a whole query of CloudWatch Logs Insights, of which a filter is only the conditions; the SQL console runs all of it
filter-error-word-after = { $word } does not continue the filter
filter-error-after = this does not continue the filter
filter-error-open-bracket = this bracket is not closed
filter-error-depth = more than { $most } levels of brackets and not
filter-error-end-field = the filter ends where a field is expected
filter-error-field-before = a field is expected before { $shown }
filter-error-flow-path = flow records have no JSON paths
filter-error-extra = an extra value has one name; quote it where it holds other characters
filter-error-member = { $root } is not a member of CloudTrail events; $.{ $name } means it nevertheless
filter-error-partition = { $name } is a partition of Athena tables; a case has times: compare { $time }
filter-error-other-field = { $dataset ->
        [flows] { $name } is a field of CloudTrail events, not of flow records
       *[events] { $name } is a field of flow records, not of CloudTrail events
    }
filter-error-no-field = { $dataset ->
        [flows] flow records have no field { $name }
       *[events] CloudTrail events have no field { $name }
    }
filter-error-unknown-value = { $text } is not a known value of { $field }; quote it to search for it anyway
filter-error-too-large = { $text } is too large
filter-error-not-whole = { $text } is not a whole number
filter-error-not-number = { $field } is a number, and { $text } is none
filter-error-not-port = { $text } is not a port
filter-error-not-protocol = { $text } is not a protocol
filter-error-not-flag = { $name } is not a TCP flag
filter-error-no-flag = this names no TCP flag
filter-error-not-address = { $text } is not an IP address
filter-error-not-time = { $field } is a time, and { $text } is none

## What could be there
filter-expected-a-text = a text
filter-expected-number = a number
filter-expected-port = a port
filter-expected-protocol = a protocol
filter-expected-tcp-flags = a set of TCP flags
filter-expected-address = an address
filter-expected-a-time = a time
filter-expected-true-or-false = true or false
filter-expected-json = JSON
filter-expected-evidence = an evidence file
filter-expected-field = a field
filter-expected-end = the end
filter-expected-size = a size such as 10MB
filter-expected-port-name = a name such as ssh
filter-expected-block = a block such as 10.0.0.0/8
filter-expected-time = a time such as 2021-05-16T07:49:46Z
filter-expected-path = a path
filter-expected-whole-number = a whole number
filter-expected-bytes = a size such as 10MB or 1.5GiB
filter-expected-port-number = 0 to 65535
filter-expected-port-names = a name such as ssh, rdp, https
filter-expected-protocol-number = 0 to 255
filter-expected-protocol-name = a name such as tcp, udp, icmp
filter-expected-any-address = an IPv4 or IPv6 address
filter-expected-date = a date such as 2021-05-16
filter-expected-epoch = seconds or milliseconds since 1970
filter-expected-json-path = a path such as '$.bucketName'
filter-expected-type = a type such as bigint
filter-expected-length = a length
filter-expected-format = a format
filter-expected-like = a pattern such as '%x%'
filter-expected-flag = a flag such as syn
filter-expected-pattern = a pattern such as /x.*y/
filter-expected-text = text
