"""Makes src/normal/simplified.txt: traditional Chinese characters, each with the simplified one that stands for it in normal forms.

    python3 shared/domain/simplified.py kSimplifiedVariant.txt > shared/domain/src/normal/simplified.txt

The input is the property kSimplifiedVariant of the Unihan database, as the repository unicode-org/unihan-database has it (Unicode
License v3). Characters outside the Basic Multilingual Plane are left out: names hardly have them, and all others are three bytes
long, so that the file can be searched as it is.
"""

import re
import sys

LAST_OF_BMP = 0xFFFF


def variants(lines):
    """The simplified forms of each character, the usual one first."""
    for line in lines:
        match = re.match(r"U\+([0-9A-F]+)(?: \S+)?\tkSimplifiedVariant\t(.*)", line)
        if match:
            codes = [int(code, 16) for code in [match[1], *re.findall(r"U\+([0-9A-F]+)", match[2])]]
            traditional, *simplified = codes
            forms = [code for code in simplified if code != traditional and code <= LAST_OF_BMP]
            yield traditional, forms


def representatives(pairs):
    """For each character the one that stands for it: characters that share a form are one."""
    above = {}

    def top(code):
        while code in above:
            code = above[code]
        return code

    for traditional, simplified in pairs:
        for form in simplified:
            one, other = top(traditional), top(simplified[0])
            if one != other:
                above[one] = other
            one, other = top(form), top(simplified[0])
            if one != other:
                above[one] = other
    return {code: top(code) for code in above}


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        found = representatives([pair for pair in variants(file) if pair[0] <= LAST_OF_BMP])
    for code, simplified in sorted(found.items()):
        print(chr(code) + chr(simplified))


main()
