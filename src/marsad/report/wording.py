"""The Arabic wording of the report: what names in the data are called on the page."""

from __future__ import annotations

from marsad.label import Layer

TASKS = {
    "structure": ("بنية المقال", "أي أسطر الصفحة الخام عنوان، وأيها متن، وأيها خارج المقال؟"),
    "topic": ("الموضوع", "عن ماذا تتحدث الفقرة؟ لكل فقرة موضوع واحد أو أكثر."),
    "stance": ("الموقف", "هل صاحب الموقف في هذه الفقرة مؤيد للقضية أم معارض لها أم محايد؟"),
    "ner": (
        "الكيانات المسماة",
        "أين الكيانات المسماة في الفقرة، ومنها المتداخلة، وما نوع كل منها؟",
    ),
}
FIGURES = {
    "nested_f1": "F1 للكيانات، ومنها المتداخلة، بحدودها ونوعها تمامًا",
    "flat_f1": "F1 للكيانات الخارجية وحدها",
    "coarse_f1": "F1 بأربعة أنواع: شخص، مكان، منظمة، غير ذلك",
    "precision": "الدقة: ما صح مما أجاب به النظام",
    "recall": "الاستدعاء: ما وجده النظام مما في المرجع",
    "macro_f1": "متوسط F1 على الفئات (macro)",
    "micro_f1": "F1 على الوحدات كلها معًا (micro)",
    "exact_clean_text": "مقالات استُخرج نصها النظيف بلا خطأ",
}
SLICES = {
    "tier": "مصدر المقال",
    "genre": "نوع المقال",
    "event": "الحدث",
    "target": "القضية",
    "targets": "القضايا: في التدريب أم محجوبة عنه",
    "passage": "مواقف الفقرة",
    "mention": "ورود الكيان في نصوص التدريب",
    "length": "طول النص بالوحدات (tokens)",
    "evidence": "النفي في الشاهد",
}
VALUES = {
    "collected": "مجموع من المواقع",
    "authored": "مكتوب لهذه المجموعة",
    "ingested": "أُدخل من صفحات خام",
    "referenced": "محال إليه في مصدره",
    "news": "خبر",
    "analysis": "تحليل",
    "opinion": "رأي",
    "feature": "تقرير",
    "held_out": "محجوبة عن التدريب",
    "trained": "في التدريب",
    "mixed": "مواقف مختلفة",
    "one_label": "موقف واحد",
    "seen": "ورد",
    "unseen": "لم يرد",
    "negated": "فيه نفي",
    "plain": "بلا نفي",
}
KINDS = {
    "instead": "خلط بين تصنيفين",
    "boundary": "حدود خاطئة",
    "missed": "فات النظام",
    "added": "زاده النظام",
}
EDGES = {
    ("start", True): "زيادة في أوله",
    ("start", False): "نقص في أوله",
    ("end", True): "زيادة في آخره",
    ("end", False): "نقص في آخره",
}
FORMS = {
    "entity": "جزء من كيان آخر في المرجع",
    "mark": "علامة ترقيم وحدها",
    "number": "عدد بالأرقام",
    "and": "كلمة أولها واو",
    "definite": "كلمة معرفة بأل، كالنعت",
    "word": "كلمة أخرى",
}
SPLITS = {"train": "نصوص التدريب", "validation": "نصوص التحقق", "test": "نصوص الاختبار"}


def task(name: str) -> str:
    return TASKS[name][0] if name in TASKS else name


def value(name: str, layer: Layer) -> str | None:
    """What a slice's value is called: a target's name, or one of VALUES."""
    targets = {target.name: target.name_ar for target in layer.target}
    return targets.get(name) or VALUES.get(name)
