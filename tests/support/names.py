"""Names of many scripts, and what hostile people put into them; the same thousand every time."""

# ruff: noqa: E501 - specimens, one a line

import random
import re

ALPHABETS = {
    "latin": "abcdefghijklmnopqrstuvwxyzàéîõüñçßøłšžāęıðþæœ", "vietnamese": "ạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹđ",
    "greek": "αβγδεζηθικλμνξοπρστυφχψωάέήίόύώ", "cyrillic": "абвгдежзийклмнопрстуфхцчшщъыьэюяіїєґўјљњћџ",
    "armenian": "աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆ", "georgian": "აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ",
    "hebrew": "אבגדהוזחטיכלמנסעפצקרשתךםןףץ", "arabic": "ابتثجحخدذرزسشصضطظعغفقكلمنهويىءآأؤإئةپچژگیک",
    "syriac": "ܐܒܓܕܗܘܙܚܛܝܟܠܡܢܣܥܦܨܩܪܫܬ", "thaana": "ހށނރބޅކއވމފދތލގޏސޑ", "nko": "ߊߋߌߍߎߏߐߑߒߓߔߕ",
    "devanagari": "कखगघचछजझटठडढणतथदधनपफबभमयरलवशषसह", "bengali": "কখগঘচছজঝটঠডঢণতথদধনপফবভমযরলশষসহ",
    "gurmukhi": "ਕਖਗਘਚਛਜਝਟਠਡਢਣਤਥਦਧਨਪਫਬਭਮਯਰਲਵਸਹ", "gujarati": "કખગઘચછજઝટઠડઢણતથદધનપફબભમયરલવશષસહ",
    "odia": "କଖଗଘଚଛଜଝଟଠଡଢଣତଥଦଧନପଫବଭମଯରଲଶଷସହ", "tamil": "கஙசஞடணதநபமயரலவழளறன", "telugu": "కఖగఘచఛజఝటఠడఢణతథదధనపఫబభమయరలవశషసహ",
    "kannada": "ಕಖಗಘಚಛಜಝಟಠಡಢಣತಥದಧನಪಫಬಭಮಯರಲವಶಷಸಹ", "malayalam": "കഖഗഘചഛജഝടഠഡഢണതഥദധനപഫബഭമയരലവശഷസഹ",
    "sinhala": "කඛගඝචඡජඣටඨඩඪණතථදධනපඵබභමයරලවශෂසහ", "thai": "กขคงจฉชซญดตถทธนบปผฝพฟภมยรลวศษสหอฮ", "lao": "ກຂຄງຈສຊຍດຕຖທນບປຜຝພຟມຢຣລວຫອຮ",
    "khmer": "កខគឃងចឆជឈញដឋឌឍណតថទធនបផពភមយរលវសហឡអ", "burmese": "ကခဂဃငစဆဇဈညဋဌဍဎဏတထဒဓနပဖဗဘမယရလဝသဟဠအ",
    "tibetan": "ཀཁགངཅཆཇཉཏཐདནཔཕབམཙཚཛཝཞཟའཡརལཤསཧཨ", "ethiopic": "ሀለሐመሠረሰሸቀበተቸኀነኘአከኸወዐዘዠየደጀገጠጨጰጸፀፈፐ", "mongolian": "ᠠᠡᠢᠣᠤᠥᠦᠨᠪᠫᠬᠭᠮᠯᠰᠱᠲᠳᠴᠵᠶᠷ",
    "han": "李王张刘陈杨黄赵周吴徐孙马胡朱郭何林高罗龍鬱𠮷髙﨑㐂", "kana": "あいうえおかきくけこアイウエオカキクケコー",
    "hangul": "김이박최정강조윤장임한오서신권황안송류홍뷁", "emoji": "😀🎉👍🇳🇱❤⚖✅", "cherokee": "ᎠᎡᎢᎣᎤᎥᎦᎧᎨᎩ", "tifinagh": "ⴰⴱⴳⴷⴹⴻⴼⴽⵀⵃⵄⵅ",
    "adlam": "𞤀𞤁𞤂𞤃𞤄𞤅𞤢𞤣𞤤𞤥", "javanese": "ꦲꦤꦕꦫꦏꦢꦠꦱꦮꦭ", "yi": "ꀀꀁꀂꀃꀄꀅ", "vai": "ꔀꔁꔂꔃꔄ", "osage": "𐒰𐒱𐒲𐒳𐒴", "math": "𝓜𝓪𝕄𝖆",
}  # fmt: skip
MARKS = {
    "latin": "\u0301\u0308\u0323\u0327", "hebrew": "\u05b8\u05bc\u05c1", "arabic": "\u064b\u064e\u0651", "devanagari": "ािीुूेैोौं्", "bengali": "ািীুূেৈোৌং্",
    "gurmukhi": "ਾਿੀੁੂੇੈੋੌੰ੍", "gujarati": "ાિીુૂેૈોૌં્", "odia": "ାିୀୁୂେୈୋୌଂ୍", "tamil": "ாிீுூெேைொோௌ்", "telugu": "ాిీుూెేైొోౌం్",
    "kannada": "ಾಿೀುೂೆೇೈೊೋೌಂ್", "malayalam": "ാിീുൂെേൈൊോൌം്", "sinhala": "ාැෑිීුූෙේෛොෝෞ්", "thai": "ัิีึืุู่้๊๋์ำ", "lao": "ັິີຶືຸູ່້ຳ",
    "khmer": "ាិីឹឺុូួើេែៃោៅ្ំះ", "burmese": "ါာိီုူေဲံ့းျြွှ", "tibetan": "ིེོུྲྱ",
}  # fmt: skip
HOSTILE = (
    "=1+1", "@SUM(A1)", "<script>", "\u202e", "\u2066", "\u200b", "\u200d", "\u00ad", "\x00", "\x1b", "\ufeff", "\ue000", "\U000e0041", "\ufe0f", "(", ")", "[",
    "\u3164", "\ud800", "\U0010ffff", "\u0378", "\U00030000", "'", '"', "\\", "%", "\u00a0", "\u2028",
)  # fmt: skip


RUNS = (
    "=1+1", "=cmd|'/C calc'!A0", '=DDE("cmd";"/C calc";"x")', '=HYPERLINK("http://evil.example/";"x")', "+1+1",
    "-2+3+cmd|'/C calc'!A0", "@SUM(1+1)*cmd|'/C calc'!A0", "\t=1+1", "\r=1+1", "\n=1+1", "\r\n@SUM(A1)", " =1+1", "\u00a0=1+1",
    "\u3000=1+1", "\ufeff=1+1", "\u200b=1+1", "\u202e=1+1", "\x1f=1+1", "\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20SUM(A1)",
    "''=1+1", '"=1+1', "{=1+1}", "Anna;=cmd|'/C calc'!A0;", 'Anna";=cmd|\'/C calc\'!A0;"', "Anna\t=cmd|'/C calc'!A0",
    "Anna\n=cmd|'/C calc'!A0", 'Anna",=1+1,"', 'Anna\r\n"=1+1', "Anna; \u200b+1", "<script>alert(1)</script>",
    "<c><f>1+1</f></c>", "]]></t></is></c><c><f>1+1</f></c>", "_x003D_1+1", "&#61;1+1", "file:///etc/passwd",
    "http://evil.example/", "javascript:alert(1)", "1E5", "00123", "TRUE", "sep=;", "\x01\x02\x07\x0b\x0c\x1b[31m",
    "\x85\u2028\u2029", "\ufffe\uffff",
)  # fmt: skip
"""What spreadsheets, browsers and XML readers may take for more than text, at the beginning and in the middle."""
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def thousand() -> list[str]:
    """A thousand names, every script among them."""
    chance = random.Random(1042)
    return [" ".join(_word(chance, script) for script in _scripts(chance, number)) for number in range(1000)]


def hostile_thousand() -> list[str]:
    """A thousand names of every script, four in five with something hostile before, after or between, a few very long."""
    chance = random.Random(6)
    made = []
    for number, name in enumerate(thousand()):
        plain = _UNSTORABLE.sub("\ufffd", name)  # nothing in the database has these: what takes text in replaces them
        sign = RUNS[number % len(RUNS)]
        worse = (sign + plain, plain, plain + sign, sign, f"{plain[:3]}{sign}{plain[3:]}")[number // len(RUNS) % 5]
        made.append(worse * 60 if chance.random() < 0.02 else worse)
    return made


def _scripts(chance: random.Random, number: int) -> list[str]:
    names = list(ALPHABETS)
    first = names[number % len(names)]
    return [first, first if number % 3 else chance.choice(names)]


def _word(chance: random.Random, script: str) -> str:
    letters = []
    for _ in range(chance.randint(1, 9)):
        letters.append(chance.choice(ALPHABETS[script]))
        if script in MARKS and chance.random() < 0.5:
            letters.append(chance.choice(MARKS[script]))
        if chance.random() < 0.04:
            letters.append(chance.choice(HOSTILE))
    return "".join(letters)
