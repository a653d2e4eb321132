"""Writes a messy export in the shape of HubSpot's contacts: hubspot.py ROWS [SEED] > contacts.csv

It has what such files have: two addresses in a cell, "n/a" for a number, numbers that a spreadsheet rounded, extensions, vendors'
dates, cells of several lines, empty rows, ids that come twice, the same person twice, and columns that nobody needs. For the import
loop of BENCHMARKS.md.
"""

import csv
import random
import sys

FIRST = "Anna Bjørn Çelik Dana Élodie Fatima Günther Hana Ines Jürgen Katarzyna Luis Maria Nguyễn Olga Pedro Quinn Rosa Søren Tadeáš Ümit Vera Wei Yara Zoë".split()
LAST = ["O'Neill", "van der Berg", "Müller", "Smith-Jones", "Łukasiewicz", "García Márquez", "Nakamura", "Özdemir", "Dubois", "Svensson", "Rossi", "d’Angelo", "Novák", "Kowalska", "Silva", "Brown", "Li"]
CITIES = [("Springfield", "IL", "62704", "United States"), ("München", "BY", "80331", "Germany"), ("São Paulo", "SP", "01310-100", "Brazil"),
          ("Leeds", "", "LS1 4AP", "United Kingdom"), ("Kraków", "", "30-001", "Poland"), ("Zürich", "ZH", "8001", "Switzerland")]
COLUMNS = ["Record ID", "First Name", "Last Name", "Email", "Phone Number", "Mobile Phone Number", "Street Address", "City", "State/Region",
           "Postal Code", "Country/Region", "Company Name", "Job Title", "Lifecycle Stage", "Lead Status", "Contact owner", "Create Date",
           "Last Activity Date", "Marketing contact status", "Number of Pageviews", "Twitter Username", "Message", "Website URL"]
STAGES = ["Lead", "Customer", "Marketing Qualified Lead", "Other"]


def phone(dice, number):
    usual = f"+1 {dice.choice([212, 415, 617, 713])} 555 {number % 10_000:04}"
    return dice.choices(
        [usual, usual.replace("+1 ", "(").replace(" 555 ", ") 555-"), usual + " ext. 12", f"{usual} ; +49 89 {100_000 + number % 900_000}", "", "n/a", "none",
         f"4.4{dice.randrange(10)}E+11", "call after 5pm", "0"],
        [60, 12, 4, 4, 12, 2, 1, 2, 1, 2],
    )[0]


def email(dice, first, last, number):
    plain = "".join(c for c in f"{first}.{last}".lower() if c.isascii() and (c.isalnum() or c == ".")) or "x"
    usual = f"{plain}{number}@example.com"
    return dice.choices(
        [usual, usual.upper(), f" {usual} ", f"{usual}; {plain}{number}@work.example", f"{first} <{usual}>", f"{plain} at example.com", f"{usual},", "", "unknown", f"{plain}@", f"{plain}{number}@example..com"],
        [70, 5, 4, 4, 3, 2, 2, 6, 1, 1, 2],
    )[0]


def date(dice):
    year, month, day, hour = dice.randrange(2015, 2026), dice.randrange(1, 13), dice.randrange(1, 29), dice.randrange(24)
    return dice.choice([f"{year}-{month:02}-{day:02} {hour:02}:30", f"{year}-{month:02}-{day:02}", f"{year}-{month:02}-{day:02} {hour:02}:30 UTC"])


def row(dice, number):
    first, last = dice.choice(FIRST), dice.choice(LAST)
    city, state, postcode, country = dice.choice(CITIES)
    cells = {
        "Record ID": 100_000 + number, "First Name": first, "Last Name": last, "Email": email(dice, first, last, number),
        "Phone Number": phone(dice, number), "Mobile Phone Number": phone(dice, number + 5_000) if dice.random() < 0.2 else "",
        "Street Address": f"{dice.randrange(1, 300)} High Street" + ("\nApartment 4" if dice.random() < 0.05 else ""), "City": city,
        "State/Region": state, "Postal Code": postcode, "Country/Region": country, "Company Name": dice.choice(["", "Acme, Inc.", '"Quoted" Ltd']),
        "Job Title": dice.choice(["", "CEO", "Head of Sales & Marketing"]), "Lifecycle Stage": dice.choice(STAGES), "Lead Status": "",
        "Contact owner": "ops@acme.example", "Create Date": date(dice) if dice.random() > 0.01 else "(No value)", "Last Activity Date": date(dice),
        "Marketing contact status": "Non-marketing contact", "Number of Pageviews": dice.randrange(500),
        "Twitter Username": dice.choice(["", "", "", f"@{first[:1]}_{number}", f"https://twitter.com/u{number}"]),
        "Message": "Call back!\nThank you." if dice.random() < 0.03 else "", "Website URL": "",
    }
    if dice.random() < 0.002:
        return [""] * len(COLUMNS)
    if dice.random() < 0.003:
        cells["Record ID"] = 100_000 + max(number - 7, 0)
    return [cells[column] for column in COLUMNS]


def main(rows, seed=1):
    dice = random.Random(seed)
    out = csv.writer(sys.stdout)
    out.writerow(COLUMNS)
    out.writerows(row(dice, number) for number in range(rows))


main(*map(int, sys.argv[1:]))
