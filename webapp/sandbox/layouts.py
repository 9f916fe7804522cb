"""The faces of the specimens: passport page, identity card, driving licence; invented designs of no country."""

from datetime import date

from PIL import Image, ImageDraw

from .mrz import Holder, td1, td3
from .paper import INK, LABEL, drawn, entry, font, ghost, overprint, palette, signature, write
from .people import Person

PAGE, CARD = (1000, 704), (1000, 630)
_DISCLAIMER = "SANDBOX SPECIMEN · NOT A DOCUMENT · ISSUED BY NOBODY · "
_WHITE = (255, 255, 255)


def _day(day: date) -> str:
    return f"{day:%d %b %Y}".upper()


def holder(person: Person, number: str = "") -> Holder:
    """The person as the machine-readable zone knows him."""
    return Holder(
        last=person.last, given=person.given, number=number or person.number, issuer=person.country.zone,
        nationality=person.nationality.zone, dob=person.dob, sex=person.sex, expiry=person.expiry,
        optional=person.personal_number if person.document == "passport" else "",
    )  # fmt: skip


def _zone(picture: Image.Image, pen: ImageDraw.ImageDraw, lines: tuple[str, ...], top: int) -> None:
    """The machine-readable zone on its pale strip, letters spread over the full width."""
    pen.rectangle((0, top, picture.width, picture.height), fill=(246, 246, 241))
    face = font("mono", 36 if len(lines[0]) == 44 else 46)
    step = (picture.width - 80) / len(lines[0])
    line_height = (picture.height - top - 20) / len(lines)
    for row, line in enumerate(lines):
        y = top + 10 + row * line_height + (line_height - face.size) / 2 - 4
        for column, letter in enumerate(line):
            pen.text((40 + column * step, y), letter, font=face, fill=INK)


def _edge(picture: Image.Image, pen: ImageDraw.ImageDraw, y: int) -> None:
    write(pen, (0, y), _DISCLAIMER * 8, 9, face="plain", ink=LABEL)


def _portrait(picture: Image.Image, face: Image.Image, at: tuple[int, int], width: int) -> None:
    scaled = face.resize((width, int(width * face.height / face.width)), Image.Resampling.LANCZOS)
    rounded = Image.new("L", scaled.size)
    ImageDraw.Draw(rounded).rounded_rectangle((0, 0, scaled.width - 1, scaled.height - 1), 10, fill=255)
    picture.paste(scaled, at, rounded)


def _band(picture: Image.Image, pen: ImageDraw.ImageDraw, person: Person, title: str) -> None:
    pen.rectangle((0, 0, picture.width, 78), fill=palette(person.country.iso2)[3])
    write(pen, (36, 22), title, 30, ink=_WHITE, width=520)
    place = person.country.name.upper()
    size = 21 if len(place) < 26 else 15
    write(
        pen, (picture.width - 36 - int(font("plain", size).getlength(place)), 28), place, size, face="plain", ink=_WHITE
    )


def passport(person: Person, face: Image.Image) -> Image.Image:
    """The data page, 125 x 88 mm, with a TD3 zone."""

    def draw(picture: Image.Image, pen: ImageDraw.ImageDraw) -> None:
        deep = palette(person.country.iso2)[3]
        write(pen, (40, 26), "PASSPORT", 36, ink=deep)
        write(pen, (252, 40), "PASSEPORT", 19, face="plain", ink=deep)
        write(pen, (40, 74), person.country.name.upper(), 21, ink=deep, width=290)
        ghost(picture, face, (806, 356), 140, deep)
        _portrait(picture, face, (40, 116), 300)
        left, wide = 374, 590
        entry(pen, (left, 24), "Type / Type", "P")
        entry(pen, (left + 120, 24), "Code / Code", person.country.zone)
        entry(pen, (left + 300, 24), "Passport no. / N° du passeport", person.number, width=290)
        entry(pen, (left, 94), "Surname / Nom", person.last.upper(), size=29, width=wide)
        entry(pen, (left, 162), "Given names / Prénoms", person.given.upper(), size=29, width=wide)
        entry(pen, (left, 230), "Nationality / Nationalité", person.nationality.name.upper(), width=wide)
        entry(pen, (left, 294), "Date of birth / Date de naissance", _day(person.dob))
        entry(pen, (left + 300, 294), "Personal no. / N° personnel", person.personal_number, width=250)
        entry(pen, (left, 358), "Sex / Sexe", person.sex)
        entry(
            pen,
            (left + 110, 358),
            "Place of birth / Lieu de naissance",
            (person.town or "Sampletown").upper(),
            width=310,
        )
        entry(pen, (left, 422), "Date of issue / Date de délivrance", _day(person.issued))
        entry(pen, (left, 486), "Date of expiry / Date d’expiration", _day(person.expiry))
        entry(pen, (left + 270, 486), "Authority / Autorité", "SPECIMEN OFFICE", size=20, width=160)
        signature(pen, (left + 280, 430, left + 420, 476), person.face)
        overprint(picture, 128)
        _zone(picture, pen, td3(holder(person)), 560)
        _edge(picture, pen, 550)

    return drawn(PAGE, person.country.iso2, 0, draw)


def card_front(person: Person, face: Image.Image) -> Image.Image:
    """Front of an identity card, 85.6 x 54 mm."""

    def draw(picture: Image.Image, pen: ImageDraw.ImageDraw) -> None:
        _band(picture, pen, person, "IDENTITY CARD")
        ghost(picture, face, (806, 392), 150, palette(person.country.iso2)[3])
        _portrait(picture, face, (36, 104), 300)
        left, wide = 372, 592
        entry(pen, (left, 104), "Surname", person.last.upper(), size=30, width=wide)
        entry(pen, (left, 172), "Given names", person.given.upper(), size=30, width=wide)
        entry(pen, (left, 244), "Sex", person.sex)
        entry(pen, (left + 100, 244), "Nationality", person.nationality.iso3)
        entry(pen, (left + 270, 244), "Date of birth", _day(person.dob))
        entry(pen, (left, 314), "Place of birth", (person.town or "Sampletown").upper(), width=390)
        entry(pen, (left, 384), "Card number", person.number, width=400)
        entry(pen, (left, 454), "Issued", _day(person.issued))
        entry(pen, (left + 210, 454), "Valid until", _day(person.expiry))
        signature(pen, (60, 512, 310, 572), person.face)
        write(pen, (60, 582), "Signature of the holder", 14, face="plain", ink=LABEL)
        overprint(picture, 124)
        _edge(picture, pen, 614)

    return drawn(CARD, person.country.iso2, 1, draw)


def card_back(person: Person, number: str) -> Image.Image:
    """Back of an identity card with a TD1 zone; `number` is the person's, or another when sides shall differ."""

    def draw(picture: Image.Image, pen: ImageDraw.ImageDraw) -> None:
        entry(pen, (40, 40), "Address", person.address.upper(), size=23, width=560)
        write(pen, (40, 86), f"{person.postcode} {person.town}".strip().upper(), 23, width=560)
        entry(pen, (40, 136), "Height", f"{person.height} cm")
        entry(pen, (230, 136), "Colour of eyes", "SEE PHOTO", size=22)
        entry(pen, (40, 208), "Authority", "SPECIMEN OFFICE", size=22)
        entry(pen, (40, 280), "Card number", number, width=400)
        pen.rounded_rectangle((700, 60, 860, 190), 16, fill=(214, 184, 112), outline=(150, 122, 60), width=3)
        for y in (103, 147):
            pen.line((700, y, 860, y), fill=(150, 122, 60), width=3)
        pen.line((780, 60, 780, 190), fill=(150, 122, 60), width=3)
        overprint(picture, 110, angle=14)
        _zone(picture, pen, td1(holder(person, number)), 394)
        _edge(picture, pen, 384)

    return drawn(CARD, person.country.iso2, 2, draw)


def licence_front(person: Person, face: Image.Image) -> Image.Image:
    """Front of a driving licence; numbered fields as drivers know them."""

    def draw(picture: Image.Image, pen: ImageDraw.ImageDraw) -> None:
        _band(picture, pen, person, "DRIVING LICENCE")
        ghost(picture, face, (812, 410), 140, palette(person.country.iso2)[3])
        _portrait(picture, face, (36, 104), 290)
        left, wide = 362, 600
        entry(pen, (left, 100), "1. Surname", person.last.upper(), size=29, width=wide)
        entry(pen, (left, 164), "2. Given names", person.given.upper(), size=29, width=wide)
        entry(
            pen,
            (left, 230),
            "3. Date and place of birth",
            f"{_day(person.dob)}  {(person.town or 'Sampletown').upper()}",
            width=wide,
        )
        entry(pen, (left, 294), "4a. Issued", _day(person.issued))
        entry(pen, (left + 200, 294), "4b. Expires", _day(person.expiry))
        entry(pen, (left + 400, 294), "4c. Authority", "SPECIMEN OFFICE", size=20, width=200)
        entry(pen, (left, 358), "5. Licence number", person.number, width=420)
        entry(pen, (left, 422), "8. Address", person.address.upper(), size=22, width=430)
        write(pen, (left, 466), f"{person.postcode} {person.town}".strip().upper(), 22, width=430)
        entry(pen, (left, 510), "9. Categories", "AM  B")
        entry(pen, (left + 200, 510), "Sex", person.sex)
        entry(pen, (left + 300, 510), "Height", f"{person.height} cm")
        signature(pen, (50, 496, 290, 560), person.face)
        write(pen, (50, 578), "7. Signature of the holder", 14, face="plain", ink=LABEL)
        overprint(picture, 124)
        _edge(picture, pen, 614)

    return drawn(CARD, person.country.iso2, 3, draw)


def licence_back(person: Person, number: str) -> Image.Image:
    """Back of a driving licence: the table of categories and the number again."""

    def draw(picture: Image.Image, pen: ImageDraw.ImageDraw) -> None:
        for column, text in ((60, "9."), (300, "10. From"), (520, "11. Until"), (740, "12. Codes")):
            write(pen, (column, 44), text, 18, face="plain", ink=LABEL)
        for row, category in enumerate(("AM", "A", "B", "C", "D", "BE")):
            y = 78 + row * 62
            pen.line((40, y, picture.width - 40, y), fill=LABEL, width=1)
            write(pen, (60, y + 16), category, 26)
            held = category in {"AM", "B"}
            write(pen, (300, y + 18), _day(person.issued) if held else "—", 22, ink=INK if held else LABEL)
            write(pen, (520, y + 18), _day(person.expiry) if held else "—", 22, ink=INK if held else LABEL)
        pen.line((40, 450, picture.width - 40, 450), fill=LABEL, width=1)
        entry(pen, (60, 480), "5. Licence number", number, width=420)
        entry(pen, (60, 546), "Holder", person.full.upper(), size=22, width=560)
        _bars(pen, (640, 476), number)
        overprint(picture, 118, angle=14)
        _edge(picture, pen, 614)

    return drawn(CARD, person.country.iso2, 4, draw)


def _bars(pen: ImageDraw.ImageDraw, at: tuple[int, int], number: str) -> None:
    """A striped strip that looks like a bar code and encodes nothing."""
    x = at[0]
    pen.rectangle((x - 14, at[1] - 10, 966, at[1] + 110), fill=_WHITE)
    for index in range(92):
        width = 1 + (ord(number[index % len(number)]) * (index + 3) >> 2) % 4
        if index % 2 == 0 and x + width < 954:
            pen.rectangle((x, at[1], x + width - 1, at[1] + 100), fill=INK)
        x += width + 1
