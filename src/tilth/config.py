"""tilth.toml and the environment, read once, at the edge, into frozen settings."""

import difflib
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from tilth.apps.serve.config import ServeConfig, check_serve
from tilth.audit import AuditConfig, check_audit
from tilth.data import DataConfig
from tilth.distill.config import DistillConfig
from tilth.engine import EngineConfig, check_engine
from tilth.enrich import EnrichConfig, check_attributes, check_confidence, check_synonyms
from tilth.enrich.prove.config import check_prove
from tilth.enrich.schema import existing_columns
from tilth.enrich.spell.config import check_spell
from tilth.errors import ConfigError
from tilth.judge.config import JudgeConfig
from tilth.llm.config import BudgetConfig, LLMConfig
from tilth.llm.store.config import StoreConfig
from tilth.records import Role
from tilth.report.config import ReportConfig
from tilth.suggest.config import SuggestConfig, check_suggest

FILE_NAME = "tilth.toml"
RESERVED = ("cascade", "aggregate-ds", "aggregate-gold")
"""Names of sources that are made of other teachers."""


class ProjectConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[project]`."""

    name: str = "tilth"
    work: str = "work"
    """Folder for everything that is written, relative to tilth.toml."""
    seed: int = 0
    notes: list[str] = []
    """What a reader of a report must know, such as that the data are synthetic."""


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The whole of tilth.toml."""

    data: DataConfig
    project: ProjectConfig = ProjectConfig()
    llm: dict[str, LLMConfig] = {}
    budget: BudgetConfig = BudgetConfig()
    engine: EngineConfig = EngineConfig()
    audit: AuditConfig = AuditConfig()
    store: StoreConfig = StoreConfig()
    judge: JudgeConfig = JudgeConfig()
    enrich: EnrichConfig = EnrichConfig()
    suggest: SuggestConfig = SuggestConfig()
    distill: DistillConfig = DistillConfig()
    report: ReportConfig = ReportConfig()
    serve: ServeConfig = ServeConfig()


def load_config(path: Path) -> Config:
    """Read and check a tilth.toml.

    Raises:
        ConfigError: the file is missing or not TOML, has an unknown key or a value of the wrong type, or refers to
            something it does not define. The message names the file and the key.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError as exc:
        hint = "run `tilth init DIR` to write one, or name it with --config"
        raise ConfigError(f"{path}: no such file\n  hint: {hint}") from exc
    except OSError as exc:
        raise ConfigError(f"{path}: cannot be read: {exc.strerror}") from exc
    try:
        raw = tomllib.loads(content.decode("utf-8"))
    except UnicodeDecodeError as exc:
        raise ConfigError(f"{path}: is not UTF-8 (byte {exc.start})") from exc
    except tomllib.TOMLDecodeError as exc:
        raise ConfigError(f"{path}: is not TOML: {exc}") from exc
    try:
        config = msgspec.convert(raw, Config)
    except msgspec.ValidationError as exc:
        raise ConfigError(_explain(path, str(exc))) from exc
    _refuse_dangling(path, config)
    _refuse_out_of_range(path, config)
    check_serve(config.serve, str(path))
    return config


def existing_columns_of(config: Config, role: Role) -> dict[str, str]:
    """By attribute of one side, the column of its file that holds what is known already.

    Raises:
        ConfigError: an attribute names a column that is not kept.
    """
    source = config.data.contexts if role == "context" else config.data.items
    attributes = config.enrich.context if role == "context" else config.enrich.item
    kept = [] if source is None else [*source.keep, *(["category"] if source.category else [])]
    return existing_columns(attributes, kept, f"enrich.{role}")


def _explain(path: Path, message: str) -> str:
    """msgspec says `... - at `$.data.items``; say it as `[data.items]`, with a guess at what was meant."""
    text, _, place = message.partition(" - at `$")
    section = place.rstrip("`").strip(".").replace("[...]", "")
    where = f"{path}: [{section}]" if section else str(path)
    unknown = re.search(r"unknown field `([^`]+)`", text)
    if not unknown:
        return f"{where}: {text}"
    known = _known_keys(section)
    close = difflib.get_close_matches(unknown.group(1), known, n=1)
    meant = f"did you mean '{close[0]}'?" if close else f"known keys: {', '.join(known)}"
    return f"{where}: unknown key '{unknown.group(1)}'\n  hint: {meant}"


def _known_keys(section: str) -> list[str]:
    """The keys that the struct behind `section` (dotted) has."""
    kind: Any = Config
    for part in filter(None, re.sub(r"\[\d+\]", "", section).split(".")):
        fields = {f.encode_name: f.type for f in msgspec.structs.fields(kind)} if _is_struct(kind) else {}
        kind = _struct_in(fields.get(part, kind))
    return [f.encode_name for f in msgspec.structs.fields(kind)] if _is_struct(kind) else []


def _struct_in(kind: Any) -> Any:
    """The struct type within `X | None`, `list[X]` or `dict[str, X]`."""
    if _is_struct(kind):
        return kind
    arguments: Iterable[Any] = getattr(kind, "__args__", ())
    return next((found for found in map(_struct_in, arguments) if _is_struct(found)), kind)


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _refuse_dangling(path: Path, config: Config) -> None:
    def need(name: str | None, place: str) -> None:
        if name is not None and name not in config.llm:
            known = ", ".join(sorted(config.llm)) or "none"
            raise ConfigError(f"{path}: {place} names '{name}', but there is no [llm.{name}]\n  hint: defined: {known}")

    for teacher in config.judge.teachers:
        need(teacher, "[judge] teachers")
    for teacher in config.judge.cascade:
        need(teacher, "[judge] cascade")
    need(config.enrich.llm, "[enrich] llm")
    need(config.suggest.generate.llm, "[suggest.generate] llm")
    need(config.enrich.synonyms.llm, "[enrich.synonyms] llm")
    for name, llm in config.llm.items():
        _refuse_incomplete(path, name, llm)
    try:
        check_attributes(config.enrich.context, "enrich.context")
        check_attributes(config.enrich.item, "enrich.item")
        check_confidence(config.enrich)
        for role in ("context", "item"):
            existing_columns_of(config, role)
    except ConfigError as exc:
        raise ConfigError(f"{path}: {exc}") from exc
    try:
        check_engine(config.engine)
        check_audit(config.audit)
        check_prove(config.enrich.prove)
        check_suggest(config.suggest)
        check_synonyms(config.enrich.synonyms)
        check_spell(config.enrich.spell)
    except ConfigError as exc:
        raise ConfigError(f"{path}: {exc}") from exc
    try:
        config.judge.comparison(config.project.seed)
        config.judge.check_cascade()
    except ConfigError as exc:
        raise ConfigError(f"{path}: [judge] {exc}") from exc


def _refuse_out_of_range(path: Path, config: Config) -> None:
    distill, judge = config.distill, config.judge
    at_least: list[tuple[str, float | None, float]] = [
        ("[judge] shots", judge.shots, 0),
        ("[enrich] max_chars", config.enrich.max_chars, 1),
        ("[distill] grid", distill.grid, 1),
        ("[distill] n_boot", distill.n_boot, 1),
        ("[distill] next_pairs", distill.next_pairs, 0),
        ("[report] examples", config.report.examples, 0),
    ]
    for name, llm in config.llm.items():
        at_least += [
            (f"[llm.{name}] concurrency", llm.concurrency, 1),
            (f"[llm.{name}] max_tokens", llm.max_tokens, 1),
            (f"[llm.{name}] max_retries", llm.max_retries, 0),
            (f"[llm.{name}] requests_per_minute", llm.requests_per_minute, 1),
            (f"[llm.{name}] tokens_per_minute", llm.tokens_per_minute, 1),
            (f"[llm.{name}] patience_s", llm.patience_s, 0),
        ]
    at_least += [(f"[budget] {name}", getattr(config.budget, name), 0) for name in ("usd", "tokens", "requests")]
    for place, value, least in at_least:
        if value is not None and not value >= least:  # a NaN fails too
            raise ConfigError(f"{path}: {place} must be at least {least}, not {value}")
    for name in ("target_precision", "confidence"):
        value = getattr(distill, name)
        if not 0 < value < 1:
            raise ConfigError(f"{path}: [distill] {name} must lie between 0 and 1, not {value}")
    shares = distill.shares.by_part()
    # Written so that a NaN fails it too.
    if not (min(shares.values()) >= 0 and abs(sum(shares.values()) - 1) <= 1e-9):
        given = ", ".join(f"{part} {share:g}" for part, share in shares.items())
        raise ConfigError(f"{path}: [distill.shares] must be 0 or more and sum to 1, not {given}")


def _refuse_incomplete(path: Path, name: str, llm: LLMConfig) -> None:
    if not re.fullmatch(r"\w[\w.@ -]*", name):
        raise ConfigError(
            f"{path}: [llm.{name}]: the name becomes part of file names\n  hint: use letters, digits, . - _"
        )
    needed = {"openai": ("base_url", "model"), "recorded": ("path",)}[llm.provider]
    for key in needed:
        if getattr(llm, key) is None:
            raise ConfigError(f"{path}: [llm.{name}]: provider '{llm.provider}' needs '{key}'")
    if name in RESERVED:
        raise ConfigError(
            f"{path}: [llm.{name}]: the name is taken by a source that Tilth makes\n  hint: choose another"
        )
