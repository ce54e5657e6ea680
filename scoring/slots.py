"""What a phrase may leave open: ``{amount}``, ``{days}``, ``{date}``, ``{time}``, ``{number}``, and the names of the call.

Written in the phrase language of :mod:`scoring.patterns`, spoken and written forms of both languages. An entry of the same
name in a rubric's ``words`` goes before them.
"""

from __future__ import annotations

import regex

from qa.model import Call, Language

NAMES = ("agent_name", "customer_name")
_MAX_NAME_CHARACTERS = 60
_HAN = regex.compile(r"[㐀-鿿]")

_EN = {
    "_w": (
        "zero|oh|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|"
        "seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million"
    ),
    "_n": r"\d[\d,]*([.]\d+)?|(a )?{_w}( (and )?{_w})*",
    "_h": r"\d\d?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve",
    "_first": "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth",
    "_teenth": (
        "tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|"
        "thirtieth|(twenty|thirty) {_first}"
    ),
    "_month": (
        "january|february|march|april|may|june|july|august|september|october|november|december|"
        "jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec"
    ),
    "_day": r"\d\d?(st|nd|rd|th)?|{_first}|{_teenth}",
    "number": "{_n}",
    "amount": (
        "[$£€¥] ?{_n}( (thousand|million|k|m))?|"
        "{_n} (dollars?|bucks?|pounds?|quid|euros?|yuan|rmb|cents?|pence|usd|gbp|eur|cny)( (and )?{_n}( (cents?|pence))?)?"
    ),
    "days": "({_n}((-|–| to | or | and ){_n})?|a) (more |full )?(business |working |calendar )?days?",
    "date": (
        r"\d{4}-\d\d?-\d\d?|\d\d?/\d\d?(/\d{2,4})?|{_month} (the )?({_day})( \d{4})?|(the )?({_day}) (of )?{_month}( \d{4})?|"
        r"the (\d\d?(st|nd|rd|th)|{_teenth})|(mon|tues|wednes|thurs|fri|satur|sun)day|today|tonight|tomorrow"
    ),
    "time": (
        r"\d\d?[:.]\d\d( ?(am|pm|a[.]?m|p[.]?m))?|({_h}) ?(am|pm|a[ .]m|p[ .]m|o'clock)|"
        "(half|quarter|{_n})( minutes?)? (past|to|after) ({_h})|"
        "({_h}) (oh |o )?(five|ten|fifteen|twenty|thirty|forty|fifty)( five)?|noon|midday|midnight"
    ),
    "agent_name": "[a-z][a-z-]+( [a-z][a-z-]+)?",
    "customer_name": "[a-z][a-z-]+( [a-z][a-z-]+)?",
}
_ZH = {
    "_d": "[零〇一二三四五六七八九十百千万亿两幺点半]",
    "_n": r"\d[\d,]*([.]\d+)?|{_d}+",
    "number": "{_n}",
    "amount": r"[¥$] ?\d[\d,]*([.]\d+)?|({_n}) ?[万千百]?多?(元|块钱|块|圆|毛|角|美元|人民币)",
    "days": "({_n})((到|至|-|~|—|或)({_n}))?多?个?(工作日|自然日|天|日(?!期))",
    "date": (
        r"\d{4}-\d\d?-\d\d?|(({_n})年)?({_n})月(份|({_n})[号日])|({_n})[号日](?!线|期|码)|大?后天|今天|明天|"
        "(这|本|下)*个?(周|星期|礼拜)[一二三四五六日天1-7]|(月|年)(底|初)"
    ),
    "time": (
        r"\d\d?:\d\d|(上午|下午|早上|晚上|中午|凌晨|傍晚|今晚|明早)?({_n}) ?(点钟?|时)(半|整|一刻|三刻|({_n})分?)?|"
        "中午|半夜"
    ),
    "agent_name": "[㐀-鿿]{1,4}",
    "customer_name": "[㐀-鿿]{1,4}",
}
SLOTS: dict[Language, dict[str, str]] = {"en": _EN, "zh": _ZH}
"""Slots by name. A name that the call data do not give may be any: one or two words, one to four characters."""


def names_of(call: Call, language: Language) -> dict[str, tuple[str, ...]]:
    """The forms in which the names of the call data are said; ``customer_name`` is a further column of the manifest."""
    given = {"agent_name": call.agent_name, "customer_name": call.tags.get("customer_name")}
    forms = _chinese_forms if language == "zh" else _english_forms
    return {
        slot: said
        for slot, name in given.items()
        if name and len(name) <= _MAX_NAME_CHARACTERS and (said := forms(" ".join(name.split())))
    }


def _english_forms(name: str) -> tuple[str, ...]:
    words = [word for word in regex.findall(r"[\w'-]+", name.lower()) if len(word) > 1]
    return tuple(dict.fromkeys([" ".join(words), words[0], words[-1]])) if words else ()


def _chinese_forms(name: str) -> tuple[str, ...]:
    if not _HAN.match(name):
        return (name.lower(),)
    given = [name[1:]] if len(name) == 3 else []
    called = [prefix + name[0] for prefix in "小老"] + [
        name[0] + title for title in ("先生", "女士", "小姐", "经理", "老师")
    ]
    return (name, *given, *called)
