"""Makes drawn pages into files that last: PDF/A-3a and PDF/UA-1 in one.

WeasyPrint writes one variant at a time, so pages are drawn as PDF/A-3a and get the other identifier here: everybody's
page as a file of its own, or all of them bound into one for the printer. Only foundation.web.print knows this module.
"""

import io
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from xml.sax.saxutils import escape

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, String

from foundation.web.filled_forms import FilledForms
from foundation.web.papers import Attachment, Drawing, Filling, Paper

_PRODUCER = "WeasyPrint, pikepdf"

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


def separate(drawing: Drawing, papers: Sequence[Paper]) -> Iterator[bytes]:
    """One file for each page that a drawing makes, in order. papers: what is told of each, one a page."""
    with ExitStack() as opened:
        forms = _opened(opened, drawing)
        for place, (filling, paper) in enumerate(zip(drawing.fillings, papers, strict=True)):
            with Pdf.new() as file:
                _add_page(file, forms, place, filling)
                yield _finished(file, forms.forms[filling.form].drawn, paper)


def bound(drawings: Sequence[Drawing], paper: Paper) -> bytes:
    """All pages of several drawings, at least one, in order, as one file."""
    with ExitStack() as opened, Pdf.new() as file:
        for drawing in drawings:
            forms = _opened(opened, drawing)
            for place, filling in enumerate(drawing.fillings):
                _add_page(file, forms, place, filling)
        return _finished(file, forms.forms[0].drawn, paper)


def _opened(opened: ExitStack, drawing: Drawing) -> FilledForms:
    pdfs = [opened.enter_context(Pdf.open(io.BytesIO(pdf))) for pdf in (*drawing.forms, drawing.strip)]
    return FilledForms(pdfs[:-1], pdfs[-1])


def _add_page(file: Pdf, forms: FilledForms, place: int, filling: Filling) -> None:
    document, numbers = _tags_of(file)
    parents = forms.add_page(file, place, filling, document)
    key = len(numbers) // 2
    numbers.append(key)
    numbers.append(Array(parents))
    file.pages[-1].obj.StructParents = key


def _tags_of(file: Pdf) -> tuple[pikepdf.Object, pikepdf.Object]:
    """The one Document of `file`'s tag tree, and the numbers of its parent tree; made now if there are none yet."""
    if Name.StructTreeRoot not in file.Root:
        tree = file.make_indirect(Dictionary(Nums=Array()))
        top = file.make_indirect(Dictionary(Type=Name.StructTreeRoot, ParentTree=tree))
        top.K = Array([file.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document, P=top, K=Array()))])
        file.Root.StructTreeRoot = top
    root = file.Root.StructTreeRoot
    return root.K[0], root.ParentTree.Nums


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
