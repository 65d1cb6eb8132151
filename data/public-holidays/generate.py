"""Makes public-holidays.tsv, from which the service offers calendars of public holidays.

Source: the Python package `holidays` (https://github.com/vacanza/holidays), MIT; see LICENSE.

    python3 -m venv v && v/bin/pip install holidays==0.109
    v/bin/python generate.py > public-holidays.tsv

One line per region and holiday: the code (ISO 3166-1 or 3166-2), the name in English, and its days;
`*-12-25` is that day in each of the years below. Raise the years, and the version above, once a
year; who uses a calendar takes the new days by `PUT /holiday-calendars/{id}/holidays`.
"""

import holidays

YEARS = range(2026, 2036)
COUNTRIES = (
    "AR AT AU BE BG BR CA CH CL CO CZ DE DK EE EG ES FI FR GB GH GR HK HR HU ID IE IL IN IS IT JP KE"
    " KR LT LU LV MA MT MX MY NG NL NO NZ PE PH PL PT RO RS SE SG SI SK TH TN TR TW US UY VN ZA"
).split()
# Where most people work by the days of their state and not of their country.
DIVIDED = "AU CA CH DE ES GB".split()
NAME_MAX = 200


def regions():
    supported = holidays.list_supported_countries()
    for country in COUNTRIES:
        yield country, None
        if country in DIVIDED:
            yield from ((country, part) for part in sorted(supported[country]) if len(part) <= 3)


def days_of(country, part):
    calendar = holidays.country_holidays(country, subdiv=part, years=YEARS)
    language = next((l for l in ("en_GB", "en_US", "en") if l in calendar.supported_languages), None)
    return holidays.country_holidays(country, subdiv=part, years=YEARS, language=language)


def main():
    print(f"# years {YEARS.start} {YEARS.stop - 1}; made by generate.py from holidays {holidays.__version__}")
    for country, part in regions():
        by_name = {}
        for day, name in sorted(days_of(country, part).items()):
            by_name.setdefault(name[:NAME_MAX], []).append(day)
        for name, days in sorted(by_name.items()):
            fixed = {f"{day:%m-%d}" for day in days}
            everywhere = len(days) == len(YEARS) and len(fixed) == 1
            text = f"*-{fixed.pop()}" if everywhere else " ".join(f"{day}" for day in days)
            print(f"{country}-{part}" if part else country, name, text, sep="\t")


main()
