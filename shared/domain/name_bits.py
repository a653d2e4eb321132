"""Makes the tables of best match that say how rare a word of a name is: one person in 2^bits has it.

    python3 -m pip install --no-deps anyascii==0.3.3 faker==40.63.0 names==0.3.0
    python3 shared/domain/name_bits.py surnames > shared/domain/src/matching/surname_bits.txt
    python3 shared/domain/name_bits.py given > shared/domain/src/matching/given_bits.txt

The sources:

- the surnames and given names of the census of the United States of 1990 (public domain), as the package names has them (MIT licence);
- the given names of many languages in the package Faker (MIT licence), transliterated with AnyAscii (ISC licence);
- common_surnames.txt, our own list of the most common surnames of many languages.
"""

import importlib
import math
import pkgutil
import re
import sys
import unicodedata
from collections import defaultdict
from pathlib import Path

# The most common surnames of the census: those that at least three of 100,000 people have.
SURNAMES = 4_700
# The most bits of a surname that is common in some language.
COMMON = 10
# The most common given names, so that the table stays small.
GIVEN_NAMES = 5_000
# The smallest share of people in the census whose given name counts.
RAREST = 2e-5
# The most bits of a given name, by the number of languages that have it.
BITS_BY_LANGUAGES = [(5, 9), (3, 10), (2, 11)]
SHORTEST = 3


def plain(word, to_ascii):
    composed = unicodedata.normalize("NFC", word)
    return "".join(letter for letter in to_ascii(composed).lower() if "a" <= letter <= "z")


def census(file):
    import names

    lines = (Path(names.__file__).parent / file).read_text().splitlines()
    return {line.split()[0].lower(): float(line.split()[1]) / 100 for line in lines}


def bits_of(share):
    return round(-math.log2(share))


def surnames():
    shares = census("dist.all.last")
    bits = {word: bits_of(share) for word, share in list(shares.items())[:SURNAMES]}
    listed = Path(__file__).with_name("common_surnames.txt").read_text().splitlines()
    for word in {word for line in listed if not line.startswith("#") for word in line.split()}:
        bits[word] = min(bits.get(word, COMMON), COMMON)
    return bits


def languages_of_given_names():
    """The languages of each given name in Faker. For English there is the census."""
    import faker.providers.person
    from anyascii import anyascii

    languages = defaultdict(set)
    for _, locale, _ in pkgutil.iter_modules(faker.providers.person.__path__):
        provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
        for member in dir(provider):
            listed = getattr(provider, member)
            if locale[:2] != "en" and member.startswith("first_name") and not callable(listed) and not isinstance(listed, property):
                for word in filter(lambda word: isinstance(word, str), listed):
                    for part in re.split(r"[\s‐-]+", word):
                        languages[plain(part, anyascii)].add(locale.split("_")[0])
    return languages


def given_names():
    women, men = census("dist.female.first"), census("dist.male.first")
    shares = {word: (women.get(word, 0) + men.get(word, 0)) / 2 for word in women | men}
    bits = {word: bits_of(share) for word, share in shares.items() if share >= RAREST}
    for word, languages in languages_of_given_names().items():
        # A transliteration without vowels stands for several names.
        is_name = len(word) >= SHORTEST and any(letter in "aeiou" for letter in word)
        least = next((bits for count, bits in BITS_BY_LANGUAGES if len(languages) >= count), None)
        if is_name and least is not None:
            bits[word] = min(bits.get(word, least), least)
    return dict(sorted(bits.items(), key=lambda entry: (entry[1], entry[0]))[:GIVEN_NAMES])


def main():
    tables = {"surnames": surnames, "given": given_names}
    for word, bits in sorted(tables[sys.argv[1]]().items()):
        print(word, bits)


main()
