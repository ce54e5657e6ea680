"""Calls of a few lines, each with what one criterion of service-core.en is to say of it."""

from __future__ import annotations

OPENING = "A: Good morning, Brightwater Energy, this is Helen, how can I help?"
REASON = "C: Hi, I would like to ask about the smart meter appointment I have next week please."
ANGRY = "C: I am absolutely furious, the engineer never turned up and I lost a whole day of work over it."

CASES: list[tuple[str, str, tuple[str, ...]]] = [
    # opening.greeting
    ("opening.greeting", "met", (OPENING, REASON)),
    ("opening.greeting", "met", ("A: thank you for calling velvet air my name is tom", REASON)),
    ("opening.greeting", "met", ("A: hello", "A: this is oakfield council", REASON)),
    ("opening.greeting", "partially_met", ("A: Hello, how can I help?", REASON)),
    ("opening.greeting", "partially_met", ("A: Brightwater Energy, account number please.", REASON)),
    ("opening.greeting", "not_met", ("A: Yeah?", REASON)),
    ("opening.greeting", "not_met", ("I: Welcome to Brightwater Energy.", "A: Yes, go ahead.", REASON)),
    ("opening.greeting", "not_met", ("A: Yes?", REASON, "A: Good morning, Brightwater Energy.")),  # too late
    # opening.name
    ("opening.name", "met", (OPENING, REASON)),
    ("opening.name", "met", ("A: northgate bank priya speaking what can i do for you", REASON)),
    ("opening.name", "met", ("A: Hello, you're speaking with Omar, how may I help?", REASON)),
    ("opening.name", "not_met", ("A: Good morning, this is Brightwater Energy, how can I help?", REASON)),
    (
        "opening.name",
        "not_met",
        ("A: Hello, how can I help?", "C: My name is Susan and I have a question about a bill."),
    ),
    ("opening.name", "not_met", ("A: Hello, we're here to help.", REASON, "A: By the way, my name is Helen.")),
    # opening.offer_help
    ("opening.offer_help", "met", (OPENING, REASON)),
    ("opening.offer_help", "met", ("A: Harbour Hotel, what brings you to us today?", REASON)),
    ("opening.offer_help", "met", ("A: hello its tom what seems to be the problem", REASON)),
    ("opening.offer_help", "not_met", ("A: Brightwater. Account number?", REASON)),
    (
        "opening.offer_help",
        "not_met",
        ("A: Brightwater.", "C: You could say how can I help you, you know, it costs nothing."),
    ),
    ("opening.offer_help", "not_met", ("A: Brightwater.", REASON, "A: And what can I do for you?")),
    # compliance.recording_notice
    ("compliance.recording_notice", "met", ("A: Hello, calls are recorded for training.", REASON)),
    ("compliance.recording_notice", "met", ("I: This call may be monitored.", OPENING, REASON)),
    ("compliance.recording_notice", "met", ("A: hi this is tom on a recorded line what can i do for you", REASON)),
    ("compliance.recording_notice", "not_met", (OPENING, REASON)),
    (
        "compliance.recording_notice",
        "not_met",
        (OPENING, "C: This call is being recorded, isn't it?", "A: What is your question?"),
    ),
    ("compliance.recording_notice", "not_met", ("A: Hello, this call is not recorded, how can I help?", REASON)),
    (
        "compliance.recording_notice",
        "not_met",
        (
            OPENING,
            REASON,
            "A: Your account number please?",
            "C: Four four one two nine.",
            "A: This call is recorded by the way.",
        ),
    ),
    # compliance.verify_identity
    (
        "compliance.verify_identity",
        "met",
        (
            OPENING,
            REASON,
            "A: Can I take your full name and date of birth?",
            "C: Ann Lee, fourth of May eighty.",
            "A: Thank you. Your appointment is on the ninth and your account is in credit.",
        ),
    ),
    (
        "compliance.verify_identity",
        "partially_met",
        (
            OPENING,
            REASON,
            "A: What is your account number?",
            "C: Four four one.",
            "A: Your account is forty pounds in arrears.",
        ),
    ),
    (
        "compliance.verify_identity",
        "partially_met",
        (
            OPENING,
            REASON,
            "A: Your bill was sixty pounds.",
            "C: Oh.",
            "A: Your name and postcode please?",
            "C: Ann Lee, B one.",
        ),
    ),
    (
        "compliance.verify_identity",
        "not_met",
        (OPENING, REASON, "A: I can see your account is forty pounds in arrears."),
    ),
    (
        "compliance.verify_identity",
        "not_met",
        (
            OPENING,
            "C: My name is Ann Lee, what do I owe?",
            "A: Your balance is forty pounds.",
        ),  # volunteered, not checked
    ),
    ("compliance.verify_identity", "not_applicable", (OPENING, REASON, "A: Smart meters are free for everybody.")),
    (
        "compliance.verify_identity",
        "met",
        (
            OPENING,
            REASON,
            "A: Name and postcode?",
            "C: Kyle Benning, DH1 3LE. I don't know why I bother.",  # refuses nothing that was asked
            "A: Your account's forty pounds in credit.",
        ),
    ),
    (
        "compliance.verify_identity",
        "not_met",
        (OPENING, REASON, "A: Your number's come through. You're booked for the twenty-second."),
    ),
    # compliance.no_secret_request
    ("compliance.no_secret_request", "met", (OPENING, REASON, "A: What are the last four digits of your card?")),
    (
        "compliance.no_secret_request",
        "met",
        (OPENING, "C: Do I have to give you my PIN?", "A: No, never give your PIN to anybody."),
    ),
    ("compliance.no_secret_request", "met", (OPENING, REASON, "A: We will never ask you for your full password.")),
    (
        "compliance.no_secret_request",
        "met",
        (OPENING, REASON, "A: The second and fifth letter of your password please."),
    ),
    ("compliance.no_secret_request", "not_met", (OPENING, REASON, "A: Read me the six digit code we just texted you.")),
    (
        "compliance.no_secret_request",
        "not_met",
        (OPENING, REASON, "A: what is the security code on the back of the card"),
    ),
    (
        "compliance.no_secret_request",
        "not_met",
        (OPENING, REASON, "A: And what's your password so I can log in for you?"),
    ),
    # compliance.no_guarantee
    ("compliance.no_guarantee", "met", (OPENING, REASON, "A: I can't guarantee that it arrives before Friday.")),
    (
        "compliance.no_guarantee",
        "met",
        (OPENING, "C: So it will come, one hundred percent guaranteed?", "A: It usually does."),
    ),
    ("compliance.no_guarantee", "met", (OPENING, REASON, "A: It is still under guarantee, so the repair is free.")),
    ("compliance.no_guarantee", "not_met", (OPENING, REASON, "A: I guarantee you will have it back by Friday.")),
    ("compliance.no_guarantee", "not_met", (OPENING, REASON, "A: it will never happen again you have my word")),
    ("compliance.no_guarantee", "not_met", (OPENING, REASON, "A: You'll get it, a hundred per cent.")),
    # compliance.no_abuse
    ("compliance.no_abuse", "met", (OPENING, "C: You are an idiot.", "A: I am sorry that you feel that way.")),
    ("compliance.no_abuse", "met", (OPENING, "C: It's my own stupid fault.", "A: It is not your fault at all.")),
    ("compliance.no_abuse", "not_met", (OPENING, REASON, "A: You should have read the letter.")),
    ("compliance.no_abuse", "not_met", (OPENING, REASON, "A: That's your own fault, to be honest.")),
    ("compliance.no_abuse", "not_met", (OPENING, REASON, "A: are you deaf i said no")),
    (
        "compliance.no_abuse",
        "not_met",
        (OPENING, ANGRY, "A: If you do not cooperate you only are responsible for the loss."),
    ),
    (
        "compliance.no_abuse",
        "not_met",
        (OPENING, ANGRY, "A: Course you didn't read it. It's always the ones who shout."),
    ),
    ("compliance.no_abuse", "met", (OPENING, ANGRY, "A: You are not responsible for the loss, we are.")),
    # empathy.acknowledge
    ("empathy.acknowledge", "met", (OPENING, ANGRY, "A: I can imagine how frustrating that must have been.")),
    ("empathy.acknowledge", "met", (OPENING, ANGRY, "A: anybody would be cross after losing a day like that")),
    (
        "empathy.acknowledge",
        "met",
        (OPENING, ANGRY, "A: Right.", "C: Well?", "A: No wonder you are upset."),
    ),  # second turn
    ("empathy.acknowledge", "partially_met", (OPENING, ANGRY, "A: I understand. Account number?")),
    ("empathy.acknowledge", "partially_met", (OPENING, ANGRY, "A: I am sorry. Your account number?")),
    ("empathy.acknowledge", "not_met", (OPENING, ANGRY, "A: What is your account number?")),
    (
        "empathy.acknowledge",
        "not_met",  # the third turn is too late
        (
            OPENING,
            ANGRY,
            "A: Number?",
            "C: Four.",
            "A: Street?",
            "C: High Street.",
            "A: That must have been so frustrating.",
        ),
    ),
    ("empathy.acknowledge", "not_applicable", (OPENING, REASON, "A: Certainly.")),
    # empathy.apology
    ("empathy.apology", "met", (OPENING, ANGRY, "A: I'm so sorry that nobody came.")),
    ("empathy.apology", "met", (OPENING, ANGRY, "A: we apologise for the trouble this has caused you")),
    ("empathy.apology", "not_met", (OPENING, ANGRY, "A: Sorry, what was the number?")),
    ("empathy.apology", "not_met", (OPENING, ANGRY, "A: Thank you for holding, sorry for the wait.")),
    ("empathy.apology", "not_met", (OPENING, ANGRY, "A: When was it?", "C: Sorry for shouting, it was on Monday.")),
    ("empathy.apology", "not_applicable", (OPENING, REASON, "A: It is on the ninth.")),
    # empathy.ownership
    ("empathy.ownership", "met", (OPENING, ANGRY, "A: I'll arrange another visit for you myself.")),
    ("empathy.ownership", "met", (OPENING, ANGRY, "A: leave it with me")),
    ("empathy.ownership", "not_met", (OPENING, ANGRY, "A: I can't arrange another visit.")),
    ("empathy.ownership", "not_met", (OPENING, ANGRY, "A: Let me know if it happens again.")),
    (
        "empathy.ownership",
        "not_met",
        (OPENING, ANGRY, "A: That is another department.", "C: Then I'll call them myself."),
    ),
    ("empathy.ownership", "not_applicable", (OPENING, REASON, "A: The office opens at nine every day.")),
    ("empathy.ownership", "met", (OPENING, ANGRY, "A: So yours I'm releasing now.")),
    ("empathy.ownership", "not_met", (OPENING, ANGRY, "A: I'm calling about your bill.")),
    # listening.probing
    ("listening.probing", "met", (OPENING, ANGRY, "A: Did anybody ring you beforehand?")),
    ("listening.probing", "met", (OPENING, ANGRY, "A: what time were you told they would come")),
    ("listening.probing", "not_met", (OPENING, ANGRY, "A: What's your account number?")),
    ("listening.probing", "not_met", (OPENING, ANGRY, "A: Is there anything else?")),
    ("listening.probing", "not_met", (OPENING, ANGRY, "A: It's in the book.", "C: What time was it then?")),
    ("listening.probing", "not_met", (OPENING, ANGRY, "A: Library?")),  # a word with a mark asks nothing
    # listening.confirm_understanding
    (
        "listening.confirm_understanding",
        "met",
        (OPENING, ANGRY, "A: So the engineer never turned up and you lost a day of work."),
    ),
    ("listening.confirm_understanding", "met", (OPENING, ANGRY, "A: Just to confirm what you have told me so far.")),
    (
        "listening.confirm_understanding",
        "met",
        (OPENING, "C: My meter reading is four four one nine two.", "A: Four four one nine two, thank you."),
    ),
    (
        "listening.confirm_understanding",
        "not_met",
        (OPENING, ANGRY, "A: There is a visit on the screen for the third."),
    ),
    (
        "listening.confirm_understanding",
        "not_met",
        (OPENING, ANGRY, "A: Hm.", "C: Have you got that right?", "A: Yes."),
    ),
    # hold.permission
    (
        "hold.permission",
        "met",
        (OPENING, REASON, "A: May I put you on hold for a minute?", "C: Yes.", "30s", "A: Hello again."),
    ),
    (
        "hold.permission",
        "met",
        (OPENING, REASON, "A: Bear with me while I check the diary.", "20s", "A: It is on the ninth."),
    ),
    ("hold.permission", "partially_met", (OPENING, REASON, "A: One moment.", "20s", "A: It is on the ninth.")),
    ("hold.permission", "not_met", (OPENING, REASON, "A: Right.", "25s", "C: Hello, are you there?", "A: Yes.")),
    (
        "hold.permission",
        "not_applicable",
        (OPENING, REASON, "A: One moment.", "5s", "A: It is on the ninth."),
    ),  # under 10 s
    (
        "hold.permission",
        "not_applicable",
        (OPENING, "C: Hold on, let me get my glasses.", "A: Of course.", "30s", "C: Back."),
    ),
    # hold.thanks
    ("hold.thanks", "met", (OPENING, REASON, "A: One moment.", "20s", "A: Thanks for hanging on.")),
    ("hold.thanks", "met", (OPENING, REASON, "A: One moment.", "20s", "A: sorry to keep you waiting it is the ninth")),
    ("hold.thanks", "not_met", (OPENING, REASON, "A: One moment.", "20s", "A: It is on the ninth.")),
    (
        "hold.thanks",
        "not_met",
        (OPENING, REASON, "A: One moment.", "20s", "C: Thanks for waiting, you say?", "A: It is the ninth."),
    ),
    ("hold.thanks", "not_applicable", (OPENING, REASON, "A: It is on the ninth.")),
    # resolution.solution
    ("resolution.solution", "met", (OPENING, ANGRY, "A: I've rebooked the visit for Tuesday.")),
    ("resolution.solution", "met", (OPENING, REASON, "A: You can move it in the app, under appointments.")),
    (
        "resolution.solution",
        "partially_met",
        (
            OPENING,
            ANGRY,
            "A: I've rebooked the visit.",
            "C: And the lost day?",
            "A: I'm afraid we can't do anything about that.",
        ),
    ),
    (
        "resolution.solution",
        "not_met",
        (OPENING, ANGRY, "A: There is nothing I can do, they will look at it as soon as possible."),
    ),
    (
        "resolution.solution",
        "not_met",
        (OPENING, ANGRY, "A: Hm.", "C: You could have refunded me and sent a replacement."),
    ),
    ("resolution.solution", "not_met", (OPENING, ANGRY, "A: It went on the van at six.")),  # a fact mends no trouble
    (
        "resolution.solution",
        "met",
        (OPENING, REASON, "A: The engineer comes on Tuesday."),
    ),  # but answers a question
    # resolution.timeframe
    ("resolution.timeframe", "met", (OPENING, ANGRY, "A: My manager will call you back by five tomorrow.")),
    ("resolution.timeframe", "met", (OPENING, ANGRY, "A: you'll receive the refund within three working days")),
    (
        "resolution.timeframe",
        "not_met",
        (OPENING, ANGRY, "A: Somebody will call you back.", "C: When?", "A: As soon as they can."),
    ),
    ("resolution.timeframe", "not_applicable", (OPENING, REASON, "A: It is on the ninth.")),
    (
        "resolution.timeframe",
        "not_applicable",
        (OPENING, REASON, "A: Anything else?", "C: I will call you back tomorrow."),
    ),
    (
        "resolution.timeframe",
        "met",
        (OPENING, ANGRY, "A: I'm putting you down for Pat's first call tomorrow."),
    ),
    ("resolution.timeframe", "not_met", (OPENING, ANGRY, "A: It'll be looked at.")),
    # resolution.confirm
    ("resolution.confirm", "met", (OPENING, ANGRY, "A: I have moved it. Does that resolve it for you?", "C: Yes.")),
    ("resolution.confirm", "met", (OPENING, ANGRY, "A: are you happy with that", "C: yes")),
    ("resolution.confirm", "not_met", (OPENING, ANGRY, "A: Is there anything else I can help with?", "C: No.")),
    (
        "resolution.confirm",
        "not_met",
        (OPENING, ANGRY, "A: Bye.", "C: They always ask: does that answer your question?"),
    ),
    # resolution.escalation
    (
        "resolution.escalation",
        "met",
        (OPENING, "C: I want to speak to your supervisor.", "A: I'll put you through to her now."),
    ),
    (
        "resolution.escalation",
        "met",
        (OPENING, "C: I'll go to the ombudsman.", "A: Let me log a formal complaint for you first."),
    ),
    (
        "resolution.escalation",
        "not_met",
        (OPENING, "C: I want to speak to your supervisor.", "A: There is no supervisor here."),
    ),
    ("resolution.escalation", "not_met", (OPENING, "C: I'm switching to another company.", "A: That's up to you.")),
    ("resolution.escalation", "not_applicable", (OPENING, REASON, "A: My supervisor says it is on the ninth.")),
    (
        "resolution.escalation",
        "not_met",
        (OPENING, "C: I'm off to one of your rivals on Monday.", "A: Understood."),
    ),
    (
        "resolution.escalation",
        "met",
        (OPENING, "C: Then I'm going to the papers.", "A: Let me bring in my team leader for you."),
    ),
    (
        "resolution.escalation",
        "not_met",
        (OPENING, "C: Get me your manager.", "A: The manager's off today."),
    ),
    # closing.further_help
    ("closing.further_help", "met", (OPENING, REASON, "A: Is there anything else I can do for you?", "C: No.")),
    ("closing.further_help", "met", (OPENING, REASON, "A: any other questions", "C: no")),
    (
        "closing.further_help",
        "not_met",
        (OPENING, REASON, "A: On the ninth.", "C: Is there anything else I need to do?", "A: No."),
    ),
    ("closing.further_help", "not_met", (OPENING, REASON, "A: There's nothing else I can do for you.", "C: Right.")),
    # closing.thanks
    (
        "closing.thanks",
        "met",
        (OPENING, REASON, "A: On the ninth.", "C: Thanks.", "A: Thank you for calling, goodbye."),
    ),
    ("closing.thanks", "met", (OPENING, REASON, "A: On the ninth.", "C: Thanks.", "A: take care now")),
    ("closing.thanks", "not_met", (OPENING, REASON, "A: On the ninth.", "C: Thank you, have a nice day.", "A: Yep.")),
    ("closing.thanks", "not_scored", (OPENING, REASON, "A: On the ninth, and", "C: Forget it, I'm done, bye.")),
]
