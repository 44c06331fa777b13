"""`python -m tilth`"""

from tilth.apps.cli.main import main

main()
