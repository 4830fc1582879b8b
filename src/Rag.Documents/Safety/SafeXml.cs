using System.Xml;

namespace Rag.Documents;

/// <summary>The one place that opens XML: no document type, no entity beyond the five, nothing resolved, depth and length bounded.</summary>
internal static class SafeXml
{
    /// <summary>Opens a reader over XML that came from outside. Dispose it; the stream stays open.</summary>
    public static XmlReader Create(Stream stream, long maxCharacters) => XmlReader.Create(stream, Settings(maxCharacters));

    /// <summary>Opens a reader over XML that came from outside.</summary>
    public static XmlReader Create(TextReader text, long maxCharacters) => XmlReader.Create(text, Settings(maxCharacters));

    /// <summary>Reads on, and keeps the nesting below a limit; translates what is wrong with the XML into a <see cref="CorruptException"/>.</summary>
    /// <exception cref="CorruptException">The XML is not well formed or has a document type.</exception>
    /// <exception cref="LimitExceededException">Elements nest deeper than <paramref name="maxDepth"/>.</exception>
    public static bool Read(XmlReader reader, int maxDepth, string location, string part)
    {
        bool more = Guarded(reader.Read, location, part);
        if (more && reader.Depth > maxDepth)
        {
            throw new LimitExceededException("MaxElementDepth", maxDepth, reader.Depth, location);
        }

        return more;
    }

    /// <summary>Gives the text of the current node piece by piece, so that a node of any length is never held whole.</summary>
    public static void ReadText(XmlReader reader, char[] buffer, string location, string part, Action<ReadOnlySpan<char>> piece)
    {
        int count;
        while ((count = Guarded(() => reader.ReadValueChunk(buffer, 0, buffer.Length), location, part)) > 0)
        {
            piece(buffer.AsSpan(0, count));
        }
    }

    private static T Guarded<T>(Func<T> step, string location, string part)
    {
        try
        {
            return step();
        }
        catch (XmlException e)
        {
            bool dtd = e.Message.Contains("DTD", StringComparison.Ordinal);
            throw new CorruptException(
                dtd
                    ? $"{location}: the part {part} holds a document type (DTD), which is not allowed because it can be made to read other files or to grow without end."
                    : $"{location}: the part {part} is not well-formed XML at line {e.LineNumber}, position {e.LinePosition}: {e.Message}",
                location,
                innerException: e);
        }
        catch (InvalidDataException e)
        {
            throw new CorruptException($"{location}: the part {part} cannot be inflated; the file is damaged. ({e.Message})", location, innerException: e);
        }
    }

    private static XmlReaderSettings Settings(long maxCharacters) => new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersFromEntities = 1024,
        MaxCharactersInDocument = maxCharacters,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        CheckCharacters = false,
        CloseInput = false,
    };
}
