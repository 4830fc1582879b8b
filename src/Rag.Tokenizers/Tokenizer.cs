using Rag.Chunks;
using Rag.Documents;
using Rag.Tokenizers.Decoding;
using Rag.Tokenizers.Loading;
using Rag.Tokenizers.Models;
using Rag.Tokenizers.PostProcessing;

namespace Rag.Tokenizers;

/// <summary>
/// Text to token ids and back, straight from a tokenizer.json: normalizer, pre-tokenizer, model, post-processor, decoder.
/// Immutable and safe for concurrent use. Truncation and padding stored in the file are ignored on purpose: they record how
/// somebody last used the file, not what the model needs; <see cref="EncodeOptions.MaxTokens"/> cuts. Dropout is ignored too:
/// it belongs to training. A lone surrogate, which has no UTF-8 form, is read as U+FFFD wherever bytes are asked for.
/// </summary>
public sealed class Tokenizer : ITokenCounter
{
    private readonly EncodePipeline _pipeline;
    private readonly PostProcessor _postProcessor;
    private readonly DecoderPlan _decoder;

    internal Tokenizer(EncodePipeline pipeline, PostProcessor postProcessor, DecoderPlan decoder, string fingerprint, int maxTokens = int.MaxValue)
    {
        _pipeline = pipeline;
        _postProcessor = postProcessor;
        _decoder = decoder;
        Fingerprint = fingerprint;
        MaxTokens = maxTokens;
    }

    /// <summary>One more than the largest token id, added tokens included: the number of rows an embedding table needs.</summary>
    public int VocabularySize => _pipeline.Added.Size;

    /// <summary>The SHA-256 of the file's bytes.</summary>
    public string Fingerprint { get; }

    /// <inheritdoc/>
    public int MaxTokens { get; }

    /// <summary>Loads a tokenizer.</summary>
    /// <param name="path">A tokenizer.json, or a folder that holds one.</param>
    /// <exception cref="UnavailableException">When there is no such file.</exception>
    /// <exception cref="CorruptException">When the file breaks the rules of its format.</exception>
    /// <exception cref="UnsupportedException">When it names a component that is not known here.</exception>
    public static Tokenizer Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return TokenizerReader.Load(path);
    }

    /// <summary>Reads a tokenizer from the bytes of a tokenizer.json.</summary>
    /// <param name="utf8Json">The file's content.</param>
    /// <param name="location">The name that errors give.</param>
    /// <exception cref="CorruptException">When the content breaks the rules of its format.</exception>
    /// <exception cref="UnsupportedException">When it names a component that is not known here.</exception>
    public static Tokenizer Parse(ReadOnlyMemory<byte> utf8Json, string location) => TokenizerReader.Parse(utf8Json, location);

    /// <summary>The same tokenizer as a counter for a model that takes at most <paramref name="maxTokens"/> tokens of text.</summary>
    public Tokenizer WithMaxTokens(int maxTokens)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxTokens);
        return new Tokenizer(_pipeline, _postProcessor, _decoder, Fingerprint, maxTokens);
    }

    /// <summary>The id of a token, or null where the vocabulary lacks it.</summary>
    public int? TokenToId(string token) => _pipeline.Added.Find(token) is var id && id >= 0 ? id : null;

    /// <summary>The token with an id, or null where the vocabulary lacks it.</summary>
    public string? IdToToken(int id) => _pipeline.Added.TokenOf(id);

    /// <summary>Whether the id is of an added token marked special.</summary>
    public bool IsSpecial(int id) => _pipeline.Added.IsSpecial(id);

    /// <summary>How many tokens <see cref="EncodeOptions.AddSpecialTokens"/> adds around a text.</summary>
    public int SpecialTokensAdded => _postProcessor.AddedToSingle;

    internal AddedTokens.AddedVocabulary Added => _pipeline.Added;

    /// <summary>Encodes a text with offsets and all else that is known of each token.</summary>
    /// <param name="text">The text.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">When <see cref="EncodeOptions.MaxTokens"/> has no room for the special tokens.</exception>
    public Encoding Encode(string text, EncodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        options ??= EncodeOptions.Default;
        int room = Room(options);
        EncodeWorkspace workspace = _pipeline.Rent();
        try
        {
            _pipeline.Run(text, options.ParseSpecialTokens, tracked: true, room, workspace);
            workspace.Tokens.Truncate(room);
            return Assemble(text, workspace, options.AddSpecialTokens);
        }
        finally
        {
            _pipeline.Return(workspace);
        }
    }

    /// <summary>Encodes a text to ids alone, which are added to <paramref name="ids"/>; the fast way.</summary>
    /// <param name="text">The text.</param>
    /// <param name="ids">Takes the ids, behind those that it holds.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">When <see cref="EncodeOptions.MaxTokens"/> has no room for the special tokens.</exception>
    public void Encode(ReadOnlySpan<char> text, List<int> ids, EncodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(ids);
        options ??= EncodeOptions.Default;
        int room = Room(options);
        EncodeWorkspace workspace = _pipeline.Rent();
        try
        {
            _pipeline.Run(text, options.ParseSpecialTokens, tracked: false, room, workspace);
            workspace.Tokens.Truncate(room);
            foreach (SpecialToken token in _postProcessor.Single)
            {
                if (token.IsText)
                {
                    ids.AddRange(workspace.Tokens.Ids);
                }
                else if (options.AddSpecialTokens)
                {
                    ids.Add(token.Id);
                }
            }
        }
        finally
        {
            _pipeline.Return(workspace);
        }
    }

    /// <summary>The text of ids; ids that the vocabulary lacks are left out.</summary>
    /// <param name="ids">The ids.</param>
    /// <param name="skipSpecialTokens">Whether special tokens are left out.</param>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens = true)
    {
        var sink = new TextSink();
        DecoderStage first = _decoder.Open(sink);
        foreach (int id in ids)
        {
            if (IdToToken(id) is { } token && !(skipSpecialTokens && IsSpecial(id)))
            {
                first.Token(token);
            }
        }

        first.Complete();
        return sink.Take();
    }

    /// <summary>A decoder for a stream of ids.</summary>
    /// <param name="skipSpecialTokens">Whether special tokens are left out.</param>
    public StreamDecoder CreateStreamDecoder(bool skipSpecialTokens = true) => new(this, _decoder, skipSpecialTokens);

    /// <summary>The number of tokens of a text, special tokens neither added nor recognised.</summary>
    public int Count(ReadOnlySpan<char> text)
    {
        EncodeWorkspace workspace = _pipeline.Rent();
        try
        {
            _pipeline.Run(text, parseSpecialTokens: false, tracked: false, int.MaxValue, workspace);
            return workspace.Tokens.Count;
        }
        finally
        {
            _pipeline.Return(workspace);
        }
    }

    /// <summary>
    /// Length of a prefix with at most <paramref name="maxTokens"/> tokens, counted as <see cref="Count"/> counts that prefix by
    /// itself. As long as the tokens of the text allow; ends between grapheme clusters, so it is 0 where not even the first
    /// fits. Its cost depends on the prefix, not on the text, so an odd prefix far longer, which fits because one huge unknown
    /// word is a single token, is not sought.
    /// </summary>
    public int PrefixLength(ReadOnlySpan<char> text, int maxTokens)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxTokens);
        EncodeWorkspace workspace = _pipeline.Rent();
        try
        {
            return PrefixSearch.Find(text, maxTokens, _pipeline, workspace);
        }
        finally
        {
            _pipeline.Return(workspace);
        }
    }

    private int Room(EncodeOptions options)
    {
        options.Validate();
        if (options.MaxTokens is not { } max)
        {
            return int.MaxValue;
        }

        int around = options.AddSpecialTokens ? _postProcessor.AddedToSingle : 0;
        ArgumentOutOfRangeException.ThrowIfLessThan(max, around, nameof(EncodeOptions.MaxTokens));
        return max - around;
    }

    private Encoding Assemble(string text, EncodeWorkspace workspace, bool addSpecialTokens)
    {
        TokenBuffer found = workspace.Tokens;
        int total = found.Count + (addSpecialTokens ? _postProcessor.AddedToSingle : 0);
        var ids = new int[total];
        var typeIds = new int[total];
        var offsets = new TextRange[total];
        var tokens = new string[total];
        var special = new bool[total];
        var words = new int?[total];
        int at = 0;
        foreach (SpecialToken piece in _postProcessor.Single)
        {
            if (!piece.IsText)
            {
                if (addSpecialTokens)
                {
                    (ids[at], typeIds[at], tokens[at], special[at]) = (piece.Id, piece.TypeId, piece.Token!, true);
                    at++;
                }

                continue;
            }

            for (int i = 0; i < found.Count; i++, at++)
            {
                int id = found.Ids[i];
                string token = workspace.Spellings.GetValueOrDefault(i) ?? IdToToken(id) ?? "";
                (int start, int end) = (found.Starts[i], found.Ends[i]);
                if (_postProcessor.Trimming is { } trimming)
                {
                    (start, end) = trimming.Trim(text, token, i == 0, (start, end));
                }

                (ids[at], typeIds[at], tokens[at], words[at]) = (id, piece.TypeId, token, workspace.WordIds[i]);
                offsets[at] = new TextRange(start, end);
            }
        }

        return new Encoding(ids, typeIds, offsets, tokens, special, words);
    }
}
