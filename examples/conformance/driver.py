#!/usr/bin/env python3
"""A driver for the conformance kit, around a small offset store. It needs Python 3.9 and no package.

The driver is the last third of this file: one function for each operation, and a loop over lines.
"""
import json
import os
import re
import sys

INT64 = range(-(2**63), 2**63)
INT32 = range(-(2**31), 2**31)
GO_ESCAPES = {r"\b": r"\u0008", r"\f": r"\u000c"}


class CorruptError(Exception):
    """Files are there, and none of them is usable."""


class OffsetStore:
    """Offsets in memory and in a file, `<root>/<client id>/<group>/offset.json`."""

    def __init__(self, root, client_id, group):
        self.path = os.path.join(root, client_id, group, "offset.json")
        self.durable = self._load()
        self.memory = dict(self.durable)

    def update(self, mq, offset, increase_only):
        key = key_of(mq)
        if offset not in INT64:
            raise ValueError(f"{offset} is no int64")
        if not increase_only or offset > self.memory.get(key, -1):
            self.memory[key] = offset

    def read(self, mq, kind):
        held = self.memory.get(key_of(mq), -1)
        if kind == "memory" or (kind == "memory-then-store" and held >= 0):
            return held
        stored = read_table(self.path) if os.path.exists(self.path) else {}
        return stored.get(key_of(mq), -1)

    def remove(self, mq):
        self.memory.pop(key_of(mq), None)

    def persist(self):
        table = {**self.durable, **self.memory}
        os.makedirs(os.path.dirname(self.path), exist_ok=True)
        # 1. The new table is durable under another name.
        with open(self.path + ".tmp", "w", encoding="utf-8") as file:
            file.write(text_of(table))
            file.flush()
            os.fsync(file.fileno())
        # 2. A good main file becomes the backup; a bad one is kept aside.
        if os.path.exists(self.path):
            if is_good(self.path):
                if os.path.lexists(self.path + ".next"):
                    os.remove(self.path + ".next")  # A crash left it.
                os.link(self.path, self.path + ".next")
                os.replace(self.path + ".next", self.path + ".bak")
            else:
                os.replace(self.path, self.path + ".bad")
        # 3. The new table gets the name of the main file, and the name is made durable.
        os.replace(self.path + ".tmp", self.path)
        directory = os.open(os.path.dirname(self.path), os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
        self.durable = table

    def _load(self):
        """The first good file: main, then the backup, then a complete new one if main is missing."""
        missing = not os.path.lexists(self.path)
        names = [self.path, self.path + ".bak", *([self.path + ".tmp"] if missing else [])]
        there = [name for name in names if os.path.lexists(name)]
        for name in there:
            try:
                return read_table(name)
            except ValueError:
                pass  # The next file may be good.
        if there:
            raise CorruptError(f"none of {', '.join(there)} is usable")
        # A directory that may not be searched hides its files: that is no first start.
        if os.path.exists(os.path.dirname(self.path)):
            os.listdir(os.path.dirname(self.path))
        return {}


def key_of(mq):
    topic, broker, queue = mq["topic"], mq["brokerName"], mq["queueId"]
    for name in (topic, broker):
        if not isinstance(name, str):
            raise ValueError(f"{name} is no text")
        name.encode("utf-8")  # Refuses half a surrogate pair.
    if type(queue) is not int or queue not in INT32:
        raise ValueError(f"{queue} is no int32")
    return (topic, broker, queue)


def go_json(value):
    """JSON with the escapes of Go's encoder."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    text = re.sub(r"\\\\|\\b|\\f", lambda found: GO_ESCAPES.get(found[0], found[0]), text)
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def text_of(table):
    entries = []
    for (topic, broker, queue), offset in sorted(table.items()):
        key = go_json({"topic": topic, "brokerName": broker, "queueId": queue})
        entries.append(f"{go_json(key)}:{offset}")
    return '{"offsetTable":{' + ",".join(entries) + "}}"


def read_table(path):
    """Reads a file. Raises ValueError if it is no table, and OSError if it cannot be read."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    try:
        table = {}
        for key, offset in json.loads(text)["offsetTable"].items():
            if type(offset) is not int or offset not in INT64:
                raise ValueError(f"{offset} is no int64")
            table[key_of(json.loads(key))] = offset
        return table
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"{path} is no table of offsets") from error


def is_good(path):
    try:
        read_table(path)
        return True
    except ValueError:
        return False


# The driver.

store = None


def open_store(request):
    global store
    store = OffsetStore(request["root"], request["clientId"], request["group"])
    return {"path": store.path}


def persist(request):
    if request.get("mqs") != []:
        store.persist()


def offsets(request):
    found = [(key, offset) for key, offset in store.memory.items() if key[0] == request["topic"]]
    names = ("topic", "brokerName", "queueId")
    return {"offsets": [{"mq": dict(zip(names, k)), "offset": str(o)} for k, o in found]}


OPERATIONS = {
    "hello": lambda r: {"name": "python-example", "version": "1", "profile": "go", "format": "go"},
    "open": open_store,
    "update": lambda r: store.update(r["mq"], int(r["offset"]), r["increaseOnly"]),
    "read": lambda r: {"offset": str(store.read(r["mq"], r["type"]))},
    "persist": persist,
    "remove": lambda r: store.remove(r["mq"]),
    "offsets": offsets,
    "close": lambda r: store.persist(),
}


def answer(request):
    if request["op"] not in OPERATIONS:
        return {"ok": False, "error": "unsupported"}
    try:
        return {"ok": True, **(OPERATIONS[request["op"]](request) or {})}
    except CorruptError as error:
        return {"ok": False, "error": "corrupt", "message": str(error)}
    except OSError as error:
        kind = "persist" if request["op"] in ("persist", "close") else "load"
        return {"ok": False, "error": kind, "message": str(error)}
    except ValueError as error:
        return {"ok": False, "error": "invalid", "message": str(error)}


for line in sys.stdin:
    # Without flush, the answer stays in the buffer and the kit waits for it.
    print(json.dumps(answer(json.loads(line))), flush=True)
