"""Computes the digests of a case and its report again, from assets/docs/recompute.md alone.

Usage: python3 recompute.py CASE REPORT. Prints what differs; exit code 1 if anything does.
"""

import hashlib
import json
import pathlib
import sqlite3
import sys


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def main(case, report):
    wrong = []
    listed = {}
    for line in (report / "SHA256SUMS").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            digest, name = line.split("  ", 1)
            listed[name] = digest
            if sha256((report / name).read_bytes()) != digest:
                wrong.append(f"file {name}")
    document = json.loads((report / "report.json").read_text("utf-8"))

    connection = sqlite3.connect(f"file:{case}?mode=ro", uri=True)
    heads, previous = [], "0" * 64
    rows = connection.execute(
        "SELECT seq, at_utc, examiner, tool_version, action, parameters, counts, previous_hash, hash FROM journal ORDER BY seq"
    )
    for number, (seq, *texts, named, digest) in enumerate(rows, 1):
        own = sha256(compact([previous, seq, *texts]))
        if (seq, named, digest) != (number, previous, own):
            wrong.append(f"journal entry {seq}")
        previous = digest
        heads.append(digest)
    if document["journal_head"] not in heads:
        wrong.append("journal head of the report")

    exhibits = connection.execute("SELECT place, digest FROM exhibit WHERE removed_utc IS NULL ORDER BY place").fetchall()
    for place, digest in exhibits:
        name = f"attachments/exhibit-{place:03}.canonical.jsonl"
        lines = (report / name).read_bytes()
        if sha256(lines) != digest or name not in listed:
            wrong.append(f"exhibit {place}")
        # Each line is written as the page says.
        for line in lines.splitlines():
            if compact(json.loads(line)) != line:
                wrong.append(f"form of exhibit {place}")
                break
    for line in wrong:
        print(line)
    print(f"{len(listed)} files, {len(heads)} entries, {len(exhibits)} exhibits, {len(wrong)} differences")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])))
