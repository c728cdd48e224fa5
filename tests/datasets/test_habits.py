"""Habits of files that offices, instruments and programs publish, each in a few lines of ours."""

import pytest

from sponde_server.datasets.files.dialect import layout_of

WORLD_BANK = """"Data Source","World Development Indicators",

"Last Updated Date","2024-05-30",

"Country Name","Country Code","Indicator Code","2020","2021",
"Aruba","ABW","SP.POP.TOTL","108587","107700",
"Angola","AGO","SP.POP.TOTL","33428486","34503774",
"Albania","ALB","SP.POP.TOTL","2837849","",
"""
WEATHER_SERVICE = """STATIONS_ID;MESS_DATUM;  QN;PP_10;TT_10;eor
          3;201001010000;    3;  970.2;  -1.2;eor
          3;201001010010;    3;  970.3;  -999;eor
          3;201001010020;    3;  970.3;  -1.3;eor
"""
WATER_GAUGE = """# Data provided for site 354057080362545
#            TS   parameter     Description
#         90643       00045     Precipitation, total, inches
#
# Data-value qualification codes included in this output:
#     A  Approved for publication -- Processing and review completed.
#
agency_cd\tsite_no\tdatetime\ttz_cd\t90643_00045
5s\t15s\t20d\t6s\t14n
USGS\t354057080362545\t2010-10-01 00:00\tEDT\t0.00
USGS\t354057080362545\t2010-10-01 00:05\tEDT\t0.00
"""
TRENDS = """Category: All categories

Week,jupyter: (Worldwide)
2024-01-07,51
2024-01-14,53
2024-01-21,<1
"""
ANOMALIES = """Land-Ocean: Global Means
Year,Jan,Feb,Mar,J-D
1880,-.19,-.25,-.09,-.17
1881,-.20,-.15,.02,-.09
2026,1.20,***,***,***
"""
EXCEL_HINT = """sep=;
Nimi;Hind
Tool;400,50
Laud;1200,00
"""
BANK = """Kontonummer:;1234567 / Girokonto;

Von:;01.01.2024;
Bis:;31.01.2024;
Kontostand vom 31.01.2024:;1.234,56 EUR;

Buchungstag;Wertstellung;Verwendungszweck;Betrag (EUR)
31.01.2024;31.01.2024;Miete;-800,00
30.01.2024;30.01.2024;"Laden; Ecke";-12,50
29.01.2024;29.01.2024;Lohn;2.500,00
"""
STATISTICS_OFFICE = """freq,unit,geo\\TIME_PERIOD\t2010 \t2011 \t2012
A,PC,AT\t12.5 \t12.9 b\t13.1
A,PC,BE\t: \t10.2 \t10.4
A,PC,BG\t7.1 \t: \t7.7 p
"""
SPECTRA = """# Generated at 2024-02-03 10:11:12
# URL: https://example.org/annotations?db=1
group,datasetName,mz,fdr
lab,brain,301.123,0.05
lab,liver,302.5,0.1
"""
R_TABLE = """"","mpg","cyl"
"Mazda RX4",21,6
"Datsun 710",22.8,4
"Fiat 128",32.4,4
"""
LOGGER = """"Plot Title: 10243"
"#","Date Time, GMT+02:00","Temp, °C"
1,05/01/24 10:00:00,12.5
2,05/01/24 10:15:00,12.6
3,05/01/24 10:30:00,12.8
"""
OSCILLOSCOPE = """x-axis,1,2
second,Volt,Volt
-1.0E-03,+2.4E-02,-1.1E-01
-0.9E-03,+2.5E-02,-1.2E-01
-0.8E-03,+2.7E-02,-1.3E-01
"""


@pytest.mark.parametrize(
    ("text", "delimiter", "names", "skipped"),
    [
        (
            WORLD_BANK,
            ",",
            ["Country Name", "Country Code", "Indicator Code", "2020", "2021", "column_6"],
            5,
        ),
        (WEATHER_SERVICE, ";", ["STATIONS_ID", "MESS_DATUM", "QN", "PP_10", "TT_10", "eor"], 1),
        (WATER_GAUGE, "\t", ["agency_cd", "site_no", "datetime", "tz_cd", "90643_00045"], 9),
        (TRENDS, ",", ["Week", "jupyter: (Worldwide)"], 3),
        (ANOMALIES, ",", ["Year", "Jan", "Feb", "Mar", "J-D"], 2),
        (EXCEL_HINT, ";", ["Nimi", "Hind"], 2),
        (BANK, ";", ["Buchungstag", "Wertstellung", "Verwendungszweck", "Betrag (EUR)"], 7),
        (STATISTICS_OFFICE, "\t", ["freq,unit,geo\\TIME_PERIOD", "2010", "2011", "2012"], 1),
        (SPECTRA, ",", ["group", "datasetName", "mz", "fdr"], 3),
        (R_TABLE, ",", ["column_1", "mpg", "cyl"], 1),
        (LOGGER, ",", ["#", "Date Time, GMT+02:00", "Temp, °C"], 2),
        (OSCILLOSCOPE, ",", ["x-axis second", "1 Volt", "2 Volt"], 2),
    ],
    ids=[
        "world bank", "weather service", "water gauge", "trends", "anomalies", "excel's hint",
        "bank", "statistics office", "spectra", "R", "logger", "oscilloscope",
    ],
)  # fmt: skip
def test_the_names_of_a_published_file_are_found(text, delimiter, names, skipped):
    found = layout_of(text.splitlines(keepends=True))
    assert found.names == names
    assert found.delimiter == delimiter
    assert found.skip_lines == skipped
