"""The wording of the question, a versioned data file."""

from functools import lru_cache
from importlib import resources

import msgspec

from tilth.suggest.config import SuggestConfig


class Prompt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`prompt.toml`."""

    version: int
    system: str
    intents: dict[str, str]

    def system_text(self, config: SuggestConfig) -> str:
        """The instructions, with the bounds and intents of the configuration."""
        intents = "\n".join(f"- {name}: {self.intents[name]}" for name in config.generate.intents)
        bounds = {
            "{min_chars}": config.filter.min_chars,
            "{max_chars}": config.filter.max_chars,
            "{max_words}": config.filter.max_words,
            "{intents}": intents,
        }
        text = self.system.strip()
        for name, value in bounds.items():
            text = text.replace(name, str(value))
        return text


@lru_cache(maxsize=1)
def load_prompt() -> Prompt:
    """The prompt that comes with Tilth."""
    content = (resources.files("tilth.suggest.generate") / "prompt.toml").read_bytes()
    return msgspec.toml.decode(content, type=Prompt)
