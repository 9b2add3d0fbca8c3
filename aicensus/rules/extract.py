"""Prompt text to the rules that it states, each with its exact place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from aicensus.rules.blocks import Block, blocks, vocabulary
from aicensus.rules.lexicon import Lexicon, default_lexicon
from aicensus.rules.limits import BUDGETS, limits
from aicensus.rules.words import Token, tokens

_END = re.compile(r"[.!?](?:[\"'”’)\]*_]*)(?=\s+(?:[\"'“„«(\[¿¡*_]*[^\W\d_a-zäöüß]|[\d$€£]|\x00|[\"“„]))|[.!?:](?=\s*\x00)")
_ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|etc|vs|no|approx|min|max|mr|mrs|ms|dr|inc|ltd|st|nr|z\.b|p\.m|a\.m|bzw|ca|usw|sr|sra|ej|art|p\.ej)|\b[A-Z])\.$", re.I)
_QUOTED = re.compile(r"\"[^\"\n]{0,400}\"|“[^”\n]{0,400}”|„[^“”\n]{0,400}[“”]|«[^»\n]{0,400}»")
_HOLE = re.compile(r"\{\{[^{}]*\}\}|\$?\{[^{}\n]*\}")
_MARKUP = re.compile(r"^[\s\x00*_`>\"'“„«]+|[\s\x00*_`]+$")
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(slots=True)
class Found:
    """A sentence that states a rule."""

    start: int
    end: int
    text: str
    kind: str
    subject: str
    forbidden: bool
    """It stands under a lead that forbids."""
    lead: str
    language: str


@dataclass(slots=True)
class _Candidate:
    block: Block
    start: int
    end: int
    text: str
    strength: int = 0
    """2: a rule by its own words; 1: a statement that is one among rules; 0: none; -1: never one."""


def language_of(text: str, lexicon: Lexicon) -> str:
    """The language most of whose small words a text uses: `en`, `de`, ...; `en` when there are too few words to tell, `?` for other scripts."""
    words = [word.lower() for word in _WORD.findall(text)]
    if words and sum(not word[0].isascii() and ord(word[0]) > 0x24F for word in words) > len(words) / 2:
        return "?"
    counts = {name: sum(word in common for word in words) for name, common in lexicon.language_words.items()}
    best = max(counts, key=lambda name: (counts[name], name == "en"))
    return best if counts[best] > counts["en"] and counts[best] >= 3 else "en"


ANALYSED = frozenset({"en", "de", "es", "fr"})


def extract(text: str, lexicon: Lexicon | None = None) -> list[Found]:
    """The rules of a prompt in order. A text in a language that is not analysed has none; see `language_of`."""
    lexicon = lexicon or default_lexicon()
    language = language_of(text, lexicon)
    if language not in ANALYSED:
        return []
    candidates = [c for block in blocks(text) if not _BACKGROUND.match(text, block.start) for c in _sentences(text, block)]
    for number, candidate in enumerate(candidates):
        candidate.strength = _strength(candidate, lexicon, language, first=number == 0)
    return [_found(c, lexicon, language) for c in _among_rules(candidates)]


_BACKGROUND = re.compile(r"(?:background|context|for reference|for your information|fyi|for context)\b(?! check)", re.I)


def _sentences(text: str, block: Block) -> Iterator[_Candidate]:
    piece = text[block.start : block.end]
    hidden = re.sub(r"\{%.*?%\}|\{#.*?#\}", lambda m: "\x00" * len(m[0]), piece, flags=re.DOTALL)
    closed = _QUOTED.sub(lambda m: "x" * len(m[0]) if not re.search(r"[.!?][\"”“»]$", m[0]) else "x" * (len(m[0]) - 2) + m[0][-2:], hidden)
    start = 0
    for match in _END.finditer(closed):
        if _ABBREVIATION.search(closed[start : match.end()]) and "\x00" not in closed[match.end() : match.end() + 2]:
            continue
        yield from _candidate(block, hidden, start, match.end())
        start = match.end()
    yield from _candidate(block, hidden, start, len(hidden))


def _candidate(block: Block, piece: str, start: int, end: int) -> Iterator[_Candidate]:
    for part in re.finditer(r"[^\x00]+", piece[start:end]):
        trimmed = _MARKUP.sub("", part[0])
        if len(trimmed) < 3:
            continue
        at = block.start + start + part.start() + part[0].index(trimmed)
        yield _Candidate(block, at, at + len(trimmed), trimmed)


_IF = re.compile(r"^(?:if|when|whenever|once|before|after|unless|as soon as|as long as|where|for|in|at|on|with|during|until|below|under|by default|normally|in case)\b[^,]*,\s*(?:then\s+)?", re.I)
_ADVERBS = re.compile(
    r"^(?:always|never|please|also|only|then|now|first|finally|instead|otherwise|however|therefore|additionally|importantly|note|remember|in addition"
    r"|you must|you should|you may|you can|you need to|you have to)[,:]?\s+",
    re.I,
)
_TASK = re.compile(
    r"\b(?:next (?:message|email|reply|answer|turn|mail|post|step)|(?:this|the) (?:following )?(?:customer |user |incoming |given )?(?:message|email|ticket|text|request|review|document|article"
    r"|conversation|transcript|call|case|question|claim|application|post|comment|lead|complaint|query|input|data|contract|report)(?: below| above| and| into|\.|$)|below|following|step by step|as input)\b",
    re.I,
)
_PAST = re.compile(r"^(?:[A-Z]\w+ ){1,3}(?:was|were|had|used to)\b")
_NORM = re.compile(
    r"\b(?:must|shall|should|never|always|may|can|cannot|can't|not|no|nobody|none|nothing|only|need|needs|require|requires|required|allowed|permitted|eligible"
    r"|entitled|prohibited|forbidden|mandatory|optional|unless|except|at least|at most|no more than|up to|maximum|minimum|off limits|have to|has to|without|don't|doesn't|won't|isn't|aren't"
    r"|qualify|qualifies|counts? as|valid|expires?|applies|apply)\b",
    re.I,
)
_STATEMENT = re.compile(
    r"\b(?:is|are|goes|go|gets|get|counts?|shows?|pays?|needs?|requires?|applies|apply|expires?|lasts?|stays?|has|have|depends?|becomes?|qualif(?:y|ies)|wins?|covers?|starts?|costs?|lapses?"
    r"|receives?|takes?|comes?|runs?|ends?|belongs?|includes?|excludes?|entitles?|sends?|triggers?|means?|remains?|keeps?|contains?|ships?|bears?|carr(?:y|ies)|decides?|signs?|approves?|handles?|owns?|reviews?|uses?|stops?|begins?|leads?|lies?|makes?|works?|closes?|opens?)\b",
    re.I,
)
_LIST_LINE = re.compile(r":\s*$")
_OUTPUT_LINE = re.compile(r"^(?:return|respond|output|answer|reply|provide|produce)\b.{0,60}\b(?:with|that has|containing|using)?\s*(?:the|these|this|following)?\s*(?:keys?|fields?|columns?|format|structure|schema|shape|properties)\b.{0,24}$", re.I)


def _strength(candidate: _Candidate, lexicon: Lexicon, language: str, *, first: bool) -> int:
    text = " ".join(_HOLE.sub(" X ", candidate.text).split())
    words = _WORD.findall(text)
    if len(words) < 2 or text.endswith("?") or _LIST_LINE.search(text) or _QUOTED.fullmatch(text.strip(". ")):
        return -1
    lower = text.lower()
    if any(lower.startswith(persona + " ") for persona in vocabulary().words["personas"]) and not _binding_persona(lower):
        return -1
    if _copula_with_hole(candidate.text) or _PAST.match(text):
        return -1
    if candidate.block.lead in vocabulary().forbidding:
        return 2
    if language != "en":
        return _foreign_strength(candidate, lower, lexicon, language)
    if _OUTPUT_LINE.match(lower) and not re.search(r"\b(?:only|nothing|no|never|not|without|must)\b", lower):
        return -1
    if _is_task(lower, first, candidate.block):
        return -1
    if _imperative(text, lexicon):
        return 2
    if candidate.block.item and _verbless(lower):
        return 2
    if re.match(r"(?:you|we|i) (?!must|may|can|should|need|have to|cannot|never|do not|don't|will never|are not|only|honou?r|grant|offer|accept|refund|charge|ship|pay)", lower):
        return 0
    if re.search(r"\b(?:must|shall|may|cannot|should|never|not allowed|eligible|ineligible|entitled|have to|has to|prohibited|forbidden|mandatory|needs? (?:the|a|an|to|prior|written)|counts? as|is required|are required|requires?)\b", lower):
        return 2
    if re.search(r"\b(?:only|no|not|nobody|nothing|none|can|at most|at least|up to|maximum|minimum|unless|except|always|without|valid|expires?|qualif\w+|off limits|within)\b", lower) and _STATEMENT.search(lower) or re.search(r"\bcan\b", lower):
        return 2 if candidate.block.item or re.search(r"\b(?:only|nobody|unless|except|always|at most|at least|can be|cannot|can not)\b", lower) else 1
    if limits(tokens(text, lexicon), lexicon):
        return 1
    if candidate.block.item:
        return 2 if re.search(r"\b(?:is|are)\b.*\bif\b", lower) else 1 if _STATEMENT.search(lower) else 0
    return 1 if _PASSIVE.search(lower) else 0


_PASSIVE = re.compile(r"\b(?:is|are|be)\s+(?:\w+ly\s+)?(?:\w{2,}ed|sent|given|paid|kept|sold|told|made|taken|shown|written|met|put|set|held|bought|left|read)\b|\b(?:goes|go) to\b", re.I)


def _binding_persona(lower: str) -> bool:
    return bool(re.match(r"you (?:are|'re) (?:not|never|only|allowed|required|obliged|expected|free|permitted|forbidden|authori[sz]ed|entitled|to)\b", lower))


def _copula_with_hole(text: str) -> bool:
    return bool(re.search(r"\b(?:is|are|on|ist|es|est|:)\s+(?:\{\{|\{|\$\{)[^{}]*\}{1,2}\.?(?:\s*$|,)", text)) and not _NORM.search(_HOLE.sub("", text))


def _is_task(lower: str, first: bool, block: Block) -> bool:
    """The task itself: `Classify the message`, `Now draft the next email`."""
    bare = re.sub(r"^(?:now|then|finally|please|first)[, ]+", "", lower)
    verb = bare.split()[0] if bare else ""
    if verb not in vocabulary().words["tasks"]:
        return lower.startswith("now ") and not _NORM.search(lower)
    if re.search(r"\b(?:never|must|not|at most|no more than|up to|only|unless|without|always|if|when)\b", lower):
        return False
    if verb in ("think", "read", "look") or first:
        return True
    return not block.item and bool(_TASK.search(lower)) or lower.startswith("now ")


def _imperative(text: str, lexicon: Lexicon) -> bool:
    rest = text
    for _ in range(3):
        shorter = _ADVERBS.sub("", _IF.sub("", rest))
        if shorter == rest:
            break
        rest = shorter
    rest = rest.strip("\"'*_( ")
    match = re.match(r"[^\W\d_]+(?:['’][a-z]+)?", rest)
    if match is None:
        return False
    word = match[0].lower().replace("’", "'")
    if word in ("do", "don't", "never", "be", "let", "avoid", "refrain", "always"):
        return True
    following = rest[match.end() :].lstrip(" ,").split(" ")
    if word not in lexicon.verbs or lexicon.lemma(word) != word and word not in ("address", "discuss", "pass", "express", "process", "focus", "access"):
        return False
    if len(following) >= 2 and following[0].lower() in ("is", "are", "must", "may", "can", "cannot", "will", "should", "was", "has", "have"):
        return False
    # A plural noun and a verb after it: `Return labels are valid`.
    return not (len(following) >= 2 and following[0].endswith("s") and following[1].lower() in ("is", "are", "must", "may", "can", "cannot", "should", "need", "require", "go", "have", "start", "apply"))


_VERBLESS = re.compile(r"^(?:no|at most|at least|maximum|max|minimum|only|not|one|two|three|up to|exactly|between|\d+|under|below|less than|fewer than|plain|short|nothing|without|never|always|same|british|american|neutral|formal|informal|friendly|polite)\b", re.I)


def _verbless(lower: str) -> bool:
    return bool(_VERBLESS.match(lower)) and len(lower.split()) <= 14


def _foreign_strength(candidate: _Candidate, lower: str, lexicon: Lexicon, language: str) -> int:
    """German, Spanish and French: modal words, or an item of a list that is a sentence."""
    words = [word.lower() for word in _WORD.findall(lower)]
    pairs = {tuple(words[i : i + size]) for size in (1, 2, 3) for i in range(len(words) - size + 1)}
    modal = any(phrase in pairs for phrases in lexicon.modality[language].values() for phrase in phrases)
    if candidate.block.item:
        return 2
    return 2 if modal and _foreign_imperative(words, language) else 1 if modal or _foreign_imperative(words, language) else 0


_FOREIGN_IMPERATIVES = {
    "de": re.compile(r"^(?:antworte|prüfe|sprich|versprich|nenne|gib|schreibe|schreib|verwende|nutze|vermeide|frage|biete|leite|sende|achte|halte|beachte|bitte|entschuldige|erwähne|formuliere|fasse|erstelle|stelle|weise|übergib|bleib|bleibe|liste|lehne|nimm|zeige|benutze|füge|trage|erkläre|begründe|beginne|beende|setze|lass|melde|verweise|duze|sieze|speichere|lösche|markiere)$"),
    "es": re.compile(r"^(?:no|nunca|devuelve|responde|escribe|envía|incluye|trata|usa|utiliza|evita|pide|ofrece|verifica|comprueba|menciona|deriva|indica|añade|firma|mantén|haz|di|informa|pregunta|explica|confirma|solicita|registra|guarda|borra|elimina|recuerda|termina|empieza|comienza|limita|cita|traduce|consulta|avisa|transfiere|rechaza|acepta|aprueba|aplica)$"),
    "fr": re.compile(r"^(?:ne|n|jamais|réponds|répondez|écris|écrivez|utilise|utilisez|évite|évitez|demande|demandez|propose|proposez|vérifie|vérifiez|mentionne|mentionnez|transfère|transférez|indique|indiquez|envoie|envoyez|reste|restez|donne|donnez|signe|signez|garde|gardez|informe|informez|refuse|refusez|accepte|acceptez|termine|terminez|commence|commencez|limite|limitez|cite|citez)$"),
}


def _foreign_imperative(words: list[str], language: str) -> bool:
    return bool(words) and bool(_FOREIGN_IMPERATIVES[language].match(words[0]))


def _among_rules(candidates: list[_Candidate]) -> Iterator[_Candidate]:
    """Rules by their own words, and statements in a list or paragraph most of which are rules."""
    for number, one in enumerate(candidates):
        if one.strength == 2:
            yield one
        elif one.strength == 1:
            near = [c for c in candidates if c is not one and c.block.section == one.block.section and (c.block.group == one.block.group or c.block.start == one.block.start)]
            near = near or [c for c in candidates[max(number - 3, 0) : number + 4] if c is not one and c.strength >= 0]
            strong = sum(c.strength == 2 for c in near)
            weak = sum(c.strength <= 0 for c in near)
            everywhere = sum(c.strength == 2 for c in candidates)
            if strong >= 1 and strong >= weak + (0 if one.block.item else 1) or one.block.section and everywhere >= 5 and weak == 0:
                yield one


def _found(candidate: _Candidate, lexicon: Lexicon, language: str) -> Found:
    block = candidate.block
    forbidden = block.lead in vocabulary().forbidding
    single = tokens(candidate.text, lexicon)
    return Found(
        candidate.start,
        candidate.end,
        candidate.text,
        kind_of(candidate.text, single, lexicon, language, forbidden),
        subject_of(candidate.text, lexicon),
        forbidden,
        block.lead if forbidden else "",
        language,
    )


def kind_of(text: str, single: list[Token], lexicon: Lexicon, language: str, forbidden: bool) -> str:
    lower = f" {' '.join(text.lower().split())} "
    words = vocabulary().words

    def has(name: str) -> bool:
        return any(re.search(rf"\b{re.escape(word)}\b", lower) for word in words[name])

    bounds = limits(single, lexicon)
    if any(bound.dimension in BUDGETS for bound in bounds):
        return "format"
    padded = [token.text for token in single]
    modal = lexicon.modality.get(language, lexicon.modality["en"])
    pairs = {tuple(padded[i : i + size]) for size in (1, 2, 3) for i in range(len(padded) - size + 1)}
    denied = forbidden or bool(pairs & modal["prohibition"])
    if has("tone") and not bounds:
        return "tone"
    if has("format") and not bounds:
        return "format"
    if bounds and any(bound.dimension != "times" and not bound.dimension.startswith("count") for bound in bounds):
        return "threshold"
    if denied:
        return "prohibition"
    if has("eligibility") and not _imperative(text, lexicon):
        return "eligibility"
    return "permission" if pairs & modal["permission"] else "obligation"


def subject_of(text: str, lexicon: Lexicon) -> str:
    """One to three words for what the rule decides about."""
    from aicensus.rules.form import form_of

    form = form_of(text, lexicon)
    items = form.objects or form.items[:2]
    words = " ".join(item.lemma for item in items).split()
    return " ".join(words[-3:])
