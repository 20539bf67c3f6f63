"""Runs a WASI command in wasmtime with standard input and output of this process: `python run.py COMPILED WORD`; and compiles
a module for it once: `python run.py --compile MODULE COMPILED`."""

import sys
from pathlib import Path

from wasmtime import Engine, ExitTrap, Linker, Module, Store, WasiConfig

engine = Engine()


def compile_module(module: str, compiled: str) -> None:
    Path(compiled).write_bytes(Module.from_file(engine, module).serialize())


def run(compiled: str, *words: str) -> int:
    linker = Linker(engine)
    linker.define_wasi()
    store = Store(engine)
    config = WasiConfig()
    config.argv = ["policy.wasm", *words]
    config.inherit_stdin()
    config.inherit_stdout()
    config.inherit_stderr()
    store.set_wasi(config)
    instance = linker.instantiate(store, Module.deserialize_file(engine, compiled))
    try:
        instance.exports(store)["_start"](store)
    except ExitTrap as trap:
        return trap.code
    return 0


if sys.argv[1] == "--compile":
    compile_module(*sys.argv[2:])
else:
    sys.exit(run(*sys.argv[1:]))
