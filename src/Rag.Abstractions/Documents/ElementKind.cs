namespace Rag.Documents;

/// <summary>What a stretch of a document is; decides where a chunker prefers to cut.</summary>
public enum ElementKind
{
    /// <summary>Running text.</summary>
    Paragraph,

    /// <summary>A heading; <see cref="DocumentElement.Level"/> says of which rank, 1 being the highest.</summary>
    Heading,

    /// <summary>One item of a list.</summary>
    ListItem,

    /// <summary>One row of a table or record of a data file, kept whole where it fits.</summary>
    TableRow,

    /// <summary>Program text or other preformatted lines.</summary>
    Code,
}
