"""`python -m hayai` is the same as `hayai`."""

from hayai.cli.main import main

main()
