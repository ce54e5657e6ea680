"""What the rubrics have to beat: a list of keywords, and word counts with logistic regression."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qa.model import Conversation, Language, SpeakerRole

_KEYWORDS: dict[Language, dict[str, tuple[str, ...]]] = {
    "en": {
        "opening.greeting": ("hello", "good morning", "good afternoon", "thank you for calling", "welcome"),
        "opening.name": ("my name is", "this is", "speaking"),
        "opening.offer_help": ("how can i help", "how may i help", "what can i do for you"),
        "compliance.recording_notice": ("recorded", "monitored"),
        "compliance.verify_identity": ("date of birth", "account number", "address", "postcode", "confirm your name"),
        "compliance.no_secret_request": ("pin", "password", "cvv", "one-time code", "passcode"),
        "compliance.no_guarantee": ("guarantee", "promise", "100 percent", "definitely"),
        "compliance.no_abuse": ("stupid", "idiot", "your fault", "shut up"),
        "empathy.acknowledge": ("i understand", "frustrating", "must be", "i can imagine"),
        "empathy.apology": ("sorry", "apologise", "apologize"),
        "empathy.ownership": ("i will", "i'll", "let me"),
        "listening.probing": ("when did", "what happened", "which", "how long"),
        "listening.confirm_understanding": ("just to confirm", "so you", "let me read", "is that right"),
        "hold.permission": ("put you on hold", "hold for"),
        "hold.thanks": ("thank you for holding", "thanks for holding", "thank you for waiting"),
        "resolution.solution": ("refund", "replace", "i have", "i've", "you can"),
        "resolution.timeframe": ("hours", "days", "tomorrow", "by friday", "week"),
        "resolution.confirm": ("does that resolve", "does that help", "are you happy with"),
        "resolution.escalation": ("supervisor", "manager", "complaints team"),
        "closing.further_help": ("anything else",),
        "closing.thanks": ("thank you for calling", "goodbye", "have a good day", "bye"),
    },
    "zh": {
        "opening.greeting": ("您好", "你好", "早上好", "欢迎致电"),
        "opening.name": ("我是", "工号", "我叫"),
        "opening.offer_help": ("请问有什么可以帮", "有什么可以帮", "请讲"),
        "compliance.recording_notice": ("录音",),
        "compliance.verify_identity": ("身份证", "姓名", "手机号", "地址", "核实"),
        "compliance.no_secret_request": ("密码", "验证码", "安全码"),
        "compliance.no_guarantee": ("保证", "绝对", "百分之百", "肯定"),
        "compliance.no_abuse": ("笨", "傻", "有病", "活该"),
        "empathy.acknowledge": ("理解您", "着急", "心情", "换作是我"),
        "empathy.apology": ("抱歉", "对不起", "不好意思"),
        "empathy.ownership": ("我帮您", "我来", "我马上"),
        "listening.probing": ("什么时候", "怎么回事", "哪个", "多久"),
        "listening.confirm_understanding": ("您是说", "跟您确认", "对吗"),
        "hold.permission": ("请稍等", "稍等"),
        "hold.thanks": ("久等", "感谢您的等待"),
        "resolution.solution": ("退款", "换", "已经", "可以"),
        "resolution.timeframe": ("小时", "工作日", "明天", "天内"),
        "resolution.confirm": ("解决了吗", "清楚了吗", "可以吗"),
        "resolution.escalation": ("主管", "经理", "投诉"),
        "closing.further_help": ("还有其他", "还有什么"),
        "closing.thanks": ("感谢您的来电", "再见", "祝您"),
    },
}
_NEVER = ("compliance.no_secret_request", "compliance.no_guarantee", "compliance.no_abuse")


def by_keywords(call: Conversation, language: Language, criteria: Sequence[str]) -> dict[str, str]:
    """Met when the agent says one of the words; for what must never be said the other way round."""
    said = _said(call, SpeakerRole.AGENT, SpeakerRole.IVR)
    outcomes = {}
    for criterion in criteria:
        heard = any(word in said for word in _KEYWORDS[language].get(criterion, ()))
        outcomes[criterion] = "met" if heard != (criterion in _NEVER) else "not_met"
    return outcomes


def by_word_counts(
    trained_on: Sequence[tuple[Conversation, Mapping[str, str]]], calls: Sequence[Conversation], language: Language
) -> list[dict[str, str]]:
    """Outcomes by logistic regression over TF-IDF of each side's words, one model a criterion."""
    from scipy.sparse import hstack
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    options = {"analyzer": "char", "ngram_range": (1, 3)} if language == "zh" else {"ngram_range": (1, 2)}
    sides = ((SpeakerRole.AGENT, SpeakerRole.IVR), (SpeakerRole.CUSTOMER,))
    vectorizers = [TfidfVectorizer(min_df=2, sublinear_tf=True, **options) for _ in sides]
    train = hstack(
        [v.fit_transform(_said(c, *side) for c, _ in trained_on) for v, side in zip(vectorizers, sides, strict=True)]
    ).tocsr()
    test = hstack([v.transform(_said(c, *side) for c in calls) for v, side in zip(vectorizers, sides, strict=True)])
    found: list[dict[str, str]] = [{} for _ in calls]
    for criterion in trained_on[0][1]:
        labels = [given[criterion] for _, given in trained_on]
        if len(set(labels)) == 1:
            guesses = [labels[0]] * len(calls)
        else:
            model = LogisticRegression(C=10.0, max_iter=1000, class_weight="balanced").fit(train, labels)
            guesses = [str(guess) for guess in model.predict(test)]
        for outcomes, guess in zip(found, guesses, strict=True):
            outcomes[criterion] = guess
    return found


def _said(call: Conversation, *roles: SpeakerRole) -> str:
    return "\n".join(turn.text for turn in call.by_role(*roles)).lower()
