using Rag.Chunks;

namespace Rag.Tokenizers;

/// <summary>
/// Text to token ids and back, straight from a tokenizer.json: normalizer, pre-tokenizer, model, post-processor, decoder.
/// Immutable and safe for concurrent use. Truncation and padding stored in the file are ignored on purpose: they record how
/// somebody last used the file, not what the model needs; <see cref="EncodeOptions.MaxTokens"/> cuts.
/// </summary>
public sealed class Tokenizer : ITokenCounter
{
    private Tokenizer()
    {
    }

    /// <summary>Loads a tokenizer.</summary>
    /// <param name="path">A tokenizer.json, or a folder that holds one.</param>
    /// <exception cref="UnavailableException">When there is no such file.</exception>
    /// <exception cref="CorruptException">When the file breaks the rules of its format.</exception>
    /// <exception cref="UnsupportedException">When it names a component that is not known here.</exception>
    public static Tokenizer Load(string path) => throw new NotImplementedException();

    /// <summary>Reads a tokenizer from the bytes of a tokenizer.json.</summary>
    /// <param name="utf8Json">The file's content.</param>
    /// <param name="location">The name that errors give.</param>
    public static Tokenizer Parse(ReadOnlyMemory<byte> utf8Json, string location) => throw new NotImplementedException();

    /// <summary>One more than the largest token id, added tokens included: the number of rows an embedding table needs.</summary>
    public int VocabularySize => throw new NotImplementedException();

    /// <inheritdoc/>
    public string Fingerprint => throw new NotImplementedException();

    /// <inheritdoc/>
    public int MaxTokens => throw new NotImplementedException();

    /// <summary>The same tokenizer as a counter for a model that takes at most <paramref name="maxTokens"/> tokens of text.</summary>
    public Tokenizer WithMaxTokens(int maxTokens) => throw new NotImplementedException();

    /// <summary>The id of a token, or null where the vocabulary lacks it.</summary>
    public int? TokenToId(string token) => throw new NotImplementedException();

    /// <summary>The token with an id, or null where the vocabulary lacks it.</summary>
    public string? IdToToken(int id) => throw new NotImplementedException();

    /// <summary>Whether the id is of an added token marked special.</summary>
    public bool IsSpecial(int id) => throw new NotImplementedException();

    /// <summary>Encodes a text with offsets and all else that is known of each token.</summary>
    public Encoding Encode(string text, EncodeOptions? options = null) => throw new NotImplementedException();

    /// <summary>Encodes a text to ids alone, which are added to <paramref name="ids"/>; the fast way.</summary>
    public void Encode(ReadOnlySpan<char> text, List<int> ids, EncodeOptions? options = null) => throw new NotImplementedException();

    /// <summary>The text of ids; ids that the vocabulary lacks are left out.</summary>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens = true) => throw new NotImplementedException();

    /// <summary>A decoder for a stream of ids.</summary>
    public StreamDecoder CreateStreamDecoder(bool skipSpecialTokens = true) => throw new NotImplementedException();

    /// <inheritdoc/>
    public int Count(ReadOnlySpan<char> text) => throw new NotImplementedException();

    /// <inheritdoc/>
    public int PrefixLength(ReadOnlySpan<char> text, int maxTokens) => throw new NotImplementedException();
}
