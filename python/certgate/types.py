"""The names of what goes in and what comes out: for annotations.

Views are plain data as `to_dict()` and `inspect()` give it. Keys that an object need not have are left out.
"""

from __future__ import annotations

from certgate._types.arguments import *
from certgate._types.base import *
from certgate._types.certificates import *
from certgate._types.diagnostics import *
from certgate._types.lint import *
from certgate._types.policies import *
from certgate._types.requests import *
from certgate._types.verification import *
from certgate.codes import Code as Code
