"""Runs one Terraform command in this process: launcher.py LIBRARY ARGUMENT..."""

import ctypes
import os
import sys


def handle(descriptor):
    # The library closes what it is given, so it gets copies.
    copy = os.dup(descriptor)
    if os.name != "nt":
        return copy
    import msvcrt

    return msvcrt.get_osfhandle(copy)


library, arguments = sys.argv[1], sys.argv[2:]
run = ctypes.CDLL(library).RunCli
run.argtypes = [
    ctypes.c_int64,
    ctypes.POINTER(ctypes.c_char_p),
    ctypes.c_int64,
    ctypes.c_int64,
]
run.restype = ctypes.c_int
argv = (ctypes.c_char_p * len(arguments))(*map(os.fsencode, arguments))
status = run(len(arguments), argv, handle(1), handle(2))
# Not sys.exit: the Go runtime is still there, and tearing Python down around it gains nothing.
os._exit(status)
