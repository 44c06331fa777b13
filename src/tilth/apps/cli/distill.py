"""`tilth distill`"""

from tilth.apps.cli.console import print_json
from tilth.apps.cli.options import DEFAULT_CONFIG, AsJson, ConfigPath
from tilth.apps.cli.progress import Bars
from tilth.apps.cli.show import show_summary


def distill(config: ConfigPath = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Train a student on a teacher's labels, calibrate it, certify its threshold, and measure it."""
    from tilth.apps.project import Project

    with Bars() as bars:
        project = Project(config, progress=bars)
        summary = project.distill()
    if as_json:
        print_json(summary.to_json())
    else:
        show_summary(summary, project.student_folder)
