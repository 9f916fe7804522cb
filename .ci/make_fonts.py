"""Makes webapp/exports/fonts from the packages that its README names: `python .ci/make_fonts.py <unpacked packages> <target>`.

Needs fonttools. Hints are left out (paper has no pixel grid), and of the large fonts only what no other has is kept.
"""

import hashlib
import sys
from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

DEBIAN = "usr/share/fonts/truetype/noto"
NPM = "package/400Regular"
ASCII = set(range(0x20, 0x7F))
"""All that references and hashes are written in; the monospaced font needs no more."""
SCRIPTS = """Arabic Hebrew Devanagari Bengali Gurmukhi Gujarati Oriya Tamil TamilSupplement Telugu Kannada Malayalam Sinhala
 Thai Lao Khmer Myanmar Georgian Armenian Ethiopic Cherokee CanadianAboriginal Mongolian Thaana Syriac Tifinagh NKo Adlam
 Balinese Bamum Batak Buginese Buhid Chakma Cham Coptic Deseret GunjalaGondi HanifiRohingya Hanunoo Javanese Kaithi KayahLi
 Lepcha Limbu Lisu Mandaic MasaramGondi MeeteiMayek Miao Mro NewTaiLue Newa OlChiki Osage Osmanya PahawhHmong PauCinHau
 PhagsPa Rejang Samaritan Saurashtra Sharada SoraSompeng Sundanese SylotiNagri Tagalog Tagbanwa TaiLe TaiTham TaiViet Takri
 Vai Wancho WarangCiti Yi Gothic Runic Symbols""".split()


def main(source: Path, target: Path) -> None:
    """Write the fonts and fonts.toml."""
    have: set[int] = set()
    made: list[tuple[str, str, str]] = []

    def keep(name: str, path: Path, package: str, licence: str, only: set[int] | None = None) -> None:
        codes = (set(TTFont(path).getBestCmap()) if only is None else only) - (set() if only is None else have)
        if only is None or codes:
            write(path, target / name, codes)
            have.update(codes)
            made.append((name, package, licence))

    noto, ofl = "Debian fonts-noto-core 20201225-1", "OFL-1.1"
    keep("NotoSans-Regular.ttf", source / DEBIAN / "NotoSans-Regular.ttf", noto, ofl)
    keep("NotoSans-SemiBold.ttf", source / DEBIAN / "NotoSans-SemiBold.ttf", noto.replace("core", "extra"), ofl)
    write(source / DEBIAN / "NotoSansMono-Regular.ttf", target / "NotoSansMono-Regular.ttf", ASCII)
    made.append(("NotoSansMono-Regular.ttf", noto, ofl))
    for script in SCRIPTS:
        path = source / DEBIAN / f"NotoSans{script}-Regular.ttf"
        if path.exists():
            keep(path.name, path, noto, ofl)
    keep("NotoSerifTibetan-Regular.ttf", source / DEBIAN / "NotoSerifTibetan-Regular.ttf", noto, ofl)
    droid = source / "usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf"
    keep("DroidSansFallback.ttf", droid, "Debian fonts-droid-fallback 6.0.1r16-1.1", "Apache-2.0", codes_of(droid))
    for language in ("KR", "TC", "JP", "SC"):
        path = source / f"npm-{language.lower()}" / NPM / f"NotoSans{language}_400Regular.ttf"
        keep(
            f"NotoSans{language}-rest.ttf",
            path,
            f"npm @expo-google-fonts/noto-sans-{language.lower()} 0.4.3",
            ofl,
            codes_of(path),
        )
    emoji = source / "npm-emoji" / NPM / "NotoEmoji_400Regular.ttf"
    keep("NotoEmoji-Regular.ttf", emoji, "npm @expo-google-fonts/noto-emoji 0.4.7", ofl)
    for script in (
        "Math",
        "Symbols2",
        "Cuneiform",
        "EgyptianHieroglyphs",
        "AnatolianHieroglyphs",
        "LinearA",
        "LinearB",
    ):
        path = source / DEBIAN / f"NotoSans{script}-Regular.ttf"
        keep(f"NotoSans{script}-rest.ttf", path, noto, ofl, codes_of(path))
    for name in ("unifont", "unifont_upper"):
        path = source / f"usr/share/fonts/opentype/unifont/{name}.otf"
        rest = codes_of(path) - have
        pixels(path, target / f"{name}-rest.ttf", rest)
        have.update(rest)
        made.append((f"{name}-rest.ttf", "Debian fonts-unifont 15.0.01-2", ofl))
    listing(target, made)
    print(f"{len(have)} characters, {sum(path.stat().st_size for path in target.glob('*.ttf')) / 1e6:.1f} MB")  # noqa: T201


def codes_of(path: Path) -> set[int]:
    """The characters that a font has a glyph for."""
    return set(TTFont(path, lazy=True).getBestCmap())


def write(path: Path, target: Path, codes: set[int]) -> None:
    """The font with these characters, all that shaping makes of them, and no hints."""
    font = TTFont(path)
    options = Options(
        layout_features=["*"], hinting=False, notdef_outline=True, name_IDs=["*"], drop_tables=["+DSIG", "BASE"]
    )
    options.drop_tables += ["STAT", "vhea", "vmtx", "VORG", "gasp", "hdmx", "LTSH", "VDMX", "kern"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=codes)
    subsetter.subset(font)
    font.save(target)


def pixels(path: Path, target: Path, codes: set[int]) -> None:
    """A pixel font has straight lines only: its outlines are copied point by point."""
    source = TTFont(path)
    cmap, glyphs = source.getBestCmap(), source.getGlyphSet()
    names = [".notdef", *dict.fromkeys(cmap[code] for code in sorted(codes))]
    drawn, metrics = {}, {}
    for name in names:
        pen = TTGlyphPen(None)
        glyphs[name].draw(pen)
        drawn[name] = pen.glyph()
        metrics[name] = (glyphs[name].width, 0)
    builder = FontBuilder(source["head"].unitsPerEm, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({code: cmap[code] for code in codes})
    builder.setupGlyf(drawn)
    builder.setupHorizontalMetrics(metrics)
    builder.setupHorizontalHeader(ascent=source["hhea"].ascent, descent=source["hhea"].descent)
    builder.setupNameTable({"familyName": target.stem, "styleName": "Regular", "psName": target.stem})
    builder.setupOS2()
    builder.setupPost()
    builder.save(target)


def listing(target: Path, made: list[tuple[str, str, str]]) -> None:
    """The list of what is shipped, in the order in which a character's font is looked for."""
    lines = [
        "# Fonts of the reports, in the order in which a letter is looked for. tests/rules/test_fonts.py hashes them again.\n"
    ]
    for name, package, licence in made:
        digest = hashlib.sha256((target / name).read_bytes()).hexdigest()
        lines.append(f'[[font]]\nfile = "{name}"\npackage = "{package}"\nlicense = "{licence}"\nsha256 = "{digest}"\n')
    (target / "fonts.toml").write_text("\n".join(lines))


if __name__ == "__main__":
    Path(sys.argv[2]).mkdir(parents=True, exist_ok=True)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
