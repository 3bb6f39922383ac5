"""What a power cut leaves: of names and bytes that were not synced, each is kept or lost on its own; a rename is kept or lost whole.

Real file systems lose less. What survives here survives on any that keeps POSIX's word.
"""

import os
import random
import shutil
import stat
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(eq=False)
class Node:
    """A file or a folder, whatever its names are. `names` are those that are on disk for sure."""

    is_folder: bool
    is_synced: bool
    inode: int = 0
    held: Path | None = None
    names: dict[str, "Node"] = field(default_factory=dict)


Change = tuple[Node, str, Node | None]
"""Folder, name, and what the name stands for from now on: nothing where it was removed."""


Doubts = tuple[frozenset[tuple[Path, Path | None, Path | None]], frozenset[Path]]
"""Names and files with bytes that are there and not on disk for sure. A name comes with that which it was renamed from, and with another name of
the file that it stood for before."""
_LEFT = ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (0.5, 0.5), (0.5, 1.0), (0.8, 0.8))
"""Shares of the names and of the bytes that are kept although no sync covers them."""


class Memory:
    """Follows every change below a folder, and can take back those that no sync covers."""

    def __init__(self, root: Path, doubts: Doubts = (frozenset(), frozenset())) -> None:
        self._root = root
        self._limbo = root.with_name(root.name + ".limbo")
        self._nodes: dict[Path, Node] = {}
        self._by_inode: dict[int, Node] = {}
        self._pending: list[list[Change]] = []  # one list an operation, in order
        self._top = self._read(root)
        names, files = doubts
        for name, before, other in sorted(names, key=str):
            if node := self._nodes.get(root / name):
                above = self._nodes[(root / name).parent].names
                above.pop(name.name, None)
                if other and (replaced := self._nodes.get(root / other)):
                    above[name.name] = replaced
                self._pending.append([self._change(root / name, node)])
                if before and (folder := self._nodes.get((root / before).parent)):  # a rename, which is kept or lost whole
                    folder.names[before.name] = node
                    self._pending[-1].append((folder, before.name, None))
        for path in (root / name for name in files):
            if node := self._nodes.get(path):
                node.is_synced = False

    def doubts(self) -> Doubts:
        """What no sync covers yet, for the process that comes after this one."""
        self._see_all(self._root)
        folders = {id(node): path for path, node in self._nodes.items() if node.is_folder}
        names: set[tuple[Path, Path | None, Path | None]] = set()
        for changes in self._pending:
            places = [(folders[id(folder)] / name, node, folder.names.get(name)) for folder, name, node in changes if id(folder) in folders]
            before = next((path.relative_to(self._root) for path, node, _ in places if not node), None)
            names.update((path.relative_to(self._root), before, self._other_name(path, on_disk)) for path, node, on_disk in places if node)
        files = [path for path, node in self._nodes.items() if not node.is_folder and not node.is_synced]
        return frozenset(names), frozenset(path.relative_to(self._root) for path in files)

    def _other_name(self, path: Path, node: Node | None) -> Path | None:
        """Where else the file is that this name stands for on disk."""
        return next((other.relative_to(self._root) for other, known in self._nodes.items() if node is known and other != path), None)

    def created(self, path: Path) -> None:
        """A file or folder was made, or a file emptied."""
        if not path.is_relative_to(self._root):
            return
        before = self._nodes.get(path)
        if before and not before.is_folder and before.inode == path.stat().st_ino:
            before.is_synced = False
        else:
            self._adopt(path)

    def written(self, handle: int) -> None:
        node = self._by_inode.get(os.fstat(handle).st_ino)
        if node:
            node.is_synced = False

    def linked(self, path: Path, name: Path) -> None:
        self._nodes[name] = self._known(path)
        self._pending.append([self._change(name, self._nodes[name])])

    def renaming(self, path: Path, to: Path) -> None:
        """Called before it is done: what has the new name now would be gone."""
        node = self._known(path)
        if to.exists():
            self._hold(to)
        self._pending.append([self._change(to, node), self._change(path, None)])
        for below in [below for below in self._nodes if below.is_relative_to(path)]:
            self._nodes[to / below.relative_to(path)] = self._nodes.pop(below)

    def removing(self, path: Path) -> None:
        """Called before it is done."""
        if path.exists() and path.is_relative_to(self._root):
            if not path.is_dir():
                self._hold(path)
            self._known(path)
            self._pending.append([self._change(path, None)])
            del self._nodes[path]

    def synced(self, path: Path) -> None:
        """A file's bytes, or a folder's names, are on disk from now on."""
        if not path.is_relative_to(self._root):
            return
        if not path.exists():
            raise FileNotFoundError(2, "No such file or directory", str(path))
        node = self._known(path)
        node.is_synced = True
        if node.is_folder:
            self._see(path)
            for changes in [changes for changes in self._pending if any(folder is node for folder, _, _ in changes)]:
                self._settle(changes)
            self._pending = [changes for changes in self._pending if changes]

    def picture(self, to: Path, is_power_cut: bool, seed: int) -> None:
        """What a machine would find, in a folder of its own: all of it where only the process dies, else what the power cut leaves."""
        chance = random.Random(seed)
        keep_names, keep_bytes = chance.choice(_LEFT) if is_power_cut else (1.0, 1.0)
        self._see_all(self._root)
        names = {id(node): dict(node.names) for node in [self._top, *self._nodes.values()] if node.is_folder}
        for changes in self._pending:
            if chance.random() < keep_names:
                for folder, name, node in changes:
                    _name(names.setdefault(id(folder), dict(folder.names)), name, node)
        places = {id(node): path for path, node in self._nodes.items()}
        _Picture(names, places, chance, keep_bytes).write(self._top, to)

    def close(self) -> None:
        """Forget what was held."""
        shutil.rmtree(self._limbo, ignore_errors=True)

    # ------------------------------------------------------------ what is known

    def _read(self, path: Path) -> Node:
        """A folder as it is before anything happens: all of it is on disk."""
        node = self._nodes[path] = Node(True, True)
        if path.exists():
            for entry in os.scandir(path):
                below = Path(entry.path)
                if entry.is_dir():
                    node.names[entry.name] = self._read(below)
                else:
                    node.names[entry.name] = self._file(below, is_synced=True)
        return node

    def _file(self, path: Path, is_synced: bool) -> Node:
        inode = path.stat().st_ino
        node = self._by_inode.get(inode) or Node(False, is_synced, inode)
        self._by_inode[inode] = self._nodes[path] = node
        return node

    def _known(self, path: Path) -> Node:
        return self._nodes.get(path) or self._adopt(path)

    def _adopt(self, path: Path) -> Node:
        """Take in what was made past this disk, by DuckDB for one. No sync covers it."""
        self._nodes.pop(path, None)
        if path.is_dir():
            node = self._nodes[path] = Node(True, False)
        else:
            self._by_inode.pop(path.stat().st_ino, None) if path.stat().st_nlink == 1 else None
            node = self._file(path, is_synced=False)
        self._pending.append([self._change(path, node)])
        return node

    def _see(self, folder: Path) -> None:
        for entry in folder.iterdir():
            if entry not in self._nodes and entry.exists():
                self._adopt(entry)
        for path in [path for path in self._nodes if path.parent == folder and not path.exists()]:
            self._pending.append([self._change(path, None)])
            for below in [below for below in self._nodes if below.is_relative_to(path)]:
                del self._nodes[below]

    def _see_all(self, folder: Path) -> None:
        self._see(folder)
        for below in [path for path in folder.iterdir() if path.is_dir()]:
            if below.exists():
                self._see_all(below)

    def _change(self, path: Path, node: Node | None) -> Change:
        return self._known(path.parent), path.name, node

    def _hold(self, path: Path) -> None:
        """Keep a file that is about to lose a name, in case the losing is lost."""
        node = self._known(path)
        if not node.held:
            self._limbo.mkdir(exist_ok=True)
            node.held = self._limbo / str(len(list(self._limbo.iterdir())))
            os.link(path, node.held)

    def _settle(self, changes: list[Change]) -> None:
        """One operation is on disk, all of it; what its names stood for before cannot come back."""
        for earlier in self._pending:
            if earlier is changes:
                break
            earlier[:] = [old for old in earlier if not any(old[0] is folder and old[1] == name for folder, name, _ in changes)]
        for folder, name, node in changes:
            _name(folder.names, name, node)
        changes.clear()


@dataclass
class _Picture:
    """Writes what is left. Files that may still change are copied, the others get a further name."""

    names: dict[int, dict[str, Node]]
    places: dict[int, Path]
    chance: random.Random
    keep_bytes: float
    made: dict[int, Path] = field(default_factory=dict)

    def write(self, node: Node, to: Path) -> None:
        if node.is_folder:
            place = self.places.get(id(node))
            to.mkdir(mode=stat.S_IMODE(place.stat().st_mode) if place and place.exists() else 0o700)
            for name, below in self.names.get(id(node), node.names).items():
                self.write(below, to / name)
        elif id(node) in self.made:
            os.link(self.made[id(node)], to)
        elif source := node.held or self.places.get(id(node)):
            self.made[id(node)] = to
            if node.is_synced:
                os.link(source, to)
                return
            try:
                shutil.copy(source, to)
            except FileNotFoundError:  # another process is at work there
                return
            if self.chance.random() >= self.keep_bytes:
                data = source.read_bytes()
                to.write_bytes(self.chance.choice([b"", data[: len(data) // 2], b"\0" * len(data)]))


def _name(names: dict[str, Node], name: str, node: Node | None) -> None:
    if node:
        names[name] = node
    else:
        names.pop(name, None)
