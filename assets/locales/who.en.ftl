### Who did it: identities, monitoring rules, the page of a key, how it is known who acted.

nav-identities = Identities
command-identities = Show identities
command-identities-tip = Principals and sessions of the CloudTrail events
help-identities-shows = Who called: every principal with its keys, sessions and counts, or every session with who acted in it and how that is known.
help-identities-keys = Enter opens the page that follows the principal or session; Shift+F10 opens the menu of the cell with its events; arrows and Page Up/Down move.
help-identities-source = Counted from the events that match the filter and the time range; who acted is found over all events of the case. A console CSV has no session data.
identities-principals = Principals
identities-principals-tip = Users, roles, root, services and other accounts
identities-sessions = Sessions
identities-sessions-tip = By key; console sessions by when they began
identities-counting = Counting identities …

nav-rules = Rules
command-rules = Show monitoring rules
command-rules-tip = What each monitoring rule matches, and an ATT&CK matrix
help-rules-shows = Every monitoring rule in its group with the events it matches, zeros too; or a matrix of the ATT&CK techniques they are about.
help-rules-keys = Enter opens the events of a rule or group; Tab reaches the cells of the matrix, Enter opens the rules of a technique; Shift+F10 opens the menu.
help-rules-source = Each rule is a filter that is shown below the table. A failed attempt is a match, and is counted as failed too.
rules-by-groups = Rules
rules-by-groups-tip = Every rule in its group
rules-by-sigma = Sigma
rules-by-sigma-tip = Sigma rules of this case, with what each matches
rules-sigma-none = No Sigma rules in this case
rules-sigma-none-about = Rules are imported from a folder or a file and stay in the case with their hashes. Matching events are marked in tables and on the time axis, and can be filtered with sigma and sigma_level.
command-import-sigma = Import Sigma rules...
command-import-sigma-tip = All .yml and .yaml files of a folder, or one file. Rules for other log sources are kept and listed, but not used.
command-import-inventory = Import inventory...
command-import-inventory-tip = An answer of the AWS CLI as JSON (describe-instances, list-users ...), so that addresses and identifiers have names. It is dated with the time of the file.
notice-sigma-added = { $count ->
        [one] 1 Sigma file imported
       *[other] { $count } Sigma files imported
    }
notice-sigma-removed = { $count ->
        [one] 1 Sigma file removed
       *[other] { $count } Sigma files removed
    }
notice-sigma-restored = { $count ->
        [one] 1 Sigma file restored
       *[other] { $count } Sigma files restored
    }
notice-inventory-added = { $count ->
        [one] 1 inventory imported
       *[other] { $count } inventories imported
    }
notice-inventory-removed = { $count ->
        [one] 1 inventory removed
       *[other] { $count } inventories removed
    }
notice-inventory-restored = { $count ->
        [one] 1 inventory restored
       *[other] { $count } inventories restored
    }
change-sigma = import Sigma rules from { $name }
change-sigma-remove = remove { $count } Sigma files
change-sigma-restore = restore { $count } Sigma files
change-inventory = import inventory { $name }
change-inventory-remove = remove { $count } inventories
change-inventory-restore = restore { $count } inventories
mark-sigma = Sigma rule: { $title } (level: { $level })
grid-ruled = Sigma match
rules-by-matrix = ATT&CK matrix
rules-by-matrix-tip = Techniques by tactic, coloured by the number of matching events
rules-zeros = Rules without a match
rules-technique = Rules of { $technique }
rules-all = All rules
rules-told = { $matched } of { $all } rules match, in { $events } events
rules-counting = Comparing the events with the rules …
rules-column-rule = rule
rules-column-matches = matches
rules-column-failed = failed
rules-column-actors = actors
rules-column-series = over time
rules-column-first = first ({ $zone })
rules-column-last = last ({ $zone })
rules-column-attack = ATT&CK
rules-series-told = matches in { $parts } of { $all } parts of the time
rules-order = In the order of the groups
rules-choose = Select a rule to see why it matters and its filter.
rules-burst = { $events } within { $seconds } s by { $by }
rules-matrix-about = ATT&CK for the cloud, version 19. The number in a cell is that of matches: an event that several rules match counts for each. Click to see the rules.
rules-cell = { $technique }: { $count } matches

help-follow-title = Page of a key, session or principal
help-follow-shows = Where credentials came from, what was called with them, and what they issued: a chain of boxes, the calls over time with flags, services, addresses and agents.
help-follow-keys = Tab goes from box to box and from figure to figure, Enter opens; Alt+Left returns. Type a key or an ARN into the palette to open its page.
help-follow-source = Found over all events of the case, whatever the filter and the time range. Each arrow names the rule that proves the step, and each box opens its event.
nav-follow = Follow
command-follow = Follow
command-follow-tip = Page of a key, session or principal
menu-follow = Follow this identity
palette-follow = Follow { $value }
palette-follow-tip = Where it came from, what it called, and what it issued
follow-none = Nothing is followed yet
follow-none-text = Choose a principal or session under Identities, use the menu of a cell with a key, ARN or unique ID, or type one into the palette.
follow-finding = Following the calls …
follow-no-calls = No event of the case was called with it.
follow-told = { $count } events, { $from } – { $to }
follow-errors = { $count } failed
follow-first = first { $time }
follow-last = last { $time }
follow-expires = valid until { $time }
follow-issued = issued
follow-issued-at = issued { $time }
follow-flows = Flow records of { $instance }
follow-line-succeeded = succeeded
follow-line-failed = failed
follow-calls = Calls by service
follow-addresses = From
follow-agents = With
flag-sigma = Sigma
flag-sigma-about = first match of a Sigma rule
flag-denied = denied
flag-denied-about = call denied
flag-first = new
flag-first-about = first call of this name in the case

lineage-title = Who acted
lineage-actor = Who acted:
lineage-nobody = the event names nobody
lineage-open = Open the event
lineage-asking = Finding who acted …
lineage-none = This event is a summary and no call.

lineage-kind-user = user
lineage-kind-root = root user
lineage-kind-service = AWS service
lineage-kind-account = another account
lineage-kind-instance = instance
lineage-kind-person = person
lineage-kind-source-identity = source identity
lineage-kind-provider = identity provider
lineage-kind-name = name of the session, chosen by its caller
lineage-kind-session = session of which nobody is known

lineage-proof-not-a-call = not a call
lineage-proof-direct = named by the event itself
lineage-proof-access-key = the access key was issued by this call
lineage-proof-shared-event-id = the other account's record of the same call
lineage-proof-assumed-role-id = the unique ID of the session was issued by this call
lineage-proof-switch-role = the role was switched to in the console
lineage-proof-source-identity = source identity of the session
lineage-proof-assumed-role-arn = the ARN of the session was issued by this call
lineage-proof-sso = session of an Identity Center user
lineage-proof-instance-profile = credentials of an instance
lineage-proof-service = a service acted for it
lineage-proof-web-identity = identity provider of the session
lineage-proof-session-name = only the session's own name says so
lineage-proof-unresolved = the call that issued the session is not in the evidence

lineage-note-via = A service called on the caller's behalf: { $value }.
lineage-note-masked-key = The access key is masked and joins nothing.
lineage-note-masked-id = The unique ID is masked and joins nothing.
lineage-note-before-issue = The call is { $value } s before its credentials were issued.
lineage-note-after-expiry = The call is { $value } s after its credentials expired.
lineage-note-nearest-before = No issue fits the time at which the session began; the latest one before it is followed.
lineage-note-candidates = { $value } issues of the same caller fit equally.
lineage-note-conflict = Issues of different callers fit equally: { $value }. The earliest is followed.
lineage-note-cycle = The chain leads back to itself.
lineage-note-limit = The chain was followed for 16 steps and no further.
lineage-note-missing = Missing in the evidence: { $value }.
lineage-note-name-differs = Unique ID and ARN name different sessions.
lineage-note-login = The session began with the console sign-in { $value }.
lineage-note-launched-by = The instance was started, or given its role, by { $value }.
lineage-note-known-as = Other events name this unique ID: { $value }.
lineage-note-on-behalf-of = On behalf of the Identity Center user { $value }.

unique-id = { $prefix }: { $what }
unique-id-AIDA = IAM user
unique-id-AROA = role
unique-id-AGPA = user group
unique-id-AIPA = instance profile
unique-id-ANPA = managed policy
unique-id-ANVA = version of a managed policy
unique-id-AKIA = long-term access key
unique-id-ASIA = temporary access key (STS)
unique-id-ABIA = STS service bearer token
unique-id-ACCA = context-specific credential
unique-id-APKA = public key
unique-id-ASCA = certificate

lineage-searched = being found …
lineage-failed = not found out
address-known = { $property }: { $value }, since { $from }
address-known-until = { $property }: { $value }, { $from } to { $to }
address-known-inventory = from the inventory { $path }
address-known-event = Show the event
address-known-disputed = another source disagrees
address-known-more = and { $count } more: query "Assets"
asset-instance = instance
asset-interface = interface
asset-name = name
asset-nat-gateway = NAT gateway
asset-service = AWS service
asset-prefix-list = prefix list
asset-allocation = Elastic IP allocation
asset-private-address = private address
asset-guardduty-finding = GuardDuty finding
