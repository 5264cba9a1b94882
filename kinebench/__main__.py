"""``python -m kinebench``."""

import sys

from kinebench.cli.main import main

sys.exit(main())
