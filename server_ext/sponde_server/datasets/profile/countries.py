"""The names of countries, and their codes of two and three letters. Data only."""

_TABLE = """
AF AFG Afghanistan|AL ALB Albania|DZ DZA Algeria|AD AND Andorra|AO AGO Angola|AR ARG Argentina
AM ARM Armenia|AU AUS Australia|AT AUT Austria|AZ AZE Azerbaijan|BS BHS Bahamas|BH BHR Bahrain
BD BGD Bangladesh|BB BRB Barbados|BY BLR Belarus|BE BEL Belgium|BZ BLZ Belize|BJ BEN Benin
BT BTN Bhutan|BO BOL Bolivia|BA BIH Bosnia and Herzegovina|BW BWA Botswana|BR BRA Brazil
BN BRN Brunei|BG BGR Bulgaria|BF BFA Burkina Faso|BI BDI Burundi|KH KHM Cambodia|CM CMR Cameroon
CA CAN Canada|CV CPV Cape Verde|CF CAF Central African Republic|TD TCD Chad|CL CHL Chile
CN CHN China|CO COL Colombia|KM COM Comoros|CG COG Congo|CD COD Democratic Republic of the Congo
CR CRI Costa Rica|CI CIV Ivory Coast|HR HRV Croatia|CU CUB Cuba|CY CYP Cyprus|CZ CZE Czechia
DK DNK Denmark|DJ DJI Djibouti|DM DMA Dominica|DO DOM Dominican Republic|EC ECU Ecuador
EG EGY Egypt|SV SLV El Salvador|GQ GNQ Equatorial Guinea|ER ERI Eritrea|EE EST Estonia
SZ SWZ Eswatini|ET ETH Ethiopia|FJ FJI Fiji|FI FIN Finland|FR FRA France|GA GAB Gabon
GM GMB Gambia|GE GEO Georgia|DE DEU Germany|GH GHA Ghana|GR GRC Greece|GL GRL Greenland
GD GRD Grenada|GT GTM Guatemala|GN GIN Guinea|GW GNB Guinea-Bissau|GY GUY Guyana|HT HTI Haiti
HN HND Honduras|HK HKG Hong Kong|HU HUN Hungary|IS ISL Iceland|IN IND India|ID IDN Indonesia
IR IRN Iran|IQ IRQ Iraq|IE IRL Ireland|IL ISR Israel|IT ITA Italy|JM JAM Jamaica|JP JPN Japan
JO JOR Jordan|KZ KAZ Kazakhstan|KE KEN Kenya|KI KIR Kiribati|XK XKX Kosovo|KW KWT Kuwait
KG KGZ Kyrgyzstan|LA LAO Laos|LV LVA Latvia|LB LBN Lebanon|LS LSO Lesotho|LR LBR Liberia
LY LBY Libya|LI LIE Liechtenstein|LT LTU Lithuania|LU LUX Luxembourg|MG MDG Madagascar
MW MWI Malawi|MY MYS Malaysia|MV MDV Maldives|ML MLI Mali|MT MLT Malta|MH MHL Marshall Islands
MR MRT Mauritania|MU MUS Mauritius|MX MEX Mexico|FM FSM Micronesia|MD MDA Moldova|MC MCO Monaco
MN MNG Mongolia|ME MNE Montenegro|MA MAR Morocco|MZ MOZ Mozambique|MM MMR Myanmar|NA NAM Namibia
NR NRU Nauru|NP NPL Nepal|NL NLD Netherlands|NZ NZL New Zealand|NI NIC Nicaragua|NE NER Niger
NG NGA Nigeria|KP PRK North Korea|MK MKD North Macedonia|NO NOR Norway|OM OMN Oman
PK PAK Pakistan|PW PLW Palau|PS PSE Palestine|PA PAN Panama|PG PNG Papua New Guinea
PY PRY Paraguay|PE PER Peru|PH PHL Philippines|PL POL Poland|PT PRT Portugal|PR PRI Puerto Rico
QA QAT Qatar|RO ROU Romania|RU RUS Russia|RW RWA Rwanda|KN KNA Saint Kitts and Nevis
LC LCA Saint Lucia|VC VCT Saint Vincent and the Grenadines|WS WSM Samoa|SM SMR San Marino
ST STP Sao Tome and Principe|SA SAU Saudi Arabia|SN SEN Senegal|RS SRB Serbia|SC SYC Seychelles
SL SLE Sierra Leone|SG SGP Singapore|SK SVK Slovakia|SI SVN Slovenia|SB SLB Solomon Islands
SO SOM Somalia|ZA ZAF South Africa|KR KOR South Korea|SS SSD South Sudan|ES ESP Spain
LK LKA Sri Lanka|SD SDN Sudan|SR SUR Suriname|SE SWE Sweden|CH CHE Switzerland|SY SYR Syria
TW TWN Taiwan|TJ TJK Tajikistan|TZ TZA Tanzania|TH THA Thailand|TL TLS Timor-Leste|TG TGO Togo
TO TON Tonga|TT TTO Trinidad and Tobago|TN TUN Tunisia|TR TUR Turkey|TM TKM Turkmenistan
TV TUV Tuvalu|UG UGA Uganda|UA UKR Ukraine|AE ARE United Arab Emirates|GB GBR United Kingdom
US USA United States|UY URY Uruguay|UZ UZB Uzbekistan|VU VUT Vanuatu|VA VAT Vatican City
VE VEN Venezuela|VN VNM Vietnam|YE YEM Yemen|ZM ZMB Zambia|ZW ZWE Zimbabwe
"""
_ROWS = [row.split(" ", 2) for line in _TABLE.split("\n") for row in line.split("|") if row]

CODES = frozenset(code for two, three, _ in _ROWS for code in (two, three)) | {"UK", "EU"}
NAMES = frozenset(name.lower() for *_, name in _ROWS) | {
    "united states of america", "usa", "uk", "great britain", "england", "scotland", "wales",
    "northern ireland", "russian federation", "korea, republic of", "republic of korea",
    "viet nam", "czech republic", "holland", "the netherlands", "türkiye", "swaziland", "burma",
    "macedonia", "cabo verde", "côte d'ivoire", "cote d'ivoire", "iran, islamic republic of",
    "tanzania, united republic of", "bolivia, plurinational state of", "brunei darussalam",
    "venezuela, bolivarian republic of", "moldova, republic of", "syrian arab republic",
    "lao people's democratic republic", "congo, democratic republic of the", "macao", "réunion",
}  # fmt: skip
