using Rag.Runtime.Sessions;

namespace Rag.Runtime.Reading;

/// <summary>How <see cref="SpanReader"/> loads and runs a model.</summary>
public sealed class SpanReaderOptions
{
    /// <summary>The device and threads.</summary>
    public RuntimeOptions Runtime { get; set; } = new();

    /// <summary>
    /// The folder of the model that the reader shares its word embeddings with, where its own folder has none; its
    /// tokenizer.json serves too where the reader's folder has none. Null (default) for none.
    /// </summary>
    public string? WordEmbeddingsFolder { get; set; }

    /// <summary>
    /// A folder whose tokenizer.json serves where the reader's own folder has none, before that of
    /// <see cref="WordEmbeddingsFolder"/>. Null (default) for none.
    /// </summary>
    public string? TokenizerFolder { get; set; }

    /// <summary>Tokens of question, passage and special tokens together, 320 by default; at most what the model takes. A longer passage is read in windows.</summary>
    public int MaxTokens { get; set; } = 320;

    /// <summary>The most tokens of a span, 30 by default; at most a quarter of what <see cref="MaxTokens"/> leaves beside special tokens.</summary>
    public int MaxSpanTokens { get; set; } = 30;

    /// <summary>The most spans of a <see cref="Rag.Reading.SpanReading"/>, 12 by default.</summary>
    public int Candidates { get; set; } = 12;

    /// <summary>UTF-16 code units of a question after which it is cut, 300 by default. It is also cut where its tokens would take more than half of the room.</summary>
    public int MaxQuestionCharacters { get; set; } = 300;

    /// <summary>
    /// Tokens that two windows of a long passage share, 96 by default: enough for every span to stand in a window with
    /// words around it. At least what keeps each span whole in some window, at most half a window.
    /// </summary>
    public int WindowOverlapTokens { get; set; } = 96;

    /// <summary>The most UTF-16 code units of one passage, 1,000,000 by default.</summary>
    public int MaxPassageCharacters { get; set; } = 1_000_000;

    /// <summary>Tokens that one batch may have, padding included; 512 by default. One window is always taken.</summary>
    public int BatchTokens { get; set; } = 512;

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        ArgumentNullException.ThrowIfNull(Runtime);
        Runtime.Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxTokens, 16);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxSpanTokens, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxSpanTokens, (MaxTokens - PairLayout.SpecialTokens) / 4);
        ArgumentOutOfRangeException.ThrowIfLessThan(Candidates, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxQuestionCharacters, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(WindowOverlapTokens);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxPassageCharacters, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchTokens, 1);
        if (WordEmbeddingsFolder is not null)
        {
            ArgumentException.ThrowIfNullOrEmpty(WordEmbeddingsFolder);
        }

        if (TokenizerFolder is not null)
        {
            ArgumentException.ThrowIfNullOrEmpty(TokenizerFolder);
        }
    }

    // A reader keeps what it was given, whatever its giver changes later.
    internal SpanReaderOptions Copy() => (SpanReaderOptions)MemberwiseClone();
}
