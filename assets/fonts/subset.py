#!/usr/bin/env python3
"""Makes BIZUDPGothic-Regular.ttf and -Bold.ttf: the characters that Windows' Japanese code page (cp932) can write, vendor characters
included, with ASCII, Latin-1, punctuation, arrows and the shapes that the window draws.

Usage: subset.py SOURCE.ttf TARGET.ttf        Needs: pip install fonttools
"""
import subprocess
import sys

from fontTools.ttLib import TTFont

points = set(range(0x20, 0x7F)) | set(range(0xA0, 0x100))
for extra in [(0x2010, 0x2060), (0x2190, 0x2200), (0x2460, 0x2500), (0x2500, 0x2600), (0x3000, 0x3040), (0xFF00, 0xFFF0)]:
    points |= set(range(*extra))
for lead in range(256):
    for code in [bytes([lead])] + [bytes([lead, trail]) for trail in range(256)]:
        try:
            points |= {ord(character) for character in code.decode("cp932")}
        except UnicodeDecodeError:
            pass
# Control characters and the private use area have no business in a font of ours.
points = {point for point in points if 0x20 <= point and not 0x7F <= point < 0xA0 and not 0xE000 <= point < 0xF900}

source, target = sys.argv[1:]
unicodes = ",".join(f"{point:04X}" for point in sorted(points))
subprocess.run(
    ["pyftsubset", source, f"--unicodes={unicodes}", "--layout-features=", "--no-hinting", "--drop-tables+=DSIG,meta", f"--output-file={target}"],
    check=True,
)

# The font's own lines touch; a program that takes the line height from the font needs room above and below.
ROOM = 280
font = TTFont(target, recalcTimestamp=False)
metrics, windows = font["hhea"], font["OS/2"]
metrics.ascent = windows.sTypoAscender = windows.usWinAscent = metrics.ascent + ROOM
metrics.descent = windows.sTypoDescender = metrics.descent - ROOM
windows.usWinDescent = -metrics.descent
font.save(target)
