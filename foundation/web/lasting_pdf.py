"""Makes drawn pages into files that last: PDF/A-3a and PDF/UA-1 in one.

WeasyPrint writes one variant at a time, so pages are drawn as PDF/A-3a and get the other identifier here. A sheaf is
many one-page papers drawn in one go, which halves what each of them costs; here it is taken apart, every page with its
own tags, or several sheaves are bound into one file for the printer. Only foundation.web.print knows this module.
"""

import io
import re
from collections.abc import Iterator, Sequence
from typing import Any
from xml.sax.saxutils import escape

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, String

from foundation.web.papers import Attachment, Paper

_PRODUCER = "WeasyPrint, pikepdf"
_USED = re.compile(rb"/([\w.-]+)\s+(?:Do|scn)\b")

# The PDF/UA identifier is foreign to PDF/A, which wants such names described in the file itself (ISO 19005-3, 6.6.2.3).
_METADATA = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"
 xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance><pdfuaid:part>1</pdfuaid:part>
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
<pdf:Producer>{producer}</pdf:Producer>
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Indicates, which part of ISO 14289 standard is followed</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""


def separate(sheaf: bytes, papers: Sequence[Paper]) -> Iterator[bytes]:
    """One file for each page of a drawn sheaf, in order. papers: what is told of each, one a page."""
    with Pdf.open(io.BytesIO(sheaf)) as drawn:
        elements = list(drawn.Root.StructTreeRoot.K[0].K)
        for number, (page, paper) in enumerate(zip(drawn.pages, papers, strict=True)):
            own = [element for element in elements if element.Pg.objgen == page.obj.objgen]
            with Pdf.new() as file:
                _take_pages(file, drawn, [number], own)
                yield _finished(file, drawn, paper)


def bound(sheaves: Sequence[bytes], paper: Paper) -> bytes:
    """All pages of several drawn sheaves, at least one, in order, as one file."""
    with Pdf.new() as file:
        drawn: list[Pdf] = []
        try:
            for sheaf in sheaves:
                drawn.append(Pdf.open(io.BytesIO(sheaf)))
                elements = list(drawn[-1].Root.StructTreeRoot.K[0].K)
                _take_pages(file, drawn[-1], range(len(drawn[-1].pages)), elements)
            return _finished(file, drawn[0], paper)
        finally:
            for each in drawn:
                each.close()


def _take_pages(file: Pdf, drawn: Pdf, numbers: Sequence[int], elements: Sequence[pikepdf.Object]) -> None:
    """Add pages of `drawn`, by their numbers, to the end of `file`. elements: those of its tag tree that are theirs."""
    root, document, tree = _tags_of(file)
    taken = []
    for number in numbers:
        page = drawn.pages[number]
        whole = page.obj.Resources
        if len(numbers) == 1:
            page.obj.Resources = _used_alone(page)
        file.pages.append(page)
        page.obj.Resources = whole
        taken.append(file.pages[-1])
    parents = dict(_pairs(drawn.Root.StructTreeRoot.ParentTree.Nums))
    above = elements[0].P
    for element in elements:
        # Without its parent, or the whole tree would come along with it.
        del element.P
    for element in elements:
        copy = file.copy_foreign(element)
        copy.P = document
        document.K.append(copy)
    for number, page in zip(numbers, taken, strict=True):
        key = len(tree.Nums) // 2
        tree.Nums.append(key)
        tree.Nums.append(Array([file.copy_foreign(each) for each in parents[number]]))
        page.StructParents = key
    for element in elements:
        element.P = above
    file.Root.StructTreeRoot = root


def _tags_of(file: Pdf) -> tuple[pikepdf.Object, pikepdf.Object, pikepdf.Object]:
    """The tag tree of `file`, its one Document, and its parent tree; made now if there is none yet."""
    if Name.StructTreeRoot not in file.Root:
        tree = file.make_indirect(Dictionary(Nums=Array()))
        top = file.make_indirect(Dictionary(Type=Name.StructTreeRoot, ParentTree=tree))
        top.K = Array([file.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document, P=top, K=Array()))])
        file.Root.StructTreeRoot = top
    root = file.Root.StructTreeRoot
    return root, root.K[0], root.ParentTree


def _pairs(numbers: pikepdf.Object) -> Iterator[tuple[int, pikepdf.Object]]:
    for place in range(0, len(numbers), 2):
        yield int(numbers[place]), numbers[place + 1]


def _used_alone(page: pikepdf.Page) -> Dictionary:
    """The page's own pictures and patterns: one sheaf shares one list, with everybody's square codes in it."""
    used = {"/" + name.decode() for name in _USED.findall(page.Contents.read_bytes())}
    shared: Any = page.obj.Resources
    own = Dictionary(shared)
    for kind in (Name.XObject, Name.Pattern):
        if kind in own:
            own[kind] = Dictionary({name: value for name, value in own[kind].items() if name in used})
    return own


def _finished(file: Pdf, drawn: Pdf, paper: Paper) -> bytes:
    root = file.Root
    root.Lang = String(paper.language)
    root.MarkInfo = Dictionary(Marked=True)
    root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    root.OutputIntents = file.copy_foreign(_intents(drawn))
    told = {"title": paper.title, "author": paper.author, "subject": paper.subject, "language": paper.language}
    packet = _METADATA.format(producer=_PRODUCER, **{name: escape(text) for name, text in told.items()})
    root.Metadata = file.make_stream(packet.encode(), Type=Name.Metadata, Subtype=Name.XML)
    file.docinfo = file.make_indirect(
        Dictionary(Title=paper.title, Author=paper.author, Subject=paper.subject, Producer=_PRODUCER)
    )
    if paper.attachments:
        _attach(file, paper.attachments)
    written = io.BytesIO()
    file.save(
        written,
        min_version="1.7",
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        fix_metadata_version=False,
        deterministic_id=True,
    )
    return written.getvalue()


def _intents(drawn: Pdf) -> pikepdf.Object:
    intents = drawn.Root.OutputIntents
    return intents if intents.is_indirect else drawn.make_indirect(intents)


def _attach(file: Pdf, attachments: Sequence[Attachment]) -> None:
    names, files = Array(), Array()
    for attachment in sorted(attachments, key=lambda each: each.name):
        stream = file.make_stream(
            attachment.content,
            Type=Name.EmbeddedFile,
            Subtype=Name("/" + attachment.mimetype),
            Params=Dictionary(Size=len(attachment.content)),
        )
        place = file.make_indirect(
            Dictionary(
                Type=Name.Filespec,
                F=attachment.name,
                UF=attachment.name,
                Desc=attachment.description,
                AFRelationship=Name.Data,
                EF=Dictionary(F=stream, UF=stream),
            )
        )
        names.append(String(attachment.name))
        names.append(place)
        files.append(place)
    file.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Names=names))
    file.Root.AF = files
