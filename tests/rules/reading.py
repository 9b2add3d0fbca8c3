"""Short ways to ask the engine."""

from __future__ import annotations

from aicensus.model.rules import Verdict
from aicensus.rules.form import Form, form_of
from aicensus.rules.lexicon import Lexicon, default_lexicon
from aicensus.rules.verdicts import judge


def form(text: str, lexicon: Lexicon | None = None) -> Form:
    return form_of(text, lexicon or default_lexicon())


def verdict(a: str, b: str, lexicon: Lexicon | None = None) -> Verdict:
    lexicon = lexicon or default_lexicon()
    return judge(form_of(a, lexicon), form_of(b, lexicon), lexicon)
