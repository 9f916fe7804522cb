"""The structure of a document beside its looks: headings, tables, pictures with their words, for those who have it read out."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from reportlab.pdfbase import pdfdoc


class Node:
    """One element: what kind, within which, with which words."""

    def __init__(self, kind: str, parent: "Node | None", said: str) -> None:
        self.kind, self.parent, self.said = kind, parent, said
        self.kids: list[Node | tuple[int, int]] = []
        """Nodes, and marked places: page and number."""


class Tags:
    """The tree of one document, made while it is drawn."""

    def __init__(self) -> None:
        self.root = Node("Document", None, "")
        self._here = self.root
        self._marks: list[list[Node]] = []
        """By page and number: what a marked place belongs to."""

    def page(self) -> None:
        """Another page begins."""
        self._marks.append([])

    @contextmanager
    def node(self, kind: str, said: str = "") -> Iterator[None]:
        """Everything marked within belongs to a new element. `said`: in words, for a picture."""
        with self.within(self.add(kind, said)):
            yield

    def add(self, kind: str, said: str = "") -> Node:
        """A new element, to be filled later, and in parts."""
        node = Node(kind, self._here, said)
        self._here.kids.append(node)
        return node

    @contextmanager
    def within(self, node: Node) -> Iterator[None]:
        """Everything marked within belongs to this element."""
        before, self._here = self._here, node
        try:
            yield
        finally:
            self._here = before

    @contextmanager
    def mark(self, code: list[str], kind: str = "") -> Iterator[None]:
        """What is drawn within is content of the element."""
        marks = self._marks[-1]
        self._here.kids.append((len(self._marks) - 1, len(marks)))
        code.append(f"/{kind or self._here.kind} <</MCID {len(marks)}>> BDC")
        marks.append(self._here)
        try:
            yield
        finally:
            code.append("EMC")

    def add_to(self, document: Any) -> None:
        """Put the tree into the document, when all is drawn."""
        names: dict[int, str] = {}
        _name(self.root, names)
        top = pdfdoc.PDFObjectReference("tags")
        self._element(self.root, top, names, document)
        parents: list[Any] = []
        for page, marks in enumerate(self._marks):
            owners = pdfdoc.PDFArray([pdfdoc.PDFObjectReference(names[id(node)]) for node in marks])
            parents += [page, document.Reference(owners, f"marks:{page}")]
        tree = pdfdoc.PDFDictionary({
            "Type": pdfdoc.PDFName("StructTreeRoot"), "K": pdfdoc.PDFObjectReference(names[id(self.root)]),
            "ParentTree": pdfdoc.PDFDictionary({"Nums": pdfdoc.PDFArray(parents)}),
            "ParentTreeNextKey": len(self._marks),
        })  # fmt: skip
        document.Reference(tree, "tags")
        document.Catalog.StructTreeRoot = top
        document.Catalog.MarkInfo = pdfdoc.PDFDictionary({"Marked": "true"})

    def _element(self, node: Node, parent: Any, names: dict[int, str], document: Any) -> None:
        here = pdfdoc.PDFObjectReference(names[id(node)])
        kids: list[Any] = []
        for kid in node.kids:
            if isinstance(kid, Node):
                self._element(kid, here, names, document)
                kids.append(pdfdoc.PDFObjectReference(names[id(kid)]))
            else:
                page, number = kid
                kids.append(pdfdoc.PDFDictionary({
                    "Type": pdfdoc.PDFName("MCR"), "Pg": pdfdoc.PDFObjectReference(f"Page{page + 1}"), "MCID": number,
                }))  # fmt: skip
        entries = {
            "Type": pdfdoc.PDFName("StructElem"),
            "S": pdfdoc.PDFName(node.kind),
            "P": parent,
            "K": pdfdoc.PDFArray(kids),
        }
        if node.said:
            entries["Alt"] = pdfdoc.PDFString(node.said)
        if node.kind == "TH":
            entries["A"] = pdfdoc.PDFDictionary({"O": pdfdoc.PDFName("Table"), "Scope": pdfdoc.PDFName("Column")})
        document.Reference(pdfdoc.PDFDictionary(entries), names[id(node)])


def _name(node: Node, names: dict[int, str]) -> None:
    names[id(node)] = f"tag:{len(names)}"
    for kid in node.kids:
        if isinstance(kid, Node):
            _name(kid, names)
