"""Settings of an audit that are out of range."""

import pytest

from tilth.audit import AuditConfig, FieldsConfig, check_audit
from tilth.errors import ConfigError


@pytest.mark.parametrize("language", ["english", "EN", "en-US", ""])
def test_a_language_is_a_code(language: str):
    with pytest.raises(ConfigError, match=r"\[audit.fields\] language must be an ISO 639-1 code"):
        check_audit(AuditConfig(fields=FieldsConfig(language=language)))


@pytest.mark.parametrize("language", [None, "en", "yue"])
def test_defaults_and_codes_are_in_range(language: str | None):
    check_audit(AuditConfig(fields=FieldsConfig(language=language)))
