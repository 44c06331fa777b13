"""What holds for every page: its structure, its policy, its charts."""

import base64
import hashlib
import re
import subprocess
import sys

import pytest
from report_audit_sample import audit_content
from report_outline import Outline
from report_sample import content

from tilth.report import render
from tilth.report.audit import render_audit

PAGES = {"filtering": lambda: render(content()), "audit": lambda: render_audit(audit_content())}


@pytest.fixture(scope="module", params=PAGES)
def page(request) -> str:
    return PAGES[request.param]()


def test_structure(page):
    outline = Outline(page)
    assert outline.wrong == outline.open == []
    assert outline.headings[0] == 1
    assert outline.headings.count(1) == 1
    assert all(b <= a + 1 for a, b in zip(outline.headings, outline.headings[1:], strict=False))
    assert len(outline.ids) == len(set(outline.ids))
    assert {"header", "main", "nav", "footer"} <= set(outline.tags)
    assert ("html", "lang", "en") in outline.attributes
    assert any(name == "name" and value == "viewport" for _, name, value in outline.attributes)


def test_the_page_loads_nothing_and_allows_only_its_own_style_and_script(page):
    outline = Outline(page)
    addresses = [value for _, name, value in outline.attributes if name in ("src", "href", "xlink:href", "srcset")]
    assert all(value.startswith("#") or value == "data:," for value in addresses)
    assert not [value for _, name, value in outline.attributes if name.startswith("on") or name == "style"]
    policy = next(value for _, name, value in outline.attributes if name == "content" and "default-src" in value)
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    for tag in ("style", "script"):
        body = re.search(f"<{tag}>(.*?)</{tag}>", page, re.S)
        digest = base64.b64encode(hashlib.sha256(body[1].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


def test_every_chart_says_its_finding_and_has_its_numbers(page):
    charts = re.findall(r'<svg class="chart" role="img" aria-label="([^"]+)"', page)
    assert len(charts) >= 6
    assert len(set(charts)) == len(charts) == page.count('<details class="chart-data">')
    assert all(re.search(r"\d", finding) for finding in charts)


def test_importing_the_report_is_light():
    heavy = "{'altair', 'vl_convert', 'jinja2', 'pyarrow', 'numpy'}"
    code = f"import sys, tilth.report; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_tables_have_a_caption_and_heads_with_a_scope(page):
    outline = Outline(page)
    scopes = [value for tag, name, value in outline.attributes if (tag, name) == ("th", "scope")]
    assert outline.tags.count("caption") == outline.tags.count("table")
    assert len(scopes) == outline.tags.count("th")
    assert set(scopes) == {"col", "row"}
