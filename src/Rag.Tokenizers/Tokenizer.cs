using Rag.Chunks;
using Rag.Tokenizers.Assembly;
using Rag.Tokenizers.Decoding;
using Rag.Tokenizers.Loading;
using Rag.Tokenizers.Pieces;
using Rag.Tokenizers.PostProcessing;
using Rag.Tokenizers.Tiktoken;

namespace Rag.Tokenizers;

/// <summary>
/// Text to token ids and back, straight from the files that models come with: normalizer, pre-tokenizer, model, post-processor, decoder.
/// Immutable and safe for concurrent use. Truncation and padding stored in the file take no effect of themselves: they record
/// how somebody last used the file, not what the model needs; <see cref="StoredOptions"/> shows them. Dropout is ignored too:
/// it belongs to training. A lone surrogate, which has no UTF-8 form, is read as U+FFFD wherever bytes are asked for.
/// </summary>
public sealed class Tokenizer : ITokenCounter
{
    private readonly EncodePipeline _pipeline;
    private readonly PostProcessor _postProcessor;
    private readonly DecoderPlan _decoder;
    private readonly EncodingAssembler _assembler;

    internal Tokenizer(EncodePipeline pipeline, PostProcessor postProcessor, DecoderPlan decoder, string fingerprint, int maxTokens = int.MaxValue)
    {
        _pipeline = pipeline;
        _postProcessor = postProcessor;
        _decoder = decoder;
        _assembler = new EncodingAssembler(postProcessor, pipeline.Added);
        Fingerprint = fingerprint;
        MaxTokens = maxTokens;
    }

    /// <summary>One more than the largest token id, added tokens included: the number of rows an embedding table needs.</summary>
    public int VocabularySize => _pipeline.Added.Size;

    /// <summary>The SHA-256 of the file's bytes, or of the pieces where there was no file.</summary>
    public string Fingerprint { get; }

    /// <inheritdoc/>
    public int MaxTokens { get; }

    /// <summary>Loads a tokenizer.</summary>
    /// <param name="path">A tokenizer.json, a SentencePiece .model, or a folder that holds one of them; the former goes first.</param>
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

    /// <summary>Loads a SentencePiece model, unigram or BPE. Control tokens in a text are recognised where special tokens are parsed.</summary>
    /// <param name="path">The .model file.</param>
    /// <param name="addBegin">Whether encoding puts the token that begins a sequence before a text; the file does not say.</param>
    /// <param name="addEnd">Whether encoding puts the token that ends a sequence after a text; the file does not say.</param>
    /// <exception cref="UnavailableException">When there is no such file.</exception>
    /// <exception cref="CorruptException">When the file breaks the rules of its format.</exception>
    /// <exception cref="UnsupportedException">When it asks for what is not known here.</exception>
    public static Tokenizer LoadSentencePiece(string path, bool addBegin = false, bool addEnd = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return ParseSentencePiece(TokenizerReader.ReadFile(path), path, addBegin, addEnd);
    }

    /// <summary>Reads a SentencePiece model from its bytes; see <see cref="LoadSentencePiece"/>.</summary>
    /// <param name="content">The file's content.</param>
    /// <param name="location">The name that errors give.</param>
    /// <param name="addBegin">Whether encoding puts the token that begins a sequence before a text.</param>
    /// <param name="addEnd">Whether encoding puts the token that ends a sequence after a text.</param>
    /// <exception cref="CorruptException">When the content breaks the rules of its format.</exception>
    /// <exception cref="UnsupportedException">When it asks for what is not known here.</exception>
    public static Tokenizer ParseSentencePiece(ReadOnlySpan<byte> content, string location, bool addBegin = false, bool addEnd = false) =>
        TokenizerReader.SentencePieceOf(content, location, addBegin, addEnd);

    /// <summary>Loads a tiktoken file: base64 tokens and their ranks.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">What the file leaves out.</param>
    /// <exception cref="UnavailableException">When there is no such file.</exception>
    /// <exception cref="CorruptException">When the file breaks the rules of its format.</exception>
    /// <exception cref="UnsupportedException">When the split rule is written in a dialect that is not known here.</exception>
    public static Tokenizer LoadTiktoken(string path, TiktokenOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return ParseTiktoken(TokenizerReader.ReadFile(path), options, path);
    }

    /// <summary>Reads a tiktoken file from its bytes; see <see cref="LoadTiktoken"/>.</summary>
    /// <param name="content">The file's content.</param>
    /// <param name="options">What the file leaves out.</param>
    /// <param name="location">The name that errors give.</param>
    /// <exception cref="CorruptException">When the content breaks the rules of its format.</exception>
    /// <exception cref="UnsupportedException">When the split rule is written in a dialect that is not known here.</exception>
    public static Tokenizer ParseTiktoken(ReadOnlySpan<byte> content, TiktokenOptions options, string location)
    {
        ArgumentNullException.ThrowIfNull(options);
        return TiktokenReader.Parse(content, options, location);
    }

    /// <summary>Puts a tokenizer together from pieces, as GGUF metadata holds them.</summary>
    /// <param name="pieces">The pieces.</param>
    /// <exception cref="CorruptException">When the pieces contradict each other.</exception>
    /// <exception cref="UnsupportedException">When they name a split rule that is not known here.</exception>
    /// <exception cref="LimitExceededException">When a piece is far longer than in any real vocabulary.</exception>
    public static Tokenizer FromPieces(TokenizerPieces pieces)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        return PiecesBuilder.Build(pieces);
    }

    /// <summary>The same tokenizer as a counter for a model that takes at most <paramref name="maxTokens"/> tokens of text.</summary>
    public Tokenizer WithMaxTokens(int maxTokens)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxTokens);
        return new Tokenizer(_pipeline, _postProcessor, _decoder, Fingerprint, maxTokens) { StoredOptions = StoredOptions };
    }

    /// <summary>The id of a token, or null where the vocabulary lacks it.</summary>
    public int? TokenToId(string token) => _pipeline.Added.Find(token) is var id && id >= 0 ? id : null;

    /// <summary>The token with an id, or null where the vocabulary lacks it.</summary>
    public string? IdToToken(int id) => _pipeline.Added.TokenOf(id);

    /// <summary>Whether the id is of an added token marked special.</summary>
    public bool IsSpecial(int id) => _pipeline.Added.IsSpecial(id);

    /// <summary>How many tokens <see cref="EncodeOptions.AddSpecialTokens"/> adds around a text.</summary>
    public int SpecialTokensAdded => _postProcessor.AddedToSingle;

    /// <summary>
    /// The truncation and the padding that the file stores, as options to encode with; the defaults where it stores none.
    /// </summary>
    public EncodeOptions StoredOptions { get; internal init; } = EncodeOptions.Default;

    internal AddedTokens.AddedVocabulary Added => _pipeline.Added;

    /// <summary>Encodes a text with offsets and all else that is known of each token.</summary>
    /// <param name="text">The text.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">When <see cref="EncodeOptions.MaxTokens"/> has no room for the special tokens, or the overlap of windows is not smaller than they are.</exception>
    public Encoding Encode(string text, EncodeOptions? options = null)
    {
        options ??= EncodeOptions.Default;
        return EncodingAssembler.Seal([Columns(text, null, options)], options.Padding)[0];
    }

    /// <summary>Encodes a pair of texts, such as a question and a passage, as the model wants them joined.</summary>
    /// <param name="first">The first text.</param>
    /// <param name="second">The second text.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">When <see cref="EncodeOptions.MaxTokens"/> has no room for the special tokens, or the overlap of windows is not smaller than they are.</exception>
    /// <exception cref="LimitExceededException">When the one text that <see cref="EncodeOptions.Truncation"/> lets be cut is too short to give up enough.</exception>
    public Encoding Encode(string first, string second, EncodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(second);
        options ??= EncodeOptions.Default;
        return EncodingAssembler.Seal([Columns(first, second, options)], options.Padding)[0];
    }

    /// <summary>Encodes texts; <see cref="EncodeOptions.Padding"/> fills all of them up to one length.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="options">How; null for the defaults.</param>
    public IReadOnlyList<Encoding> EncodeBatch(IReadOnlyList<string> texts, EncodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(texts);
        options ??= EncodeOptions.Default;
        return EncodingAssembler.Seal([.. texts.Select(text => Columns(text, null, options))], options.Padding);
    }

    /// <summary>Encodes pairs of texts; <see cref="EncodeOptions.Padding"/> fills all of them up to one length.</summary>
    /// <param name="pairs">The pairs.</param>
    /// <param name="options">How; null for the defaults.</param>
    public IReadOnlyList<Encoding> EncodeBatch(IReadOnlyList<(string First, string Second)> pairs, EncodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        options ??= EncodeOptions.Default;
        return EncodingAssembler.Seal([.. pairs.Select(pair => Columns(pair.First, pair.Second, options))], options.Padding);
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
        int room = _assembler.Room(options, pair: false);
        bool fromEnd = options.TruncationSide == TextSide.End;
        EncodeWorkspace workspace = _pipeline.Rent();
        try
        {
            _pipeline.Run(text, options.ParseSpecialTokens, tracked: false, fromEnd ? room : int.MaxValue, workspace);
            ReadOnlySpan<int> found = workspace.Tokens.Ids;
            ReadOnlySpan<int> kept = found.Length <= room ? found : fromEnd ? found[..room] : found[^room..];
            foreach (SpecialToken token in _postProcessor.Single)
            {
                if (token.IsText)
                {
                    ids.AddRange(kept);
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

    private List<EncodingColumns> Columns(string first, string? second, EncodeOptions options)
    {
        ArgumentNullException.ThrowIfNull(first);
        int room = _assembler.Room(options, second is not null);

        // Tokens past the room are of no use where the end alone is cut and nothing asks for the rest.
        bool prefix = second is null && !options.Windows && options is { TruncationSide: TextSide.End, Truncation: not TruncationStrategy.OnlySecond };
        TokenRun run = Tokens(first, prefix ? room : int.MaxValue, options);
        return _assembler.Assemble(run, second is null ? null : Tokens(second, int.MaxValue, options), options);
    }

    private TokenRun Tokens(string text, int limit, EncodeOptions options)
    {
        EncodeWorkspace workspace = _pipeline.Rent();
        try
        {
            _pipeline.Run(text, options.ParseSpecialTokens, tracked: true, limit, workspace);
            return new TokenRun(text, workspace);
        }
        finally
        {
            _pipeline.Return(workspace);
        }
    }
}
