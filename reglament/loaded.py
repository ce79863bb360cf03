"""How a process's collector of cyclic garbage works: it leaves alone what the process was loaded with."""

import gc

EVERY = 10_000
"""Objects that come to be and stay, between two collections. Python's 700 let a process under load spend a third of its time
on them, most of it looking again and again through the code and the regulations."""


def everything_is_loaded() -> None:
    """What there is by now stays for as long as the process: nobody need look through it for garbage."""
    gc.freeze()
    gc.set_threshold(EVERY)
