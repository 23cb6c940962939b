"""Words of a text for comparing it: case, white space, punctuation and compatibility forms make no difference.

Only comparisons use them; what is stored, shown and hashed is the text as it came.
"""

import re
import string
import unicodedata
from functools import cache

_SIGNS = "+=<>%^$"
"""Signs that stay: without them `3 + 4` and `3 = 4` would be the same."""

_NO_PUNCTUATION = str.maketrans("", "", "".join(sign for sign in string.punctuation if sign not in _SIGNS))


@cache
def _unicode_patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the pattern of what is left out, and that of characters that are words; made when first needed."""
    # Vowel signs and accents that `\w` leaves out although they stand within words.
    marks = "\u0300-\u036f\u0591-\u05bd\u064b-\u065f\u0900-\u0963\u0966-\u0dff"
    left_out = rf"[^\w\s{marks}{re.escape(_SIGNS)}€£¥¢×÷±≠≤≥≈√∞∑∫°]|_"
    unspaced = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    unspaced += "\U00020000-\U000323af"
    return re.compile(left_out), re.compile(f"([{unspaced}])")


def words(text: str) -> list[str]:
    """Return the words of a text: what stands between blanks, in NFKC, case-folded, without punctuation.

    A character of a script without blanks between words (Chinese, Japanese, Thai) is a word. A word that is nothing but
    punctuation is none.
    """
    if text.isascii():
        return text.lower().translate(_NO_PUNCTUATION).split()
    left_out, unspaced = _unicode_patterns()
    # A dash between words is punctuation that stands for a blank.
    plain = unicodedata.normalize("NFKC", text).casefold().replace("\u2014", " ").replace("\u2013", " ")
    return unspaced.sub(r" \1 ", left_out.sub("", plain)).split()
