# Errors, for the window and the command line: a text says what failed and why, its attribute `next` what to do next.
# Where that differs on the command line, $face is `cli`, else `window`.

## What was being done, in the window
error-open-case = The case could not be opened
error-create-case = The case could not be created
error-query = The query failed
error-import = The import could not be started
error-import-stopped = The import stopped
error-file = A file was not imported
error-export = The export failed
error-copy = The rows could not be copied
error-exhibit = The exhibit could not be opened
error-settings = The settings could not be saved
error-settings-read = The settings could not be read
error-unsaved = Unsaved texts
error-index = The column index could not be built
error-upgrade = The case could not be upgraded
error-rescue = The case could not be recovered
error-not-verified = The report was written, but verification failed

## Cases
error-case-not-found = { $path } does not exist
    .next = Check the path, or create a case { $face ->
        [cli] with: coldtrail new CASE
       *[window] with New case... in the Case menu.
    }
error-case-exists = { $path } already exists
    .next = Choose another name, or import into it { $face ->
        [cli] with: coldtrail import CASE PATH...
       *[window] after opening it.
    }
error-case-unreadable = { $path } could not be opened: { $reason }
    .next = Check the path, your permissions and the free disk space, or choose another path.
error-not-a-case = { $path } is not a Coldtrail case
    .next = A case is a .coldtrail file; evidence is imported { $face ->
        [cli] with: coldtrail import CASE PATH...
       *[window] with Import evidence... in an open case.
    }
error-case-newer = { $path } was written by a newer Coldtrail (case version { $found }; this program supports versions up to { $known })
    .next = Open it with the version of Coldtrail that wrote it, or a newer one.
error-case-needs-upgrade = { $path } was written by an older Coldtrail (case version { $found }; this program writes { $known })
    .next = Nothing was written. Upgrade it { $face ->
        [cli] with --upgrade, or with: coldtrail upgrade CASE.
       *[window] when you are asked.
    } Older versions of Coldtrail cannot open it afterwards.
error-case-not-upgraded = { $path } could not be upgraded: { $reason }
    .next = Copy it to a writable drive with enough free space, and upgrade the copy.
error-case-no-room = { $path } is read through a temporary copy, which could not be made in { $folder }: { $reason }
    .next = Free disk space there, or set TMPDIR to another folder.
error-case-untrusted = { $path } has unexpected content: { $what }
    .next = It was changed by another program, or is damaged; nothing in it was run. Ask its sender for the original, or recover its rows into a new case with: coldtrail rescue CASE NEW
error-case-damaged = { $path } is damaged: { $what }
    .next = { error-case-corrupt.next }
error-case-corrupt = a part of the case is damaged and cannot be read: { $reason }
    .next = The file is not written to. Ask its sender for another copy, or recover what can be read with: coldtrail rescue CASE NEW
error-case-busy = the case is in use by another program
    .next = Close the window or stop the import that uses it, then try again.
error-disk-full = the disk is full
    .next = Free disk space, then try again.
error-case-read-only = the case is on a read-only drive
    .next = Copy the case to a writable drive.
error-case-not-written = the case could not be written
    .next = Check the disk, its free space and the file size limits, then try again.
error-case-not-read = the case could not be read: the drive failed
    .next = Check the drive and its cable, or work on a copy.
error-no-raw-content = the original content of evidence { $evidence } is not in the case
    .next = Open the original file, or import it into a new case with the originals stored.
error-no-such-record = record { $record } is not in the case
    .next = Check the reference: EVIDENCE:POSITION, as shown in the column ref.
error-no-such = the case has no { $what }
    .next = Check the number or name.
error-bad-content = stored content of evidence { $evidence } cannot be read: { $reason }
    .next = Verify the case with: coldtrail verify CASE
error-temporary-file = a temporary file could not be read again: { $reason }
    .next = Do not remove the folder for temporary files (TMPDIR). { error-import-disk-full.resume }
error-sqlite = SQLite: { $reason }
    .next = Try again; if it happens again, verify the case with: coldtrail verify CASE

## Queries
error-cancelled = stopped
    .next = Run it again if you need the result.
error-filter = { $reason }
    .next = Correct the filter. For the filter language, see { $face ->
        [cli] coldtrail flows --help
       *[window] the filter help (F1).
    }
error-statement = the statement was not run
    { $reason }
    .next = Only one read-only SELECT or WITH statement is allowed.
error-timed-out = timed out
    .next = Narrow the query, or allow more time.
error-too-many-rows = an exhibit can have at most { $most } rows, and this one has { $rows }
    .next = Narrow the filter, or set a limit.
error-exhibit-unreadable = the exhibit cannot be read: { $reason }
    .next = It may have been written by a newer version of Coldtrail; verify the case with: coldtrail verify CASE
error-unfit = { $reason }
    .next = Correct the request, then try again.

## Files
error-file-exists = { $path } already exists
    .next = Existing files are not overwritten. Choose another name.
error-export-exists = { $path } already exists
    .next = Choose another name; to overwrite it { $face ->
        [cli] use --force.
       *[window] confirm when asked.
    }
error-file-unreadable = { $path } could not be read: { $reason }
    .next = Check the path and its permissions.
error-file-unwritable = { $path } could not be written: { $reason }
    .next = Check the path, your permissions and the free disk space, then try again; no partial file was left.
error-not-a-list = { $path } is not an indicator list: { $reason }
    .next = Choose an indicator file, or specify its columns.
error-no-rules = { $path } contains no Sigma rules: there is no .yml or .yaml file
    .next = Choose a folder of Sigma rules, or a file of rules.
error-not-an-inventory = { $path } is not an inventory: { $reason }
    .next = Choose an answer of the AWS command line as JSON, such as that of describe-instances.
error-not-a-filter-file = { $path } is not a filter list: { $reason }
    .next = Choose a file of exported filters.
error-not-a-database = { $path } is not a database in MaxMind format: { $reason }
    .next = Choose a .mmdb file of GeoLite2, DB-IP or IPinfo.
error-settings-unwritable = { $path } could not be written: { $reason }
    .next = You can continue working, but the window settings will not be saved.
error-settings-unread = { $path } could not be read: { $reason }
    .next = The default settings are in use. Make the file readable, then start the program again.
error-settings-damaged = { $path } is damaged and was kept as { $kept }
    .next = The default settings are in use. You can continue working; nothing in any case is affected.
error-unsaved-damaged = { $path }, the file of unsaved texts, is damaged and was kept as { $kept }
    .next = Look into that file with a text editor: what was typed can still be in it. Nothing in the case is affected.

## Imports
error-import-disk-full = { error-disk-full }
    .next = Free disk space. { error-import-disk-full.resume }
    .resume = Files that were already imported are in the case. { $face ->
        [cli] Continue with: coldtrail import CASE --resume
       *[window] Import again to continue with the rest.
    }
error-import-not-written = { error-case-not-written }
    .next = Check the disk, its free space and the file size limits. { error-import-disk-full.resume }
error-input-not-found = { $reason }
    .next = Check the path; nothing was imported from it.
error-input-forbidden = { $reason }
    .next = Grant yourself read permission, then import it again.
error-input-not-a-file = { $reason }
    .next = Only files and folders can be imported.
error-input-link = { $reason }
    .next = If its target is evidence, import the target by its own path.
error-input-nothing = { $reason }
    .next = No action is needed.
error-input-media = { $reason }
    .next = Check the drive and its cable, then import the file again; nothing from it is in the case.
error-input-expansion = { $reason }
    .next = If the file is trustworthy, import it again { $face ->
        [cli] with --any-expansion.
       *[window] and choose Continue.
    }
error-input-temporary = { $reason }
    .next = Free disk space in the folder for temporary files (TMPDIR), then import it again.
error-input-internal = { $reason }
    .next = Import it again; if it fails again, keep the file and report the problem.

## Indicators, labels, filters
error-bad-value = { $value } is not valid: { $reason }
    .next = Correct the value, then try again.
error-list-name-taken = there is already a list named { $name }
    .next = Choose another name.
error-no-label = { $kind } cannot have a label
    .next = Labels are possible for addresses, ranges, interfaces, principals and keys.
error-label-nameless = a label needs a name
    .next = Enter a name.
error-bad-filter = filter { $name } is not valid
    { $reason }
    .next = Correct it in the file, then import the file again.
error-filter-nameless = a filter needs a name
    .next = Enter a name.

## Originals, parts of a case, reports, verification
error-original-not-kept = the original content of evidence { $evidence } ({ $path }) is not stored in the case, and { $reason }
    .next = Copy the original file to the path it was imported from.
error-other-file = { $path } is not the file that was imported: its SHA-256 is { $found }
    .next = Copy the imported file back to that path.
error-original-unreadable = the stored original of evidence { $evidence } cannot be read: { $reason }
    .next = { error-bad-content.next }
error-stopped-unwritten = stopped; { $path } was not written
    .next = Run it again if you need it.
error-not-handed-over = evidence { $evidence } cannot be copied: { $reason }
    .next = See: coldtrail verify CASE --replay
error-read-again = { $reason }
    .next = { error-bad-content.next }
error-report-stopped = stopped; no report was written
    .next = { error-stopped-unwritten.next }
error-report-rows = rows of the report could not be read: { $reason }
    .next = { error-bad-content.next }
error-report-pdf = the PDF could not be generated: { $reason }
    .next = Generate the report without the PDF, and report this text.
error-report-picture = an image could not be drawn: { $reason }
    .next = Remove the exhibit that it belongs to, and report this text.
error-report-folder = { $path } contains { $what }, which is not part of a report
    .next = Specify a new folder, or one that contains only a report.
error-verify-scratch = a temporary case could not be created: { $reason }
    .next = Free disk space in the folder for temporary files (TMPDIR), then verify again.
error-case-differs = { $verdict }
    .next = List all failed checks with: coldtrail verify CASE. Continue with a copy of the case that passes verification.

## The program itself
error-panic = program error at { $place }: { $message }
    .next = Try again; if it happens again, report this text. The case is not affected.
error-no-thread = a thread could not be started: { $reason }
    .next = Close other programs, then try again.
error-thread-ended = the worker thread ended
    .next = Close the case and open it again.
