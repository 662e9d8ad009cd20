#!/usr/bin/env python3
"""Makes Inter-Latin.otf: Latin letters, digits and punctuation of Inter, with figures of one width, and with an l that has a tail and an I
that has serifs as the ordinary letters; without features, so that no ligature changes what evidence says. Its lines are as high as those of
BIZUDPGothic-Regular.ttf, so that both have one baseline.

Usage: latin.py SOURCE.otf BIZUDPGothic-Regular.ttf TARGET.otf        Needs: pip install fonttools
"""
import subprocess
import sys

from fontTools.ttLib import TTFont

POINTS = "0020-007E,00A0-00D6,00D8-00F6,00F8-017F,2010-201E,2020-2022,2026,2030,2039,203A,20AC,2212"
# Tabular figures; then disambiguation without a slashed zero.
FEATURES = ["tnum", "ss04"]

source, beside, target = sys.argv[1:]
font = TTFont(source, recalcTimestamp=False)
table = font["GSUB"].table
replaced = {}
for tag in FEATURES:
    records = [record for record in table.FeatureList.FeatureRecord if record.FeatureTag == tag]
    for number in sorted({number for record in records for number in record.Feature.LookupListIndex}):
        for part in table.LookupList.Lookup[number].SubTable:
            replaced.update(getattr(getattr(part, "ExtSubTable", part), "mapping", {}))
for cmap in font["cmap"].tables:
    # Only figures are replaced by tabular ones: a space, a comma or a point as wide as a figure tears a sentence apart.
    keep = {ord(sign) for sign in " .,:;()-+"}
    cmap.cmap = {point: name if point in keep else replaced.get(name, name) for point, name in cmap.cmap.items()}
font.save(target)

subprocess.run(
    ["pyftsubset", target, f"--unicodes={POINTS}", "--layout-features=", "--no-hinting", "--desubroutinize",
     "--drop-tables+=DSIG,meta,GSUB,GPOS,GDEF", f"--output-file={target}"],
    check=True,
)

font, other = TTFont(target, recalcTimestamp=False), TTFont(beside)
scale = font["head"].unitsPerEm / other["head"].unitsPerEm
metrics, windows = font["hhea"], font["OS/2"]
metrics.ascent = windows.sTypoAscender = windows.usWinAscent = round(other["hhea"].ascent * scale)
metrics.descent = windows.sTypoDescender = round(other["hhea"].descent * scale)
windows.usWinDescent = -metrics.descent
metrics.lineGap = windows.sTypoLineGap = 0
font.save(target)
