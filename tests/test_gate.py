"""The gate of ingest: what is no Arabic article is told apart, and no article of ours is lost."""

from __future__ import annotations

import pickle
import re
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from marsad.corpus import Corpus
from marsad.dataset import look
from marsad.fault import DataError
from marsad.ingest import settings as settings_file
from marsad.ingest.gate import MEASURES, Gate
from marsad.ingest.settings import read_settings
from marsad.letters import Letters
from marsad.passage import clean
from marsad.rooms import Rooms

ARABIC = """اختتم وزراء خارجية دول المنطقة اجتماعهم في العاصمة أمس بعد يومين من المشاورات
حول أمن الملاحة
وقال المتحدث باسم الوزارة إن المشاركين اتفقوا على عقد لقاء آخر قبل نهاية العام في مدينة لم تحدد بعد
وأضاف أن الوفود ناقشت كذلك ملف الطاقة وأسعار الحبوب التي ارتفعت منذ الصيف وأثرت في موازنات كثيرة
ورأى مراقبون أن اللقاء لم يخرج بنتيجة ملموسة لكنه أبقى باب الحوار مفتوحا بين أطراف متباعدة"""
PERSIAN = """وزیران امور خارجه کشورهای منطقه دیروز پس از دو روز گفت‌وگو نشست خود را در
پایتخت به پایان بردند
سخنگوی وزارتخانه گفت که شرکت کنندگان توافق کردند تا پیش از پایان سال نشست دیگری برگزار کنند
او افزود که هیئت‌ها درباره انرژی و قیمت غلات که از تابستان افزایش یافته است نیز گفت و گو کردند
ناظران بر این باورند که این دیدار نتیجه روشنی نداشت اما راه گفت‌وگو میان طرف‌ها را باز نگه داشت"""
URDU = """خطے کے ممالک کے وزرائے خارجہ نے دو روزہ مشاورت کے بعد گزشتہ روز دارالحکومت میں
اپنا اجلاس ختم کیا
وزارت کے ترجمان نے کہا کہ شرکاء نے سال کے اختتام سے پہلے ایک اور اجلاس بلانے پر اتفاق کیا ہے
انہوں نے کہا کہ وفود نے توانائی اور اناج کی قیمتوں پر بھی بات کی جو گرمیوں سے بڑھ رہی ہیں
مبصرین کا خیال ہے کہ اس ملاقات کا کوئی واضح نتیجہ نہیں نکلا لیکن بات چیت کا دروازہ کھلا رہا"""
SORANI = """وەزیرانی دەرەوەی وڵاتانی ناوچەکە دوێنێ دوای دوو ڕۆژ لە گفتوگۆ کۆبوونەوەکەیان
لە پایتەخت کۆتایی پێ هێنا
وتەبێژی وەزارەت ڕایگەیاند کە بەشداربووان لەسەر ئەوە ڕێککەوتن کە پێش کۆتایی ساڵ کۆبوونەوەیەکی تر بکەن
هەروەها گوتی کە شاندەکان باسی وزە و نرخی دانەوێڵەیان کرد کە لە هاوینەوە بەرز بووەتەوە
چاودێران پێیان وایە کە ئەم دیدارە ئەنجامێکی ڕوونی نەبوو بەڵام دەرگای گفتوگۆی بە کراوەیی هێشتەوە"""
PASHTO = """د سیمې د هېوادونو د بهرنیو چارو وزیرانو پرون د دوو ورځو خبرو وروسته په
پلازمېنه کې خپله غونډه پای ته ورسوله
د وزارت ویاند وویل چې ګډونوالو هوکړه وکړه چې د کال تر پایه به بله غونډه جوړه کړي
هغه زیاته کړه چې پلاوو د انرژۍ او د غلو د بیو په اړه هم خبرې وکړې چې له دوبي راهیسې لوړې شوې دي
کتونکي وايي چې دې لیدنې څرګنده پایله نه لرله خو د خبرو دروازه یې خلاصه پرېښوده"""
UYGHUR = """رايون دۆلەتلىرىنىڭ تاشقى ئىشلار مىنىستىرلىرى تۈنۈگۈن ئىككى كۈنلۈك سۆھبەتتىن
كېيىن پايتەختتە يىغىنىنى ئاخىرلاشتۇردى
مىنىستىرلىكنىڭ باياناتچىسى قاتناشقۇچىلار يىل ئاخىرىدىن بۇرۇن يەنە بىر يىغىن ئېچىشقا
كېلىشتى دەپ ئېيتتى
ئۇ يەنە ۋەكىللەر ئۆمىكىنىڭ ئېنېرگىيە ۋە ئاشلىق باھاسى توغرىسىدا سۆھبەت ئۆتكۈزگەنلىكىنى بىلدۈردى
كۆزەتكۈچىلەر بۇ ئۇچرىشىشنىڭ ئېنىق نەتىجىسى بولمىدى ئەمما سۆھبەت ئىشىكى ئوچۇق قالدى دەپ قارايدۇ
بۇ خەۋەر بىلەن مۇناسىۋەتلىك باشقا ئۇچۇرلار كېيىن ئېلان قىلىنىدۇ ئۇلار بىر قانچە كۈن ئىچىدە چىقىدۇ"""
SINDHI = """علائقي جي ملڪن جي پرڏيهي وزيرن ٻن ڏينهن جي ڳالهين کان پوءِ ڪالهه راڄڌاني ۾
پنهنجو اجلاس ختم ڪيو
وزارت جي ترجمان چيو ته شريڪ ٿيندڙن سال جي پڄاڻي کان اڳ ٻيو اجلاس ڪوٺائڻ تي اتفاق ڪيو آهي
هن وڌيڪ چيو ته وفدن توانائي ۽ اناج جي قيمتن تي به ڳالهايو جيڪي اونهاري کان وڌي رهيون آهن
مبصرن جو خيال آهي ته ان ملاقات جو ڪو چٽو نتيجو نه نڪتو پر ڳالهين جو دروازو کليل رهيو"""
HEBREW = (
    "שרי החוץ של מדינות האזור סיימו אתמול את פגישתם בבירה לאחר יומיים של התייעצויות על ביטחון " * 5
)
ENGLISH = """The foreign ministers of the region ended their meeting in the capital
yesterday after two days
of talks on the security of shipping and agreed to meet again before the end of the year
in a city that
has not been named while the delegations also spoke of energy and of the price of grain
that has gone up
since the summer and has weighed on many budgets of poorer states as observers of the
region have noted"""
EGYPTIAN = """الراجل ده قال إن الحكومة مش هتزود سعر العيش دلوقتي عشان الناس تعبانة ومفيش
حد قادر يستحمل حاجة تانية
وأنا لسه مش عارف هما عايزين إيه بالظبط من الموضوع ده اللي كل يوم بنسمع عنه كلام جديد
واللي حصل امبارح في البرلمان ما كانش متوقع خالص والنواب قعدوا يتخانقوا لحد نص الليل
وفي الآخر طلعوا قالوا إحنا اتفقنا على كل حاجة وبرضه محدش فهم حاجة من اللي اتقال"""
MOROCCAN = """الناس ديال المدينة القديمة بغاو يعرفو علاش الما تقطع عليهم هاد السيمانة
كاملة وما كاين حتى واحد جاوبهم
واش المسؤولين غادي يجيو يشوفو الحالة ديال الزناقي ولا غير الهضرة الخاوية بحال ديما
حنا صبرنا بزاف ودابا كاين الناس اللي باغين يمشيو للعمالة باش يهضرو مع الوالي نيشان
وشي وحدين قالو باللي هادشي راه مشكل قديم وماشي غير ديال هاد العام وخاصو حل"""
LEVANTINE = """شو بدنا نعمل اليوم والكهربا مقطوعة من مبارح بالليل وما حدا عم يرد علينا من الشركة
هيك صار كل أسبوع وكل مرة بيقولوا بكرا رح نصلحها وبكرا ما بيجي أبدا يا جماعة
الولاد عم يدرسوا ع ضو الشمعة والامتحانات صارت عالأبواب ونحنا مو قادرين ندفع حق المازوت
هيدي البلد كتير حلوة بس العيشة فيها صارت صعبة والشباب كلن عم يفكروا كيف بدن يسافروا"""
POEM = """على قدر أهل العزم تأتي العزائم
وتأتي على قدر الكرام المكارم
وتعظم في عين الصغير صغارها
وتصغر في عين العظيم العظائم
يكلف سيف الدولة الجيش همه
وقد عجزت عنه الجيوش الخضارم
ويطلب عند الناس ما عند نفسه
وذلك ما لا تدعيه الضراغم
يفدي أتم الطير عمرا سلاحه
نسور الفلا أحداثها والقشاعم"""
KEYWORDS = ["أخبار", "عاجل", "روسيا", "الصين", "اليوم", "مباشر", "الآن", "فيديو", "صور", "حصري"]
MENU = "الرئيسية\nأخبار\nرياضة\nاقتصاد\nثقافة\nصحة\nفيديو\nاتصل بنا\nمن نحن\nسياسة الخصوصية"
LOREM = (
    "هذا النص هو مثال لنص يمكن أن يستبدل في نفس المساحة لقد تم توليد هذا النص من مولد النص العربي"
)


def presented(text: str) -> str:
    """A text in presentation forms, as some extractors of PDF give it."""
    forms = dict(zip("اوديرنملكفقعسشحجثتبهةصطذزأإى", "ﺍﻭﺩﻳﺭﻧﻣﻟﻛﻓﻗﻋﺳﺷﺣﺟﺛﺗﺑﻫﺓﺻﻁﺫﺯﺃﺇﻯ", strict=True))
    return "".join(forms.get(letter, letter) for letter in text)


def keywords(number: int) -> str:
    """So many words in no order, of few kinds."""
    return " ".join(KEYWORDS[at] for at in np.random.default_rng(3).integers(0, 10, number))


def sprinkled(text: str, mark: str, every: int) -> str:
    return "".join(part + mark for part in re.findall(rf"(?s).{{1,{every}}}", text))


TABLE = "\n".join(f"{n} . {n * 37 % 100}.{n} % , {n + 2000} / {n * 7} نقطة" for n in range(60))
NAMES = "\n".join(
    f"سمير يوسف نادر {first}" for first in ["كريم", "بدر", "هاني", "فادي", "زياد"] * 8
)
QUOTED = ARABIC + "\nوجاء في البيان الأصلي: «" + PERSIAN.split("\n")[0] + "» كما ورد."
LATIN = (
    ARABIC + "\nوشاركت شركات Huawei Technologies وGazprom Neft وChina National Petroleum في اللقاء."
)

GOOD = {
    "plain": ARABIC,
    "diacritics": sprinkled(ARABIC, "\u064e", 1),
    "tatweel": ARABIC.replace("ا", "اـ").replace("م", "ـــم"),
    "presentation forms": presented(ARABIC),
    "a Persian quotation": QUOTED,
    "Latin names": LATIN,
    "Persian kaf and ya": ARABIC.replace("ك", "ک").replace("ي", "ی"),
    "Egyptian": EGYPTIAN,
    "Moroccan": MOROCCAN,
    "Levantine": LEVANTINE,
    "a poem": POEM,
    "a few marks": sprinkled(ARABIC, "\u200f", 60),
    "two French names": ARABIC + "\nوقال André Müller إن ذلك صحيح.",
}
BAD = {
    "nothing": ("", "too_short: words 0"),
    "a headline": ("اختتام اجتماع وزراء الخارجية", "too_short: words 4"),
    "a menu": (MENU, "too_short"),
    "a book": (" ".join([ARABIC] * 220), "too_long: words"),
    "Persian": (PERSIAN, "language: ar"),
    "Persian typed in Arabic letters": (
        PERSIAN.replace("ک", "ك").replace("ی", "ي"),
        "language: ar",
    ),
    "Persian without joiners": (PERSIAN.replace("\u200c", " "), "language: ar"),
    "Urdu": (URDU, "language: ar"),
    "Urdu typed in Arabic letters": (URDU.replace("ک", "ك").replace("ی", "ي"), "language: ar"),
    "Sorani": (SORANI, "language: ar"),
    "Pashto": (PASHTO, "language: ar"),
    "Uyghur": (UYGHUR, "language: ar"),
    "Sindhi": (SINDHI, "language: ar"),
    "Hebrew": (HEBREW, "language: ar"),
    "English": (ENGLISH, "language: ar"),
    "Russian": (
        "Министры иностранных дел завершили встречу в столице после переговоров " * 6,
        "language",
    ),
    "Chinese words": (
        "外交部长 会议 首都 安全 能源 粮食 价格 夏天 预算 观察员 " * 5,
        "language: ar",
    ),
    "Arabic backwards": ("\n".join(line[::-1] for line in ARABIC.split("\n")), "language: ar"),
    "half Persian": (PERSIAN + "\n" + ARABIC.split("\n")[0], "language: ar"),
    "names alone": (NAMES, "language: ar"),
    "UTF-8 as Windows-1252": (
        ARABIC.encode().decode("cp1252", "replace"),
        "quality: mojibake",
    ),
    "UTF-8 as Windows-1256": (ARABIC.encode().decode("cp1256", "replace"), "quality: mojibake"),
    "UTF-8 as Latin-1": (ARABIC.encode().decode("latin-1"), "controls: invisible"),
    "Windows-1256 as Latin-1": (ARABIC.encode("cp1256").decode("latin-1"), "quality: mojibake"),
    "what no encoding read": (ARABIC.replace("ال", "\ufffd\ufffd"), "quality: mojibake"),
    "question marks": (re.sub(r"\w", "?", ARABIC) + "\n" + ARABIC[:300], "quality: symbols"),
    "a table": (TABLE, "quality: symbols"),
    "keywords": (keywords(200), "quality: variety"),
    "one paragraph again and again": ("\n".join([LOREM] * 6), "quality: "),
    "one article twice": (ARABIC + "\n" + ARABIC, "quality: repeated_runs"),
    "base64": (ARABIC + "\n" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo" * 3, "quality: longest_word"),
    "letters apart": (" ".join(ARABIC.replace(" ", "")), "language: ar"),
    "words together": (
        re.sub(r"(\w+) (\w+) (\w+)", r"\1\2\3", "\n".join([ARABIC, EGYPTIAN, LEVANTINE])),
        "quality: mean_word",
    ),
    "half English": (ARABIC + "\n" + ENGLISH, "quality: arabic"),
    "overrides": (sprinkled(ARABIC, "\u202e", 20), "controls: overrides"),
    "isolates": (sprinkled(ARABIC, "\u2067\u2069", 20), "controls: overrides"),
    "zero-width spaces": (sprinkled(ARABIC, "\u200b", 3), "controls: invisible"),
    "direction marks": (sprinkled(ARABIC, "\u200f\u200e", 12), "controls: invisible"),
    "control codes": (sprinkled(ARABIC, "\x00\x07", 10), "controls: invisible"),
    "tags": (sprinkled(ARABIC, "\U000e0041", 9), "controls: invisible"),
}


@pytest.fixture(scope="module")
def gate(home: Rooms) -> Gate:
    return Gate.of(read_settings(settings_file.room(home)))


def batch(texts: list[str], pages: list[str] | None = None) -> pa.RecordBatch:
    columns = {"text": pages or texts, "clean": texts, "fault": [None] * len(texts)}
    return pa.RecordBatch.from_pydict({k: pa.array(v, pa.string()) for k, v in columns.items()})


def test_no_article_of_the_dataset_is_refused(gate: Gate, corpus: Corpus) -> None:
    views = [look(one, corpus.gold[one.article_id]) for one in corpus.articles]
    texts = [clean(one.article.raw, one.labels).text for one in views]
    found = gate(batch(texts, [one.article.raw for one in views]))
    assert found["fault"].null_count == len(texts) > 260
    assert set(found["language"].to_pylist()) == {"ar"}
    measures = found["measures"].to_pylist()
    assert all(0.6 < one["body"] <= 1 for one in measures)
    assert max(one["mojibake"] for one in measures) < 0.003


def test_long_texts_are_no_less_varied(gate: Gate, corpus: Corpus) -> None:
    raws = [one.raw for one in corpus.articles]
    longer = ["\n".join(raws[at : at + 30]) for at in range(0, 240, 30)]
    assert gate(batch(longer))["fault"].to_pylist() == [None] * 8


@pytest.mark.parametrize("name", GOOD)
def test_arabic_in_all_its_forms_is_let_in(gate: Gate, name: str) -> None:
    found = gate(batch([GOOD[name]]))
    assert found["fault"].to_pylist() == [None]
    assert found["language"].to_pylist() == ["ar"]


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_article_is_refused(gate: Gate, name: str) -> None:
    text, told = BAD[name]
    (fault,) = gate(batch([text]))["fault"].to_pylist()
    assert fault is not None
    assert fault.startswith(told)
    assert "threshold" in fault


def test_the_language_is_told(gate: Gate) -> None:
    texts = [ARABIC, PERSIAN, URDU, SORANI, PASHTO, UYGHUR, SINDHI, ENGLISH, HEBREW]
    other = ["other"] * 6
    assert gate(batch(texts))["language"].to_pylist() == ["ar", "fa", "ur", *other]


def test_a_page_is_measured_alike_alone_and_among_others(gate: Gate) -> None:
    texts = [*GOOD.values(), *(text for text, _ in BAD.values()), ""]
    together = gate(batch(texts))
    for at, text in enumerate(texts):
        alone = gate(batch([text]))
        for name in ("fault", "language", "measures"):
            assert alone[name][0] == together[name][at]
    assert gate(batch([])).num_rows == 0


def test_a_page_with_a_fault_is_left_alone(gate: Gate) -> None:
    page = {"text": [None, ARABIC], "clean": [None, ARABIC], "fault": ["empty: 0 bytes", None]}
    given = pa.RecordBatch.from_pydict({k: pa.array(v, pa.string()) for k, v in page.items()})
    found = pickle.loads(pickle.dumps(gate))(given, Letters.of(["", ARABIC]))
    assert found["fault"].to_pylist() == ["empty: 0 bytes", None]
    assert found["language"].to_pylist() == [None, "ar"]
    assert found["measures"][0].as_py() is None
    assert list(found["measures"][1].as_py()) == list(MEASURES)


def test_a_teaser_in_a_page_of_links_is_refused(gate: Gate) -> None:
    (fault,) = gate(batch([ARABIC], [ARABIC + "\n" + MENU * 200]))["fault"].to_pylist()
    assert fault is not None
    assert fault.startswith("quality: body 0.0")


def test_hidden_marks_outside_the_article_count(gate: Gate) -> None:
    (fault,) = gate(batch([ARABIC], [ARABIC + "\n" + "\u202e" * 40]))["fault"].to_pylist()
    assert fault is not None
    assert fault.startswith("controls: overrides")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('baseline = "', 'recipe = "', "unknown key 'recipe'"),
        ("least_words = 40", "least_words = '40'", "least_words is '40'"),
        ("least_words = 40", "least_words = -1", "least_words is -1"),
        ("shingle = 3\n", "", "shingle"),
        ("[events]", "[occasions]", "no [events]"),
        ('is = "ar"', 'is = "arabic"', "is 'arabic'"),
        ("least_score = 0.15", "least_score = 0.15\nmore = 1", "unknown key 'more'"),
        ('typed = ["کك", "یي"]', 'typed = ["ک"]', "typed is"),
        ("article = []", 'article = ["والبال"]', "article is"),
        ("[quality]", "[quality", "not TOML"),
        ("[structure]", "extra = 1\n[structure]", "unknown key 'extra'"),
    ],
)
def test_settings_of_another_form_are_refused(
    home: Rooms, tmp_path: Path, old: str, new: str, told: str
) -> None:
    text = (settings_file.room(home) / settings_file.FILE).read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / settings_file.FILE
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataError, match=re.escape(told)):
        read_settings(tmp_path)
