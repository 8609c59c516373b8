"""`python -m pipelines.cli` is `regia`.

Lives here: nothing but the call.
Must not live here: anything else.
"""

from pipelines.cli import main

main()
