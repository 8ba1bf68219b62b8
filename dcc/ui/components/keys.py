"""Keys as the French keyboard names them, as the browser does, and as assistive technology wants them."""

from dataclasses import dataclass

from dcc.ui.components.contracts import ComponentError, words

# French label → (name in KeyboardEvent.key, name in aria-keyshortcuts)
_NAMED = {
    "Ctrl": ("ctrl", "Control"),
    "Alt": ("alt", "Alt"),
    "Maj": ("shift", "Shift"),
    "Entrée": ("enter", "Enter"),
    "Échap": ("escape", "Escape"),
    "Espace": ("space", "Space"),
    "↑": ("arrowup", "ArrowUp"),
    "↓": ("arrowdown", "ArrowDown"),
    "←": ("arrowleft", "ArrowLeft"),
    "→": ("arrowright", "ArrowRight"),
    "Page ↓": ("pagedown", "PageDown"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortcut:
    """One key or chord: ``caps`` to print, ``code`` for keyboard.js, ``aria`` for aria-keyshortcuts."""

    caps: tuple[str, ...]
    code: str
    aria: str


def shortcut(text: object) -> Shortcut:
    """Read ``"I"``, ``"Ctrl K"`` or ``"Ctrl Entrée"``."""
    caps = tuple(words(text, "key").split())
    codes, names = [], []
    for cap in caps:
        if cap in _NAMED:
            code, name = _NAMED[cap]
        elif len(cap) == 1:
            code, name = cap.lower(), cap.upper()
        else:
            raise ComponentError(f"key: {cap!r} is unknown")
        codes.append(code)
        names.append(name)
    return Shortcut(caps=caps, code="+".join(codes), aria="+".join(names))
